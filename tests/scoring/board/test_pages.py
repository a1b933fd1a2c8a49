"""The hall screen in Chromium: it follows the hall by itself, fits its wall, and shows no more than the frame."""

from collections.abc import Callable

import pytest
from playwright.async_api import expect

from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from tests.conftest import Database, MovedClock, NatsServer
from tests.scoring import browser as web
from tests.scoring.board.test_actions import refresh
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW
from tests.scoring.two_people import lock, release

pytestmark = pytest.mark.browser
WALL = {"width": 1920, "height": 1080}


async def test_the_screen_follows_the_hall_from_the_clock_to_the_results(
    scoring_database: Database, settings: Callable[..., Settings], nats_server: NatsServer, clock: MovedClock
) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=4)
    clock.set(NOW)
    await refresh(place)
    async with web.serving(settings(scoring_database, nats_server)) as url, web.chromium() as browser:
        page = await (await web.context(browser, url, "", viewport=WALL)).new_page()
        await page.goto(f"{url}/scoring/boards/{place.division_id}")
        await expect(page.locator("#clock-state")).to_have_text("等待开始")
        wanted = Clock(division_id=place.division_id, entry_id=place.entries[1], number=1, limit_seconds=1200, warning_seconds=1080)
        async with transaction(place.pool, "scoring_desk") as tx:
            await clocks.start(tx, wanted, NOW)
        await expect(page.locator("#now-code")).to_have_text("A02")
        await expect(page.locator("#hands")).to_contain_text("19:5")
        assert await web.violations(page) == [] and not await page.evaluate(web.OVERFLOW)
        await place.mark_all()
        await lock(place)
        await expect(page.locator("#results")).to_be_hidden()
        assert "89.00" not in await page.content()
        async with transaction(place.pool, "scoring_desk") as tx:
            await clocks.take(tx, place.division_id, place.entries[1], "end", NOW)
        await release(place)
        await expect(page.locator("#rows")).to_contain_text("89.00")
        await expect(page.locator("#live")).to_be_hidden()
        assert await web.violations(page) == [] and not await page.evaluate(web.OVERFLOW)


async def test_desk_pages_have_no_violation_and_no_small_target(
    scoring_database: Database, settings: Callable[..., Settings]
) -> None:
    place = await seated(scoring_database)
    await place.mark_all()
    handle = new_id()
    token = await web.cookie(scoring_database, handle, "scorekeeper", "timekeeper", "administrator", "judge")
    desk = f"/scoring/divisions/{place.division_id}"
    pages = ["/scoring/", "/scoring/divisions", desk, f"{desk}/panel", f"{desk}/clocks", "/scoring/seasons", "/scoring/sheets", "/scoring/boards", "/scoring/presets", "/scoring/presets/aerobic"]
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        for dress in ({"locale": "zh-CN"}, {"locale": "en-US", "color_scheme": "dark"}):
            page = await (await web.context(browser, url, token, **dress)).new_page()
            for path in pages:
                await page.goto(f"{url}{path}")
                assert (path, await web.violations(page)) == (path, [])
                assert (path, await page.evaluate(web.SMALL_TARGETS, 43.5)) == (path, [])
