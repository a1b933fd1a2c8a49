"""People at browsers: each account has a context of its own, signed in on registration's page as anybody would."""

import re
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Playwright

PHONE, TABLET, DESK, HALL = (390, 844), (1024, 768), (1440, 900), (1920, 1080)
DRESSES = (("zh-CN", "light"), ("en", "dark"))
ALL_DRESSES = (*DRESSES, ("zh-CN", "dark"), ("en", "light"))
"""The small run looks at two of the four; each language and each scheme is among them."""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')]
    .filter(each => {
        const box = (each.closest('label') ?? each).getBoundingClientRect();
        const isInText = each.tagName === 'A' && getComputedStyle(each).display === 'inline';
        return box.width && !isInText && !each.closest('.skip') && (box.height < 43.5 || box.width < 43.5);
    }).map(each => each.outerHTML.slice(0, 120))"""


async def chromium(playwright: Playwright) -> Browser:
    """The system's Chromium. Fails where there is none, and says how to get it."""
    path = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert path, "no Chromium on this machine: run .ci/run, or apt-get install chromium"
    return await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])


class Browsers:
    """Contexts by account; pictures go to `folder`, faults of what was looked at are kept in `faults`."""

    def __init__(self, browser: Browser, url: str, folder: Path, dresses: Any = DRESSES) -> None:
        self.browser, self.url, self.folder, self.dresses = browser, url, folder, dresses
        self.faults: list[str] = []
        self.pictures: list[str] = []
        self._contexts: dict[str, BrowserContext] = {}

    async def page(self, account: str, password: str, size: tuple[int, int] = DESK) -> Page:
        """A page of this account; "" is the public."""
        if account not in self._contexts:
            self._contexts[account] = await self._context(size, "zh-CN", "light")
            if account:
                await self._sign_in(self._contexts[account], account, password)
        page = await self._contexts[account].new_page()
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        return page

    async def _context(self, size: tuple[int, int], language: str, scheme: Any, state: Any = None) -> BrowserContext:
        return await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme=scheme, storage_state=state
        )

    async def _sign_in(self, context: BrowserContext, account: str, password: str) -> None:
        page = await context.new_page()
        await page.goto(f"{self.url}/registration/sign-in")
        await page.fill("#account", account)
        await page.fill("#password", password)
        await page.click("main form button.btn-primary")
        await page.wait_for_url(lambda url: "sign-in" not in url)
        await page.close()

    async def look_here(self, page: Page, name: str) -> None:
        """Save a picture of the page as it stands, e.g. the answer to a form, and note what is wrong with it."""
        await page.screenshot(path=self.folder / f"{name}.png", full_page=True)
        self.faults += [f"{name}: {each}" for each in await wrong_with(page)]

    async def look(self, page: Page, name: str, is_whole: bool = False, is_always_dark: bool = False) -> None:
        """Save a picture of the page in its dresses, and note axe violations, small targets and a page too wide."""
        size = page.viewport_size or {"width": 0, "height": 0}
        state = await page.context.storage_state()
        for language, scheme in {(each[0], "light") for each in self.dresses} if is_always_dark else self.dresses:
            context = await self._context((size["width"], size["height"]), language, scheme, state)
            dressed = await context.new_page()
            address = re.sub(r"([?&])language=[^&#]*&?", r"\1", page.url).split("#")[0].rstrip("?&")
            await dressed.goto(f"{address}{'&' if '?' in address else '?'}language={language}", wait_until="load")
            await dressed.wait_for_selector("[aria-busy=true]", state="detached")
            await dressed.wait_for_timeout(150)
            picture = f"{name}.png" if (language, scheme) == DRESSES[0] else f"{name}-{language}-{scheme}.png"
            await dressed.screenshot(path=self.folder / picture, full_page=is_whole)
            self.pictures.append(picture)
            self.faults += [f"{picture}: {each}" for each in await wrong_with(dressed)]
            await context.close()


async def wrong_with(page: Page) -> list[str]:
    """What axe, a finger and a narrow screen would complain of."""
    found = await Axe().run(page)
    wrong = [f"{each['id']}: {each['nodes'][0]['html'][:140]}" for each in found.response["violations"]]
    wrong += [f"small target: {each}" for each in await page.evaluate(SMALL_TARGETS)]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        wrong.append("the page is wider than the screen")
    return wrong
