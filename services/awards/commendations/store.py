"""SQL of decisions, their awards and the serials of certificate numbers."""

from datetime import datetime
from uuid import UUID

from services.awards.commendations.domain import Commendation
from shared.db import Transaction


async def insert(tx: Transaction, commendation: Commendation, by: UUID, now: datetime) -> None:
    await tx.execute(
        """INSERT INTO commendations (id, edition_id, version, document_no, decided_on, recorded_by, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        commendation.id, commendation.edition_id, commendation.version, commendation.document_no, commendation.decided_on,
        by, now,
    )  # fmt: skip


async def cover(tx: Transaction, commendation_id: UUID, numbered: list[tuple[UUID, str]]) -> None:
    """numbered: award, certificate number."""
    await tx.executemany(
        "INSERT INTO commended_awards (commendation_id, award_id, certificate_no) VALUES ($1, $2, $3)",
        [(commendation_id, award, number) for award, number in numbered],
    )


async def take_serials(tx: Transaction, year: int, count: int) -> int:
    """The first of `count` fresh serials of the year; the row stays locked until the decision is made."""
    last: int = await tx.fetchval(
        """INSERT INTO certificate_serials (year, last) VALUES ($1, $2)
           ON CONFLICT (year) DO UPDATE SET last = certificate_serials.last + excluded.last RETURNING last""",
        year, count,
    )  # fmt: skip
    return last - count + 1


async def of_edition(tx: Transaction, edition_id: UUID) -> list[Commendation]:
    rows = await tx.fetch(
        "SELECT id, edition_id, version, document_no, decided_on FROM commendations WHERE edition_id = $1 ORDER BY version",
        edition_id,
    )
    return [Commendation(**row) for row in rows]
