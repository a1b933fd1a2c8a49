"""Whose marks: a tablet that changes hands, a judge with two tablets, and a browser that two judges use. In Chromium."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from deploy.embedded.postgres import Postgres
from services.scoring.devices import actions as devices
from shared.db import transaction
from shared.ids import new_id
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.stage import SCOREKEEPER
from tests.scoring.tablet.pages import Tablet, Venue, venue

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
REVISIONS, DESK = "**/scoring/revisions/*", "**/scoring/tablet/desk"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Venue]:
    async with venue(postgres, secrets, tmp_path_factory.mktemp("files")) as made:
        yield made


@asynccontextmanager
async def enrolled(hall: Venue) -> AsyncIterator[Tablet]:
    """A tablet of the panel; the next judge has signed on."""
    panel = await hall.database.value("SELECT id FROM panels")
    async with transaction(hall.database.pool, "scoring_desk") as tx:
        code = await devices.offer(tx, new_id(), panel, hall.settings.installation_key, SCOREKEEPER)
    number = next(hall.judges)
    context = await web.context(hall.browser, hall.url, "", reduced_motion="reduce", service_workers="block")
    tablet = Tablet(hall, context, number)
    page = tablet.page = await context.new_page()
    await page.goto(f"{hall.url}/scoring/tablet#enrol={code}")
    await sign_on(page, hall, number)
    await expect(page.locator(".who")).to_contain_text(f"评委{number}")
    try:
        yield tablet
    finally:
        await context.close()


async def sign_on(page: Page, hall: Venue, number: int) -> None:
    """This judge takes the tablet that offers the names."""
    await web.cookie(hall.database, judge(number), "judge")
    await page.click(f'.names button:has(b:text-is("评委{number}"))')
    box = await page.locator("#signature").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 60, box["y"] + 90)
    await page.mouse.down()
    for at in range(1, 9):
        await page.mouse.move(box["x"] + 60 + 50 * at, box["y"] + (40 if at % 2 else 120), steps=3)
    await page.mouse.up()
    await page.click('[data-do="sign-on"]')


async def leave(page: Page) -> None:
    await page.click(".menu")
    await page.click('dialog [data-of="leave"]')
    await page.click('[data-do="leave"]')
    await expect(page.locator("dialog")).not_to_be_visible()


async def test_the_last_of_two_changes_counts_though_the_first_comes_later(hall: Venue) -> None:
    """What counted was another tablet's; the network lets the second change through first."""
    async with hall.tablet(service_workers="block") as tablet:
        async with hall.another(tablet.number) as first:
            await first.open()
            await first.type_marks("20", "20", "10")
            await first.page.click("#submit")
            await first.until_rows("counted")
        page = await tablet.open()
        await expect(page.locator("#on-server")).to_contain_text("已计入")
        first_sent: list[str] = []

        async def busy(route: Route) -> None:
            """Not now, said to whatever comes first."""
            if not first_sent:
                first_sent.append(route.request.url)
                return await route.fulfill(status=503, content_type="text/html", body="busy")
            await route.continue_()

        await page.route(REVISIONS, lambda route: route.abort())
        for mark in ("21", "22"):
            await page.fill('[id="marks.lesson.content"]', mark)
            await page.fill("#reason", "看错")
            await page.click("#submit")
            await expect(page.locator(".e[aria-current]")).to_contain_text("仅存平板")
        await page.unroute(REVISIONS)
        await page.route(REVISIONS, busy)
        await tablet.ask_again()
        await expect(page.locator("#on-server")).to_contain_text("已计入", timeout=30_000)
        counts = await hall.database.value(
            "SELECT marks FROM sheet_heads WHERE judge_id = $1 AND part = 'lesson'", tablet.judge_id
        )
        assert '"lesson.content":44' in str(counts), await tablet.rows("marks, disposition")


async def test_who_left_without_a_network_is_not_back_when_the_page_is_opened(hall: Venue) -> None:
    async with enrolled(hall) as tablet:
        page = tablet.page
        await page.route("**/scoring/sign-out", lambda route: route.abort())
        await leave(page)
        await expect(page.locator(".names")).to_be_visible()
        await page.goto(f"{hall.url}/scoring/tablet")
        await expect(page.locator("h1")).not_to_have_text("正在打开评分页")
        await expect(page.locator(".names")).to_be_visible()
        assert await page.locator("#entries").count() == 0


async def test_a_late_answer_does_not_bring_back_who_left(hall: Venue) -> None:
    async with enrolled(hall) as tablet:
        page = tablet.page
        gate = asyncio.Event()

        async def late(route: Route) -> None:
            answer = await route.fetch()
            await gate.wait()
            await route.fulfill(response=answer)

        await page.route(DESK, late)
        await page.click(".menu")
        await page.click('dialog [data-do="language"][data-of="en"]')
        await page.click('dialog [data-of="leave"]')
        await page.click('[data-do="leave"]')
        await expect(page.locator(".names")).to_be_visible()
        gate.set()
        await page.wait_for_timeout(500)
        assert await page.locator("#entries").count() == 0


async def test_the_next_judge_never_opens_the_last_ones_sheets(hall: Venue) -> None:
    """The desk of the one who signs on does not arrive, and the page is opened again."""
    async with enrolled(hall) as tablet:
        page, other = tablet.page, next(hall.judges)
        await leave(page)
        await page.route(DESK, lambda route: route.abort())
        await sign_on(page, hall, other)
        await page.wait_for_timeout(500)
        await page.reload()
        await page.wait_for_timeout(1000)
        assert f"评委{tablet.number}" not in await page.inner_text(".top")
        assert await page.locator("#entries").count() == 0


async def test_a_browser_that_two_judges_use_signs_for_each(hall: Venue) -> None:
    async with hall.tablet(service_workers="block") as tablet:
        page = await tablet.open()
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await tablet.until_rows("counted")
        tablet.number = next(hall.judges)
        token = await web.cookie(hall.database, tablet.judge_id, "judge")
        await tablet.context.add_cookies([{"name": "laurel_scoring", "value": token, "url": f"{hall.url}/scoring/"}])
        await page.close()
        page = await tablet.open()
        await expect(page.locator(".who")).to_contain_text(f"评委{tablet.number}")
        await tablet.type_marks("20", "25", "12")
        await page.click("#submit")
        await tablet.until_rows("counted")


async def test_what_is_typed_while_a_sheet_is_being_kept_stays(hall: Venue) -> None:
    async with hall.tablet(service_workers="block") as tablet:
        page = await tablet.open()
        await tablet.type_marks("27.5", "25", "12")
        await page.evaluate(
            """() => { const sign = crypto.subtle.sign.bind(crypto.subtle);
                crypto.subtle.sign = async (...a) => { await new Promise((go) => setTimeout(go, 1500)); return sign(...a); }; }"""
        )
        await page.click("#submit")
        await page.fill('[id="marks.lesson.content"]', "20")
        await tablet.until_rows("counted")
        await expect(page.locator('[id="marks.lesson.content"]')).to_have_value("20")
