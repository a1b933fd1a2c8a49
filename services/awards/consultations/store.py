"""Tables `replies` and `veto_reasons`."""

from datetime import datetime
from uuid import UUID

from services.awards.consultations.domain import Reply
from shared.db import Transaction


async def replies(tx: Transaction, nomination_ids: list[UUID]) -> list[Reply]:
    rows = await tx.fetch(
        """
        SELECT id, nomination_id, office, opinion, reference, replied_on
          FROM replies WHERE nomination_id = ANY($1::uuid[]) ORDER BY replied_on, office""",
        nomination_ids,
    )
    return [Reply(**dict(row)) for row in rows]


async def add(tx: Transaction, reply: Reply, by: UUID, now: datetime) -> bool:
    """False if the office has already answered about this nomination."""
    done = await tx.fetchval(
        """
        INSERT INTO replies (id, nomination_id, office, opinion, reference, replied_on, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING true""",
        reply.id, reply.nomination_id, reply.office, reply.opinion, reply.reference, reply.replied_on, by, now,
    )  # fmt: skip
    return bool(done)


async def add_reason(tx: Transaction, reply_id: UUID, reason: str) -> None:
    await tx.execute("INSERT INTO veto_reasons (reply_id, reason) VALUES ($1, $2)", reply_id, reason)


async def reasons(tx: Transaction, reply_ids: list[UUID]) -> dict[UUID, str]:
    """Readable to supervisor and committee only: any other audience is refused by the database."""
    rows = await tx.fetch("SELECT reply_id, reason FROM veto_reasons WHERE reply_id = ANY($1::uuid[])", reply_ids)
    return {row["reply_id"]: row["reason"] for row in rows}
