"""Table `check_ins`."""

from datetime import datetime
from uuid import UUID

from shared.db import Transaction


async def add(tx: Transaction, entry_id: UUID, by: UUID, now: datetime) -> None:
    await tx.execute(
        "INSERT INTO check_ins (entry_id, checked_in_at, checked_in_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        entry_id, now, by,
    )  # fmt: skip


async def of_division(tx: Transaction, division_id: UUID) -> dict[UUID, datetime]:
    """Entry -> when it checked in."""
    rows = await tx.fetch(
        """
        SELECT entry_id, checked_in_at FROM check_ins JOIN entries ON entries.id = entry_id WHERE division_id = $1""",
        division_id,
    )
    return {row["entry_id"]: row["checked_in_at"] for row in rows}
