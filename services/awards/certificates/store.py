"""SQL of certificates and revocations."""

from datetime import date, datetime
from uuid import UUID

from services.awards.certificates.domain import Kept
from shared.db import Transaction


async def insert(tx: Transaction, certificate_id: UUID, award_id: UUID, kept: Kept, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO certificates (id, award_id, number, token, content, signature, key_id, pdf_sha256, issued_by, issued_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        certificate_id, award_id, kept.number, kept.token, kept.content, kept.signature, kept.key_id, kept.pdf_sha256, by,
        kept.issued_at,
    )  # fmt: skip


async def by_token(tx: Transaction, token: str) -> Kept | None:
    row = await tx.fetchrow(
        """SELECT number, token, content, signature, key_id, pdf_sha256, issued_at, revoked_on, revoked_by
             FROM public_certificates WHERE token = $1""",
        token,
    )
    return Kept(**row) if row else None


async def by_number(tx: Transaction, number: str) -> Kept | None:
    row = await tx.fetchrow(
        """SELECT number, token, content, signature, key_id, pdf_sha256, issued_at, revoked_on, revoked_by
             FROM public_certificates WHERE number = $1""",
        number,
    )
    return Kept(**row) if row else None


async def tokens(tx: Transaction, edition_id: UUID) -> dict[UUID, str]:
    """award -> token, for the office and the supervisor."""
    rows = await tx.fetch(
        "SELECT t.award_id, t.token FROM award_tokens t JOIN award_states a ON a.id = t.award_id WHERE a.edition_id = $1",
        edition_id,
    )
    return {row["award_id"]: row["token"] for row in rows}


async def insert_revocation(
    tx: Transaction, number: str, revoked_on: date, document_no: str, reason: str, by: UUID, now: datetime
) -> bool:
    """False if there is no such certificate or it was revoked before."""
    done = await tx.execute(
        """INSERT INTO revocations (certificate_id, revoked_on, document_no, reason, recorded_by, recorded_at)
           SELECT id, $2, $3, $4, $5, $6 FROM certificates WHERE number = $1 ON CONFLICT DO NOTHING""",
        number, revoked_on, document_no, reason, by, now,
    )  # fmt: skip
    return done.endswith(" 1")
