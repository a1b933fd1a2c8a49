"""The hall's page: who has not marked, in words; what each role may see of it; 304 while nothing changed."""

import html
import re
from collections.abc import Awaitable, Callable

import httpx

from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from shared.db import transaction
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import MARKS, NOW, Hall
from tests.scoring.two_people import lock

Open = Callable[..., Awaitable[httpx.AsyncClient]]


def page(place: Hall) -> str:
    return f"/scoring/halls/{place.division_id}"


async def test_the_page_says_who_owes_which_sheet(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, units={judge(7): unit(1)})
    await place.send(place.revision(judge(101), place.entries[0], "design", MARKS["design"]))
    await place.mark_all(skip=[(judge(7), place.entries[0], part) for part in MARKS] + [(judge(2), place.entries[1], part) for part in MARKS])
    await place.send(place.revision(judge(2), place.entries[1], "lesson", {"content": "20.0"}))
    usher = await sign_in(scoring_database, await client(scoring_database), "usher")
    told = (await usher.get(page(place))).json()
    columns = [(each["name"], each["owed"]) for each in told["hall"]["columns"]]
    assert columns == [("评委1", 0), ("评委2", 3), *((f"评委{n}", 0) for n in range(3, 8)), ("候补1", 2)]
    first, second = ({each["judge_id"]: each for each in row["cells"]} for row in told["hall"]["rows"])
    assert first[str(judge(7))]["state"] == "recused" and first[str(judge(101))]["state"] == "partly"
    assert second[str(judge(2))] == {
        "judge_id": str(judge(2)), "state": "partly", "done": 0,
        "parts": [["design", "unmarked"], ["lesson", "partly"], ["reflection", "unmarked"]],
    }  # fmt: skip
    assert (told["hall"]["sent"], told["hall"]["needed"]) == (37, 42)
    assert told["waiting"] is None
    text = (await usher.get(page(place), accept="text/html")).text
    assert "评了 1/3" in text and "候补 1" in text and "回避" in text


async def test_the_page_answers_304_until_something_changes(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    first = await keeper.get(page(place))
    asked = {"Accept": "application/json", "If-None-Match": first.headers["etag"]}
    again = await keeper.http.get(page(place), headers=keeper.headers() | asked)
    assert again.status_code == 304 and again.content == b""
    await place.send(place.revision(judge(1), place.entries[0], "design", MARKS["design"]))
    moved = await keeper.http.get(page(place), headers=keeper.headers() | asked)
    assert moved.status_code == 200 and moved.headers["etag"] != first.headers["etag"]


async def test_a_lesson_that_is_over_names_whom_it_waits_for(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await place.mark_all(skip=[(judge(3), place.entries[0], "lesson")])
    async with transaction(place.pool, "scoring_desk") as tx:
        lesson = Clock(division_id=place.division_id, entry_id=place.entries[0], number=1, limit_seconds=1200, warning_seconds=1080)
        await clocks.start(tx, lesson, NOW)
        await clocks.take(tx, place.division_id, place.entries[0], "end", NOW)
    timekeeper = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    told = (await timekeeper.get(page(place))).json()
    assert [(row["state"], row["waits"]) for row in told["hall"]["rows"]] == [("heard", ["评委3"]), ("waiting", [])]
    assert "还等 评委3" in (await timekeeper.get(page(place), accept="text/html")).text


async def test_two_sheets_of_one_judge_stand_among_what_is_to_do(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "18.0"}))
    other = place.revision(judge(1), place.entries[0], "design", {"design": "17.0"}, device_id=new_id())
    (answer,) = await place.send(other)
    assert answer.disposition == "held_conflict"
    usher = await sign_in(scoring_database, await client(scoring_database), "usher")
    told = (await usher.get(page(place))).json()
    assert [(each["code"], each["judge"], each["part"]) for each in told["hall"]["held"]] == [("A01", "评委1", "design")]
    assert told["hall"]["rows"][0]["cells"][0]["state"] == "conflict"


async def test_who_has_no_part_in_the_hall_stays_outside(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    http = await client(scoring_database)
    for role in ("judge", "panel_leader", "organiser", "participant"):
        assert (await (await sign_in(scoring_database, http, role)).get(page(place))).status_code == 403


async def test_a_call_to_unlock_leads_to_the_correction_with_its_context_filled_in(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await lock(place)
    (late,) = await place.send(place.revision(judge(1), place.entries[1], "lesson", {"content": "25.0", "delivery": "40.0"}))
    assert late.disposition == "held_locked"
    http = await client(scoring_database)
    one = await sign_in(scoring_database, http, "judge", handle=judge(1), person=judge(1))
    call = {"id": str(new_id()), "kind": "unlock", "entry_id": str(place.entries[1]), "part": "lesson"}
    assert (await one.post("/scoring/assistances", call)).status_code == 201
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    text = (await keeper.get(page(place), accept="text/html")).text
    (address,) = re.findall(r'href="([^"]+/corrections\?[^"]+)#sheet"', text)
    there = (await keeper.get(html.unescape(address), accept="text/html")).text
    assert there.count('value="评委1 在平板上申请解锁：A02 lesson"') == 3
    assert '<details class="more" open>' in there and 'name="held"' in there
    usher = await sign_in(scoring_database, http, "usher")
    seen = (await usher.get(page(place), accept="text/html")).text
    assert "申请解锁" in seen and "按更正解锁" not in seen
    gone = await usher.form(f"/scoring/assistances/{call['id']}/steps", {"step": "done", "return_to": str(place.division_id)})
    assert gone.status_code == 303 and gone.headers["location"] == page(place)
    assert (await usher.get(page(place))).json()["calls"] == []
