"""SQL of approvals."""

from datetime import datetime
from uuid import UUID

from services.awards.approvals.domain import Approval
from shared.db import Transaction


async def insert(tx: Transaction, approval: Approval, by: UUID, now: datetime) -> None:
    await tx.execute(
        """INSERT INTO approvals (id, edition_id, body, approved_on, document_no, scan_sha256, scan_name, scan_size,
                                  recorded_by, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        approval.id, approval.edition_id, approval.body, approval.approved_on, approval.document_no, approval.scan_sha256,
        approval.scan_name, approval.scan_size, by, now,
    )  # fmt: skip


async def cover(tx: Transaction, approval_id: UUID, awards: list[UUID]) -> None:
    await tx.executemany(
        "INSERT INTO approved_awards (approval_id, award_id) VALUES ($1, $2)",
        [(approval_id, award) for award in awards],
    )


async def of_edition(tx: Transaction, edition_id: UUID) -> list[Approval]:
    rows = await tx.fetch(
        """SELECT id, edition_id, body, approved_on, document_no, scan_sha256, scan_name, scan_size
             FROM approvals WHERE edition_id = $1 ORDER BY recorded_at, id""",
        edition_id,
    )
    return [Approval(**row) for row in rows]
