"""SQL of preparations."""

from uuid import UUID

from services.scoring.readiness.domain import Preparation
from shared.db import Transaction


async def say(tx: Transaction, division_id: UUID, said: Preparation, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO preparations (division_id, item, roll_hash, rule_hash, said_by, said_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (division_id, item) DO UPDATE SET roll_hash = excluded.roll_hash, rule_hash = excluded.rule_hash,
               said_by = excluded.said_by, said_at = excluded.said_at""",
        division_id, said.item, said.roll_hash, said.rule_hash, by, said.said_at,
    )  # fmt: skip


async def of_division(tx: Transaction, division_id: UUID) -> list[Preparation]:
    rows = await tx.fetch(
        "SELECT item, roll_hash, rule_hash, said_at FROM preparations WHERE division_id = $1", division_id
    )
    return [Preparation(**row) for row in rows]
