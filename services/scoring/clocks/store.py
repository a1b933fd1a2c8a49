"""Rows of clocks and of their logs."""

from uuid import UUID

from services.scoring.clocks.domain import Clock, Tap
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


async def save(tx: Transaction, clock: Clock) -> bool:
    """False if another lesson of the division is still open."""
    return bool(
        await tx.fetchval(
            """UPDATE clocks SET passed_ms = $3, running_since = $4, ended_at = $5
                WHERE division_id = $1 AND entry_id = $2
                  AND ($5::timestamptz IS NOT NULL OR NOT EXISTS (
                      SELECT FROM clocks WHERE division_id = $1 AND entry_id <> $2 AND ended_at IS NULL))
                RETURNING true""",
            clock.division_id, clock.entry_id, clock.passed_ms, clock.running_since, clock.ended_at,
        )
    )  # fmt: skip


async def drop(tx: Transaction, division_id: UUID, entry_id: UUID) -> None:
    """Nothing of its log counts any more; the log stays."""
    await tx.execute("DELETE FROM clocks WHERE division_id = $1 AND entry_id = $2", division_id, entry_id)


async def taps(tx: Transaction, division_id: UUID, entry_id: UUID) -> list[Tap]:
    rows = await tx.fetch(
        """SELECT id, number, step, at, tapped_by, reason, corrects, moved_to FROM clock_taps
            WHERE division_id = $1 AND entry_id = $2 ORDER BY number""",
        division_id, entry_id,
    )  # fmt: skip
    return [Tap(**row) for row in rows]


async def add_tap(tx: Transaction, division_id: UUID, entry_id: UUID, tap: Tap) -> None:
    await tx.execute(
        """INSERT INTO clock_taps (id, division_id, entry_id, number, step, at, tapped_by, reason, corrects, moved_to)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        tap.id, division_id, entry_id, tap.number, tap.step, tap.at, tap.tapped_by, tap.reason, tap.corrects, tap.moved_to,
    )  # fmt: skip
