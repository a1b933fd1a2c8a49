from collections.abc import Awaitable, Callable

import httpx
import msgspec

from services.scoring.releases import actions
from shared.db import transaction
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS, Hall
from tests.scoring.two_people import lock

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_a_release_takes_the_scorekeeper_and_the_supervisor(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    address, body = f"/scoring/divisions/{place.division_id}/releases", {"id": str(new_id())}
    assert (await keeper.post(address, body)).json()["code"] == "release_before_lock"
    await lock(place)
    assert (await keeper.post(address, body)).status_code == 201
    assert (await keeper.post(f"/scoring/releases/{body['id']}/confirmations")).status_code == 403
    for _ in range(2):
        assert (await supervisor.post(f"/scoring/releases/{body['id']}/confirmations")).status_code == 201
    kinds = await scoring_database.rows("SELECT kind FROM ledger WHERE kind = 'released'")
    assert len(kinds) == 1
    (release,) = (await keeper.get(address)).json()["releases"]
    assert [each["shown"] for each in release["items"]] == ["89.00", "89.00"]


async def test_an_unknown_release_is_missing(scoring_database: Database, client: Open) -> None:
    supervisor = await sign_in(scoring_database, await client(scoring_database), "supervisor")
    assert (await supervisor.post(f"/scoring/releases/{new_id()}/confirmations")).json()["code"] == "no_such_release"


async def test_the_first_two_are_held_and_then_shown_together(scoring_database: Database, client: Open) -> None:
    rule = msgspec.structs.replace(SHARED, release="first_k", first_k=2, board="results")
    place = await seated(scoring_database, rule=rule, entries=3)
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    address = f"/scoring/divisions/{place.division_id}/releases"
    first, second, third = (str(each) for each in place.entries)
    await place.mark_all(skip=[(judge, place.entries[1], part) for judge in place.judges for part in MARKS])

    async def ask(*entries: str) -> tuple[str, str]:
        """What was answered, and the release's id."""
        release_id = str(new_id())
        answer = await keeper.post(address, {"id": release_id, "entries": list(entries)})
        return answer.json().get("code", "asked"), release_id

    assert (await ask(first))[0] == "release_first_k"
    assert (await ask(first, second))[0] == "entry_not_marked"
    await place.mark_all(skip=[(judge, place.entries[n], part) for judge in place.judges for part in MARKS for n in (0, 2)])
    page = await keeper.get(f"/scoring/divisions/{place.division_id}", accept="text/html")
    assert "申请亮出前 2 位" in page.text
    outcome, release_id = await ask(first, second)
    assert outcome == "asked" and (await ask(third))[0] == "asked"
    assert await shown(place) == []
    await supervisor.post(f"/scoring/releases/{release_id}/confirmations")
    assert await shown(place) == ["A01", "A02"]
    body = await scoring_database.value("SELECT body FROM ledger WHERE kind = 'released'")
    assert {each[0] for each in msgspec.json.decode(body)["body"]["items"]} == {first, second}


async def test_a_chosen_group_is_shown_together_and_nobody_else(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=msgspec.structs.replace(SHARED, release="per_group"), entries=3)
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    await place.mark_all()
    form = {"id": str(new_id()), "entries": str(place.entries[2])}
    answer = await keeper.form(f"/scoring/divisions/{place.division_id}/releases", form)
    assert answer.status_code == 303
    await supervisor.post(f"/scoring/releases/{form['id']}/confirmations")
    assert await shown(place) == ["A03"]
    again = {"id": str(new_id()), "entries": [str(each) for each in place.entries]}
    assert (await keeper.post(f"/scoring/divisions/{place.division_id}/releases", again)).json()["code"] == "release_again"


async def shown(place: Hall) -> list[str]:
    """Codes of the results the hall may see."""
    async with transaction(place.pool, "scoring_system") as tx:
        return sorted(item.code for item in (await actions.public(tx, place.division_id)).items)
