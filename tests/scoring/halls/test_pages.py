"""The hall's page in a browser: it follows what happens, leaves a form alone, and keeps its picture while the server is away."""

import base64
from collections.abc import Callable

import pytest
from playwright.async_api import Page, Route

from services.scoring.bundles import actions as bundles
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring.browser import SMALL_TARGETS, chromium, context, cookie, serving, violations
from tests.scoring.running_orders.ordering import change
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS
from tests.scoring.two_people import lock, release, seal

VERIFY = """async (text) => {
    const page = await import('/scoring/static/verify.js');
    return page.verify(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)));
}"""


async def back(page: Page) -> None:
    """Somebody comes back to the page."""
    await page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.browser
async def test_the_page_lives(scoring_database: Database, settings: Callable[..., Settings]) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=3)
    async with serving(settings(scoring_database)) as url, chromium() as browser:
        address = f"{url}/scoring/halls/{place.division_id}"
        keeper = await (await context(browser, url, await cookie(scoring_database, new_id(), "scorekeeper"))).new_page()
        await keeper.goto(address)
        assert await violations(keeper) == []
        assert await keeper.evaluate(SMALL_TARGETS, 44) == []
        assert not await keeper.evaluate("() => document.documentElement.scrollWidth > innerWidth")

        # what a judge sends is there without a reload, also while a form is filled in beside it
        await keeper.click("#change-absent summary")
        await keeper.fill("#absent-reason", "没有到场")
        await place.send(*(place.revision(judge(1), place.entries[0], part, MARKS[part]) for part in MARKS))
        await back(keeper)
        await keeper.wait_for_selector("#matrix .cell.done")
        assert await keeper.input_value("#absent-reason") == "没有到场"
        await keeper.click("#change-absent button")
        await keeper.wait_for_selector("#attention .calls li")

        # the supervisor's page, opened before, shows the request and confirms it; both then see the absence
        supervisor = await (await context(browser, url, await cookie(scoring_database, new_id(), "supervisor"))).new_page()
        await supervisor.goto(address)
        await supervisor.click("#attention .btn-primary", click_count=2)
        for page in (supervisor, keeper):
            await back(page)
            await page.wait_for_selector("tr.is-absent")
        assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'absent'") == 1
        await supervisor.go_back()
        await supervisor.wait_for_selector("tr.is-absent")
        assert await supervisor.locator("#attention .btn-primary").count() == 0

        # a portal that answers everything, then nothing at all: the last picture stays and says since when
        async def portal(route: Route) -> None:
            await route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to the Wi-Fi</h1>")

        await keeper.route("**/scoring/halls/**", portal)
        await back(keeper)
        await keeper.wait_for_selector("#lost:not([hidden])")
        assert await keeper.locator("tr.is-absent").count() == 1
        await keeper.unroute("**/scoring/halls/**", portal)
        await back(keeper)
        await keeper.wait_for_selector("#lost", state="hidden")

        # the page's own verifier accepts a seal without the one who is absent
        await change(place, "swap", place.entries[1], place.entries[2])
        await place.mark_all(skip=[(judge(1), place.entries[0], part) for part in MARKS])
        await lock(place)
        await seal(place)
        await release(place)
        async with transaction(place.pool, "scoring_supervisor") as tx:
            bundle = await bundles.supervision(tx, "teaching-9")
        told = await keeper.evaluate(VERIFY, base64.b64encode(bundle).decode())
        assert told["ranks"] == 2
