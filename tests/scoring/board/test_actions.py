import asyncio
from typing import Any

import asyncpg
import pytest

from services.scoring.board import actions, consumers
from services.scoring.board.actions import Drawn
from services.scoring.board.consumers import OpenedItem, RollOpened
from services.scoring.board.domain import Frame, Name, ShownHead
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from services.scoring.ledger import actions as ledger
from shared.db import transaction
from shared.events import encode
from shared.ids import new_id
from shared.inbox import apply
from tests.conftest import Database
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, Hall
from tests.scoring.two_people import lock, release


async def refresh(place: Hall) -> Frame | None:
    async with transaction(place.pool, "scoring_system") as tx:
        return (await actions.refresh(tx, place.division_id, NOW)).public


async def test_a_frame_is_stored_once_for_each_change(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    first = await refresh(place)
    assert first is not None and first.version == 1 and first.venue == "第一会场"
    assert await refresh(place) is None
    async with transaction(place.pool, "scoring_desk") as tx:
        wanted = Clock(division_id=place.division_id, entry_id=place.entries[0], number=1, limit_seconds=1200, warning_seconds=1080)
        await clocks.start(tx, wanted, NOW)
    second = await refresh(place)
    assert second is not None and second.version == 2 and second.clock is not None and second.clock.code == "A01"
    assert second.entries[0].state == "current"


async def test_a_look_that_finds_nothing_new_holds_up_no_tap(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    async with transaction(place.pool, "scoring_system") as looking, asyncio.timeout(5):
        assert await actions.refresh(looking, place.division_id, NOW) == Drawn()
        async with transaction(place.pool, "scoring_desk") as tx:
            wanted = Clock(division_id=place.division_id, entry_id=place.entries[0], number=1, limit_seconds=1200, warning_seconds=1080)
            await clocks.start(tx, wanted, NOW)
        async with transaction(place.pool, "scoring_system") as tx:
            drawn = await actions.refresh(tx, place.division_id, NOW, waits=True)
    assert drawn.public is not None and drawn.public.version == 2


async def test_marks_move_the_progress_and_nothing_else(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    await place.send(*(place.revision(each, place.entries[0], "lesson", {"content": "20.0", "delivery": "30.0"}) for each in place.judges[:6]))
    assert await refresh(place) is None
    await place.send(place.revision(place.judges[6], place.entries[0], "lesson", {"content": "20.0", "delivery": "30.0"}))
    seen = await refresh(place)
    assert seen is None or seen.done == 0  # every part of this rule is marked in the hall
    await place.send(*(place.revision(each, place.entries[0], part, marks) for each in place.judges for part, marks in REST))
    seen = await refresh(place)
    assert seen is not None and seen.done == 1 and seen.results == ()


REST = (("design", {"design": "18.0"}), ("reflection", {"reflection": "4.0"}))


async def test_results_reach_the_public_frame_only_by_a_confirmed_release(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await lock(place)
    before = await refresh(place)
    assert before is not None and before.phase == "ceremony" and before.results == ()
    await release(place)
    after = await refresh(place)
    assert after is not None and after.phase == "results"
    assert {(each.code, each.shown, each.name) for each in after.results} == {("A01", "89.00", ""), ("A02", "89.00", "")}


async def test_the_public_role_reads_frames_and_no_marks(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    async with transaction(place.pool, "scoring_public") as tx:
        assert (await actions.frame(tx, place.division_id)).total == 2
        assert len(await actions.frames(tx)) == 1
    for table in ("sheet_heads", "revisions", "releases", "seats", "board_names", "roll_items", "clocks", "clock_taps", "score_sets",
                  "freezes", "hall_frames"):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(place.pool, "scoring_public") as tx:
                await tx.fetch(f"SELECT * FROM {table}")


async def codes_opened(place: Hall) -> dict[Any, Any]:
    """Entry -> person, as registration tells it, twice. No name is known yet."""
    people: dict[Any, Any] = {each: new_id() for each in place.entries}
    event = RollOpened(
        aggregate_id=new_id(), version=1, division_id=place.division_id,
        items=tuple(OpenedItem(entry, person) for entry, person in people.items()),
    )  # fmt: skip
    consumer, *_ = consumers.CONSUMERS
    for _ in range(2):
        await apply(place.pool, consumer, "one", consumer.subject, encode(event), NOW)
    return people


async def test_names_appear_only_after_registration_opened_the_codes(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    people = await codes_opened(place)
    assert await refresh(place) is None
    async with transaction(place.pool, "scoring_system") as tx:
        assert set(await actions.nameless(tx)) == set(people.values())
        await actions.set_name(tx, people[place.entries[0]], Name("林若溪", "外国语学院"))
    seen = await refresh(place)
    assert seen is not None and seen.is_open and seen.entries[0].name == "林若溪"


async def test_an_old_picture_cannot_come_back(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    with pytest.raises(asyncpg.RestrictViolationError):
        await scoring_database.execute("UPDATE board_frames SET version = 1")


async def test_the_board_shows_the_ledger_head_that_was_told_and_no_newer_one(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    async with transaction(place.pool, "scoring_system") as tx:
        first = (await actions.refresh(tx, place.division_id, NOW)).public
        await ledger.tell_heads(tx, NOW)
        told = (await actions.refresh(tx, place.division_id, NOW)).public
    await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "19.0"}, base=None))
    async with transaction(place.pool, "scoring_system") as tx:
        assert await actions.refresh(tx, place.division_id, NOW) == Drawn()
        head = await ledger.head(tx, place.division_id)
        await ledger.tell_heads(tx, NOW)
        next_minute = (await actions.refresh(tx, place.division_id, NOW)).public
    assert first is not None and first.head is None
    assert told is not None and told.head is not None and told.head.position == 42
    assert next_minute is not None and next_minute.head == ShownHead(43, head.hash.hex()[:16])
