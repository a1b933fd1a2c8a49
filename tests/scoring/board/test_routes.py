import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from services.scoring.board.domain import Frame
from services.scoring.board.routes import Hub, _events
from tests.conftest import Database, NatsServer
from tests.scoring.board.test_actions import codes_opened, refresh
from tests.scoring.board.test_domain import shown
from tests.scoring.seated import seated

Open = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def hub(scoring_house: object) -> Hub:
    return Hub(scoring_house)  # type: ignore[arg-type]  # the streams of a hub need no house


@pytest.fixture
def scoring_house() -> object:
    return object()


async def test_anybody_sees_the_screen_and_its_frame(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await refresh(place)
    http = await client(scoring_database)
    page = await http.get(f"/scoring/boards/{place.division_id}", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "文科组" in page.text and "A01" in page.text
    body = (await http.get(f"/scoring/boards/{place.division_id}", headers={"Accept": "application/json"})).content
    assert msgspec.json.decode(body, type=Frame).total == 2
    boards = (await http.get("/scoring/boards", headers={"Accept": "application/json"})).json()["boards"]
    assert [each["division"] for each in boards] == ["文科组"]


async def test_a_process_makes_the_frame_by_itself_and_with_nats(
    scoring_database: Database, client: Open, nats_server: NatsServer
) -> None:
    place = await seated(scoring_database)
    http = await client(scoring_database, nats_server)
    for _ in range(100):
        answer = await http.get(f"/scoring/boards/{place.division_id}", headers={"Accept": "application/json"})
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.05)
    assert answer.json()["version"] == 1


async def test_the_board_moves_while_names_wait_for_nats(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await codes_opened(place)
    http = await client(scoring_database)
    for _ in range(100):
        answer = await http.get(f"/scoring/boards/{place.division_id}", headers={"Accept": "application/json"})
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.05)
    assert answer.json()["version"] == 1


async def test_a_screen_gets_the_frame_it_lacks_and_then_each_newer_one(hub: Hub) -> None:
    first, second = shown(), msgspec.structs.replace(shown(), version=2)
    stream = hub.frames(first.division_id, first)
    assert await anext(stream) == first
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await hub._heard("live.scoring.x", msgspec.json.encode(second))
    await hub._heard("live.scoring.x", msgspec.json.encode(first))
    assert await waiting == second


async def test_a_slow_screen_gets_the_newest_frame(hub: Hub) -> None:
    stream = hub.frames(shown().division_id, shown())
    await anext(stream)
    pulled = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    for version in (2, 3, 4):
        await hub._heard("live.scoring.x", msgspec.json.encode(msgspec.structs.replace(shown(), version=version)))
    got = await pulled
    assert got is not None and got.version == 4


async def test_a_silent_line_beats(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.scoring.board.routes.BEAT_SECONDS", 0.01)
    stream = hub.frames(shown().division_id, None)
    assert await anext(stream) is None


async def test_a_stopping_process_ends_its_streams(hub: Hub) -> None:
    stream = hub.frames(shown().division_id, None)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    hub.close()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_the_stream_begins_with_a_beat(hub: Hub) -> None:
    stream = _events(None, hub, shown().division_id, None)  # type: ignore[arg-type]  # a beat needs no house
    assert (await anext(stream)).event == "beat"
