import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx
import msgspec

from services.scoring import cli
from services.scoring.board import actions
from services.scoring.board.consumers import CONSUMERS
from services.scoring.board.domain import Frame
from services.scoring.prizes import actions as prizes
from services.scoring.prizes.domain import Prize
from shared.db import transaction
from shared.ids import new_id
from shared.inbox import Consumer, apply
from shared.settings import Settings
from shared.web import gate
from tests.conftest import Database, NatsServer
from tests.scoring.board.test_actions import REST, codes_opened, refresh
from tests.scoring.browser import serving
from tests.scoring.people import Person, sign_in
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SUPERVISOR, Hall
from tests.scoring.two_people import lock, release

Open = Callable[..., Awaitable[httpx.AsyncClient]]
ONE_BY_ONE = msgspec.structs.replace(SHARED, release="per_entry", board="results")


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


async def drawn(place: Hall) -> None:
    async with transaction(place.pool, "scoring_system") as tx:
        await actions.refresh(tx, place.division_id, NOW, waits=True)


async def frame(who: Person | httpx.AsyncClient, place: Hall) -> Frame:
    answer = await who.get(
        f"/scoring/boards/{place.division_id}",
        **({} if isinstance(who, Person) else {"headers": {"Accept": "application/json"}}),
    )
    return msgspec.json.decode(answer.content, type=Frame)


async def still(client: Open, database: Database) -> httpx.AsyncClient:
    """The service, whose boards are drawn when the test says so."""
    http = await client(database)
    await http._transport.app.state.house.more["board"].stop()  # type: ignore[attr-defined]  # the app in this process
    return http


async def test_while_frozen_everybody_sees_what_was_and_the_hall_goes_on(
    scoring_database: Database, client: Open
) -> None:
    place = await seated(scoring_database, rule=ONE_BY_ONE)
    await place.mark_all()
    await release(place, place.entries[0])
    http = await still(client, scoring_database)
    await drawn(place)
    keeper = await sign_in(scoring_database, http, "scorekeeper", "timekeeper")
    address = f"/scoring/divisions/{place.division_id}"
    wanted = {"id": str(new_id())}
    for _ in range(2):
        assert (await keeper.post(f"{address}/freezes", wanted)).status_code == 201
    other = await keeper.post(f"{address}/freezes", {"id": str(new_id())})
    assert (other.status_code, other.json()["code"]) == (409, "frozen_already")
    assert "恢复公布成绩" in (await keeper.get(address, accept="text/html")).text
    await drawn(place)
    seen = await frame(http, place)
    assert (seen.phase, [each.code for each in seen.results], seen.entries, seen.clock) == ("frozen", ["A01"], (), None)
    await release(place, place.entries[1])
    await keeper.post(f"{address}/clocks", {"entry_id": str(place.entries[1])})
    await drawn(place)
    assert await frame(http, place) == seen
    inside = await frame(keeper, place)
    assert (inside.phase, [each.code for each in inside.results]) == ("frozen", ["A01"])
    assert inside.clock is not None and inside.clock.code == "A02" and inside.version > seen.version
    for _ in range(2):
        assert (await keeper.post(f"/scoring/freezes/{wanted['id']}/thaws")).status_code == 201
    await drawn(place)
    assert [each.code for each in (await frame(http, place)).results] == ["A01", "A02"]
    kinds = await scoring_database.rows("SELECT kind FROM ledger WHERE kind IN ('frozen', 'thawed') ORDER BY position")
    assert [row["kind"] for row in kinds] == ["frozen", "thawed"]
    assert (await keeper.post(f"/scoring/freezes/{new_id()}/thaws")).json()["code"] == "no_such_freeze"


async def test_only_scorekeeper_and_supervisor_freeze(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "timekeeper", "judge", "usher")
    assert (
        await person.post(f"/scoring/divisions/{place.division_id}/freezes", {"id": str(new_id())})
    ).status_code == 403


async def test_a_rebuild_recreates_a_freeze_and_what_it_keeps(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=ONE_BY_ONE)
    await place.mark_all()
    await release(place, place.entries[0])
    await drawn(place)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await actions.freeze(tx, new_id(), place.division_id, SUPERVISOR, NOW)
    await drawn(place)
    await release(place, place.entries[1])
    told = (await cli.rebuild(place.pool, NOW))[place.division_id]
    assert (told["freezes"], told["board_frames"]) == (0, 0)
    await scoring_database.execute("UPDATE freezes SET kept = '[]'")
    assert (await cli.rebuild(place.pool, NOW))[place.division_id]["freezes"] == 2
    async with transaction(place.pool, "scoring_public") as tx:
        assert [each.code for each in (await actions.frame(tx, place.division_id)).results] == ["A01"]


async def test_a_ceremony_shows_the_prize_places_and_nobody_who_lost(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=4)
    for at, entry in enumerate(place.entries):
        for each in place.judges:
            for part, marks in REST:
                await place.send(place.revision(each, entry, part, marks))
            await place.send(
                place.revision(each, entry, "lesson", {"content": f"{20 + min(at, 2)}.0", "delivery": "40.0"})
            )
    await lock(place)
    async with transaction(place.pool, "scoring_desk") as tx:
        await prizes.keep(tx, "teaching-9", "arts", [Prize("一等奖", "", 1)])
    await release(place)
    await drawn(place)
    async with transaction(place.pool, "scoring_public") as tx:
        seen = await actions.frame(tx, place.division_id)
    assert [(each.rank, each.code) for each in seen.results] == [(1, "A03"), (1, "A04")]
    assert "A01" not in msgspec.json.encode(seen.results).decode()


async def test_the_hall_goes_to_a_ceremony_and_back(scoring_database: Database) -> None:
    place, reveal = await seated(scoring_database), new_id()
    await drawn(place)
    opened, closed = (
        next(each for each in CONSUMERS if each.subject == f"awards.reveal.{word}.v1") for word in ("opened", "closed")
    )

    async def told(consumer: Consumer, **more: str) -> str:
        body = {
            "aggregate_id": reveal,
            "version": 1,
            "subject": consumer.subject,
            "division_ids": [place.division_id],
            **more,
        }
        await apply(place.pool, consumer, str(new_id()), consumer.subject, msgspec.json.encode(body), NOW)
        await drawn(place)
        async with transaction(place.pool, "scoring_public") as tx:
            return (await actions.frame(tx, place.division_id)).reveal

    assert await told(opened, address="/awards/reveals/7/screen") == "/awards/reveals/7/screen"
    assert await told(closed) == ""
    assert await told(opened, address="/awards/reveals/7/screen") == ""  # heard of after its end


async def test_a_tap_reaches_an_open_screen_at_once(
    scoring_database: Database, settings: Callable[..., Settings], nats_server: NatsServer
) -> None:
    """Over a real socket: time first, then the frame that stands, then each newer one; who comes back gets what it lacks."""
    place = await seated(scoring_database)
    await drawn(place)
    async with serving(settings(scoring_database, nats_server)) as url:
        address = f"{url}/scoring/boards/{place.division_id}/events"
        async with httpx.AsyncClient() as http, http.stream("GET", address) as screen:
            assert (
                screen.headers["content-type"].startswith("text/event-stream")
                and screen.headers["cache-control"] == "no-store"
            )
            lines = screen.aiter_lines()
            assert (await anext(lines), json.loads((await anext(lines))[6:]).keys()) == ("event: beat", {"now"})
            assert [await anext(lines) for _ in range(3)][1:] == ["event: frame", "id: 1"]
            await anext(lines)
            async with transaction(place.pool, "scoring_gate") as tx:
                token = await gate.start(tx, new_id(), keeper := new_id())
                await gate.grant(tx, keeper, "timekeeper")
            headers = {
                "Origin": url,
                "X-CSRF-Token": gate.csrf(token),
                "Cookie": f"laurel_scoring={token}",
                "Accept": "application/json",
            }
            body = {"entry_id": str(place.entries[0])}
            await http.post(f"{url}/scoring/divisions/{place.division_id}/clocks", json=body, headers=headers)
            async with asyncio.timeout(5):
                while await anext(lines) != "id: 2":
                    pass
                assert json.loads((await anext(lines))[6:])["clock"]["code"] == "A01"
        for known, first in (("1", "id: 2"), ("999999", "id: 2")):
            async with (
                httpx.AsyncClient() as http,
                http.stream("GET", address, headers={"Last-Event-ID": known}) as screen,
            ):
                lines = screen.aiter_lines()
                assert [await anext(lines) for _ in range(5)][3:] == ["event: frame", first]
