from collections.abc import Awaitable, Callable

import httpx

from shared.web import gate
from tests.conftest import Database
from tests.scoring.people import ORIGIN, sign_in
from tests.scoring.seasons.test_actions import whole
from tests.scoring.seasons.test_domain import SEASON

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def upload(http: httpx.AsyncClient, token: str, season: str = SEASON) -> httpx.Response:
    files = [("files", (f"season/{path}", content)) for path, content in whole(season).files.items()]
    headers = {"Origin": ORIGIN, "X-CSRF-Token": gate.csrf(token), "Cookie": f"laurel_scoring={token}", "Accept": "application/json"}
    return await http.post("/scoring/seasons/checks", files=files, headers=headers)


async def test_an_uploaded_folder_is_checked_and_then_stored(scoring_database: Database, client: Open) -> None:
    http = await client(scoring_database)
    person = await sign_in(scoring_database, http, "administrator")
    answer = await upload(http, person.token)
    assert answer.status_code == 200 and answer.json()["faults"] == []
    stored = await person.post(f"/scoring/seasons/{answer.json()['check_id']}")
    assert (stored.status_code, stored.json()) == (201, {"key": "s"})
    assert "年度" in (await person.get("/scoring/seasons", accept="text/html")).text


async def test_faults_are_told_with_place_and_sentence_and_nothing_can_be_stored(scoring_database: Database, client: Open) -> None:
    http = await client(scoring_database)
    person = await sign_in(scoring_database, http, "administrator")
    answer = (await upload(http, person.token, SEASON.replace('account = "W06" }]', 'account = "9" }]'))).json()
    fault = next(each for each in answer["faults"] if each["code"] == "account_unknown")
    assert (fault["file"], fault["value"]) == ("season.toml", "9") and "9" in fault["detail"]
    page = await person.get(f"/scoring/seasons/{answer['check_id']}", accept="text/html")
    assert fault["detail"] in page.text
    refused = await person.post(f"/scoring/seasons/{answer['check_id']}")
    assert refused.status_code == 422 and refused.json()["code"] == "faulty"


async def test_a_scorekeeper_cannot_load_a_season(scoring_database: Database, client: Open) -> None:
    http = await client(scoring_database)
    person = await sign_in(scoring_database, http, "scorekeeper")
    assert (await upload(http, person.token)).status_code == 403
