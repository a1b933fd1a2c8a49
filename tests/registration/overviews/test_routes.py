"""The organiser's overview over HTTP."""

from typing import Any

import httpx

from tests.registration.conftest import Client


async def test_a_fresh_season_says_what_is_missing(organiser: Client) -> None:
    answer = await organiser.get("/registration/overview", headers={"Accept": "application/json"})
    (activity,) = answer.json()["activities"]
    assert activity["may_start"] is False
    states = {(line["key"], each["title"]): line["state"] for each in activity["groups"] for line in each["lines"]}
    assert states["roster", ""] == "ready"
    assert states["drawn", "文科组"] in ("later", "missing")
    page = await organiser.get("/registration/overview", headers={"Accept": "text/html"})
    assert "能不能开始" in page.text
    english = await organiser.get(
        f"/registration/activities/{activity['id']}/overview?language=en", headers={"Accept": "text/html"}
    )
    assert "Can we start?" in english.text


async def test_nobody_else_sees_the_overview(client: Any, registration_database: Any) -> None:
    opened: httpx.AsyncClient = await client(registration_database)
    refused = await opened.get("/registration/overview", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_first")
