"""A judge leaves: sheets closed, the reserve judge takes what was not marked whole, and the ledger can say it all again."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from services.scoring.bundles import actions as bundles
from services.scoring.cli import rebuild
from services.scoring.divisions import actions as divisions
from services.scoring.panels import actions
from services.scoring.panels.actions import Leaving
from services.scoring.printouts import domain as printouts
from services.scoring.standings import actions as standings
from services.scoring.tablet import actions as tablet
from shared.db import transaction
from shared.errors import Conflict, Refused
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import FIRST_RESERVE, SHARED, seated, unit
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, Hall
from tests.scoring.two_people import lock, release, seal

Open = Callable[..., Awaitable[httpx.AsyncClient]]
GONE, RESERVE, SECOND = judge(2), judge(FIRST_RESERVE), judge(FIRST_RESERVE + 1)


async def foresee(place: Hall, gone: UUID = GONE, reserve: UUID | None = RESERVE) -> Leaving:
    async with transaction(place.pool, "scoring_desk") as tx:
        return await actions.leaving(tx, place.division_id, gone, reserve, "身体不适")


async def leave(place: Hall, gone: UUID = GONE, reserve: UUID | None = RESERVE) -> Leaving:
    found = await foresee(place, gone, reserve)
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.leave(tx, place.division_id, gone, reserve, "身体不适", found.kept, SCOREKEEPER, NOW)
    return found


async def half_way(database: Database) -> Hall:
    """Three entries: GONE has marked the first whole, of the second the design only, of the third nothing."""
    place = await seated(database, rule=SHARED, entries=3)
    unfinished = [(GONE, place.entries[1], part) for part in ("lesson", "reflection")]
    await place.mark_all(skip=[*unfinished, *((GONE, place.entries[2], part) for part in MARKS)])
    return place


async def test_the_preview_says_what_is_kept_taken_and_lost(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    found = await foresee(place)
    one, two, three = place.entries
    assert found.kept == (one,)
    assert dict(found.taken) == {two: RESERVE, three: RESERVE}
    assert (found.begun, found.thin) == ((two,), ())
    assert await scoring_database.value("SELECT count(*) FROM departures") == 0


async def test_the_reserve_marks_the_rest_and_the_stage_can_be_sealed(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    await leave(place)
    async with transaction(place.pool, "scoring_judge", RESERVE, RESERVE) as tx:
        desk = await tablet.desk(tx, place.division_id, RESERVE, "zh-CN")
    assert [item.entry_id for item in desk.entries] == place.entries[1:]
    async with transaction(place.pool, "scoring_judge", GONE, GONE) as tx:
        desk = await tablet.desk(tx, place.division_id, GONE, "zh-CN")
    assert [item.entry_id for item in desk.entries] == place.entries[:1]
    async with transaction(place.pool, "scoring_desk") as tx:
        owed = (await standings.of_division(tx, place.division_id, "final")).standings.unmarked
    assert {(each.judge_id, each.entry_id) for each in owed} == {(RESERVE, each) for each in place.entries[1:]}
    await place.send(*(place.revision(RESERVE, each, part, MARKS[part]) for each in place.entries[1:] for part in MARKS))
    await lock(place)
    await seal(place)
    await release(place)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        found = verify(await bundles.supervision(tx, "teaching-9"))
    assert (found["ranks"], found["results"]) == (3, 3)


async def test_what_the_leaver_sends_afterwards_is_held(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    await leave(place)
    again = place.revision(GONE, place.entries[0], "design", {"design": "11.0"})
    late = place.revision(GONE, place.entries[2], "lesson", MARKS["lesson"])
    answers = await place.send(again, late)
    assert [each.disposition for each in answers] == ["held_locked", "held_locked"]
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'revision'") == 3 * 7 * 3 - 5 + 2


async def test_a_sheet_that_came_in_between_is_told_before_it_is_confirmed(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    found = await foresee(place)
    await place.send(*(place.revision(GONE, place.entries[1], part, MARKS[part]) for part in ("lesson", "reflection")))
    with pytest.raises(Conflict, match="leave_stale"):
        async with transaction(place.pool, "scoring_desk") as tx:
            await actions.leave(tx, place.division_id, GONE, RESERVE, "身体不适", found.kept, SCOREKEEPER, NOW)
    assert (await leave(place)).kept == tuple(sorted(place.entries[:2]))


async def test_five_confirmations_at_once_are_one(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    found = await foresee(place)

    async def confirmed() -> None:
        async with transaction(place.pool, "scoring_desk") as tx:
            await actions.leave(tx, place.division_id, GONE, RESERVE, "身体不适", found.kept, SCOREKEEPER, NOW)

    await asyncio.gather(*(confirmed() for _ in range(5)))
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'judge_left'") == 1


async def test_without_a_reserve_the_others_go_on_and_a_thin_panel_is_told_before(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, reserves=0)
    assert (await leave(place, judge(1), None)).thin == ()
    assert (await leave(place, judge(2), None)).thin == ()
    third = await foresee(place, judge(3), None)
    assert [(each.judging, each.needed) for each in third.thin] == [(4, 5), (4, 5)]


async def test_a_reserve_who_leaves_too_hands_on_to_the_next(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, units={GONE: unit(1)})
    await leave(place, judge(3), RESERVE)
    await leave(place, RESERVE, SECOND)
    rows = await scoring_database.rows(
        "SELECT judge_id, entry_id, seat FROM assignments WHERE state = 'judging' AND judge_id = ANY($1::uuid[]) ORDER BY seat", [RESERVE, SECOND]
    )
    assert {(row["judge_id"], row["entry_id"], row["seat"]) for row in rows} >= {(SECOND, place.entries[1], 3)}
    assert RESERVE not in {row["judge_id"] for row in rows}
    with pytest.raises(Refused, match="reserve_not_in_panel"):
        await foresee(place, judge(4), RESERVE)


async def test_who_has_left_cannot_leave_again_and_nobody_leaves_after_the_lock(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await leave(place)
    with pytest.raises(Refused, match="judge_left_already"):
        await foresee(place)
    with pytest.raises(Refused, match="judge_not_in_panel"):
        await foresee(place, judge(77))
    await lock(place)
    with pytest.raises(Refused, match="leave_after_lock"):
        await foresee(place, judge(3))


async def test_a_rebuild_replays_who_left(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    await leave(place)
    await place.send(place.revision(GONE, place.entries[0], "design", {"design": "11.0"}))
    assert set((await rebuild(place.pool, NOW))[place.division_id].values()) == {0}
    await scoring_database.execute("UPDATE departures SET kept = '{}'")
    assert (await rebuild(place.pool, NOW))[place.division_id]["departures"] == 2
    assert await scoring_database.value("SELECT cardinality(kept) FROM departures") == 1


async def test_the_page_shows_what_happens_before_it_happens(scoring_database: Database, client: Open) -> None:
    place = await half_way(scoring_database)
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    address = f"/scoring/divisions/{place.division_id}/departures"
    preview = await keeper.get(f"{address}?judge_id={GONE}&reserve_id=", accept="text/html")
    assert "评完的" in preview.text and "改由 候补1 评" in preview.text and "从头评" in preview.text
    fields = {"judge_id": str(GONE), "kept": str(place.entries[0]), "reason": ""}
    refused = await keeper.form(address, fields)
    assert refused.status_code == 422 and "请写明离席的原因" in refused.text and "改由 候补1 评" in refused.text
    done = await keeper.form(address, fields | {"reason": "突发不适"})
    again = await keeper.form(address, fields | {"reason": "突发不适"})
    assert [each.status_code for each in (done, again)] == [303, 303]
    assert "突发不适" in (await keeper.get(address, accept="text/html")).text
    back = await keeper.get(f"{address}?judge_id={GONE}&reserve_id=", accept="text/html")
    assert back.status_code == 200 and "已离席" in back.text and "确认离席" not in back.text
    judge_himself = await sign_in(scoring_database, http, "judge")
    assert (await judge_himself.get(address)).status_code == 403


async def test_the_summary_shows_the_reserve_in_the_seat_and_neither_leaver_nor_shadow(scoring_database: Database) -> None:
    place = await half_way(scoring_database)
    shadow = judge(201)
    await scoring_database.execute(
        "INSERT INTO seats (panel_id, judge_id, position, kind, name) SELECT id, $1, 2, 'shadow', '见习2' FROM panels", shadow
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.assign(tx, place.division_id)
    place.devices[shadow] = new_id()
    await leave(place)
    full = {"design": {"design": "10.0"}, "lesson": {"content": "20.0", "delivery": "30.0"}, "reflection": {"reflection": "1.0"}}
    none = {part: dict.fromkeys(marks, "0.0") for part, marks in full.items()}
    for who, entries, given in ((RESERVE, place.entries[1:], full), (shadow, place.entries, none)):
        await place.send(*(place.revision(who, each, part, given[part]) for each in entries for part in given))
    async with transaction(place.pool, "scoring_desk") as tx:
        gathered = await divisions.gather(tx, place.division_id, "final")
        assigned = await actions.assignments(tx, place.division_id)

    def say(key: str, **values: object) -> str:
        return f"{key} {values.get('seat', '')}"

    parts = gathered.attached.rule.parts if gathered.attached else ()
    seconds = {line["code"]: line["totals"][1]["text"] for line in printouts.summary_lines(gathered, assigned, parts, say)}
    assert seconds == {"A01": "89.0", "A02": "61.0", "A03": "61.0"}
    pages = printouts.sheet_pages(gathered, assigned, parts, say)
    assert {page["who"] for page in pages if page["code"] == "A02" and " 2 " in page["who"]} == {"print.judge  2 · 候补1", "hall.seat_shadow 2 · 见习2"}
