"""A judge calls staff; somebody goes there, and has been there."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.seated import seated

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def people(database: Database, client: Open, *roles: str) -> tuple[Person, Person]:
    place, http = await seated(database), await client(database)
    return await sign_in(database, http, "judge", handle=place.judges[0]), await sign_in(database, http, *roles)


@pytest.mark.parametrize("role", ["scorekeeper", "timekeeper", "usher", "supervisor"])
async def test_staff_see_a_call_take_it_and_end_it(scoring_database: Database, client: Open, role: str) -> None:
    judge, staff = await people(scoring_database, client, role)
    call = {"id": str(new_id()), "kind": "help"}
    for _ in range(2):
        assert (await judge.post("/scoring/assistances", call)).status_code == 201
    (seen,) = (await staff.get("/scoring/assistances")).json()["assistances"]
    assert (seen["id"], seen["judge_id"], seen["state"]) == (call["id"], str(judge.handle), "open")
    steps = f"/scoring/assistances/{call['id']}/steps"
    codes = [(await staff.post(steps, {"step": step})).status_code for step in ("taken", "taken", "done", "done")]
    assert codes == [201, 409, 201, 409]
    assert (await judge.get("/scoring/tablet/assistances")).json()["assistances"] == [{"id": call["id"], "kind": "help", "state": "done"}]


async def test_an_unlock_names_its_sheet_and_a_judge_sees_only_the_own_calls(scoring_database: Database, client: Open) -> None:
    judge, staff = await people(scoring_database, client, "scorekeeper")
    bare = await judge.post("/scoring/assistances", {"id": str(new_id()), "kind": "unlock"})
    assert (bare.status_code, bare.json()["code"]) == (422, "assistance_without_sheet")
    entry = await scoring_database.value("SELECT entry_id FROM assignments LIMIT 1")
    whole = {"id": str(new_id()), "kind": "unlock", "entry_id": str(entry), "part": "lesson"}
    assert (await judge.post("/scoring/assistances", whole)).status_code == 201
    other = await sign_in(scoring_database, judge.http, "judge")
    assert (await other.get("/scoring/tablet/assistances")).json()["assistances"] == []
    assert (await other.get("/scoring/assistances")).status_code == 403
    (seen,) = (await staff.get("/scoring/assistances")).json()["assistances"]
    assert (seen["kind"], seen["entry_id"], seen["part"]) == ("unlock", str(entry), "lesson")
    assert (await staff.post(f"/scoring/assistances/{new_id()}/steps", {"step": "done"})).status_code == 404


async def test_a_tablet_that_calls_without_end_fills_no_page(scoring_database: Database, client: Open) -> None:
    judge, staff = await people(scoring_database, client, "usher")
    for _ in range(25):
        assert (await judge.post("/scoring/assistances", {"id": str(new_id()), "kind": "help"})).status_code == 201
    assert len((await staff.get("/scoring/assistances")).json()["assistances"]) == 20
    (first, *_) = (await staff.get("/scoring/assistances")).json()["assistances"]
    assert (await staff.post(f"/scoring/assistances/{first['id']}/steps", {"step": "done"})).status_code == 201
    assert (await judge.post("/scoring/assistances", {"id": str(new_id()), "kind": "help"})).status_code == 201
    assert len((await staff.get("/scoring/assistances")).json()["assistances"]) == 21
