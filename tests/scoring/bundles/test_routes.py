"""Who may take which bundle, and when; the page that checks them."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest
from playwright.async_api import expect

from shared.settings import Settings
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.people import sign_in
from tests.scoring.sealed import CHAIN, opened, sealed
from tests.scoring.two_people import release

Open = Callable[..., Awaitable[httpx.AsyncClient]]
BUNDLES = "/scoring/bundles/teaching-9"


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_nothing_is_public_before_the_release(scoring_database: Database, client: Open) -> None:
    place = await sealed(scoring_database)
    http = await client(scoring_database)
    asked = {"Accept": "application/json"}
    assert told(await http.get(f"{BUNDLES}/public", headers=asked)) == (404, "bundle_before_release")
    assert (await http.get("/scoring/check", headers=asked)).json() == {"bundles": []}
    await release(place)
    bundle = (await http.get(f"{BUNDLES}/public", headers=asked)).content
    assert verify(bundle)["ranks"] == len(place.entries)
    assert b"marks_stated" not in bundle and b"judge" not in bundle.replace(json.loads(bundle)["root"].encode(), b"").split(b'"statements"')[1]
    (shelved,) = (await http.get("/scoring/check", headers=asked)).json()["bundles"]
    assert (shelved["root"], shelved["is_public"], shelved["own"]) == (json.loads(bundle)["root"], True, [])


async def test_a_division_released_in_part_is_not_public_yet(scoring_database: Database, client: Open) -> None:
    """The place of one among all would tell of those who still wait."""
    place = await sealed(scoring_database, rule=msgspec.structs.replace(CHAIN, release="per_entry"))
    http = await client(scoring_database)
    for entry in place.entries:
        answer = await http.get(f"{BUNDLES}/public", headers={"Accept": "application/json"})
        assert told(answer) == (404, "bundle_before_release")
        await release(place, entry)
    answer = await http.get(f"{BUNDLES}/public")
    assert verify(answer.content)["ranks"] == len(place.entries)


async def test_the_public_bundle_carries_its_hash_and_is_sent_once(scoring_database: Database, client: Open) -> None:
    await release(await sealed(scoring_database))
    http = await client(scoring_database)
    first, second = [await http.get(f"{BUNDLES}/public") for _ in range(2)]
    assert first.headers["ETag"] == second.headers["ETag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert first.headers["Cache-Control"] == "no-cache"
    for known in (first.headers["ETag"], f'"{"0" * 64}", W/{first.headers["ETag"]}'):
        again = await http.get(f"{BUNDLES}/public", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (await http.get(f"{BUNDLES}/public", headers={"If-None-Match": f'"{"0" * 64}"'})).content == first.content


async def test_the_shelf_holds_what_a_reader_may_have(scoring_database: Database, client: Open) -> None:
    place = await sealed(scoring_database)
    http = await client(scoring_database)
    me, keeper = await sign_in(scoring_database, http), await sign_in(scoring_database, http, "scorekeeper")
    people = await opened(place)
    await scoring_database.execute("UPDATE sessions SET person_id = $1 WHERE handle = $2", people[place.entries[0]], me.handle)

    async def shelf(reader: Any) -> list[tuple[bool, list[str]]]:
        answer = await reader.get("/scoring/check", "application/json")
        return [(each["is_public"], each["own"]) for each in answer.json()["bundles"]]

    own = [str(place.entries[0])]
    assert (await shelf(me), await shelf(keeper)) == ([(False, own)], [(False, [])])
    await release(place)
    assert (await shelf(me), await shelf(keeper)) == ([(True, own)], [(True, [])])


async def test_a_contestant_gets_the_own_marks_only_and_only_once_the_codes_are_open(scoring_database: Database, client: Open) -> None:
    place = await sealed(scoring_database)
    http = await client(scoring_database)
    me, stranger = await sign_in(scoring_database, http), await sign_in(scoring_database, http)
    mine, other = place.entries[0], place.entries[1]
    assert told(await me.get(f"{BUNDLES}/own/{mine}")) == (404, "bundle_not_yours")
    people = await opened(place)
    await scoring_database.execute("UPDATE sessions SET person_id = $1 WHERE handle = $2", people[mine], me.handle)
    bundle = (await me.get(f"{BUNDLES}/own/{mine}")).content
    assert verify(bundle)["results"] == 2 and str(other) not in bundle.decode()
    assert not any(str(judge) in bundle.decode() for judge in place.judges)
    assert told(await me.get(f"{BUNDLES}/own/{other}")) == (404, "bundle_not_yours")
    assert told(await stranger.get(f"{BUNDLES}/own/{mine}")) == (404, "bundle_not_yours")
    assert (await http.get(f"{BUNDLES}/own/{mine}", headers={"Accept": "application/json"})).status_code == 401


async def test_the_whole_is_for_the_supervisor_and_the_scorekeeper(scoring_database: Database, client: Open) -> None:
    await sealed(scoring_database)
    http = await client(scoring_database)
    for role, status in (("supervisor", 200), ("scorekeeper", 200), ("judge", 403), ("administrator", 403)):
        answer = await (await sign_in(scoring_database, http, role)).get(f"{BUNDLES}/supervision")
        assert answer.status_code == status
    taken = (await http.get("/scoring/check/verify.py")).text
    assert taken.startswith('"""') and len(taken.splitlines()) <= 400


@pytest.mark.browser
async def test_the_page_checks_a_file_without_a_network(scoring_database: Database, settings: Callable[..., Settings]) -> None:
    place = await sealed(scoring_database)
    await release(place)
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        context = await web.context(browser, url, "")
        page = await context.new_page()
        await page.goto(f"{url}/scoring/check")
        await expect(page.locator("html[data-ready=true]")).to_be_attached()
        bundle = await (await context.request.get(f"{url}{BUNDLES}/public")).body()
        await context.set_offline(True)
        await page.set_input_files("#bundle", {"name": "public.json", "mimeType": "application/json", "buffer": bundle})
        await expect(page.locator("#verdict")).to_have_text("核验通过")
        await expect(page.locator("#rows")).to_contain_text(json.loads(bundle)["root"][:8])
        assert await web.violations(page) == []
        forged = bundle.replace(b'\\"rank\\":1', b'\\"rank\\":2', 1)
        await page.set_input_files("#bundle", {"name": "forged.json", "mimeType": "application/json", "buffer": forged})
        await expect(page.locator("#verdict")).to_have_text("核验不通过")
        await expect(page.locator("#note")).to_have_text("内容与总校验码不符：不是那场比赛的成绩包，或有内容被改动。")
        assert await web.violations(page) == []
