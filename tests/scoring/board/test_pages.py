"""The hall screen in Chromium: it follows the hall by itself, fits its wall, and shows no more than the frame."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Route, expect

from services.scoring.board import actions
from services.scoring.board.domain import Facts, Frame, Released, frame
from services.scoring.board.routes import picture
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock, Step
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from tests.conftest import Database, MovedClock, NatsServer
from tests.scoring import browser as web
from tests.scoring.board.test_actions import refresh
from tests.scoring.board.test_routes import ONE_BY_ONE
from tests.scoring.samples import entry
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS, NOW, SUPERVISOR, Hall
from tests.scoring.two_people import lock, release

pytestmark = pytest.mark.browser
WALL, SMALL_WALL = {"width": 1920, "height": 1080}, {"width": 1280, "height": 720}


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
        wanted = Clock(
            division_id=place.division_id, entry_id=place.entries[1], number=1, limit_seconds=1200, warning_seconds=1080
        )
        async with transaction(place.pool, "scoring_desk") as tx:
            await clocks.start(tx, wanted, NOW)
        await expect(page.locator("#now-code")).to_have_text("A02")
        await expect(page.locator("#hands")).to_have_text(re.compile(r"^19:[0-5]\d$"))
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


async def lesson(place: Hall, at: int, *steps: Step, begun: datetime = NOW) -> None:
    wanted = Clock(
        division_id=place.division_id, entry_id=place.entries[at], number=1, limit_seconds=1200, warning_seconds=1080
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        await clocks.start(tx, wanted, begun)
        for step in steps:
            await clocks.take(
                tx, place.division_id, place.entries[at], step, NOW + timedelta(seconds=1), reason="投影故障"
            )


async def test_every_mode_fits_its_wall_in_both_languages(
    scoring_database: Database, settings: Callable[..., Settings], nats_server: NatsServer, clock: MovedClock
) -> None:
    """Progress, results beside the lesson, frozen for everybody and for the hall, the list, the contestant's clock."""
    place = await seated(scoring_database, rule=ONE_BY_ONE, entries=12)
    clock.set(NOW)
    await refresh(place)
    token = await web.cookie(scoring_database, new_id(), "scorekeeper", "timekeeper", "supervisor")
    async with web.serving(settings(scoring_database, nats_server)) as url, web.chromium() as browser:
        address, pages = f"{url}/scoring/boards/{place.division_id}", {}
        for who, held, dress, language in (("public", "", WALL, "zh-CN"), ("hall", token, SMALL_WALL, "en-US")):
            pages[who] = await (await web.context(browser, url, held, viewport=dress, locale=language)).new_page()
            await pages[who].goto(address)
        screen = await (await web.context(browser, url, token, viewport=WALL)).new_page()
        await screen.goto(f"{url}/scoring/clocks/{place.division_id}/screen")

        async def looked(layouts: dict[str, str], phase: str) -> None:
            for who, page in pages.items():
                await expect(page.locator("html")).to_have_attribute("data-phase", phase)
                await expect(page.locator("html")).to_have_attribute("data-layout", layouts[who])
                assert (who, phase, await web.violations(page), await page.evaluate(web.OVERFLOW)) == (
                    who,
                    phase,
                    [],
                    False,
                )

        await looked({"public": "stage", "hall": "stage"}, "progress")
        await lesson(place, 0, begun=NOW - timedelta(minutes=19))
        await expect(screen.locator("#state")).to_have_text("还有不到两分钟")
        await expect(screen.locator("#hands")).to_contain_text("00:")
        assert await web.violations(screen) == [] and not await screen.evaluate(web.OVERFLOW)
        async with transaction(place.pool, "scoring_desk") as tx:
            await clocks.take(tx, place.division_id, place.entries[0], "end", NOW)
        await place.send(
            *(place.revision(each, place.entries[0], part, MARKS[part]) for each in place.judges for part in MARKS)
        )
        await release(place, place.entries[0])
        await lesson(place, 1, "pause")
        await expect(screen.locator("#state")).to_have_text("暂停")
        await looked({"public": "both", "hall": "both"}, "results")
        async with transaction(place.pool, "scoring_supervisor") as tx:
            await actions.freeze(tx, freeze_id := new_id(), place.division_id, SUPERVISOR, NOW)
        await looked({"public": "list", "hall": "both"}, "frozen")
        await expect(pages["public"].locator("#progress")).to_have_text("09:00 起暂停公布成绩")
        await expect(pages["hall"].locator("#now-code")).to_have_text("A02")
        async with transaction(place.pool, "scoring_supervisor") as tx:
            await actions.thaw(tx, freeze_id, SUPERVISOR, NOW)
        await looked({"public": "both", "hall": "both"}, "results")
        async with transaction(place.pool, "scoring_system") as tx:
            await actions.open_reveal(tx, new_id(), [place.division_id], "/awards/reveals/7/screen")
        await expect(pages["public"]).to_have_url(
            f"{url}/awards/reveals/7/screen?back=%2Fscoring%2Fboards%2F{place.division_id}"
        )
        await pages["public"].goto(address)
        await expect(pages["public"].locator("#now-code")).to_have_text("A02")


async def test_the_timekeeper_works_by_keys_and_a_second_page_follows(
    scoring_database: Database, settings: Callable[..., Settings], clock: MovedClock
) -> None:
    place = await seated(scoring_database)
    clock.set(NOW)
    await refresh(place)
    token = await web.cookie(scoring_database, new_id(), "timekeeper")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        context = await web.context(browser, url, token)
        page, other = await context.new_page(), await context.new_page()
        for each in (page, other):
            await each.goto(f"{url}/scoring/divisions/{place.division_id}/clocks")
        await page.keyboard.press("Space")
        await expect(page.locator(".clock .tag")).to_have_text("进行中")
        await expect(other.locator(".clock .tag")).to_have_text("进行中")
        await page.keyboard.press("p")
        await expect(page.locator(".clock .tag")).to_have_text("已暂停")
        await page.locator("#reason").fill("投影故障")
        await page.locator("#reason").press("Enter")
        await expect(page.locator(".clock .tag")).to_have_text("进行中")
        await page.keyboard.press("Space")
        await expect(page.locator("[data-key=Space]")).to_have_text("开始")
        await page.locator("summary").first.click()
        await page.get_by_placeholder("原因").last.fill("按早了")
        await page.get_by_role("button", name="更正").last.click()
        await expect(page.locator(".clock .tag")).to_have_text("进行中")
        await expect(page.get_by_text("已撤回")).to_be_visible()
        assert await web.violations(page) == [] and await page.evaluate(web.SMALL_TARGETS, 43.5) == []


async def test_a_screen_keeps_its_picture_when_the_service_is_gone(
    scoring_database: Database, settings: Callable[..., Settings], clock: MovedClock
) -> None:
    place = await seated(scoring_database)
    clock.set(NOW)
    await refresh(place)
    async with web.chromium() as browser:
        async with web.serving(settings(scoring_database)) as url:
            page = await (await web.context(browser, url, "", viewport=WALL)).new_page()
            await page.clock.install()
            await page.goto(f"{url}/scoring/boards/{place.division_id}")
            await expect(page.locator("#now-code")).to_have_text("A01")
            await expect(page.locator("#stale")).to_be_hidden()
        await page.clock.run_for(40_000)
        await expect(page.locator("#stale")).to_contain_text("数据更新 09:00:")
        await expect(page.locator("#now-code")).to_have_text("A01")
        assert await web.violations(page) == []


def large(version: int, count: int) -> Frame:
    released = tuple(
        Released(entry_id=entry(n), code=f"{n:03}", rank=n, shown=f"{100 - n}.00") for n in range(1, count + 1)
    )
    entries = tuple((entry(n), f"{n:03}", n, f"T{n}") for n in range(1, 100))
    made = Facts(
        division_id=UUID(int=1), activity="竞赛", activity_en="", division="文科组", division_en="", venue="", entries=entries,
        done=frozenset(each[0] for each in entries), current=None, clock=None, released=released, names={},
    )  # fmt: skip
    return frame(made, version, NOW)


async def test_a_screen_makes_the_next_of_many_rows_from_a_change_and_its_memory_stays(
    scoring_database: Database, settings: Callable[..., Settings], is_nightly: bool
) -> None:
    """A day of frames goes through one screen, five hundred a connection; then a change adds a row to forty."""
    place = await seated(scoring_database)
    await refresh(place)
    frames = [picture(large(version, 40)).whole for version in range(2, 10_002 if is_nightly else 502)]
    added = picture(large(len(frames) + 2, 41), large(len(frames) + 1, 40))
    assert added.change and len(added.change) * 2 < len(added.whole)
    sent = [frames[:1], *(frames[at : at + 500] for at in range(1, len(frames), 500)), [added.change]]
    bodies = iter([b"retry: 10\n\n" + b"".join(each) for each in sent])
    goes_on = asyncio.Event()

    async def answer(route: Route) -> None:
        body = next(bodies, b"")
        if not body.endswith(frames[0]):
            await goes_on.wait()
        await route.fulfill(body=body, content_type="text/event-stream")

    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        page = await (await web.context(browser, url, "", viewport=WALL)).new_page()
        await page.route("**/events?*", answer)
        await page.goto(f"{url}/scoring/boards/{place.division_id}")
        await expect(page.locator("#pages")).to_contain_text("/ 2")
        devtools = await page.context.new_cdp_session(page)

        async def held() -> tuple[int, int]:
            await devtools.send("HeapProfiler.collectGarbage")
            found = await devtools.send("Runtime.getHeapUsage")
            return found["usedSize"], await page.evaluate("document.querySelectorAll('*').length")

        before = await held()
        goes_on.set()
        await expect(page.locator("#pages")).to_contain_text("/ 3", timeout=120_000)
        after = await held()
        assert after[0] - before[0] < 2_000_000 and after[1] <= before[1] + 20


async def test_desk_pages_have_no_violation_and_no_small_target(
    scoring_database: Database, settings: Callable[..., Settings]
) -> None:
    place = await seated(scoring_database)
    await place.mark_all()
    handle = new_id()
    token = await web.cookie(scoring_database, handle, "scorekeeper", "timekeeper", "administrator", "judge")
    desk = f"/scoring/divisions/{place.division_id}"
    pages = [
        "/scoring/",
        "/scoring/divisions",
        desk,
        f"{desk}/panel",
        f"{desk}/clocks",
        "/scoring/seasons",
        "/scoring/sheets",
        "/scoring/boards",
        "/scoring/presets",
        "/scoring/presets/aerobic",
    ]
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        for dress in ({"locale": "zh-CN"}, {"locale": "en-US", "color_scheme": "dark"}):
            page = await (await web.context(browser, url, token, **dress)).new_page()
            for path in pages:
                await page.goto(f"{url}{path}")
                assert (path, await web.violations(page)) == (path, [])
                assert (path, await page.evaluate(web.SMALL_TARGETS, 43.5)) == (path, [])
