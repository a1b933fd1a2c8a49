"""Tables `entries`, `entry_steps` and `prizes`."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from services.registration.entries.domain import Entry, Numbers, Reason, Waived, course_key
from shared.db import Transaction

QUERIES = Path(__file__).parent / "queries"
LISTED = (QUERIES / "listed.sql").read_text(encoding="utf-8")
MINE = (QUERIES / "mine.sql").read_text(encoding="utf-8")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _reasons(text: str) -> tuple[Reason, ...]:
    return msgspec.json.decode(text, type=tuple[Reason, ...])


def _entry(row: asyncpg.Record) -> Entry:
    waived = msgspec.json.decode(row["waived"], type=tuple[Waived, ...])
    return Entry(**{**dict(row), "reasons": _reasons(row["reasons"]), "waived": waived})


def _line(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "reasons": _reasons(row["reasons"])}


async def queue_up(tx: Transaction, activity_id: UUID) -> None:
    """Let one sign-up of an activity through at a time, so that "the later one" is a fact."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('sign_up:' || $1::text, 0))", str(activity_id))


async def entries(tx: Transaction, ids: list[UUID]) -> list[Entry]:
    rows = await tx.fetch(
        """
        SELECT id, activity_id, division_id, person_id, branch_id, unit_handle, course, state, version, content_hash,
               reasons, waived, signed_up_at, recommendation
          FROM entries WHERE id = ANY($1::uuid[]) ORDER BY id""",
        ids,
    )
    return [_entry(row) for row in rows]


async def locked(
    tx: Transaction, activity_id: UUID, division_id: UUID | None, branch_id: UUID | None, states: list[str]
) -> list[Entry]:
    """Entries of an activity in one of these states, their rows locked in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT id, activity_id, division_id, person_id, branch_id, unit_handle, course, state, version, content_hash,
               reasons, waived, signed_up_at, recommendation
          FROM entries
         WHERE activity_id = $1 AND ($2::uuid IS NULL OR division_id = $2) AND ($3::uuid IS NULL OR branch_id = $3)
           AND state = ANY($4::text[])
         ORDER BY id FOR UPDATE""",
        activity_id, division_id, branch_id, states,
    )  # fmt: skip
    return [_entry(row) for row in rows]


async def of_division(tx: Transaction, division_id: UUID, states: list[str]) -> list[Entry]:
    rows = await tx.fetch(
        """
        SELECT id, activity_id, division_id, person_id, branch_id, unit_handle, course, state, version, content_hash,
               reasons, waived, signed_up_at, recommendation
          FROM entries WHERE division_id = $1 AND state = ANY($2::text[]) ORDER BY id""",
        division_id, states,
    )  # fmt: skip
    return [_entry(row) for row in rows]


async def person_numbers(tx: Transaction, activity_id: UUID, person_id: UUID) -> frozenset[int]:
    """Numbers that the person's entries of this activity use up."""
    rows = await tx.fetch(
        """
        SELECT person_number FROM entries
         WHERE activity_id = $1 AND person_id = $2 AND person_number IS NOT NULL""",
        activity_id, person_id,
    )  # fmt: skip
    return frozenset(row["person_number"] for row in rows)


async def person_number(tx: Transaction, entry_id: UUID) -> int | None:
    number: int | None = await tx.fetchval("SELECT person_number FROM entries WHERE id = $1", entry_id)
    return number


async def course_numbers(tx: Transaction, activity_id: UUID, key: str) -> frozenset[int]:
    """Numbers that entries with this course use up."""
    rows = await tx.fetch(
        """
        SELECT course_number FROM entries
         WHERE activity_id = $1 AND course_key = $2 AND course_number IS NOT NULL""",
        activity_id, key,
    )  # fmt: skip
    return frozenset(row["course_number"] for row in rows)


async def add(tx: Transaction, entry: Entry, per_person: int, per_course: int | None, numbers: Numbers) -> None:
    await tx.execute(
        """
        INSERT INTO entries (id, activity_id, division_id, person_id, branch_id, unit_handle, course, course_key, state,
                             version, content_hash, reasons, waived, signed_up_at, entries_per_person, person_number,
                             entries_per_course, course_number, quota_id, quota_entries, recommendation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)""",
        entry.id, entry.activity_id, entry.division_id, entry.person_id, entry.branch_id, entry.unit_handle,
        entry.course, course_key(entry.course), entry.state, entry.version, entry.content_hash, _json(entry.reasons),
        _json(entry.waived), entry.signed_up_at, per_person, numbers.person, per_course, numbers.course,
        numbers.quota_id, numbers.quota_entries, numbers.recommendation,
    )  # fmt: skip


async def correct(tx: Transaction, entry: Entry, numbers: Numbers) -> None:
    """The corrected content of a returned entry and the numbers it uses up now."""
    await tx.execute(
        """
        UPDATE entries SET division_id = $2, course = $3, course_key = $4, state = $5, version = $6, content_hash = $7,
               reasons = $8, waived = $9, course_number = $10, quota_id = $11, quota_entries = $12, recommendation = $13,
               person_number = $14
         WHERE id = $1""",
        entry.id, entry.division_id, entry.course, course_key(entry.course), entry.state, entry.version,
        entry.content_hash, _json(entry.reasons), _json(entry.waived), numbers.course, numbers.quota_id,
        numbers.quota_entries, numbers.recommendation, numbers.person,
    )  # fmt: skip


async def move(tx: Transaction, entries: list[Entry]) -> None:
    """New states and reasons; what an entry used up is released where its state says so."""
    await tx.executemany(
        """
        UPDATE entries SET state = $2, version = $3, reasons = $4,
               person_number = CASE WHEN $2 IN ('refused', 'withdrawn') THEN NULL ELSE person_number END,
               course_number = CASE WHEN $2 IN ('refused', 'withdrawn', 'returned') THEN NULL ELSE course_number END,
               recommendation = CASE WHEN $2 IN ('refused', 'withdrawn', 'returned') THEN NULL ELSE recommendation END
         WHERE id = $1""",
        [(e.id, e.state, e.version, _json(e.reasons)) for e in entries],
    )


async def recommend(tx: Transaction, numbered: list[tuple[UUID, UUID, int | None, int | None]]) -> None:
    """numbered: entry, quota, its bound, number in the branch's order (None: not recommended)."""
    await tx.executemany(
        "UPDATE entries SET quota_id = $2, quota_entries = $3, recommendation = $4 WHERE id = $1", numbered
    )


async def defer_order(tx: Transaction) -> None:
    """A new order may pass through states in which a number stands twice; it is checked at the commit."""
    await tx.execute("SET CONSTRAINTS ALL DEFERRED")


async def check_order(tx: Transaction) -> None:
    await tx.execute("SET CONSTRAINTS ALL IMMEDIATE")


async def add_steps(tx: Transaction, entries: list[Entry], by: UUID | None, now: datetime) -> None:
    """What happened to each entry, with who and why."""
    await tx.executemany(
        """
        INSERT INTO entry_steps (entry_id, version, state, taken_at, taken_by, reasons) VALUES ($1, $2, $3, $4, $5, $6)""",
        [(e.id, e.version, e.state, now, by, _json(e.reasons)) for e in entries],
    )


async def steps(tx: Transaction, entry_ids: list[UUID]) -> list[dict[str, Any]]:
    rows = await tx.fetch(
        """
        SELECT entry_id, version, state, taken_at, reasons FROM entry_steps
         WHERE entry_id = ANY($1::uuid[]) ORDER BY entry_id, version""",
        entry_ids,
    )
    return [_line(row) for row in rows]


async def listed(
    tx: Transaction, activity_id: UUID, branch_id: UUID | None, division_id: UUID | None
) -> list[dict[str, Any]]:
    return [_line(row) for row in await tx.fetch(LISTED, activity_id, branch_id, division_id)]


async def mine(tx: Transaction, person_id: UUID) -> list[dict[str, Any]]:
    rows = await tx.fetch(MINE, person_id)
    return [
        {**_line(row), "waived": msgspec.json.decode(row["waived"], type=tuple[Waived, ...])} for row in rows
    ]


async def own(tx: Transaction, activity_id: UUID, person_id: UUID) -> list[Entry]:
    """The person's entries of an activity, newest first."""
    rows = await tx.fetch(
        """
        SELECT id, activity_id, division_id, person_id, branch_id, unit_handle, course, state, version, content_hash,
               reasons, waived, signed_up_at, recommendation
          FROM entries WHERE activity_id = $1 AND person_id = $2 ORDER BY signed_up_at DESC, id DESC""",
        activity_id, person_id,
    )  # fmt: skip
    return [_entry(row) for row in rows]


async def prizes(tx: Transaction, entry_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = await tx.fetch(
        """
        SELECT entry_id, title, tier, certificate_no, document_no, decided_on FROM prizes
         WHERE entry_id = ANY($1::uuid[]) ORDER BY decided_on""",
        entry_ids,
    )
    return {row["entry_id"]: dict(row) for row in rows}


async def save_prizes(
    tx: Transaction,
    edition_id: UUID,
    version: int,
    title: str,
    document_no: str,
    decided_on: date,
    items: list[tuple[UUID, str, str]],
) -> None:
    """items: entry, tier, number of the certificate. An older version changes nothing."""
    await tx.executemany(
        """
        INSERT INTO prizes (entry_id, edition_id, version, title, tier, certificate_no, document_no, decided_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (entry_id, edition_id) DO UPDATE SET version = excluded.version, title = excluded.title,
               tier = excluded.tier, certificate_no = excluded.certificate_no, document_no = excluded.document_no,
               decided_on = excluded.decided_on
         WHERE prizes.version < excluded.version""",
        [(entry_id, edition_id, version, title, tier, number, document_no, decided_on) for entry_id, tier, number in items],
    )  # fmt: skip
