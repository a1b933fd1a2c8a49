"""Sign-up, my entries, the branch's order, draw and roll in Chromium, with and without JavaScript."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.installation import Installation
from tests.registration.test_pages import chromium, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SEASON = Path(__file__).resolve().parents[2] / "deploy" / "seasons" / "jianglin-2026"
PASSWORD = "一句很长很长的密码话"
SIGNUP = datetime(2026, 3, 20, 2, tzinfo=UTC)
REVIEW = datetime(2026, 4, 13, 2, tzinfo=UTC)
JSON = {"Accept": "application/json"}


@dataclass
class Opened:
    """The shipped season stored, its sign-up open; `tokens`: session cookies of who has signed in."""

    installation: Installation
    browser: Browser
    codes: dict[str, str]
    activity_id: str
    divisions: dict[str, str]
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def who(self, account: str) -> httpx.AsyncClient:
        """The account, signed in with its first code."""
        if account not in self.clients:
            client = httpx.AsyncClient(base_url=self.installation.url, headers=JSON | {"Origin": self.installation.url})
            body = {"account": account, "code": self.codes[account], "password": PASSWORD}
            answer = await client.post("/registration/passwords", json=body)
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            self.clients[account] = client
        return self.clients[account]

    async def context(self, account: str, width: int = 390, language: str = "zh-CN", **more: Any) -> BrowserContext:
        """A browser of the account."""
        token = (await self.who(account)).cookies["laurel_registration"]
        made = await self.browser.new_context(viewport={"width": width, "height": 844}, locale=language, **more)
        await made.add_cookies(
            [{"name": "laurel_registration", "value": token, "url": f"{self.installation.url}/registration/"}]
        )
        return made

    async def signs_up(self, account: str, division: str, course: str) -> str:
        id = str(uuid4())
        body = {"id": id, "division_id": self.divisions[division], "course": course, "commitment": True}
        answer = await (await self.who(account)).post(f"/registration/activities/{self.activity_id}/entries", json=body)
        assert answer.status_code == 201, answer.text
        return id

    def at(self, path: str) -> str:
        return f"{self.installation.url}/registration/{path}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(module_installation: Installation) -> AsyncIterator[Opened]:
    url = module_installation.url
    async with httpx.AsyncClient(base_url=url, headers=JSON | {"Origin": url}, timeout=60) as client:
        first = {"code": module_installation.first_code, "account": "admin", "name": "管理员", "password": PASSWORD}
        client.headers["X-CSRF-Token"] = (await client.post("/registration/setup", json=first)).json()["csrf"]
        files = [
            ("files", (f"s/{path.relative_to(SEASON)}", path.read_bytes())) for path in SEASON.rglob("*") if path.is_file()
        ]
        check = (await client.post("/registration/seasons/checks", files=files)).json()
        assert check["faults"] == []
        assert (await client.post(f"/registration/seasons/{check['check_id']}", json={})).status_code == 201
        sheet = (await client.post("/registration/accounts/first-codes", json={})).content.decode("utf-8-sig")
        codes = {row[0]: row[-1] for row in list(csv.reader(io.StringIO(sheet)))[1:]}
        module_installation.set_clock(SIGNUP)
        (activity, *_) = (await client.get("/registration/activities")).json()["activities"]
    divisions = {each["key"]: each["id"] for each in activity["divisions"]}
    async with async_playwright() as playwright:
        made = Opened(module_installation, await chromium(playwright), codes, activity["id"], divisions)
        yield made
        await made.browser.close()


async def summary(page: Page) -> list[str]:
    return await page.locator(".sum li").all_inner_texts()


async def test_a_participant_signs_up_on_a_phone_without_javascript(opened: Opened) -> None:
    context = await opened.context("2001", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(opened.at(f"entries/new?activity_id={opened.activity_id}"))
    assert "符合参赛条件" in await page.inner_text(".ruling") and "萧珊" in await page.inner_text(".known")
    await page.fill("#course", "大学语文：《赤壁赋》水与月")
    await page.click("main .btn-primary")
    said = await summary(page)
    assert said == ["请选择参赛组别", "请勾选承诺"]
    assert [text.strip() for text in await page.locator(".msg").all_inner_texts()] == said
    assert await page.input_value("#course") == "大学语文：《赤壁赋》水与月"
    await page.check("input[name=division_id] >> nth=0")
    await page.check("#commitment")
    await page.click("main .btn-primary")
    assert page.url.startswith(opened.at("entries#e"))
    assert "待审" in await page.inner_text("article") and "《赤壁赋》" in await page.inner_text("article")
    await context.close()


async def test_who_is_not_eligible_reads_it_before_any_form(opened: Opened) -> None:
    context = await opened.context("2029")
    page = await context.new_page()
    await page.goto(opened.at(f"entries/new?activity_id={opened.activity_id}"))
    assert "差 1 天" in await page.inner_text(".ruling-no")
    assert not await page.is_visible("#course")
    assert await looked_at(page) == []
    await context.close()


async def test_an_officer_orders_with_buttons_and_a_number_too_many_is_told_at_its_row(opened: Opened) -> None:
    for account, course in (("2011", "西方经济学"), ("2012", "管理学原理"), ("2013", "市场营销学"), ("2060", "物流工程")):
        await opened.signs_up(account, "engineering" if account == "2060" else "arts", course)
    opened.installation.set_clock(REVIEW)
    context = await opened.context("1001", 1280)
    page = await context.new_page()
    await page.goto(opened.at(f"activities/{opened.activity_id}/branches/05/recommendations"))
    rows = page.locator("li[data-entry]")
    assert await rows.count() == 4
    for _ in range(4):
        await page.locator("li[data-entry]:has(input[data-number])").nth(_).locator("button[data-step='-1']").click()
    numbers = [await each.input_value() for each in await page.locator("input[data-number]").all()]
    assert sorted(numbers) == ["1", "2", "3", "4"]
    await page.click("main .btn-primary")
    assert len(await summary(page)) == 1 and "限报 3 名" in (await summary(page))[0]
    assert await page.locator("li.bad").count() == 1
    assert await looked_at(page) == []
    await page.locator("li.bad input[data-number]").fill("")
    await page.click("main .btn-primary")
    assert await page.locator(".tag-ok").count() == 3
    await context.close()


@pytest.mark.parametrize(("language", "width", "dress"), [("zh-CN", 390, "light"), ("en", 1280, "dark")])
async def test_no_page_has_an_axe_violation(opened: Opened, language: str, width: int, dress: Any) -> None:
    opened.installation.set_clock(SIGNUP)
    entry = await opened.signs_up("2009" if width == 390 else "2010", "arts", "民法学" if width == 390 else "法理学")
    back = await (await opened.who("1001")).post(f"/registration/entries/{entry}/returns", json={"reasons": {"course": "全称"}})
    assert back.status_code == 200
    activity, division = f"activities/{opened.activity_id}", f"divisions/{opened.divisions['arts']}"
    pages = {
        "2009" if width == 390 else "2010": ["entries", f"entries/{entry}/corrections", f"entries/{entry}/withdrawals"],
        "2014": [f"entries/new?activity_id={opened.activity_id}", "entries", f"{activity}/places", f"{division}/draws"],
        "1001": [
            "reviews", f"{activity}/branches/04/recommendations", f"entries/{entry}/returns", f"{activity}/entries",
            *(f"{division}/{name}" for name in ("admissions", "draws", "rolls", "check-ins")),
        ],
    }  # fmt: skip
    wrong = {}
    for account, paths in pages.items():
        context = await opened.context(account, width, language, color_scheme=dress, reduced_motion="reduce")
        page = await context.new_page()
        for path in paths:
            await page.goto(opened.at(f"{path}{'&' if '?' in path else '?'}language={language}"))
            if found := await looked_at(page):
                wrong[account, path] = found
        await context.close()
    assert wrong == {}
