"""Keeping what registration and scoring sealed, and reading a division's results together.

The events come from two streams in any order, so nothing here waits for anything else: `results` shows how far they came.
"""

from datetime import datetime
from uuid import UUID

from services.awards.score_sets import store
from services.awards.score_sets.domain import Item, Line, OpenedCode, Results, Sealed, Title, newest
from shared.db import Transaction
from shared.errors import Refused

__all__ = ["Results", "keep_activity", "keep_opening", "keep_score_set", "keep_titles", "places", "results"]


async def keep_activity(
    tx: Transaction,
    activity_id: UUID,
    version: int,
    key: str,
    title: str,
    title_en: str,
    divisions: list[tuple[UUID, str, str, str]],
) -> None:
    """divisions: id, key, title, title in English. An older version changes nothing."""
    if await store.save_activity(tx, activity_id, version, key, title, title_en):
        await store.save_divisions(tx, activity_id, divisions)


async def keep_titles(tx: Transaction, roll_id: UUID, titles: list[Title]) -> None:
    await store.save_titles(tx, roll_id, titles)


async def keep_opening(
    tx: Transaction, roll_id: UUID, version: int, division_id: UUID, codes: list[OpenedCode], now: datetime
) -> None:
    """Whose code each was; the names come on the people's stream."""
    await store.save_opening(tx, roll_id, version, division_id, now)
    await store.save_opened_codes(tx, roll_id, codes)


async def keep_score_set(tx: Transaction, sealed: Sealed, items: list[Item], now: datetime) -> None:
    if await store.save_sealed(tx, sealed, now):
        await store.save_items(tx, sealed.id, items)


async def results(tx: Transaction, activity_key: str, division_key: str) -> Results:
    """The division's counting score set with titles and people, as far as they are known."""
    division = await store.division_id(tx, activity_key, division_key)
    if division is None:
        return Results(division_id=None, sealed=None, lines=(), is_opened=False)
    is_opened = await store.is_opened(tx, division)
    sealed = newest(await store.sealed_sets(tx, division))
    if sealed is None:
        return Results(division_id=division, sealed=None, lines=(), is_opened=is_opened)
    items = await store.items(tx, sealed.id)
    titles = await store.titles(tx, [each.entry_id for each in items])
    people = await store.opened(tx, division)
    lines = tuple(
        Line(item=each, title=titles.get(each.entry_id, ""), person_id=people.get(each.entry_id)) for each in items
    )
    return Results(division_id=division, sealed=sealed, lines=lines, is_opened=is_opened)


async def places(tx: Transaction, activity_key: str) -> tuple[UUID, tuple[UUID, ...]]:
    """The activity's id and those of its divisions. Raises Refused: score_set_waited, where registration never told."""
    if (activity := await store.activity_id(tx, activity_key)) is None:
        raise Refused("score_set_waited", division=activity_key)
    return activity, tuple(await store.division_ids(tx, activity))
