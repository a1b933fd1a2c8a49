"""Reading activities, and opening them: from then on the other services know them."""

from datetime import datetime
from uuid import UUID

from services.registration.activities import store
from services.registration.activities.domain import Activity
from services.registration.events import ActivityOpened, DivisionOpened
from shared import outbox
from shared.db import Transaction
from shared.errors import Missing


async def activity(tx: Transaction, id: UUID) -> Activity:
    """Raises Missing: no_such_activity."""
    found = await store.activities(tx, id)
    if not found:
        raise Missing("no_such_activity")
    return found[0]


async def of_division(tx: Transaction, division_id: UUID) -> Activity:
    """The activity that the division is a part of. Raises Missing: no_such_division."""
    found = await store.activity_of_division(tx, division_id)
    if found is None:
        raise Missing("no_such_division")
    return await activity(tx, found)


async def activities(tx: Transaction) -> list[Activity]:
    """All activities in the order of their halls."""
    return await store.activities(tx)


async def called(tx: Transaction, now: datetime) -> list[Activity]:
    """The activities whose call has been published."""
    return [each for each in await store.activities(tx) if each.call_at <= now]


async def taken(tx: Transaction, keys: list[str]) -> set[str]:
    """Which of these keys other activities have."""
    return await store.keys(tx, keys)


async def open_all(tx: Transaction, activities: list[Activity]) -> None:
    """Store activities whose rules leave no question open, and tell the other services."""
    for each in activities:
        await store.add(tx, each)
        await store.add_divisions(tx, each.divisions)
    await outbox.add(tx, *map(_opened, activities))


def _opened(activity: Activity) -> ActivityOpened:
    return ActivityOpened(
        aggregate_id=activity.id,
        version=1,
        key=activity.key,
        title=activity.title,
        title_en=activity.title_en,
        edition=activity.edition,
        kind=activity.kind,
        divisions=[
            DivisionOpened(
                division_id=each.id, key=each.key, title=each.title, title_en=each.title_en, places=each.places
            )
            for each in activity.divisions
        ],
    )
