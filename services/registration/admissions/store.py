"""Tables `admission_heads`, `admission_positions`, `admission_places`, `score_sets` and `score_set_ranks`."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.registration.admissions.domain import Decision, Head
from shared.db import Transaction


async def make_head(tx: Transaction, division_id: UUID) -> None:
    await tx.execute("INSERT INTO admission_heads (division_id) VALUES ($1) ON CONFLICT DO NOTHING", division_id)


async def locked_head(tx: Transaction, division_id: UUID) -> Head:
    """The head, its row locked until the transaction ends: the door lets one through at a time."""
    row = await tx.fetchrow(
        """
        SELECT division_id, last_position, decided_at, closed_at FROM admission_heads WHERE division_id = $1 FOR UPDATE""",
        division_id,
    )
    return _head(row)


def _head(row: asyncpg.Record | None) -> Head:
    if row is None:
        raise LookupError("the head is made before it is locked")
    return Head(**dict(row))


async def decide(
    tx: Transaction, division_id: UUID, seed: bytes, keys: list[str], score_set_id: UUID | None, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """
        UPDATE admission_heads SET seed = $2, keys = $3, score_set_id = $4, decided_by = $5, decided_at = $6
         WHERE division_id = $1""",
        division_id, seed, keys, score_set_id, by, now,
    )  # fmt: skip


async def decision(tx: Transaction, division_id: UUID) -> Decision | None:
    row = await tx.fetchrow(
        "SELECT keys, seed, decided_at FROM admission_heads WHERE division_id = $1 AND decided_at IS NOT NULL", division_id
    )
    return Decision(**{**dict(row), "keys": tuple(row["keys"])}) if row else None


async def close(tx: Transaction, division_id: UUID, now: datetime) -> None:
    await tx.execute("UPDATE admission_heads SET closed_at = $2 WHERE division_id = $1", division_id, now)


async def advance(tx: Transaction, division_id: UUID, by: int) -> None:
    await tx.execute(
        "UPDATE admission_heads SET last_position = last_position + $2 WHERE division_id = $1", division_id, by
    )


async def add_positions(tx: Transaction, division_id: UUID, positions: list[tuple[UUID, int]]) -> None:
    await tx.executemany(
        "INSERT INTO admission_positions (division_id, entry_id, position) VALUES ($1, $2, $3)",
        [(division_id, entry_id, position) for entry_id, position in positions],
    )


async def taken(tx: Transaction, division_id: UUID) -> frozenset[int]:
    """Numbers of the places somebody holds."""
    rows = await tx.fetch(
        "SELECT number FROM admission_places WHERE division_id = $1 AND freed_at IS NULL", division_id
    )
    return frozenset(row["number"] for row in rows)


async def places(tx: Transaction, division_id: UUID) -> int:
    count: int = await tx.fetchval("SELECT places FROM divisions WHERE id = $1", division_id)
    return count


async def holders(tx: Transaction, division_id: UUID) -> list[UUID]:
    """Who holds a place now, in the order of admission."""
    rows = await tx.fetch(
        """
        SELECT entry_id FROM admission_places JOIN admission_positions USING (entry_id)
         WHERE admission_places.division_id = $1 AND freed_at IS NULL ORDER BY position""",
        division_id,
    )
    return [row["entry_id"] for row in rows]


async def give(tx: Transaction, division_id: UUID, places: int, given: dict[UUID, int], now: datetime) -> None:
    await tx.executemany(
        """
        INSERT INTO admission_places (division_id, places, entry_id, number, given_at) VALUES ($1, $2, $3, $4, $5)""",
        [(division_id, places, entry_id, number, now) for entry_id, number in given.items()],
    )


async def free(tx: Transaction, entry_id: UUID, now: datetime) -> bool:
    """Whether the entry held a place, which is free now."""
    done = await tx.fetchval(
        "UPDATE admission_places SET freed_at = $2 WHERE entry_id = $1 AND freed_at IS NULL RETURNING true",
        entry_id, now,
    )  # fmt: skip
    return bool(done)


async def positions(tx: Transaction, entry_ids: list[UUID]) -> dict[UUID, int]:
    rows = await tx.fetch(
        "SELECT entry_id, position FROM admission_positions WHERE entry_id = ANY($1::uuid[])", entry_ids
    )
    return {row["entry_id"]: row["position"] for row in rows}


async def newest_score_set(tx: Transaction, division_id: UUID, stage: str) -> UUID | None:
    found: UUID | None = await tx.fetchval(
        "SELECT id FROM score_sets WHERE division_id = $1 AND stage = $2 ORDER BY version DESC LIMIT 1",
        division_id, stage,
    )  # fmt: skip
    return found


async def is_scored(tx: Transaction, roll_id: UUID) -> bool:
    """Whether a sealed score set cites this roll."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM score_sets WHERE roll_id = $1)", roll_id))


async def ranks(tx: Transaction, score_set_id: UUID) -> dict[UUID, int]:
    rows = await tx.fetch("SELECT entry_id, rank FROM score_set_ranks WHERE score_set_id = $1", score_set_id)
    return {row["entry_id"]: row["rank"] for row in rows}


async def add_score_set(
    tx: Transaction, id: UUID, division_id: UUID, stage: str, roll_id: UUID, version: int, now: datetime
) -> bool:
    """Whether it was new."""
    done = await tx.fetchval(
        """
        INSERT INTO score_sets (id, division_id, stage, roll_id, version, received_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING true""",
        id, division_id, stage, roll_id, version, now,
    )  # fmt: skip
    return bool(done)


async def add_ranks(tx: Transaction, score_set_id: UUID, ranks: dict[UUID, int]) -> None:
    await tx.executemany(
        "INSERT INTO score_set_ranks (score_set_id, entry_id, rank) VALUES ($1, $2, $3)",
        [(score_set_id, entry_id, rank) for entry_id, rank in ranks.items()],
    )


async def counts(tx: Transaction, activity_id: UUID) -> list[dict[str, object]]:
    rows = await tx.fetch(
        """
        SELECT division_id, key, title, title_en, places, admitted, waiting, pending
          FROM division_counts WHERE activity_id = $1 ORDER BY position""",
        activity_id,
    )
    return [dict(row) for row in rows]
