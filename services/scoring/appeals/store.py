"""SQL of appeals and rechecks."""

from datetime import datetime
from uuid import UUID

from services.scoring.appeals.domain import Appeal, Recheck
from shared.db import Transaction

_APPEAL = """id, division_id, stage, entry_id, ground, text, paper, person_id, filed_by, filed_at, state, reason, due, answer,
             answered_at, correction_id"""
_RECHECK = "id, appeal_id, found, written_by, written_at, signed_by, signed_at, ledger_position"


async def add(tx: Transaction, each: Appeal) -> None:
    await tx.execute(
        """INSERT INTO appeals (id, division_id, stage, entry_id, ground, text, paper, person_id, filed_by, filed_at, state)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        each.id, each.division_id, each.stage, each.entry_id, each.ground, each.text, each.paper, each.person_id, each.filed_by,
        each.filed_at, each.state,
    )  # fmt: skip


async def find(tx: Transaction, appeal_id: UUID) -> Appeal | None:
    row = await tx.fetchrow(f"SELECT {_APPEAL} FROM appeals WHERE id = $1", appeal_id)  # noqa: S608 - a constant
    return Appeal(**dict(row)) if row else None


async def locked(tx: Transaction, appeal_id: UUID) -> Appeal | None:
    """An appeal, its row locked."""
    row = await tx.fetchrow(f"SELECT {_APPEAL} FROM appeals WHERE id = $1 FOR UPDATE", appeal_id)  # noqa: S608 - a constant
    return Appeal(**dict(row)) if row else None


async def of_division(tx: Transaction, division_id: UUID) -> list[Appeal]:
    rows = await tx.fetch(f"SELECT {_APPEAL} FROM appeals WHERE division_id = $1", division_id)  # noqa: S608 - a constant
    return [Appeal(**dict(row)) for row in rows]


async def own(tx: Transaction) -> list[Appeal]:
    """The actor's own, by row security."""
    rows = await tx.fetch(f"SELECT {_APPEAL} FROM appeals ORDER BY filed_at DESC")  # noqa: S608 - a constant
    return [Appeal(**dict(row)) for row in rows]


async def own_entries(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """(division, entry) of the actor, once the codes were opened."""
    rows = await tx.fetch("SELECT division_id, entry_id FROM own_entries")
    return [(row["division_id"], row["entry_id"]) for row in rows]


async def decide(tx: Transaction, each: Appeal) -> None:
    await tx.execute(
        "UPDATE appeals SET state = $2, reason = $3, due = $4, answer = $5, answered_at = $6 WHERE id = $1",
        each.id, each.state, each.reason, each.due, each.answer, each.answered_at,
    )  # fmt: skip


async def set_correction(tx: Transaction, appeal_id: UUID, correction_id: UUID) -> None:
    await tx.execute("UPDATE appeals SET correction_id = $2 WHERE id = $1", appeal_id, correction_id)


async def add_recheck(tx: Transaction, each: Recheck) -> bool:
    """False if its id already stands."""
    return bool(
        await tx.fetchval(
            """INSERT INTO rechecks (id, appeal_id, found, written_by, written_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO NOTHING RETURNING true""",
            each.id, each.appeal_id, each.found, each.written_by, each.written_at,
        )
    )  # fmt: skip


async def recheck(tx: Transaction, recheck_id: UUID) -> Recheck | None:
    """A recheck, its row locked."""
    row = await tx.fetchrow(f"SELECT {_RECHECK} FROM rechecks WHERE id = $1 FOR UPDATE", recheck_id)  # noqa: S608 - a constant
    return Recheck(**dict(row)) if row else None


async def rechecks(tx: Transaction, appeal_id: UUID) -> list[Recheck]:
    rows = await tx.fetch(
        f"SELECT {_RECHECK} FROM rechecks WHERE appeal_id = $1 ORDER BY written_at, id",  # noqa: S608 - a constant
        appeal_id,
    )
    return [Recheck(**dict(row)) for row in rows]


async def sign(tx: Transaction, recheck_id: UUID, by: UUID, at: datetime, position: int) -> None:
    await tx.execute(
        "UPDATE rechecks SET signed_by = $2, signed_at = $3, ledger_position = $4 WHERE id = $1", recheck_id, by, at, position
    )
