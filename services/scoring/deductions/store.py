"""SQL of deductions, adjustments and difficulties: projections of the ledger."""

from uuid import UUID

from services.scoring.deductions.domain import Adjustment, Deduction, Difficulty, Records
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction


async def records(tx: Transaction, division_id: UUID, stage: Stage) -> Records:
    """In ledger order."""
    deductions = await tx.fetch(
        """SELECT id, entry_id, key, quantity, reason, ledger_position, coalesce(withdrawn_reason, '') AS withdrawn
             FROM deductions WHERE division_id = $1 AND stage = $2 ORDER BY ledger_position""",
        division_id, stage,
    )  # fmt: skip
    adjustments = await tx.fetch(
        """SELECT id, entry_id, amount, reason, ledger_position FROM adjustments
            WHERE division_id = $1 AND stage = $2 ORDER BY ledger_position""",
        division_id, stage,
    )  # fmt: skip
    difficulties = await tx.fetch(
        """SELECT id, entry_id, part, criterion, value, ledger_position FROM difficulties
            WHERE division_id = $1 AND stage = $2 ORDER BY ledger_position""",
        division_id, stage,
    )  # fmt: skip
    return Records(
        deductions=tuple(Deduction(**row) for row in deductions),
        adjustments=tuple(Adjustment(**row) for row in adjustments),
        difficulties=tuple(Difficulty(**row) for row in difficulties),
    )


async def position(tx: Transaction, record_id: UUID) -> int | None:
    """Where a record stands in the ledger, if it does."""
    found: int | None = await tx.fetchval(
        """SELECT ledger_position FROM deductions WHERE id = $1
           UNION ALL SELECT ledger_position FROM adjustments WHERE id = $1
           UNION ALL SELECT ledger_position FROM difficulties WHERE id = $1""",
        record_id,
    )
    return found


async def place(tx: Transaction, deduction_id: UUID) -> tuple[UUID, Stage, int | None] | None:
    """The division and stage of a deduction, and where its withdrawal stands."""
    row = await tx.fetchrow("SELECT division_id, stage, withdrawn_position FROM deductions WHERE id = $1", deduction_id)
    return (row["division_id"], row["stage"], row["withdrawn_position"]) if row else None


async def add_deduction(tx: Transaction, division_id: UUID, stage: Stage, deduction: Deduction) -> None:
    await tx.execute(
        """INSERT INTO deductions (id, division_id, stage, entry_id, key, quantity, reason, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        deduction.id, division_id, stage, deduction.entry_id, deduction.key, deduction.quantity, deduction.reason,
        deduction.ledger_position,
    )  # fmt: skip


async def withdraw(tx: Transaction, deduction_id: UUID, reason: str, position: int) -> None:
    await tx.execute(
        "UPDATE deductions SET withdrawn_reason = $2, withdrawn_position = $3 WHERE id = $1",
        deduction_id,
        reason,
        position,
    )


async def add_adjustment(tx: Transaction, division_id: UUID, stage: Stage, adjustment: Adjustment) -> None:
    await tx.execute(
        """INSERT INTO adjustments (id, division_id, stage, entry_id, amount, reason, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        adjustment.id, division_id, stage, adjustment.entry_id, adjustment.amount, adjustment.reason,
        adjustment.ledger_position,
    )  # fmt: skip


async def add_difficulty(tx: Transaction, division_id: UUID, stage: Stage, difficulty: Difficulty) -> None:
    await tx.execute(
        """INSERT INTO difficulties (id, division_id, stage, entry_id, part, criterion, value, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        difficulty.id, division_id, stage, difficulty.entry_id, difficulty.part, difficulty.criterion, difficulty.value,
        difficulty.ledger_position,
    )  # fmt: skip


async def projections(tx: Transaction, division_id: UUID) -> dict[str, list[tuple[object, ...]]]:
    """Table -> its rows for a division: what a rebuild must recreate equal."""
    tables = {
        "deductions": await tx.fetch("SELECT * FROM deductions WHERE division_id = $1 ORDER BY id", division_id),
        "adjustments": await tx.fetch("SELECT * FROM adjustments WHERE division_id = $1 ORDER BY id", division_id),
        "difficulties": await tx.fetch("SELECT * FROM difficulties WHERE division_id = $1 ORDER BY id", division_id),
    }
    return {table: [tuple(row.values()) for row in rows] for table, rows in tables.items()}


async def forget(tx: Transaction, division_id: UUID) -> None:
    """Empty the projections of a division, to be filled from the ledger in the same transaction."""
    await tx.execute("DELETE FROM deductions WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM adjustments WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM difficulties WHERE division_id = $1", division_id)
