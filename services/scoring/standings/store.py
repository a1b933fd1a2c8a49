"""SQL of tie_votes and tie_lots."""

from uuid import UUID

import msgspec

from services.scoring.rubrics.domain import Stage
from services.scoring.standings.domain import TieLot, TieVote
from shared.db import Transaction


async def votes(tx: Transaction, division_id: UUID, stage: Stage) -> list[TieVote]:
    """The recorded votes of a division and stage, oldest first."""
    rows = await tx.fetch(
        "SELECT entries, votes, minutes FROM tie_votes WHERE division_id = $1 AND stage = $2 ORDER BY ledger_position",
        division_id, stage,
    )  # fmt: skip
    return [
        TieVote(
            entries=frozenset(row["entries"]),
            votes=msgspec.json.decode(row["votes"], type=tuple[tuple[UUID, UUID], ...]),
            minutes=row["minutes"],
        )
        for row in rows
    ]


async def lots(tx: Transaction, division_id: UUID, stage: Stage) -> list[TieLot]:
    rows = await tx.fetch(
        "SELECT entries, seed FROM tie_lots WHERE division_id = $1 AND stage = $2 ORDER BY ledger_position",
        division_id, stage,
    )  # fmt: skip
    return [TieLot(entries=frozenset(row["entries"]), seed=row["seed"]) for row in rows]


async def add_vote(
    tx: Transaction, vote_id: UUID, division_id: UUID, stage: Stage, vote: TieVote, position: int
) -> None:
    await tx.execute(
        """INSERT INTO tie_votes (id, division_id, stage, entries, votes, minutes, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        vote_id, division_id, stage, sorted(vote.entries), msgspec.json.encode(vote.votes).decode(), vote.minutes, position,
    )  # fmt: skip


async def add_lot(tx: Transaction, lot_id: UUID, division_id: UUID, stage: Stage, lot: TieLot, position: int) -> None:
    await tx.execute(
        "INSERT INTO tie_lots (id, division_id, stage, entries, seed, ledger_position) VALUES ($1, $2, $3, $4, $5, $6)",
        lot_id, division_id, stage, sorted(lot.entries), lot.seed, position,
    )  # fmt: skip


async def position_of_vote(tx: Transaction, vote_id: UUID) -> int | None:
    position: int | None = await tx.fetchval("SELECT ledger_position FROM tie_votes WHERE id = $1", vote_id)
    return position


async def position_of_lot(tx: Transaction, lot_id: UUID) -> int | None:
    position: int | None = await tx.fetchval("SELECT ledger_position FROM tie_lots WHERE id = $1", lot_id)
    return position


async def projections(tx: Transaction, division_id: UUID) -> dict[str, list[tuple[object, ...]]]:
    """Table -> its rows for a division: what a rebuild must recreate equal."""
    votes = await tx.fetch(
        """SELECT id, stage, entries::text, votes, minutes, ledger_position FROM tie_votes
            WHERE division_id = $1 ORDER BY id""",
        division_id,
    )
    lots = await tx.fetch(
        "SELECT id, stage, entries::text, seed, ledger_position FROM tie_lots WHERE division_id = $1 ORDER BY id",
        division_id,
    )
    return {"tie_votes": [tuple(row.values()) for row in votes], "tie_lots": [tuple(row.values()) for row in lots]}


async def forget(tx: Transaction, division_id: UUID) -> None:
    """Empty the projections of a division, to be filled from the ledger in the same transaction."""
    await tx.execute("DELETE FROM tie_votes WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM tie_lots WHERE division_id = $1", division_id)
