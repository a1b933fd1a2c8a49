"""SQL of reveal scripts, reveals, their sealed steps and commands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.awards.reveals.domain import Course, Kind
from shared.db import Transaction


class ScriptHead(Struct, frozen=True, kw_only=True):
    """A compiled script without its body. supersedes: the script it takes the place of."""

    id: UUID
    edition_id: UUID
    is_rehearsal: bool
    version: int
    supersedes: UUID | None
    hash: str
    compiled_at: datetime


class Reveal(Struct, frozen=True, kw_only=True):
    """A ceremony or a rehearsal."""

    id: UUID
    edition_id: UUID
    script_id: UUID
    is_rehearsal: bool
    course: Course
    prepared_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class Public(Struct, frozen=True, kw_only=True):
    """A ceremony as the hall may see it."""

    id: UUID
    edition_key: str
    title: str
    title_en: str
    organisation: str
    is_rehearsal: bool
    course: Course


class Sealed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step as the screens hold it. key and frame are None until it was shown."""

    step: int
    nonce: bytes
    sealed: bytes
    key: bytes | None = None
    frame: str | None = None


COURSE = ("state", "version", "step", "is_blank", "steps")


def _split(row: object) -> dict[str, object]:
    """The row's columns with those of the course in one Struct."""
    values = dict(row)  # type: ignore[call-overload]  # an asyncpg Record is a mapping without a type for it
    course = Course(**{name: values.pop(name) for name in COURSE})
    return {**values, "course": course}


async def last_script(tx: Transaction, edition_id: UUID, is_rehearsal: bool) -> ScriptHead | None:
    row = await tx.fetchrow(
        """SELECT id, edition_id, is_rehearsal, version, supersedes, hash, compiled_at
             FROM reveal_scripts WHERE edition_id = $1 AND is_rehearsal = $2 ORDER BY version DESC LIMIT 1""",
        edition_id, is_rehearsal,
    )  # fmt: skip
    return ScriptHead(**row) if row else None


async def scripts(tx: Transaction, edition_id: UUID) -> list[ScriptHead]:
    """Of the signed list, newest first; rehearsals are no scripts of it."""
    rows = await tx.fetch(
        """SELECT id, edition_id, is_rehearsal, version, supersedes, hash, compiled_at
             FROM reveal_scripts WHERE edition_id = $1 AND NOT is_rehearsal ORDER BY version DESC""",
        edition_id,
    )
    return [ScriptHead(**row) for row in rows]


async def script_body(tx: Transaction, script_id: UUID) -> bytes:
    found: str = await tx.fetchval("SELECT body FROM reveal_scripts WHERE id = $1", script_id)
    return found.encode()


async def insert_script(tx: Transaction, head: ScriptHead, proposal_id: UUID | None, body: bytes, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO reveal_scripts (id, edition_id, is_rehearsal, version, supersedes, proposal_id, body, hash, compiled_by,
                                       compiled_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        head.id, head.edition_id, head.is_rehearsal, head.version, head.supersedes, proposal_id, body.decode(), head.hash, by,
        head.compiled_at,
    )  # fmt: skip


async def insert(tx: Transaction, reveal: Reveal, by: UUID) -> None:
    r, c = reveal, reveal.course
    await tx.execute(
        """INSERT INTO reveals (id, edition_id, script_id, is_rehearsal, state, version, step, is_blank, steps, prepared_by,
                                prepared_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        r.id, r.edition_id, r.script_id, r.is_rehearsal, c.state, c.version, c.step, c.is_blank, c.steps, by, r.prepared_at,
    )  # fmt: skip


async def insert_steps(tx: Transaction, reveal_id: UUID, steps: Sequence[Sealed]) -> None:
    await tx.executemany(
        "INSERT INTO reveal_steps (reveal_id, step, nonce, sealed, key, frame) VALUES ($1, $2, $3, $4, $5, $6)",
        [(reveal_id, *msgspec.structs.astuple(each)) for each in steps],
    )


async def lock(tx: Transaction, reveal_id: UUID) -> None:
    """Nobody else moves it until the transaction ends."""
    await tx.execute("SELECT FROM reveals WHERE id = $1 FOR UPDATE", reveal_id)


async def by_id(tx: Transaction, reveal_id: UUID) -> Reveal | None:
    row = await tx.fetchrow(
        """SELECT id, edition_id, script_id, is_rehearsal, state, version, step, is_blank, steps, prepared_at, opened_at,
                  closed_at
             FROM reveals WHERE id = $1""",
        reveal_id,
    )
    return Reveal(**_split(row)) if row else None  # type: ignore[arg-type]  # the columns are the fields


async def of_edition(tx: Transaction, edition_id: UUID) -> list[Reveal]:
    """Newest first."""
    rows = await tx.fetch(
        """SELECT id, edition_id, script_id, is_rehearsal, state, version, step, is_blank, steps, prepared_at, opened_at,
                  closed_at
             FROM reveals WHERE edition_id = $1 ORDER BY prepared_at DESC, id DESC""",
        edition_id,
    )
    return [Reveal(**_split(row)) for row in rows]  # type: ignore[arg-type]  # the columns are the fields


async def open_(tx: Transaction, reveal_id: UUID, course: Course, by: UUID, now: datetime) -> None:
    await tx.execute(
        "UPDATE reveals SET state = $2, version = $3, step = $4, is_blank = $5, opened_by = $6, opened_at = $7 WHERE id = $1",
        reveal_id, course.state, course.version, course.step, course.is_blank, by, now,
    )  # fmt: skip


async def close(tx: Transaction, reveal_id: UUID, course: Course, by: UUID, now: datetime) -> None:
    await tx.execute(
        "UPDATE reveals SET state = $2, version = $3, is_blank = $4, closed_by = $5, closed_at = $6 WHERE id = $1",
        reveal_id, course.state, course.version, course.is_blank, by, now,
    )  # fmt: skip


async def move(tx: Transaction, reveal_id: UUID, course: Course) -> None:
    await tx.execute(
        "UPDATE reveals SET version = $2, step = $3, is_blank = $4 WHERE id = $1",
        reveal_id, course.version, course.step, course.is_blank,
    )  # fmt: skip


async def release(tx: Transaction, reveal_id: UUID, step: int, now: datetime) -> None:
    """Give out the step's key and picture, for good."""
    await tx.execute(
        "UPDATE reveal_steps SET released_at = $3 WHERE reveal_id = $1 AND step = $2 AND released_at IS NULL",
        reveal_id, step, now,
    )  # fmt: skip


async def command_given(tx: Transaction, command_id: UUID) -> UUID | None:
    """The ceremony that this command moved, if it was given before."""
    found: UUID | None = await tx.fetchval("SELECT reveal_id FROM reveal_commands WHERE id = $1", command_id)
    return found


async def insert_command(
    tx: Transaction, command_id: UUID, reveal_id: UUID, kind: Kind, course: Course, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO reveal_commands (id, reveal_id, version, kind, step, is_blank, given_by, given_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        command_id, reveal_id, course.version, kind, course.step, course.is_blank, by, now,
    )  # fmt: skip


async def public(tx: Transaction, reveal_id: UUID) -> Public | None:
    row = await tx.fetchrow(
        """SELECT id, edition_key, title, title_en, organisation, is_rehearsal, state, version, step, is_blank, steps
             FROM public_reveals WHERE id = $1""",
        reveal_id,
    )
    return Public(**_split(row)) if row else None  # type: ignore[arg-type]  # the columns are the fields


async def newer(tx: Transaction, versions: dict[UUID, int]) -> list[UUID]:
    """Of these ceremonies those that have moved on since the version named."""
    rows = await tx.fetch(
        """SELECT r.id FROM public_reveals r JOIN unnest($1::uuid[], $2::int[]) AS seen(id, version) USING (id)
            WHERE r.version > seen.version""",
        list(versions), list(versions.values()),
    )  # fmt: skip
    return [row["id"] for row in rows]


async def sealed_steps(tx: Transaction, reveal_id: UUID) -> list[Sealed]:
    """Every step without key or picture."""
    rows = await tx.fetch(
        "SELECT step, nonce, sealed FROM public_reveal_steps WHERE reveal_id = $1 ORDER BY step", reveal_id
    )
    return [Sealed(**row) for row in rows]


async def released(tx: Transaction, reveal_id: UUID, step: int) -> Sealed | None:
    """One step with what has been given out of it."""
    row = await tx.fetchrow(
        "SELECT step, nonce, sealed, key, frame FROM public_reveal_steps WHERE reveal_id = $1 AND step = $2",
        reveal_id,
        step,
    )
    return Sealed(**row) if row else None


async def public_script(tx: Transaction, reveal_id: UUID) -> tuple[str, str] | None:
    """Body and hash, once the whole list was shown and the ceremony is over."""
    row = await tx.fetchrow("SELECT body, hash FROM public_reveal_scripts WHERE reveal_id = $1", reveal_id)
    return (row["body"], row["hash"]) if row else None


async def frames(tx: Transaction, reveal_id: UUID) -> list[str]:
    """Every picture, for the presenter only."""
    rows = await tx.fetch("SELECT frame FROM reveal_steps WHERE reveal_id = $1 ORDER BY step", reveal_id)
    return [row["frame"] for row in rows]
