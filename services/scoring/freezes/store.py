"""SQL of freezes: a projection of the ledger."""

from uuid import UUID

import asyncpg
import msgspec

from services.scoring.freezes.domain import Freeze, Kept
from shared.db import Transaction

_FREEZES = "SELECT id, division_id, kept, position, at, thawed_position FROM freezes"


def _freeze(row: asyncpg.Record) -> Freeze:
    return Freeze(**{**row, "kept": msgspec.json.decode(row["kept"], type=tuple[Kept, ...])})


async def standing(tx: Transaction, division_id: UUID) -> Freeze | None:
    """The freeze that has not ended."""
    row = await tx.fetchrow(f"{_FREEZES} WHERE division_id = $1 AND thawed_position IS NULL", division_id)
    return _freeze(row) if row else None


async def by_id(tx: Transaction, freeze_id: UUID) -> Freeze | None:
    row = await tx.fetchrow(f"{_FREEZES} WHERE id = $1", freeze_id)
    return _freeze(row) if row else None


async def is_frozen(tx: Transaction, activity_id: UUID) -> bool:
    """Whether any division of the activity is."""
    found: bool = await tx.fetchval(
        """SELECT EXISTS (SELECT FROM freezes JOIN divisions USING (division_id)
                           WHERE activity_id = $1 AND thawed_position IS NULL)""",
        activity_id,
    )
    return found


async def add(tx: Transaction, freeze: Freeze) -> None:
    await tx.execute(
        "INSERT INTO freezes (id, division_id, kept, position, at) VALUES ($1, $2, $3, $4, $5)",
        freeze.id, freeze.division_id, msgspec.json.encode(freeze.kept).decode(), freeze.position, freeze.at,
    )  # fmt: skip


async def end(tx: Transaction, freeze_id: UUID, position: int) -> None:
    await tx.execute("UPDATE freezes SET thawed_position = $2 WHERE id = $1", freeze_id, position)


async def projections(tx: Transaction, division_id: UUID) -> list[tuple[object, ...]]:
    """Its rows for a division: what a rebuild must recreate equal."""
    return [tuple(row.values()) for row in await tx.fetch("SELECT * FROM freezes WHERE division_id = $1", division_id)]


async def forget(tx: Transaction, division_id: UUID) -> None:
    """Empty the projection of a division, to be filled from the ledger in the same transaction."""
    await tx.execute("DELETE FROM freezes WHERE division_id = $1", division_id)
