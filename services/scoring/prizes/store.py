"""SQL of prize_numbers."""

from uuid import UUID

from services.scoring.prizes.domain import Prize
from shared.db import Transaction


async def add(tx: Transaction, activity_key: str, division_key: str, prizes: list[Prize]) -> None:
    """What stands already stays."""
    await tx.executemany(
        """INSERT INTO prize_numbers (activity_key, division_key, position, name, name_en, count) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT DO NOTHING""",
        [(activity_key, division_key, n, each.name, each.name_en, each.count) for n, each in enumerate(prizes, start=1)],
    )


async def of_division(tx: Transaction, division_id: UUID) -> list[Prize]:
    rows = await tx.fetch(
        """SELECT p.name, p.name_en, p.count FROM prize_numbers p JOIN activities a ON a.key = p.activity_key
             JOIN divisions d ON d.activity_id = a.activity_id AND d.key = p.division_key
            WHERE d.division_id = $1 ORDER BY p.position""",
        division_id,
    )
    return [Prize(**row) for row in rows]
