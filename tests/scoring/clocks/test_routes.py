from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx

from tests.conftest import Database, MovedClock
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated, unit
from tests.scoring.stage import NOW

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_a_lesson_is_started_paused_and_ended(scoring_database: Database, client: Open, clock: MovedClock) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper")
    address = f"/scoring/divisions/{place.division_id}/clocks"
    clock.set(NOW)
    started = await person.post(address, {"entry_id": str(place.entries[0])})
    assert (started.json()["state"], started.json()["limit_seconds"], started.json()["warning_seconds"]) == ("running", 1200, 1080)
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
