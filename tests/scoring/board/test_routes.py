import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec

from services.scoring.board.domain import Frame
from tests.conftest import Database, NatsServer
from tests.scoring.board.test_actions import codes_opened, refresh
from tests.scoring.seated import seated

Open = Callable[..., Awaitable[httpx.AsyncClient]]


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
