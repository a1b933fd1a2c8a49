"""SQL of assistances."""

from datetime import datetime
from uuid import UUID

from services.scoring.assistances.domain import Assistance, Step
from shared.db import Transaction


async def add(tx: Transaction, assistance: Assistance, most_open: int) -> None:
    """A judge of whom so many are open is heard already: no further one is kept."""
    await tx.execute(
        """INSERT INTO assistances (id, judge_id, device_id, kind, entry_id, part, asked_at)
           SELECT $1, $2, $3, $4, $5, $6, $7
            WHERE (SELECT count(*) FROM assistances WHERE judge_id = $2 AND done_at IS NULL) < $8
           ON CONFLICT (id) DO NOTHING""",
        assistance.id, assistance.judge_id, assistance.device_id, assistance.kind, assistance.entry_id, assistance.part,
        assistance.asked_at, most_open,
    )  # fmt: skip


async def every(tx: Transaction) -> list[Assistance]:
    """Those not done first, then oldest first; a judge's audience gets the own ones."""
    rows = await tx.fetch(
        """SELECT id, judge_id, device_id, kind, entry_id, part, asked_at, taken_at, done_at FROM assistances
            ORDER BY done_at IS NOT NULL, asked_at, id"""
    )
    return [Assistance(**row) for row in rows]


async def locked(tx: Transaction, assistance_id: UUID) -> Assistance | None:
    """One of them, its row locked."""
    row = await tx.fetchrow(
        """SELECT id, judge_id, device_id, kind, entry_id, part, asked_at, taken_at, done_at FROM assistances
            WHERE id = $1 FOR UPDATE""",
        assistance_id,
    )
    return Assistance(**row) if row else None


async def move(tx: Transaction, assistance_id: UUID, step: Step, by: UUID, now: datetime) -> None:
    if step == "taken":
        await tx.execute("UPDATE assistances SET taken_by = $2, taken_at = $3 WHERE id = $1", assistance_id, by, now)
    else:
        await tx.execute("UPDATE assistances SET done_by = $2, done_at = $3 WHERE id = $1", assistance_id, by, now)
