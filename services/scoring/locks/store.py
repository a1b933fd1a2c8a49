"""SQL of lock_requests."""

from datetime import datetime
from uuid import UUID

from services.scoring.locks.domain import LockRequest
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction

_COLUMNS = "id, division_id, stage, kind, reason, asked_by, asked_at, confirmed_by, confirmed_at, ledger_position"


async def add(tx: Transaction, request: LockRequest) -> bool:
    """Store a request; False if its id already stands."""
    return bool(
        await tx.fetchval(
            """INSERT INTO lock_requests (id, division_id, stage, kind, reason, asked_by, asked_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING true""",
            request.id, request.division_id, request.stage, request.kind, request.reason, request.asked_by, request.asked_at,
        )
    )  # fmt: skip


async def find(tx: Transaction, request_id: UUID) -> LockRequest | None:
    """The request, its row locked."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM lock_requests WHERE id = $1 FOR UPDATE", request_id)  # noqa: S608 - a constant
    return LockRequest(**dict(row)) if row else None


async def confirm(tx: Transaction, request_id: UUID, by: UUID, at: datetime, position: int) -> None:
    await tx.execute(
        "UPDATE lock_requests SET confirmed_by = $2, confirmed_at = $3, ledger_position = $4 WHERE id = $1",
        request_id, by, at, position,
    )  # fmt: skip


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> list[LockRequest]:
    """The requests of a division and stage, the newest first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM lock_requests WHERE division_id = $1 AND stage = $2 ORDER BY asked_at DESC, id DESC",  # noqa: S608 - a constant
        division_id, stage,
    )  # fmt: skip
    return [LockRequest(**dict(row)) for row in rows]
