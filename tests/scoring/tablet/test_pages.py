"""The judge's page in Chromium: what it says is saved is saved, and it can be read, reached and worked by everybody."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.scoring.rubrics.domain import Criterion, Drop, Item, Scale
from shared.exact import Ratio
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.samples import judge, judged, part
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS, Hall
from tests.scoring.tablet.test_domain import scales
from tests.scoring.two_people import lock

pytestmark = pytest.mark.browser


@dataclass
class Tablet:
    database: Database
    place: Hall
    browser: Browser
    url: str
    token: str

    async def page(self, part: str = "lesson", **dress: object) -> Page:
        made = await web.context(self.browser, self.url, self.token, **dress)
        page = await made.new_page()
        await page.goto(self.address(part))
        return page

    def address(self, part: str = "lesson") -> str:
        return f"{self.url}/scoring/sheets/{self.place.entries[0]}/{part}"

    async def revisions(self) -> int:
        return int(await self.database.value("SELECT count(*) FROM revisions"))


@pytest_asyncio.fixture
async def tablet(scoring_database: Database, settings: Callable[..., Settings]) -> AsyncIterator[Tablet]:
    place = await seated(scoring_database, rule=SHARED)
    token = await web.cookie(scoring_database, judge(1), "judge")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        yield Tablet(scoring_database, place, browser, url, token)


async def type_marks(page: Page, *marks: str) -> None:
    """Press the keys of the page for each criterion in turn."""
    for place, mark in enumerate(marks):
        if place:
            await page.click("#next-criterion")
        for key in mark:
            await page.click(f'[data-key="{key}"]')


async def test_a_typed_draft_survives_a_reload(tablet: Tablet) -> None:
    page = await tablet.page()
    await type_marks(page, "27.5")
    await expect(page.locator("#on-tablet")).to_contain_text("已存")
    await page.reload()
    await expect(page.locator('[id="marks.content"]')).to_have_value("27.5")
    await expect(page.locator("#message")).to_contain_text("没有提交的分")
    assert await tablet.revisions() == 0


async def test_a_sheet_is_sent_acknowledged_and_read_back(tablet: Tablet) -> None:
    page = await tablet.page()
    await type_marks(page, "27.5", "40")
    await expect(page.locator("#part-sum")).to_have_text("67.5")
    await page.click("#submit")
    await expect(page.locator("#message")).to_contain_text("已读回核对")
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 1 条")
    assert await tablet.database.value("SELECT marks FROM sheet_heads") == '{"content":275,"delivery":400}'
    await expect(page.locator("#go-on")).to_contain_text("A02")


async def test_without_a_line_nothing_is_called_received_and_it_is_sent_later_once(tablet: Tablet) -> None:
    page = await tablet.page()
    await type_marks(page, "27.5", "40")
    await page.context.set_offline(True)
    await page.click("#submit")
    await expect(page.locator("#on-server")).to_contain_text("等待上传")
    assert await tablet.revisions() == 0
    await page.context.set_offline(False)
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 1 条", timeout=20_000)
    assert await tablet.revisions() == 1


async def test_a_captive_portals_answer_is_no_acknowledgement(tablet: Tablet) -> None:
    page = await tablet.page()
    await page.route("**/scoring/revisions/*", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>"))
    await type_marks(page, "27.5", "40")
    await page.click("#submit")
    await expect(page.locator("#on-server")).to_contain_text("等待上传")
    await page.unroute("**/scoring/revisions/*")
    await expect(page.locator("#on-server")).to_contain_text("已计入", timeout=20_000)


async def test_a_mark_out_of_range_or_a_gap_cannot_be_sent(tablet: Tablet) -> None:
    page = await tablet.page()
    await type_marks(page, "31")
    await expect(page.locator(".crit.bad .fault")).to_contain_text("最高 30")
    await page.click("#submit", force=True)
    await expect(page.locator("#message")).to_contain_text("还差 delivery")
    await expect(page.locator("#part-sum")).to_have_text("未评")
    assert await tablet.revisions() == 0


async def test_steps_go_by_the_rules_unit(tablet: Tablet) -> None:
    page = await tablet.page()
    await type_marks(page, "27.5")
    await page.click('[data-criterion="content"] [data-step-by="1"]')
    await expect(page.locator('[id="marks.content"]')).to_have_value("27.6")
    for _ in range(2):
        await page.click('[data-criterion="content"] [data-step-by="-1"]')
    await expect(page.locator('[id="marks.content"]')).to_have_value("27.4")


async def test_the_keyboard_is_enough(tablet: Tablet) -> None:
    page = await tablet.page()
    await page.focus('[id="marks.content"]')
    await page.keyboard.type("27.5")
    await page.focus('[id="marks.delivery"]')
    await page.keyboard.type("40")
    await page.focus("#submit")
    await page.keyboard.press("Enter")
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 1 条")


async def test_a_change_that_counts_needs_its_reason(tablet: Tablet) -> None:
    await tablet.place.send(tablet.place.revision(judge(1), tablet.place.entries[0], "lesson", MARKS["lesson"]))
    page = await tablet.page()
    await page.click('[data-criterion="content"] [data-step-by="1"]')
    await page.click("#submit")
    await expect(page.locator("#message")).to_contain_text("请写明理由")
    await page.fill("#reason", "看错一行")
    await page.click("#submit")
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 2 条")
    assert await tablet.database.value("SELECT reason FROM revisions WHERE ledger_position = 2") == "看错一行"


async def test_a_change_after_the_lock_says_first_what_counts(tablet: Tablet) -> None:
    await tablet.place.mark_all()
    page = await tablet.page()
    await lock(tablet.place)
    await page.click('[data-criterion="content"] [data-step-by="1"]')
    await page.fill("#reason", "看错一行")
    await page.click("#submit")
    await expect(page.locator("h1")).to_have_text("已计入 67.0")
    await expect(page.locator(".counted.minor .chg")).to_have_text("27.1")
    await expect(page.locator("#on-server")).to_contain_text("已收到，未计入")
    assert await web.violations(page) == []


@pytest.mark.parametrize("dress", [{}, {"color_scheme": "dark"}, {"locale": "en-US"}], ids=["light", "dark", "english"])
async def test_the_page_fits_the_tablet_and_can_be_read_and_reached(tablet: Tablet, dress: dict[str, str]) -> None:
    page = await tablet.page(**dress)
    await type_marks(page, "27.5")
    assert await web.violations(page) == []
    assert await page.evaluate(web.SMALLEST_TEXT) >= 18
    assert await page.evaluate(web.SMALL_TARGETS, 44) == []
    assert not await page.evaluate(web.OVERFLOW)
    boxes = [await each.bounding_box() for each in await page.locator(".key, .step button").all()]
    assert min(box["height"] for box in boxes if box) >= 72 and min(box["width"] for box in boxes if box) >= 72


async def test_without_scripts_the_form_still_sends(tablet: Tablet) -> None:
    page = await tablet.page(java_script_enabled=False)
    await page.fill('[id="marks.content"]', "27.5")
    await page.fill('[id="marks.delivery"]', "40")
    await page.click("#submit")
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 1 条")


@pytest_asyncio.fixture
async def scales_tablet(scoring_database: Database, settings: Callable[..., Settings]) -> AsyncIterator[Tablet]:
    place = await seated(scoring_database, rule=scales(), entries=3)
    token = await web.cookie(scoring_database, judge(1), "judge")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        yield Tablet(scoring_database, place, browser, url, token)


async def test_every_scale_is_marked_by_touch_and_reaches_the_ledger_as_counts(scales_tablet: Tablet) -> None:
    page = await scales_tablet.page(viewport={"width": 820, "height": 1180})
    await page.fill('[id="marks.content.depth"]', "9.5")
    await expect(page.locator(".crit.bad .fault")).to_contain_text("最低 10")
    await page.fill('[id="marks.content.depth"]', "27.5")
    await expect(page.locator(".bands .here")).to_have_text("优 27–30")
    await expect(page.locator('[data-subtotal="content"]')).to_have_text("未评")
    await page.fill('[id="marks.content.order"]', "18")
    await expect(page.locator('[data-subtotal="content"]')).to_have_text("45.5")
    await page.click('[data-criterion="manner"] label:has-text("良")')
    await page.click('[data-criterion="finish"] label:has-text("低于要求")')
    await page.fill('[id="marks.deviation"]', "0.6")
    await expect(page.locator("#part-sum")).to_have_text("未评")
    await expect(page.locator("#message")).to_contain_text("还差 安全")
    await page.reload()
    await expect(page.locator('[data-criterion="manner"] [value="B"]')).to_be_checked()
    await page.click('[data-criterion="safety"] label:has-text("不合格")')
    await expect(page.locator("#part-sum")).to_have_text("71.000")
    assert await web.violations(page) == []
    assert await page.evaluate(web.SMALLEST_TEXT) >= 18
    assert await page.evaluate(web.SMALL_TARGETS, 44) == []
    await page.click("#submit")
    await expect(page.locator("#message")).to_contain_text("已读回核对")
    stored = await scales_tablet.database.value("SELECT marks FROM sheet_heads")
    assert stored == '{"content.depth":55,"content.order":36,"deviation":6,"finish":0,"manner":1,"safety":0}'


async def test_without_scripts_every_scale_is_still_a_form(scales_tablet: Tablet) -> None:
    page = await scales_tablet.page(java_script_enabled=False)
    await page.fill('[id="marks.content.depth"]', "27.5")
    await page.fill('[id="marks.content.order"]', "18")
    await page.check('[data-criterion="manner"] [value="B"]', force=True)
    await page.click("#submit")
    await expect(page.locator("#faults")).to_contain_text("安全")
    await expect(page.locator('[data-criterion="manner"] [value="B"]')).to_be_checked()
    await page.check('[data-criterion="finish"] [value="0"]', force=True)
    await page.fill('[id="marks.deviation"]', "0.6")
    await page.check('[data-criterion="safety"] [value="pass"]', force=True)
    await page.click("#submit")
    await expect(page.locator("#on-server")).to_contain_text("已计入 第 1 条")


async def test_a_place_given_twice_is_said_and_may_still_be_sent(
    scoring_database: Database, settings: Callable[..., Settings]
) -> None:
    place_scale = Scale(kind="place", unit=Ratio(1, 1), lowest=1, highest=3, grades=(), steps=())
    item = Item(key="", title="华尔兹", title_en="", scale=place_scale, bands=())
    waltz = Criterion(key="waltz", title="华尔兹", title_en="", weight=Ratio(1, 1), items=(item,))
    rule = msgspec.structs.replace(
        judged(SHARED, aggregate="mean", level="criterion", drop=Drop(0, 0)), better="lower", parts=(part("dance", waltz),)
    )
    place = await seated(scoring_database, rule=rule, entries=3)
    first = place.revision(judge(1), place.entries[1], "dance", {})
    await place.send(msgspec.structs.replace(first, marks={"waltz": 2}))
    token = await web.cookie(scoring_database, judge(1), "judge")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        page = await Tablet(scoring_database, place, browser, url, token).page("dance")
        await page.fill('[id="marks.waltz"]', "4")
        await expect(page.locator(".crit.bad .fault")).to_contain_text("最高 3")
        await page.fill('[id="marks.waltz"]', "2")
        await expect(page.locator(".crit.twice .fault")).to_have_text("名次 2 您已给 A02 号")
        await page.click("#submit")
        await expect(page.locator("#on-server")).to_contain_text("已计入 第 2 条")
