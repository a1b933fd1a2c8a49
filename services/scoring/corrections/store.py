"""SQL of corrections."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.scoring.corrections.domain import Change, Correction, Difference
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction

_COLUMNS = """id, division_id, stage, ground, reason, appeal_id, change, proposed_by, proposed_at, seen, asked_by, asked_at,
              applied_by, applied_at, ledger_position, difference, supersedes, score_set_id, withdrawn_at"""


def _correction(row: asyncpg.Record) -> Correction:
    values = dict(row)
    values["change"] = msgspec.json.decode(values["change"], type=Change)
    if values["difference"] is not None:
        values["difference"] = msgspec.json.decode(values["difference"], type=Difference)
    return Correction(**values)


async def add(tx: Transaction, each: Correction) -> None:
    await tx.execute(
        """INSERT INTO corrections (id, division_id, stage, ground, reason, appeal_id, change, proposed_by, proposed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        each.id, each.division_id, each.stage, each.ground, each.reason, each.appeal_id,
        msgspec.json.encode(each.change).decode(), each.proposed_by, each.proposed_at,
    )  # fmt: skip


async def find(tx: Transaction, correction_id: UUID) -> Correction | None:
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM corrections WHERE id = $1", correction_id)  # noqa: S608 - a constant
    return _correction(row) if row else None


async def locked(tx: Transaction, correction_id: UUID) -> Correction | None:
    """A correction, its row locked."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM corrections WHERE id = $1 FOR UPDATE", correction_id)  # noqa: S608 - a constant
    return _correction(row) if row else None


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> list[Correction]:
    """The newest first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM corrections WHERE division_id = $1 AND stage = $2 ORDER BY proposed_at DESC, id DESC",  # noqa: S608 - a constant
        division_id, stage,
    )  # fmt: skip
    return [_correction(row) for row in rows]


async def ask(tx: Transaction, correction_id: UUID, by: UUID, at: datetime, seen: int) -> None:
    await tx.execute(
        "UPDATE corrections SET asked_by = $2, asked_at = $3, seen = $4 WHERE id = $1", correction_id, by, at, seen
    )


async def apply(tx: Transaction, each: Correction) -> None:
    await tx.execute(
        """UPDATE corrections SET seen = $2, asked_by = $3, asked_at = $4, applied_by = $5, applied_at = $6, ledger_position = $7,
                  difference = $8, supersedes = $9, score_set_id = $10 WHERE id = $1""",
        each.id, each.seen, each.asked_by, each.asked_at, each.applied_by, each.applied_at, each.ledger_position,
        msgspec.json.encode(each.difference).decode(), each.supersedes, each.score_set_id,
    )  # fmt: skip


async def set_score_set(tx: Transaction, correction_id: UUID, score_set_id: UUID) -> None:
    await tx.execute("UPDATE corrections SET score_set_id = $2 WHERE id = $1", correction_id, score_set_id)


async def withdraw(tx: Transaction, correction_id: UUID, at: datetime) -> None:
    await tx.execute("UPDATE corrections SET withdrawn_at = $2 WHERE id = $1", correction_id, at)
