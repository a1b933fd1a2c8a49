"""Every scale of a rule on the judge's page, and the page's arithmetic against the server's."""

import base64
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from services.scoring.materials import actions as materials
from services.scoring.rubrics.domain import Criterion, Drop, Item, Part, Scale
from services.scoring.tablet import domain
from services.scoring.tablet.routes import modules_of_page
from shared.db import transaction
from shared.exact import Ratio
from shared.files import Files
from shared.ids import new_id
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.samples import judge, judged, part
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SCOREKEEPER
from tests.scoring.tablet.pages import Venue, faults
from tests.scoring.tablet.test_domain import desk, scales

pytestmark = pytest.mark.browser
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
Serve = Callable[..., Any]


@pytest_asyncio.fixture
async def serve(scoring_database: Database, settings: Callable[..., Settings]) -> AsyncIterator[Serve]:
    async with web.chromium() as browser:
        stack: list[Any] = []

        async def made(**hall: Any) -> Venue:
            place = await seated(scoring_database, entries=3, **hall)
            serving = web.serving(settings(scoring_database))
            stack.append(serving)
            return Venue(scoring_database, place, await serving.__aenter__(), browser, settings(scoring_database))

        try:
            yield made
        finally:
            for serving in stack:
                await serving.__aexit__(None, None, None)


async def test_every_scale_is_marked_by_touch_and_reaches_the_ledger_as_counts(serve: Serve) -> None:
    venue: Venue = await serve(rule=scales())
    async with venue.tablet(viewport={"width": 768, "height": 1024}) as tablet:
        page = await tablet.open()
        await page.fill('[id="marks.content.depth"]', "9.5")
        await page.focus('[id="marks.content.order"]')
        await expect(page.locator(".crit.bad .fault")).to_contain_text("最低 10")
        await page.fill('[id="marks.content.depth"]', "27.5")
        await expect(page.locator(".bands .here")).to_have_text("优 27–30")
        await expect(page.locator('[data-subtotal="content"]')).to_have_text("未评")
        await page.fill('[id="marks.content.order"]', "18")
        await expect(page.locator('[data-subtotal="content"]')).to_have_text("45.5")
        await page.click('[data-criterion="manner"] label:has-text("良")')
        await page.click('[data-criterion="finish"] label:has-text("低于要求")')
        await page.fill('[id="marks.deviation"]', "0.6")
        await expect(page.locator("#sum")).to_have_text("未评")
        await expect(page.locator("#message")).to_contain_text("还差 安全")
        await page.reload()
        await expect(page.locator('[data-criterion="manner"] [value="B"]')).to_be_checked()
        await page.click('[data-criterion="safety"] label:has-text("不合格")')
        await expect(page.locator("#sum")).to_have_text("71.000")
        assert await faults(page) == []
        await page.click("#submit")
        await expect(page.locator("#message")).to_contain_text("已读回核对")
        assert await tablet.rows("marks") == [
            '{"content.depth":55,"content.order":36,"deviation":6,"finish":0,"manner":1,"safety":0}'
        ]
    async with venue.another(2, java_script_enabled=False) as plain:
        page = await plain.context.new_page()
        await page.goto(f"{venue.url}/scoring/sheets/{venue.place.entries[0]}/lesson")
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
        await expect(page.locator("#on-server")).to_contain_text("已计入 第 2 条")


async def test_a_place_given_twice_is_said_and_may_still_be_sent(serve: Serve) -> None:
    place_scale = Scale(kind="place", unit=Ratio(1, 1), lowest=1, highest=3, grades=(), steps=())
    only = Item(key="", title="华尔兹", title_en="", scale=place_scale, bands=())
    waltz = Criterion(key="waltz", title="华尔兹", title_en="", weight=Ratio(1, 1), items=(only,))
    rule = msgspec.structs.replace(
        judged(SHARED, aggregate="mean", level="criterion", drop=Drop(0, 0)),
        better="lower",
        parts=(part("dance", waltz),),
    )
    venue: Venue = await serve(rule=rule)
    first = venue.place.revision(judge(1), venue.place.entries[1], "dance", {})
    await venue.place.send(msgspec.structs.replace(first, marks={"waltz": 2}))
    async with venue.tablet() as tablet:
        page = await tablet.open(part="dance")
        await page.fill('[id="marks.waltz"]', "4")
        await expect(page.locator(".crit.bad .fault")).to_contain_text("最高 3")
        await page.fill('[id="marks.waltz"]', "2")
        await expect(page.locator(".crit.twice .fault")).to_have_text("名次 2 您已给 A02 号")
        await page.click("#submit")
        await tablet.until_rows("counted", "counted")


def some(drawn: random.Random, lesson: Part) -> dict[str, int]:
    """Marks for all cells, or for all but one."""
    marks = {key: drawn.choice(range(item.scale.lowest, item.scale.highest + 1)) for key, item in lesson.cells.items()}
    if drawn.random() < 0.2:
        marks.pop(drawn.choice(sorted(marks)))
    return marks


async def test_the_pages_sums_are_the_servers(serve: Serve) -> None:
    venue: Venue = await serve(rule=scales())
    rule, drawn = scales(), random.Random(7)
    told = domain.told(msgspec.structs.replace(desk(), rule=rule, preselection_part=None), "zh-CN")
    given = [some(drawn, rule.parts[0]) for _ in range(300)]
    async with venue.tablet() as tablet:
        page: Page = await tablet.open()
        found = await page.evaluate(
            """async ([address, part, all]) => {
                const { figure, marks, typed } = await import(address);
                return all.map((one) => [figure(part, one), marks(part, Object.fromEntries(part.criteria.map((each) => [each.key, typed(each, one[each.key])])))]);
            }""",
            [f"/scoring/tablet/app/{modules_of_page()[0]}/sheet.js", msgspec.to_builtins(told["parts"][0]), given],
        )  # fmt: skip
    assert [figure for figure, _ in found] == [domain.points(rule.parts[0], each) for each in given]
    assert [read for _, read in found] == [each if len(each) == len(rule.parts[0].cells) else None for each in given]


async def test_materials_stand_beside_the_mark_without_a_network(serve: Serve) -> None:
    venue: Venue = await serve(rule=scales())
    entry_id, upload_id = venue.place.entries[0], new_id()
    files = {
        f"A01.{kind}": (content, Files(venue.settings.files_url).put(content))
        for kind, content in (("png", PICTURE), ("pdf", PAPER))
    }
    async with transaction(venue.database.pool, "scoring_desk") as tx:
        await materials.upload(tx, upload_id, venue.place.division_id, files, SCOREKEEPER, NOW)
        await materials.confirm(tx, upload_id, venue.place.division_id, {}, SCOREKEEPER, NOW)
    assert await venue.database.value("SELECT count(*) FROM materials WHERE entry_id = $1", entry_id) == 2
    async with venue.tablet() as tablet:
        page = await tablet.open()
        await tablet.ready_without_network()
        for button in await page.locator(".material").all():
            await button.click()
            await expect(page.locator(".beside iframe, .beside img")).to_be_visible()
            await page.click('.tools [data-do="material"]')
        await tablet.context.set_offline(True)
        await page.reload()
        for button in await page.locator(".material").all():
            await button.click()
            await expect(page.locator(".beside iframe, .beside img")).to_be_visible()
            assert await faults(page) == []
            await page.click('[data-do="whole"]')
            await expect(page.locator(".beside.whole")).to_be_visible()
            await page.click('.tools [data-do="material"]')
        await page.fill('[id="marks.content.depth"]', "27.5")
        await expect(page.locator("#on-tablet")).to_contain_text("已存")
        await tablet.go(1)
        await expect(page.locator(".material")).to_have_count(0)
