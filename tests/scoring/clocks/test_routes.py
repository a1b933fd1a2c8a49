from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest

from shared.db import transaction
from tests.conftest import Database, MovedClock
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated, unit
from tests.scoring.stage import NOW, Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_a_lesson_is_started_paused_and_ended(
    scoring_database: Database, client: Open, clock: MovedClock
) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    address = f"/scoring/divisions/{place.division_id}/clocks"
    clock.set(NOW)
    started = await person.post(address, {"entry_id": str(place.entries[0])})
    assert (started.json()["state"], started.json()["limit_seconds"], started.json()["warning_seconds"]) == (
        "running",
        1200,
        1080,
    )
    clock.set(NOW + timedelta(minutes=18, seconds=30))
    paused = await person.post(f"{address}/{place.entries[0]}", {"step": "pause"})
    assert 1_105_000 <= paused.json()["passed_ms"] < 1_115_000
    assert (await person.post(f"{address}/{place.entries[0]}", {"step": "end"})).json()["state"] == "ended"
    assert await scoring_database.value("SELECT ended_at IS NOT NULL FROM clocks")


async def test_one_lesson_at_a_time_in_a_hall(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    address = f"/scoring/divisions/{place.division_id}/clocks"
    await person.post(address, {"entry_id": str(place.entries[0])})
    again = await person.post(address, {"entry_id": str(place.entries[0])})
    assert again.status_code == 200 and await scoring_database.value("SELECT count(*) FROM clocks") == 1
    other = await person.post(address, {"entry_id": str(place.entries[1])})
    assert (other.status_code, other.json()["code"]) == (409, "clock_open")


async def test_no_clock_starts_before_a_panel_that_is_too_thin(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, reserves=0, units={judge(4): unit(1)})
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    answer = await person.post(f"/scoring/divisions/{place.division_id}/clocks", {"entry_id": str(place.entries[1])})
    assert (answer.status_code, answer.json()["code"]) == (422, "panel_too_thin")


async def test_the_timekeepers_page_names_the_next_entry(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    page = await person.get(f"/scoring/divisions/{place.division_id}/clocks", accept="text/html")
    assert page.status_code == 200 and "A01" in page.text and "Topic 1" in page.text


async def keeper(database: Database, client: Open) -> tuple[Hall, Person, str]:
    place = await seated(database)
    person = await sign_in(database, await client(database), "timekeeper")
    address = f"/scoring/divisions/{place.division_id}/clocks"
    await person.post(address, {"entry_id": str(place.entries[0])})
    return place, person, address


async def test_a_wrong_tap_is_taken_back_in_the_log_and_never_deleted(
    scoring_database: Database, client: Open, clock: MovedClock
) -> None:
    clock.set(NOW)
    place, person, address = await keeper(scoring_database, client)
    mine = f"{address}/{place.entries[0]}"
    clock.set(NOW + timedelta(minutes=2))
    await person.post(mine, {"step": "end"})
    (seen,) = (await person.get(address)).json()["clocks"]
    unsaid = await person.post(f"{mine}/corrections", {"tap_id": seen["log"][1]["id"], "reason": " "})
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "clock_reason_missing")
    back = await person.post(f"{mine}/corrections", {"tap_id": seen["log"][1]["id"], "reason": "按错"})
    assert back.json()["state"] == "running"
    again = await person.post(f"{mine}/corrections", {"tap_id": seen["log"][1]["id"], "reason": "按错"})
    assert (again.status_code, again.json()["code"]) == (404, "no_such_tap")
    (seen,) = (await person.get(address)).json()["clocks"]
    assert [(each["step"], each["reason"]) for each in seen["log"]] == [
        ("start", ""),
        ("end", ""),
        ("take_back", "按错"),
    ]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scoring_database.pool, "scoring_desk") as tx:
            await tx.execute("DELETE FROM clock_taps")


async def test_a_start_for_the_wrong_entry_is_undone_and_the_right_one_starts(
    scoring_database: Database, client: Open
) -> None:
    place, person, address = await keeper(scoring_database, client)
    (seen,) = (await person.get(address)).json()["clocks"]
    gone = await person.post(
        f"{address}/{place.entries[0]}/corrections", {"tap_id": seen["log"][0]["id"], "reason": "不是这一位"}
    )
    assert gone.json() == {} and (await person.get(address)).json()["clocks"] == []
    assert (await person.post(address, {"entry_id": str(place.entries[1])})).status_code == 200
    await person.post(f"{address}/{place.entries[1]}", {"step": "end"})
    assert (await person.post(address, {"entry_id": str(place.entries[0])})).json()["state"] == "running"
    log = await scoring_database.rows(
        "SELECT step FROM clock_taps WHERE entry_id = $1 ORDER BY number", place.entries[0]
    )
    assert [row["step"] for row in log] == ["start", "take_back", "start"]


async def test_an_end_cannot_be_taken_back_while_another_lesson_runs(scoring_database: Database, client: Open) -> None:
    place, person, address = await keeper(scoring_database, client)
    await person.post(f"{address}/{place.entries[0]}", {"step": "end"})
    await person.post(address, {"entry_id": str(place.entries[1])})
    log = (await person.get(address)).json()["clocks"][0]["log"]
    answer = await person.post(f"{address}/{place.entries[0]}/corrections", {"tap_id": log[1]["id"], "reason": "早了"})
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_open")
    assert await scoring_database.value("SELECT count(*) FROM clock_taps WHERE step = 'take_back'") == 0


async def test_of_two_pages_the_one_that_is_behind_is_told(scoring_database: Database, client: Open) -> None:
    place, person, address = await keeper(scoring_database, client)
    mine = f"{address}/{place.entries[0]}"
    assert (await person.post(mine, {"step": "pause", "reason": "断电", "seen": 1})).json()["state"] == "paused"
    assert (await person.post(mine, {"step": "pause", "seen": 1})).status_code == 200  # a double click
    behind = await person.post(mine, {"step": "end", "seen": 1})
    assert (behind.status_code, behind.json()["code"]) == (409, "clock_moved")
    assert (await person.post(mine, {"step": "resume", "seen": 2})).json()["state"] == "running"


async def test_a_pause_without_a_reason_is_told_one_before_going_on(scoring_database: Database, client: Open) -> None:
    place, person, address = await keeper(scoring_database, client)
    mine = f"{address}/{place.entries[0]}"
    await person.post(mine, {"step": "pause"})
    page = await person.get(address, accept="text/html")
    assert "继续前必须写明" in page.text
    assert (await person.post(mine, {"step": "resume"})).json()["code"] == "clock_reason_missing"
    assert (await person.post(mine, {"step": "resume", "reason": "投影故障"})).json()["state"] == "running"


async def test_the_contestants_screen_is_for_the_hall_and_shows_no_mark(
    scoring_database: Database, client: Open
) -> None:
    place, person, _ = await keeper(scoring_database, client)
    address = f"/scoring/clocks/{place.division_id}/screen"
    page = await person.get(address, accept="text/html")
    assert page.status_code == 200 and "文科组" in page.text and "clock_screen.js" in page.text
    judge_there = await sign_in(scoring_database, person.http, "judge")
    assert (await judge_there.get(address)).status_code == 403
