"""Keep the prize numbers of a season and tell them."""

from uuid import UUID

from services.scoring.prizes import store
from services.scoring.prizes.domain import Prize
from shared.db import Transaction


async def keep(tx: Transaction, activity_key: str, division_key: str, prizes: list[Prize]) -> None:
    """Keep what the season's file foresees: prize edges are shown by it, and the public bundle ends with them."""
    await store.add(tx, activity_key, division_key, prizes)


async def of_division(tx: Transaction, division_id: UUID) -> list[Prize]:
    """Tier by tier; empty where the season says nothing."""
    return await store.of_division(tx, division_id)
