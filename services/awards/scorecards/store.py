"""Table `scorecards`."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.awards.scorecards.domain import Column, Kind
from shared.db import Transaction


async def newest(tx: Transaction, nomination_ids: list[UUID]) -> dict[tuple[UUID, str], Column]:
    """(nomination, kind) -> the newest column."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (nomination_id, kind) id, nomination_id, kind, version, scores, correction
          FROM scorecards WHERE nomination_id = ANY($1::uuid[])
         ORDER BY nomination_id, kind, version DESC""",
        nomination_ids,
    )
    return {
        (row["nomination_id"], row["kind"]): Column(
            id=row["id"],
            version=row["version"],
            scores=msgspec.json.decode(row["scores"], type=dict[str, int]),
            correction=row["correction"],
        )
        for row in rows
    }


async def lock(tx: Transaction, nomination_id: UUID) -> None:
    """One version after the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3052))", str(nomination_id))


async def add(tx: Transaction, nomination_id: UUID, kind: Kind, column: Column, by: UUID, now: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO scorecards (id, nomination_id, kind, version, scores, correction, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        column.id, nomination_id, kind, column.version, msgspec.json.encode(column.scores).decode(),
        column.correction, by, now,
    )  # fmt: skip
