"""Rows of clocks."""

from uuid import UUID

from services.scoring.clocks.domain import Clock
from shared.db import Transaction


async def clocks_of(tx: Transaction, division_id: UUID) -> list[Clock]:
    """In the order they were started."""
    rows = await tx.fetch(
        """SELECT division_id, entry_id, number, limit_seconds, warning_seconds, passed_ms, running_since, ended_at
             FROM clocks WHERE division_id = $1 ORDER BY number""",
        division_id,
    )
    return [Clock(**row) for row in rows]


async def locked(tx: Transaction, division_id: UUID, entry_id: UUID) -> Clock | None:
    """The clock of an entry, its row locked."""
    row = await tx.fetchrow(
        """SELECT division_id, entry_id, number, limit_seconds, warning_seconds, passed_ms, running_since, ended_at
             FROM clocks WHERE division_id = $1 AND entry_id = $2 FOR UPDATE""",
        division_id, entry_id,
    )  # fmt: skip
    return Clock(**row) if row else None


async def add(tx: Transaction, clock: Clock) -> bool:
    """False if another lesson of the division is still open."""
    added = await tx.fetchval(
        """INSERT INTO clocks (division_id, entry_id, number, limit_seconds, warning_seconds, passed_ms, running_since)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true""",
        clock.division_id, clock.entry_id, clock.number, clock.limit_seconds, clock.warning_seconds, clock.passed_ms,
        clock.running_since,
    )  # fmt: skip
    return bool(added)


async def save(tx: Transaction, clock: Clock) -> None:
    await tx.execute(
        """UPDATE clocks SET passed_ms = $3, running_since = $4, ended_at = $5
            WHERE division_id = $1 AND entry_id = $2""",
        clock.division_id, clock.entry_id, clock.passed_ms, clock.running_since, clock.ended_at,
    )  # fmt: skip
