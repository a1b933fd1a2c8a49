from collections.abc import Awaitable, Callable

import httpx

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.board.test_actions import lock
from tests.scoring.people import sign_in
from tests.scoring.seated import SHARED, seated

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
