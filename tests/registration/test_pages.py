"""Registration's plain pages in Chromium: they work without JavaScript, and have no axe violation in any dress."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SEASON = Path(__file__).resolve().parents[2] / "deploy" / "seasons" / "riverside-2026"
PASSWORD = "one long sentence to remember"
SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')].filter(each => {
    const box = (each.closest('label') ?? each).getBoundingClientRect();
    const isInText = each.tagName === 'A' && getComputedStyle(each).display === 'inline';
    return box.width && !isInText && !each.closest('.skip') && (box.height < 44 || box.width < 44);
}).map(each => each.outerHTML.slice(0, 120))"""


@dataclass
class Opened:
    """An installation with the small season stored, and its administrator's browser."""

    url: str
    browser: Browser
    administrator: BrowserContext
    season: dict[str, Any]


async def chromium(playwright: Any) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium on this machine: run .ci/run, or apt-get install chromium"
    launched: Browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    return launched


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(module_installation: Installation) -> AsyncIterator[Opened]:
    """The first visit and the upload, as an administrator does them with JavaScript."""
    module_installation.set_clock(datetime(2026, 9, 15, 4, tzinfo=UTC))
    url = module_installation.url
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        context = await browser.new_context(locale="en", viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await page.goto(f"{url}/registration/setup")
        for name, text in (("name", "Ada"), ("account", "admin"), ("password", PASSWORD)):
            await page.fill(f"#{name}", text)
        await page.fill("#code", module_installation.first_code)
        await page.click("main button")
        for service in ("scoring", "awards"):
            await page.goto(f"{url}/{service}/setup")
            await page.wait_for_url(f"{url}/{service}/setup")
            await page.fill("#code", module_installation.first_code)
            await page.click("main form button")
            await page.wait_for_load_state()
        await page.goto(f"{url}/registration/seasons")
        await page.set_input_files("#files", str(SEASON))
        await page.click("#season button")
        await page.wait_for_selector("#store:not([hidden]), #fault-table:not([hidden])")
        states = await page.locator("[data-service]").evaluate_all("all => all.map(each => each.dataset.state)")
        await page.click("#store")
        await page.wait_for_selector("a[href='/registration/overview']")
        yield Opened(url, browser, context, {"states": states})
        await browser.close()


async def looked_at(page: Page) -> list[str]:
    """What is wrong with the page as it is shown now."""
    found = await Axe().run(page)
    wrong = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found.response["violations"]]
    wrong += [f"small target: {each}" for each in await page.evaluate(SMALL)]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append("wider than the screen")
    return wrong


async def test_the_folder_goes_to_all_three_services_with_one_button(opened: Opened) -> None:
    assert opened.season["states"] == ["fine", "fine", "fine"]
    page = await opened.administrator.new_page()
    for service in ("registration", "scoring", "awards"):
        await page.goto(f"{opened.url}/{service}/seasons")
        assert "Riverside" in await page.inner_text("main"), service


async def test_the_faults_of_all_three_services_stand_in_one_table(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(SEASON, folder)
    for path, old, new in (
        ("season.toml", 'language = "en"', 'language = "de"'),
        ("rules/" + next((folder / "rules").iterdir()).name, 'aggregate = "', 'aggregate = "x'),
        ("programmes/" + next((folder / "programmes").iterdir()).name, 'subject = "', 'subject = "x'),
    ):
        text = (folder / path).read_text()
        assert old in text, path
        (folder / path).write_text(text.replace(old, new))
    page = await opened.administrator.new_page()
    await page.goto(f"{opened.url}/registration/seasons")
    await page.set_input_files("#files", str(folder))
    await page.click("#season button")
    await page.wait_for_selector("#fault-table:not([hidden])")
    rows = await page.locator("#fault-table tbody tr").all_inner_texts()
    assert any(row.startswith("Sign-up") and "season.toml" in row for row in rows)
    assert any("rules/" in row for row in rows)
    assert any("programmes/" in row for row in rows)
    assert not await page.is_visible("#store")
    assert await looked_at(page) == []


async def test_sign_in_works_without_javascript_and_keeps_what_was_typed(opened: Opened) -> None:
    context = await opened.browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en"
    )
    page = await context.new_page()
    await page.goto(f"{opened.url}/registration/seasons")
    assert "/registration/sign-in" in page.url
    await page.fill("#account", "admin")
    await page.fill("#password", "not the sentence at all")
    await page.click("main button")
    assert "wrong" in await page.inner_text(".sum")
    assert await page.input_value("#account") == "admin"
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    assert page.url == f"{opened.url}/registration/seasons"
    await context.close()


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 390), ("en", 1280)])
async def test_no_page_has_an_axe_violation_in_any_dress(opened: Opened, language: str, width: int) -> None:
    page = await opened.administrator.new_page()
    await page.set_viewport_size({"width": width, "height": 844})
    listed = await page.request.get(f"{opened.url}/registration/activities", headers={"Accept": "application/json"})
    (activity, *_) = (await listed.json())["activities"]
    paths = ["", "sign-in", "passwords", "setup", "seasons", "overview", "accounts", "people", "branches", "activities"]
    wrong = {}
    for path in [*paths, f"activities/{activity['id']}", f"activities/{activity['id']}/overview"]:
        await page.goto(f"{opened.url}/registration/{path}?language={language}")
        for dress in ("light", "dark"):
            await page.emulate_media(color_scheme=dress, reduced_motion="reduce")  # type: ignore[arg-type]  # a literal in two values
            if found := await looked_at(page):
                wrong[path, dress] = found
    assert wrong == {}
    await page.close()
