"""A swap moves places and no mark; an absent entry owes nothing, has no rank, and lets the stage be locked and sealed."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.board import actions as board
from services.scoring.bundles import actions as bundles
from services.scoring.cli import rebuild
from services.scoring.divisions import actions as divisions
from services.scoring.panels import actions as panels
from services.scoring.printouts import domain as printouts
from services.scoring.releases import actions as releases
from services.scoring.rolls import actions as rolls
from services.scoring.running_orders import actions
from services.scoring.standings import actions as standings
from services.scoring.tablet import actions as tablet
from shared.db import transaction
from shared.errors import NotAllowed, Refused
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.running_orders.ordering import ask, change, confirm, request
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, SUPERVISOR, Hall, roll
from tests.scoring.two_people import lock, release, seal


async def order(place: Hall) -> list[tuple[UUID, int | None]]:
    async with transaction(place.pool, "scoring_system") as tx:
        found = await rolls.current(tx, place.division_id, "final")
    assert found
    return [(item.entry_id, item.order) for item in found.items]


async def marks(place: Hall) -> Sequence[Any]:
    return await place.database.rows("SELECT judge_id, entry_id, part, marks FROM sheet_heads ORDER BY 1, 2, 3")


async def test_two_people_swap_two_places_and_no_mark_moves(scoring_database: Database) -> None:
    place = await seated(scoring_database, entries=3)
    await place.mark_all()
    one, two, three = place.entries
    before = await marks(place)
    await change(place, "swap", one, three)
    assert await order(place) == [(three, 1), (two, 2), (one, 3)]
    await change(place, "swap", one, two)
    assert await order(place) == [(three, 1), (one, 2), (two, 3)]
    assert await marks(place) == before
    async with transaction(place.pool, "scoring_judge", judge(1), judge(1)) as tx:
        desk = await tablet.desk(tx, place.division_id, judge(1), "zh-CN")
    assert [item.entry_id for item in desk.entries] == [three, one, two]
    kinds = [row["kind"] for row in await scoring_database.rows("SELECT kind FROM ledger WHERE kind = 'order_changed'")]
    assert kinds == ["order_changed"] * 2


async def test_a_roll_sealed_anew_with_another_order_stands_over_a_swap(scoring_database: Database) -> None:
    place = await seated(scoring_database, entries=2)
    one, two = place.entries
    await change(place, "swap", one, two)
    assert await order(place) == [(two, 1), (one, 2)]
    async with transaction(place.pool, "scoring_system") as tx:
        await rolls.receive(tx, roll(place.division_id, [two, one], version=2), NOW)
    assert await order(place) == [(two, 1), (one, 2)]
    assert await scoring_database.value('SELECT array_agg("order" ORDER BY "order") FROM running_lines') == [1, 1, 2, 2]


async def test_who_is_absent_owes_nothing_and_has_no_rank(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=3)
    away = place.entries[1]
    await place.mark_all(skip=[(each, away, part) for each in place.judges for part in ("lesson", "reflection")])
    await change(place, "absent", away)
    async with transaction(place.pool, "scoring_desk") as tx:
        picture = await standings.of_division(tx, place.division_id, "final")
    assert {line.entry_id for line in picture.standings.lines} == {place.entries[0], place.entries[2]}
    assert (picture.standings.unmarked, picture.standings.thin) == ((), ())
    await lock(place)
    score_set_id = await seal(place)
    assert len(await scoring_database.rows("SELECT 1 FROM ledger WHERE kind = 'stated'")) == 2
    await release(place)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        found = verify(await bundles.supervision(tx, "teaching-9"))
    assert (found["ranks"], found["results"]) == (2, 2)
    assert score_set_id


async def test_an_absence_taken_back_counts_the_marks_again(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await change(place, "absent", place.entries[0])
    (late,) = await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "12.0"}))
    assert late.disposition == "counted"
    await change(place, "present", place.entries[0])
    async with transaction(place.pool, "scoring_desk") as tx:
        picture = await standings.of_division(tx, place.division_id, "final")
    assert len(picture.standings.lines) == 2
    await lock(place)
    await seal(place)


async def test_who_was_shown_and_is_absent_then_leaves_the_board_and_holds_no_correction_up(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=msgspec.structs.replace(SHARED, release="per_entry"), entries=2)
    await place.mark_all()
    for each in place.entries:
        await release(place, each)
    await change(place, "absent", place.entries[0])
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await releases.renew(tx, place.division_id, "final", SCOREKEEPER, SUPERVISOR, NOW)
        assert [each.entry_id for each in (await releases.public(tx, place.division_id)).items] == [place.entries[1]]
        await releases.renew(tx, place.division_id, "final", SCOREKEEPER, SUPERVISOR, NOW)
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'released'") == 3


async def test_an_absent_entry_does_not_make_a_panel_too_thin(scoring_database: Database) -> None:
    place = await seated(scoring_database, reserves=0, units={judge(4): unit(1)})
    async with transaction(place.pool, "scoring_desk") as tx:
        assert [each.entry_id for each in await panels.problems(tx, place.division_id)] == [place.entries[0]]
    await change(place, "absent", place.entries[0])
    async with transaction(place.pool, "scoring_desk") as tx:
        assert await panels.problems(tx, place.division_id) == ()


async def test_one_person_alone_changes_nothing(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    wanted = request(place, "swap", *place.entries)
    await ask(place, wanted)
    before = await order(place)
    with pytest.raises(NotAllowed, match="second_person_needed"):
        await confirm(place, wanted, SCOREKEEPER)
    assert await order(place) == before


async def test_five_confirmations_at_once_are_one(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    wanted = request(place, "swap", *place.entries)
    await ask(place, wanted)
    await ask(place, wanted)
    done = await asyncio.gather(*(confirm(place, wanted) for _ in range(5)))
    assert len({each.ledger_position for each in done}) == 1
    assert await order(place) == [(place.entries[1], 1), (place.entries[0], 2)]


async def test_a_request_that_no_longer_fits_is_refused_when_it_is_confirmed(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    first, second = (request(place, "absent", place.entries[0]) for _ in range(2))
    await ask(place, first)
    await ask(place, second)
    await confirm(place, first)
    with pytest.raises(Refused, match="absent_already"):
        await confirm(place, second)
    swap = request(place, "swap", *place.entries)
    await ask(place, swap)
    await lock(place)
    with pytest.raises(Refused, match="order_after_lock"):
        await confirm(place, swap)


async def test_a_withdrawn_request_is_not_confirmed(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    wanted = request(place, "absent", place.entries[0])
    await ask(place, wanted)
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.withdraw(tx, wanted.id, NOW)
    with pytest.raises(Refused, match="order_withdrawn"):
        await confirm(place, wanted)


async def test_a_rebuild_replays_order_and_absence(scoring_database: Database) -> None:
    place = await seated(scoring_database, entries=3)
    await place.send(place.revision(judge(1), place.entries[0], "design", MARKS["design"]))
    await change(place, "swap", place.entries[0], place.entries[2])
    await change(place, "absent", place.entries[1])
    before = await order(place)
    assert set((await rebuild(place.pool, NOW))[place.division_id].values()) == {0}
    await scoring_database.execute('UPDATE running_orders SET "order" = 7 WHERE entry_id = $1', place.entries[0])
    await scoring_database.execute("DELETE FROM absences")
    found = (await rebuild(place.pool, NOW))[place.division_id]
    assert (found["running_orders"], found["absences"]) == (2, 1)
    assert await order(place) == before


async def test_the_board_follows_the_order_and_waits_for_nobody_who_is_absent(scoring_database: Database) -> None:
    place = await seated(scoring_database, entries=3)
    await change(place, "swap", place.entries[0], place.entries[2])
    await change(place, "absent", place.entries[1])
    async with transaction(place.pool, "scoring_system") as tx:
        await board.refresh(tx, place.division_id, NOW)
        frame = await board.frame(tx, place.division_id)
    assert [(each.code, each.order, each.state) for each in frame.entries] == [("A03", 1, "waiting"), ("A01", 3, "waiting")]
    assert (frame.done, frame.total) == (0, 2)


async def test_the_summary_names_who_is_absent_and_sheets_follow_the_order(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=3)
    await change(place, "swap", place.entries[0], place.entries[2])
    await change(place, "absent", place.entries[1])
    async with transaction(place.pool, "scoring_desk") as tx:
        gathered = await divisions.gather(tx, place.division_id, "final")
        assigned = await panels.assignments(tx, place.division_id)

    def say(key: str, **values: object) -> str:
        return f"{key} {values}"

    assert printouts.record_notes(gathered, say) == ["print.absent {'codes': 'A02'}"]
    pages = printouts.sheet_pages(gathered, assigned, gathered.attached.rule.parts if gathered.attached else (), say, "zh-CN")
    assert list(dict.fromkeys(page["code"] for page in pages)) == ["A03", "A01"]
