"""Table `confirmations`."""

from uuid import UUID

from services.awards.confirmations.domain import Signature
from shared.db import Transaction


async def signatures(tx: Transaction, edition_id: UUID, score_set_ids: list[UUID]) -> list[Signature]:
    """The signatures under the list of exactly these score sets."""
    rows = await tx.fetch(
        """
        SELECT id, role, signed_by, name, signed_at
          FROM confirmations WHERE edition_id = $1 AND score_set_ids = $2 ORDER BY signed_at""",
        edition_id, score_set_ids,
    )  # fmt: skip
    return [Signature(**dict(row)) for row in rows]


async def add(tx: Transaction, edition_id: UUID, score_set_ids: list[UUID], signature: Signature) -> None:
    s = signature
    await tx.execute(
        """
        INSERT INTO confirmations (id, edition_id, score_set_ids, role, signed_by, name, signed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        s.id, edition_id, score_set_ids, s.role, s.signed_by, s.name, s.signed_at,
    )  # fmt: skip
