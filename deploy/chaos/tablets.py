"""A judge at a real tablet: the app's own page in Chromium, its own storage and worker, driven through what the screen shows."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec
from playwright.async_api import CDPSession, Error, Page

from deploy.chaos.browsers import Chromium
from deploy.chaos.proxy import Proxy
from deploy.chaos.verdict import REASON, UNIT, Intent, Record

Outcome = Literal["saved", "full", "closed", "stuck", "died"]
HAND = (Path(__file__).parent / "tablet.js").read_text()
APP = "/scoring/tablet"
HOUR_MS = 3_600_000
PREPARED_LOOKS = 200
ANSWERS_SECONDS = 20.0
"""A page that says nothing for so long is closed and opened again."""
OPENS = 40
"""How often a judge tries to open the page before calling for help."""


class Tablet:
    """One tablet of one judge. sheets: division, entry and part of everything to mark, in running order.

    is_open: cleared while the browser is dead. picks: sheets chosen where two tablets had sent different ones.
    """

    def __init__(self, name: str, judge: str, browser: Chromium, proxy: Proxy) -> None:
        self.name, self.judge, self.browser = name, judge, browser
        self.sheets: list[tuple[str, str, str]] = []
        self.is_open = asyncio.Event()
        self.picks: list[Intent] = []
        self._origin = proxy.origin(name)
        self._page: Page | None = None
        self._room: CDPSession | None = None
        self._hours = 0.0
        self._next = 0

    @property
    def page(self) -> Page:
        if self._page is None:
            raise RuntimeError(f"{self.name} was never opened")
        return self._page

    def next_sheet(self, draw: random.Random) -> tuple[str, str, str]:
        """Each sheet once in order, then any of them: a judge thinks again."""
        self._next += 1
        return self.sheets[self._next - 1] if self._next <= len(self.sheets) else draw.choice(self.sheets)

    async def enrol(self, code: str) -> None:
        """Staff's one-time code makes the tablet known, then the judge signs with a finger; on a calm network."""
        self._page = page = await self.browser.context.new_page()
        await page.goto(f"{self._origin}{APP}/worker.js")
        await self._set_clock()
        await page.goto(f"{self._origin}{APP}#enrol={code}")
        await page.click(f'[data-do="judge"][data-of="{self.judge}"]')
        await page.wait_for_selector("#signature")
        box = await page.locator("#signature").bounding_box()
        assert box
        await page.mouse.move(box["x"] + 20, box["y"] + 20)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 160, box["y"] + 60, steps=8)
        await page.mouse.up()
        await page.click('[data-do="sign-on"]')
        for _ in range(PREPARED_LOOKS):
            if await self._ask("judge.isPrepared()"):
                self.is_open.set()
                return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"{self.name} cannot work without a network: {await self.told()}")

    async def reopen(self, *, is_full: bool = False) -> None:
        """After its browser died, or when the page hangs. is_full: there is no room on it from the first moment."""
        self.is_open.clear()
        await self._leave()
        seen = "(nothing)"
        for _ in range(OPENS):
            try:
                async with asyncio.timeout(ANSWERS_SECONDS):
                    self._page = await self.browser.context.new_page()
                if is_full:
                    self._room = await self.browser.context.new_cdp_session(self._page)
                    await self._room.send("Storage.overrideQuotaForOrigin", {"origin": self._origin, "quotaSize": 1})
                await self._page.goto(f"{self._origin}{APP}", wait_until="commit")
                await self._set_clock()
                if await self._ask("judge.isReady()"):
                    self.is_open.set()
                    return
                seen = await self.told()
                await self._leave()
            except (Error, TimeoutError):
                if not self.browser.is_up:
                    return  # whoever killed it opens everything again
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{self.name} could not be opened again: {seen}")

    async def make_room(self) -> None:
        """The storage is as large as before; the judge loads the page again."""
        if self._room:
            with suppress(Error):
                await self._room.send("Storage.overrideQuotaForOrigin", {"origin": self._origin})
        self._room = None
        await self.reopen()

    async def mark(self, intent: Intent) -> Outcome:
        """Open the sheet, type, submit, and wait for what the screen says."""
        texts = {item: _typed(count) for item, count in intent.marks.items()}
        sheet = {
            "entry": intent.entry,
            "part": intent.part,
            "texts": texts,
            "comment": intent.comment,
            "reason": REASON,
        }
        try:
            said: str = await self._ask("sheet => judge.mark(sheet)", sheet)
            if said.startswith("pick "):
                said = await self._pick(intent, said.removeprefix("pick "))
                said = "closed" if said == "saved" else said
            outcome: Outcome = msgspec.convert(said, Outcome)
            return outcome
        except Error:
            return "stuck" if self.browser.is_up else "died"

    async def _pick(self, intent: Intent, revision: str) -> str:
        """Two tablets sent this sheet: the judge says which is meant."""
        pick = Intent(
            number=0,
            tablet=self.name,
            judge=self.judge,
            division=intent.division,
            entry=intent.entry,
            part=intent.part,
            marks={},
            comment="",
            picked=revision,
            state="unsure",
        )
        self.picks.append(pick)
        said: str = await self._ask("revision => judge.pick(revision)", revision)
        if said == "saved":
            pick.state = "saved"
        return said

    async def records(self) -> list[Record]:
        """What the tablet remembers of everything it was given."""
        found = await self._ask("judge.records()")
        return [msgspec.convert({**each, "tablet": self.name}, Record) for each in found]

    async def remembers(self, comment: str) -> bool:
        return any(each.comment == comment and each.reason in ("", REASON) for each in await self.records())

    async def waiting(self) -> int:
        """How many sheets are still to be sent; wakes the tablet, as a judge who looks at it would."""
        await self.hear_network()
        await self.confirm()
        try:
            return sum(each.state == "waiting" for each in await self.records())
        except Error:
            await self.reopen()
            return 1

    async def hear_network(self) -> None:
        """The operating system tells the page that there is a network."""
        with suppress(Error):
            await self._ask("dispatchEvent(new Event('online'))")

    async def confirm(self) -> None:
        """It is still the same judge."""
        with suppress(Error):
            await self._ask("judge.confirm()")

    async def move_clock(self, hours: float) -> None:
        self._hours += hours
        if self._page:
            with suppress(Error):
                await self._set_clock()

    async def told(self) -> str:
        """What stands on the screen, for a person who asks why nothing goes on."""
        with suppress(Error):
            said: str = await self._ask("judge.told()")
            return said
        return "(nothing)"

    async def _ask(self, script: str, given: object = None) -> Any:
        """What the page answers. Raises Error where it cannot, or stands still."""
        try:
            async with asyncio.timeout(ANSWERS_SECONDS):
                return await self.page.evaluate(script, given)
        except TimeoutError as error:
            raise Error(f"{self.name} stands still") from error

    async def _leave(self) -> None:
        if self._page:
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(ANSWERS_SECONDS):
                    await self._page.close()

    async def _set_clock(self) -> None:
        await self._ask("ms => localStorage.setItem('chaos-clock', ms)", str(round(self._hours * HOUR_MS)))


def _typed(count: int) -> str:
    """As a judge types it: 27.5."""
    value = count * UNIT
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.1f}"
