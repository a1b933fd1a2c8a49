"""SQL of remark_requests."""

from uuid import UUID

from services.scoring.remarks.domain import Request
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> list[Request]:
    """Oldest first; a judge's audience gets those of the own entries only."""
    rows = await tx.fetch(
        """SELECT id, entry_id, scope, asked_at FROM remark_requests
            WHERE division_id = $1 AND stage = $2 ORDER BY asked_at, id""",
        division_id, stage,
    )  # fmt: skip
    return [Request(**row) for row in rows]


async def add(tx: Transaction, division_id: UUID, stage: Stage, request: Request, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO remark_requests (id, division_id, stage, entry_id, scope, asked_by, asked_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""",
        request.id, division_id, stage, request.entry_id, request.scope, by, request.asked_at,
    )  # fmt: skip
