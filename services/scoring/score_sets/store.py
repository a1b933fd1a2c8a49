"""Rows of score sets."""

from uuid import UUID

import asyncpg
import msgspec

from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets.domain import Content, ScoreSet, canonical
from shared.db import Transaction


def _score_set(row: asyncpg.Record) -> ScoreSet:
    return ScoreSet(**{**row, "content": msgspec.json.decode(row["content"], type=Content)})


async def locked(tx: Transaction, score_set_id: UUID) -> ScoreSet | None:
    """A score set, its row locked."""
    row = await tx.fetchrow(
        """SELECT id, content, hash, proposed_by, proposed_at, sealed_by, sealed_at, ledger_position
             FROM score_sets WHERE id = $1 FOR UPDATE""",
        score_set_id,
    )
    return _score_set(row) if row else None


async def of_division(tx: Transaction, division_id: UUID) -> list[ScoreSet]:
    rows = await tx.fetch(
        """SELECT id, content, hash, proposed_by, proposed_at, sealed_by, sealed_at, ledger_position
             FROM score_sets WHERE division_id = $1 ORDER BY proposed_at, id""",
        division_id,
    )
    return [_score_set(row) for row in rows]


async def last_sealed(tx: Transaction, division_id: UUID, stage: Stage) -> ScoreSet | None:
    row = await tx.fetchrow(
        """SELECT id, content, hash, proposed_by, proposed_at, sealed_by, sealed_at, ledger_position
             FROM score_sets WHERE division_id = $1 AND stage = $2 AND sealed_at IS NOT NULL
            ORDER BY version DESC LIMIT 1""",
        division_id, stage,
    )  # fmt: skip
    return _score_set(row) if row else None


async def sealed_divisions(tx: Transaction) -> frozenset[UUID]:
    """Divisions whose final is sealed, as a judge may know it."""
    return frozenset(row["division_id"] for row in await tx.fetch("SELECT division_id FROM sealed_divisions"))


async def add(tx: Transaction, score_set: ScoreSet) -> bool:
    """False if the id is known already."""
    content = score_set.content
    added = await tx.fetchval(
        """INSERT INTO score_sets (id, division_id, stage, version, supersedes, content, hash, proposed_by, proposed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING true""",
        score_set.id, content.division_id, content.stage, content.version, content.supersedes,
        canonical(content).decode(), score_set.hash, score_set.proposed_by, score_set.proposed_at,
    )  # fmt: skip
    return bool(added)


async def seal(tx: Transaction, score_set: ScoreSet) -> None:
    await tx.execute(
        "UPDATE score_sets SET sealed_by = $2, sealed_at = $3, ledger_position = $4 WHERE id = $1",
        score_set.id, score_set.sealed_by, score_set.sealed_at, score_set.ledger_position,
    )  # fmt: skip
