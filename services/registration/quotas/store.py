"""Table `quotas`, and how much of each is in use."""

from uuid import UUID

from shared.db import Transaction


async def add(
    tx: Transaction, id: UUID, activity_id: UUID, branch_id: UUID, division_id: UUID | None, entries: int | None
) -> None:
    await tx.execute(
        """
        INSERT INTO quotas (id, activity_id, branch_id, division_id, entries) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING""",
        id, activity_id, branch_id, division_id, entries,
    )  # fmt: skip


async def quota(
    tx: Transaction, activity_id: UUID, branch_id: UUID, division_id: UUID | None
) -> tuple[UUID, int | None] | None:
    """The quota's id and its bound."""
    row = await tx.fetchrow(
        """
        SELECT id, entries FROM quotas
         WHERE activity_id = $1 AND branch_id = $2 AND division_id IS NOT DISTINCT FROM $3""",
        activity_id, branch_id, division_id,
    )  # fmt: skip
    return (row["id"], row["entries"]) if row else None


async def used(tx: Transaction, activity_id: UUID, branch_id: UUID) -> dict[UUID | None, int]:
    """How many numbers of the branch's order are in use; division -> count, None: the activity's quota."""
    rows = await tx.fetch(
        """
        SELECT division_id, coalesce(used, 0) AS used FROM quotas LEFT JOIN quota_counts ON quota_id = quotas.id
         WHERE activity_id = $1 AND branch_id = $2""",
        activity_id, branch_id,
    )  # fmt: skip
    return {row["division_id"]: row["used"] for row in rows}


async def numbers(tx: Transaction, quota_id: UUID) -> frozenset[int]:
    """Numbers of the branch's order that are in use."""
    rows = await tx.fetch(
        "SELECT recommendation FROM entries WHERE quota_id = $1 AND recommendation IS NOT NULL", quota_id
    )
    return frozenset(row["recommendation"] for row in rows)
