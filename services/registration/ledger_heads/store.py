"""SQL of ledger_heads and ledger_doubts: rows are added, never changed."""

from uuid import UUID

import asyncpg

from services.registration.ledger_heads.domain import Doubt, Head
from shared.db import Transaction


async def lock(tx: Transaction, division_id: UUID) -> None:
    """One head of a division at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger head ' || $1, 0))", str(division_id))


async def at(tx: Transaction, division_id: UUID, position: int) -> Head | None:
    row = await tx.fetchrow(
        "SELECT division_id, position, hash, headed_at FROM ledger_heads WHERE division_id = $1 AND position = $2",
        division_id, position,
    )  # fmt: skip
    return Head(**row) if row else None


async def newest(tx: Transaction) -> dict[UUID, Head]:
    """Division -> the furthest head kept."""
    rows = await tx.fetch(
        """SELECT DISTINCT ON (division_id) division_id, position, hash, headed_at FROM ledger_heads
            ORDER BY division_id, position DESC"""
    )
    return {row["division_id"]: Head(**row) for row in rows}


async def add(tx: Transaction, head: Head) -> None:
    await tx.execute(
        """INSERT INTO ledger_heads (division_id, position, hash, headed_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT DO NOTHING""",
        head.division_id, head.position, head.hash, head.headed_at,
    )  # fmt: skip


async def add_doubt(tx: Transaction, doubt: Doubt) -> None:
    await tx.execute(
        """INSERT INTO ledger_doubts (division_id, position, hash, headed_at, kind, kept_position, kept_hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""",
        doubt.head.division_id, doubt.head.position, doubt.head.hash, doubt.head.headed_at, doubt.kind, doubt.kept.position,
        doubt.kept.hash,
    )  # fmt: skip


async def doubts(tx: Transaction) -> list[Doubt]:
    rows = await tx.fetch(
        """SELECT d.division_id, d.position, d.hash, d.headed_at, d.kind, d.kept_position, d.kept_hash,
                  h.headed_at AS kept_at
             FROM ledger_doubts d
             JOIN ledger_heads h ON h.division_id = d.division_id AND h.position = d.kept_position
            ORDER BY d.headed_at, d.division_id, d.position"""
    )
    return [_doubt(row) for row in rows]


async def titles(tx: Transaction) -> dict[UUID, str]:
    """Division -> its title, as far as it is known here."""
    rows = await tx.fetch("SELECT id, title FROM divisions")
    return {row["id"]: row["title"] for row in rows}


def _doubt(row: asyncpg.Record) -> Doubt:
    division_id = row["division_id"]
    return Doubt(
        head=Head(division_id=division_id, position=row["position"], hash=row["hash"], headed_at=row["headed_at"]),
        kind=row["kind"],
        kept=Head(
            division_id=division_id, position=row["kept_position"], hash=row["kept_hash"], headed_at=row["kept_at"]
        ),
    )
