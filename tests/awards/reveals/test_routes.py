"""The console's routes and the screens' stream, in this process."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import msgspec

from services.awards.reveals.routes import Screens
from shared.ids import new_id
from tests.awards import competition
from tests.awards.reveals.test_actions import begun, prepared, press, signed
from tests.awards.reveals.test_isolation import still
from tests.conftest import Database

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_the_office_prepares_begins_moves_and_ends(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    reveal_id = str(new_id())
    made = await office.post("/awards/editions/teaching-9/reveals", json={"id": reveal_id, "kind": "ceremony"})
    address = f"/awards/reveals/{reveal_id}"
    begun_ = await office.post(f"{address}/openings", json={"version": 1, "confirmed": True})
    moved = await office.post(f"{address}/commands", json={"id": str(new_id()), "kind": "next", "version": 2})
    ended = await office.post(f"{address}/closings", json={"version": 3, "confirmed": True})
    assert [each.status_code for each in (made, begun_, moved, ended)] == [201] * 4
    assert (moved.json()["step"], moved.json()["version"]) == (1, 3)
    assert ended.json()["course"]["state"] == "closed"


async def test_beginning_and_ending_are_confirmed(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    ready = await prepared(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    answer = await office.post(f"/awards/reveals/{ready.id}/openings", json={"version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "reveal_unconfirmed")
    assert await awards_database.value("SELECT state FROM reveals") == "ready"


async def test_a_form_sent_twice_moves_once(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    form = {"id": str(new_id()), "kind": "next", "version": "2", "step": "0", "_csrf": office.headers["X-CSRF-Token"]}
    for _ in range(2):
        answer = await office.post(f"/awards/reveals/{running.id}/commands", data=form, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/awards/reveals/{running.id}")
    assert await awards_database.value("SELECT step FROM reveals") == 1


async def test_a_console_that_is_behind_is_shown_the_hall_again(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    await press(awards_database, running.id, "next", 2)
    form = {"id": str(new_id()), "kind": "next", "version": "2", "step": "0", "_csrf": office.headers["X-CSRF-Token"]}
    page = await office.post(f"/awards/reveals/{running.id}/commands", data=form, headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert 'name="version" value="3"' in page.text
    data = await office.post(
        f"/awards/reveals/{running.id}/commands", json={"id": str(new_id()), "kind": "next", "version": 2}
    )
    assert (data.status_code, data.json()["code"]) == (409, "reveal_moved")


async def test_the_supervisor_looks_and_does_not_move(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    supervisor = await competition.signed_in(awards_database, client, "supervisor")
    page = await supervisor.get(f"/awards/reveals/{running.id}", headers={"Accept": "text/html"})
    answer = await supervisor.post(
        f"/awards/reveals/{running.id}/commands", json={"id": str(new_id()), "kind": "next", "version": 2}
    )
    assert (page.status_code, answer.status_code) == (200, 403)
    assert "next-button" not in page.text


async def test_the_hash_is_on_the_signed_list_the_console_and_the_last_frame(
    awards_database: Database, client: Open
) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    stored = await awards_database.value("SELECT hash FROM reveal_scripts")
    committee = await competition.signed_in(awards_database, client, "committee")
    signed_list = (await committee.get("/awards/editions/teaching-9/committee")).json()
    office = await competition.signed_in(awards_database, client, "organiser")
    console = (await office.get(f"/awards/reveals/{running.id}")).json()
    assert [signed_list["script_hash"], console["hash"], console["frames"][-1]["checksum"]] == [stored] * 3


def events(text: str) -> list[tuple[str, str]]:
    """(name, id) of a stream's events."""
    lines = [dict(line.split(": ", 1) for line in event.splitlines()) for event in text.strip().split("\n\n")]
    return [(each["event"], each.get("id", "")) for each in lines]


async def test_a_screen_that_comes_back_gets_what_it_missed_and_nothing_twice(
    awards_database: Database, client: Open
) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    await press(awards_database, running.id, "show", 2, 4)
    http = await client(awards_database)
    await still(http)
    address = f"/awards/reveals/{running.id}/events"
    missed = await http.get(address, headers={"Last-Event-ID": "2"})
    current = await http.get(address, headers={"Last-Event-ID": "3"})
    late = [await http.get(address, headers={"Last-Event-ID": each}) for each in ("", b"\xb2", "9" * 5000)]
    assert [name for name, _ in events(current.text)] == ["beat"]
    assert [[id for name, id in events(each.text) if name == "step"] for each in (missed, *late)] == [["3"]] * 4
    assert missed.headers["content-type"].startswith("text/event-stream")
    assert missed.headers["cache-control"] == "no-store"


async def test_what_another_process_told_is_shown_and_what_is_older_is_not(
    awards_database: Database, client: Open
) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    newer = await press(awards_database, running.id, "next", 2)
    http = await client(awards_database)
    screens: Screens = http._transport.app.state.house.more["reveals"]  # type: ignore[attr-defined]  # the app in this process
    await screens._heard(f"live.awards.{running.id}", msgspec.json.encode(newer))
    await screens._heard(
        f"live.awards.{running.id}", msgspec.json.encode(msgspec.structs.replace(newer, version=2, step=0))
    )
    await screens._heard(f"live.awards.{running.id}", b"no picture")
    for form, hidden in (("sealed", "林若溪"), ("plain", '"key":"')):
        picture = screens.hub.newest(f"{running.id}/{form}")
        assert picture is not None
        assert (picture.version, hidden in picture.whole.decode()) == (3, False)


async def test_the_script_can_be_checked_after_the_ceremony(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    http = await client(awards_database)
    early = await http.get(f"/awards/reveals/{running.id}/script", headers={"Accept": "application/json"})
    await press(awards_database, running.id, "show", 2, running.course.steps - 1)
    office = await competition.signed_in(awards_database, client, "organiser")
    await office.post(f"/awards/reveals/{running.id}/closings", json={"version": 3, "confirmed": True})
    late = await http.get(f"/awards/reveals/{running.id}/script")
    assert early.status_code == 404
    assert late.content.decode() == await awards_database.value("SELECT body FROM reveal_scripts")


async def test_before_it_begins_the_screen_shows_the_title_only(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    ready = await prepared(awards_database)
    http = await client(awards_database)
    page = await http.get(f"/awards/reveals/{ready.id}/screen", headers={"Accept": "text/html"})
    assert competition.OPENING.title in page.text
    assert not [name for name in competition.NAMES if name in page.text]


async def test_an_unknown_ceremony_is_told_so(awards_database: Database, client: Open) -> None:
    http = await client(awards_database)
    for path in ("screen", "steps", "events", "script"):
        answer = await http.get(f"/awards/reveals/{UUID(int=9)}/{path}", headers={"Accept": "application/json"})
        assert answer.status_code == 404
