"""SQL of sealed_chains and roots."""

from uuid import UUID

import msgspec

from services.scoring.roots.domain import Root
from shared.db import Transaction


async def lock(tx: Transaction, activity_id: UUID) -> None:
    """One transaction at a time decides on an activity's root: two divisions sealed at once both count."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('root ' || $1, 0))", str(activity_id))


async def set_sealed(tx: Transaction, division_id: UUID, position: int) -> None:
    await tx.execute(
        """INSERT INTO sealed_chains (division_id, position) VALUES ($1, $2)
           ON CONFLICT (division_id) DO UPDATE SET position = excluded.position""",
        division_id, position,
    )  # fmt: skip


async def sealed(tx: Transaction, divisions: list[UUID]) -> dict[UUID, int]:
    """Which of these divisions are sealed, and how far."""
    rows = await tx.fetch(
        "SELECT division_id, position FROM sealed_chains WHERE division_id = ANY($1::uuid[]) ORDER BY division_id", divisions
    )
    return {row["division_id"]: row["position"] for row in rows}


async def save(tx: Transaction, activity_id: UUID, root: Root) -> None:
    await tx.execute(
        """INSERT INTO roots (activity_id, root, size, sealed) VALUES ($1, $2, $3, $4)
           ON CONFLICT (activity_id) DO UPDATE SET root = excluded.root, size = excluded.size, sealed = excluded.sealed""",
        activity_id, root.root, root.size, msgspec.json.encode(root.sealed).decode(),
    )  # fmt: skip


async def find(tx: Transaction, activity_id: UUID) -> Root | None:
    row = await tx.fetchrow("SELECT root, size, sealed FROM roots WHERE activity_id = $1", activity_id)
    return Root(root=row["root"], size=row["size"], sealed=msgspec.json.decode(row["sealed"])) if row else None
