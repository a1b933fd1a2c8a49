"""Tables `rolls`, `roll_items` and `roll_signatures`."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.registration.events import OpenedLine, RollLine
from services.registration.rolls.domain import Roll
from shared.db import Transaction


def _roll(row: asyncpg.Record) -> Roll:
    return Roll(**dict(row))


async def rolls(tx: Transaction, division_id: UUID) -> list[Roll]:
    """All sealed versions of a division, newest last."""
    rows = await tx.fetch(
        """
        SELECT id, division_id, stage, version, supersedes, hash, sealed_at, sealed_by FROM rolls
         WHERE division_id = $1 ORDER BY sealed_at, version""",
        division_id,
    )
    return [_roll(row) for row in rows]


async def roll(tx: Transaction, id: UUID) -> Roll | None:
    row = await tx.fetchrow(
        "SELECT id, division_id, stage, version, supersedes, hash, sealed_at, sealed_by FROM rolls WHERE id = $1", id
    )
    return _roll(row) if row else None


async def newest(tx: Transaction, division_id: UUID, stage: str) -> Roll | None:
    row = await tx.fetchrow(
        """
        SELECT id, division_id, stage, version, supersedes, hash, sealed_at, sealed_by FROM rolls
         WHERE division_id = $1 AND stage = $2 ORDER BY version DESC LIMIT 1""",
        division_id, stage,
    )  # fmt: skip
    return _roll(row) if row else None


async def items(tx: Transaction, roll_id: UUID) -> list[RollLine]:
    rows = await tx.fetch(
        """
        SELECT entry_id, code, number AS "order", title, unit_handle AS unit_id, commitment FROM roll_items
         WHERE roll_id = $1 ORDER BY number, code""",
        roll_id,
    )
    return [RollLine(**dict(row)) for row in rows]


async def opened_items(tx: Transaction, roll_id: UUID) -> list[OpenedLine]:
    rows = await tx.fetch(
        "SELECT entry_id, code, person_id, encode(salt, 'hex') AS salt FROM roll_items WHERE roll_id = $1 ORDER BY code",
        roll_id,
    )
    return [OpenedLine(**dict(row)) for row in rows]


async def add(tx: Transaction, roll: Roll, items: list[RollLine], behind: dict[UUID, tuple[UUID, bytes]]) -> None:
    """behind: entry -> person and salt, which do not leave before the roll is opened."""
    await tx.execute(
        """
        INSERT INTO rolls (id, division_id, stage, version, supersedes, hash, sealed_at, sealed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        roll.id, roll.division_id, roll.stage, roll.version, roll.supersedes, roll.hash, roll.sealed_at, roll.sealed_by,
    )  # fmt: skip
    await tx.executemany(
        """
        INSERT INTO roll_items (roll_id, entry_id, person_id, code, number, title, unit_handle, commitment, salt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        [
            (roll.id, i.entry_id, behind[i.entry_id][0], i.code, i.order, i.title, i.unit_id, i.commitment, behind[i.entry_id][1])
            for i in items
        ],
    )  # fmt: skip


async def queue_up(tx: Transaction, roll_id: UUID) -> None:
    """Let one signature of a roll through at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('roll:' || $1::text, 0))", str(roll_id))


async def signatures(tx: Transaction, roll_id: UUID) -> dict[str, UUID]:
    """Role -> person."""
    rows = await tx.fetch("SELECT role, person_id FROM roll_signatures WHERE roll_id = $1", roll_id)
    return {row["role"]: row["person_id"] for row in rows}


async def sign(tx: Transaction, roll_id: UUID, role: str, person_id: UUID, now: datetime) -> None:
    await tx.execute(
        "INSERT INTO roll_signatures (roll_id, role, person_id, signed_at) VALUES ($1, $2, $3, $4)",
        roll_id, role, person_id, now,
    )  # fmt: skip
