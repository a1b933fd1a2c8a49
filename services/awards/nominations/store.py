"""Table `nominations`."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.awards.nominations.domain import Nomination
from shared.db import Transaction


def _nomination(row: asyncpg.Record) -> Nomination:
    return Nomination(**dict(row))


async def lock(tx: Transaction, programme_id: UUID) -> None:
    """Let one nomination after the other into a programme; the unique indexes judge last."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3051))", str(programme_id))


async def standing(tx: Transaction, programme_id: UUID) -> list[Nomination]:
    rows = await tx.fetch(
        """
        SELECT n.id, n.programme_id, n.branch_id, b.code AS branch_code, b.name AS branch, b.name_key AS branch_key,
               n.stratum, n.place, n.reason
          FROM nominations n JOIN branches b ON b.id = n.branch_id
         WHERE n.programme_id = $1 AND n.withdrawn_at IS NULL
         ORDER BY b.code""",
        programme_id,
    )
    return [_nomination(row) for row in rows]


async def by_id(tx: Transaction, nomination_id: UUID) -> Nomination | None:
    row = await tx.fetchrow(
        """
        SELECT n.id, n.programme_id, n.branch_id, b.code AS branch_code, b.name AS branch, b.name_key AS branch_key,
               n.stratum, n.place, n.reason
          FROM nominations n JOIN branches b ON b.id = n.branch_id
         WHERE n.id = $1 AND n.withdrawn_at IS NULL""",
        nomination_id,
    )
    return _nomination(row) if row else None


async def add(tx: Transaction, nomination: Nomination, by: UUID, now: datetime) -> None:
    n = nomination
    await tx.execute(
        """
        INSERT INTO nominations (id, programme_id, branch_id, stratum, place, reason, nominated_by, nominated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        n.id, n.programme_id, n.branch_id, n.stratum, n.place, n.reason, by, now,
    )  # fmt: skip


async def withdraw(tx: Transaction, nomination_id: UUID, by: UUID, now: datetime) -> None:
    await tx.execute(
        "UPDATE nominations SET withdrawn_by = $2, withdrawn_at = $3 WHERE id = $1 AND withdrawn_at IS NULL",
        nomination_id, by, now,
    )  # fmt: skip
