"""Receive what registration published, and tell the other slices which division and which roll stands."""

from datetime import datetime
from uuid import UUID

from services.scoring.rolls import store
from services.scoring.rolls.domain import Activity, Division, Roll
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction
from shared.errors import Missing


async def open_activity(tx: Transaction, activity: Activity, divisions: list[Division]) -> bool:
    """Keep an opened activity and its divisions; False if this version or a newer one is already here."""
    if not await store.save_activity(tx, activity):
        return False
    for division in divisions:
        await store.save_division(tx, division)
    return True


async def receive(tx: Transaction, roll: Roll, now: datetime) -> bool:
    """Keep a sealed roll; False if it was already here. Panels assign its entries in the same transaction."""
    if not await store.add_roll(tx, roll, now):
        return False
    await store.add_items(tx, roll)
    return True


async def divisions(tx: Transaction) -> list[Division]:
    """Every division scoring has heard of, by activity and key."""
    return await store.divisions(tx)


async def division(tx: Transaction, division_id: UUID) -> Division:
    """Raises Missing: division_unknown."""
    found = await store.division(tx, division_id)
    if found is None:
        raise Missing("division_unknown")
    return found


async def division_by_key(tx: Transaction, activity_key: str, key: str) -> Division | None:
    """The division a season file means, once registration has opened the activity."""
    return await store.division_by_key(tx, activity_key, key)


async def current(tx: Transaction, division_id: UUID, stage: Stage) -> Roll | None:
    """The roll that stands, the highest version that has arrived, in the order in which the hall runs it."""
    return await store.latest(tx, division_id, stage, is_running=True)


async def sealed(tx: Transaction, division_id: UUID, stage: Stage) -> Roll | None:
    """The same in the order that was sealed."""
    return await store.latest(tx, division_id, stage, is_running=False)


async def activity_id(tx: Transaction, key: str) -> UUID:
    """Raises Missing: activity_unknown."""
    found = await store.activity_id(tx, key)
    if found is None:
        raise Missing("activity_unknown")
    return found


async def contested(tx: Transaction, activity_id: UUID) -> list[UUID]:
    """The divisions of an activity in which a final is held, by id."""
    return await store.contested(tx, activity_id)


async def by_hash(tx: Transaction, roll_hash: str, division_id: UUID) -> Roll | None:
    """The roll a score set cites."""
    return await store.by_hash(tx, roll_hash, division_id)
