"""The desk's page about tablets in Chromium, and a lost tablet that is replaced, with the tablet's own page."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from shared.ids import new_id, secret_id
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SCOREKEEPER, Hall

pytestmark = pytest.mark.browser
DRAWN = "M40 150L90 40L140 150M62 110L120 110M180 150Q200 20 240 90Q260 170 320 60M350 150Q420 20 540 130"
DRESSES = [
    {"locale": "zh-CN"},
    {"locale": "en", "color_scheme": "dark"},
    {"locale": "zh-CN", "viewport": {"width": 768, "height": 1024}},
]
RESTORED_SECONDS = 15
LEAST_TARGET = 44


@dataclass
class Room:
    """A seated panel, the service and Chromium."""

    database: Database
    place: Hall
    browser: Browser
    url: str
    panel_id: UUID

    async def desk(self, **dress: object) -> Page:
        made = await web.context(
            self.browser, self.url, await web.cookie(self.database, SCOREKEEPER, "scorekeeper"), **dress
        )
        return await made.new_page()

    async def tablet(self) -> Page:
        made = await web.context(self.browser, self.url, "")
        return await made.new_page()

    async def code(self, desk: Page) -> str:
        """Make a one-time code by a tap; what a tablet would read in the picture."""
        await desk.goto(f"{self.url}/scoring/devices")
        await desk.get_by_role("button", name="登记一台平板").click()
        await expect(desk.locator("#picture svg")).to_be_visible()
        offer = await self.database.value("SELECT id FROM enrolments ORDER BY expires_at DESC LIMIT 1")
        token = await desk.locator('input[name="_csrf"]').first.input_value()
        answer = await desk.request.post(
            f"{self.url}/scoring/panels/{self.panel_id}/enrolments",
            data={"id": str(offer)},
            headers={"Origin": self.url, "X-CSRF-Token": token, "Accept": "application/json"},
        )
        return str((await answer.json())["address"])

    async def until_draft(self, text: str) -> None:
        """A draft with this mark has reached the server."""
        for _ in range(150):
            if await self.database.value("SELECT EXISTS (SELECT FROM drafts WHERE position($1 IN marks) > 0)", text):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the draft did not arrive")


@pytest_asyncio.fixture
async def room(scoring_database: Database, settings: Callable[..., Settings]) -> AsyncIterator[Room]:
    place = await seated(scoring_database, rule=SHARED)
    await scoring_database.execute("INSERT INTO grants (handle, role) SELECT judge_id, 'judge' FROM seats")
    panel_id = await scoring_database.value("SELECT id FROM panels")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        yield Room(scoring_database, place, browser, url, panel_id)


async def some_tablets(room: Room) -> None:
    """Three tablets: all is well; an old browser with a wrong clock; taken out of use."""
    able = '{"secure_context":true,"worker":true,"strict_storage":true,"locks":true,"subtle":true,"persist":true}'
    for number, abilities in enumerate((able, able.replace('"worker":true', '"worker":false'), able), start=1):
        device = secret_id()
        await room.database.execute(
            "INSERT INTO devices (id, panel_id, label, public_key, abilities, token_hash, enrolled_at, revoked_at, revoked_by)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            device, room.panel_id, f"{number} · iPad 1024×768", b"\x04" + bytes(48) + device.bytes, abilities, device.bytes, NOW,
            NOW if number == 3 else None, SCOREKEEPER if number == 3 else None,
        )  # fmt: skip
        await room.database.execute(
            "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, $4, $5)",
            new_id(), device, judge(1), DRAWN, NOW + timedelta(minutes=number),
        )  # fmt: skip
        await room.database.execute(
            "INSERT INTO device_reports (device_id, heard_at, queue, parked, last_position, battery, skew_ms, version)"
            " VALUES ($1, $2, $3, $4, 41, $5, $6, '1')",
            device, datetime.now(UTC), number * 2, number - 1, 90 - number * 20, 0 if number == 1 else -95_000,
        )  # fmt: skip


async def test_the_page_about_tablets_can_be_read_and_reached(room: Room) -> None:
    await some_tablets(room)
    await room.database.execute("UPDATE panels SET asks_pin = true")
    for dress in DRESSES:
        page = await room.desk(**dress)
        await page.goto(f"{room.url}/scoring/devices")
        await page.locator("form[action$='/enrolments'] button").first.click()
        await expect(page.locator("#picture svg")).to_be_visible()
        for summary in await page.locator("details summary").all():
            await summary.click()
        assert await web.violations(page) == []
        assert await page.evaluate(web.SMALL_TARGETS, LEAST_TARGET) == []
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        await page.goto(f"{room.url}/scoring/panels/{room.panel_id}/preparation")
        assert await web.violations(page) == []
        await expect(page.locator("#print-page")).to_be_visible()
        await page.context.close()


async def test_the_picture_counts_down_and_gives_way_when_a_tablet_has_come_in(room: Room) -> None:
    desk, tablet = await room.desk(), await room.tablet()
    address = await room.code(desk)
    left = await desk.locator("#left").inner_text()
    await expect(desk.locator("#left")).not_to_have_text(left)
    await tablet.goto(address)
    await expect(tablet.locator(".names li")).to_have_count(9)
    assert "enrol" not in tablet.url
    await expect(desk.locator("#used")).to_contain_text("已登记：1 · ")
    await expect(desk.locator("#picture")).to_be_hidden()
    await expect(desk.get_by_role("button", name="下一台：生成新码")).to_be_focused()
    await tablet.goto("about:blank")
    await tablet.goto(address)
    await expect(tablet.locator(".names li").or_(tablet.locator("#fault")).first).to_be_visible()
    assert await room.database.value("SELECT count(*) FROM devices") == 1


async def test_wechat_leads_to_another_browser_with_the_code_it_was_given(room: Room) -> None:
    address = await room.code(await room.desk())
    wechat = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49"
    made = await web.context(room.browser, room.url, "", user_agent=wechat, viewport={"width": 390, "height": 844})
    page = await made.new_page()
    await page.goto(address)
    await expect(page.locator("#address")).to_have_text(address)
    drawn = await page.locator("#address-picture svg path").first.get_attribute("d")
    await page.goto(f"{room.url}/scoring/tablet?again")
    await expect(page.locator("#address")).to_have_text(f"{room.url}/scoring/tablet")
    assert drawn != await page.locator("#address-picture svg path").first.get_attribute("d")
    assert await web.violations(page) == []
    assert await room.database.value("SELECT count(*) FROM devices") == 0


async def take_in_hand(page: Page, name: str) -> None:
    """Tap the own name, sign with the finger, begin."""
    await page.locator(".names button", has_text=name).click()
    box = await page.locator("#signature").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    await page.mouse.down()
    for step in range(1, 12):
        await page.mouse.move(box["x"] + 40 + step * 25, box["y"] + box["height"] / 2 + (20 if step % 2 else -20))
    await page.mouse.up()
    await page.locator('[data-do="sign-on"]').click()


async def press(page: Page, text: str) -> None:
    for key in text:
        await page.locator(f'[data-do="key"][data-of="{key}"]').click()


async def test_a_lost_tablet_is_replaced_within_fifteen_seconds_with_sheets_and_drafts(room: Room) -> None:
    desk, lost, fresh = await room.desk(), await room.tablet(), await room.tablet()
    await lost.goto(await room.code(desk))
    await take_in_hand(lost, "评委2")
    await press(lost, "18.5")
    await lost.locator('[data-do="submit"]').click()
    await expect(lost.locator("body")).to_contain_text("已计入")
    await lost.locator('[data-do="part"][data-of="lesson"]').click()
    await press(lost, "27.3")
    await room.until_draft("27.3")

    began = time.monotonic()
    await desk.goto(f"{room.url}/scoring/devices")
    await desk.locator("details", has_text="停用").last.locator("summary").click()
    await desk.get_by_role("button", name="停用 1 · ").click()
    await expect(desk.locator("tr.gone")).to_have_count(1)
    await fresh.goto(await room.code(desk))
    await take_in_hand(fresh, "评委2")
    await fresh.locator("#entries button").first.click()
    await expect(fresh.locator('[data-do="part"][data-of="design"]')).to_contain_text("18.5")
    await fresh.locator('[data-do="part"][data-of="lesson"]').click()
    await expect(fresh.get_by_role("textbox", name="content")).to_have_value("27.3")
    assert time.monotonic() - began < RESTORED_SECONDS

    await lost.locator('[data-do="part"][data-of="reflection"]').click()
    await press(lost, "4")
    await lost.locator('[data-do="submit"]').click()
    await expect(lost.locator("#dialog-title")).to_be_visible(timeout=15_000)
    assert await room.database.value("SELECT count(*) FROM revisions") == 1
