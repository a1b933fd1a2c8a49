"""Chromium as the judges have it: a process with a profile on disk, killed by its id and started again with the same profile.

A page's clocks run `pace` times as fast as ours and may be moved: what the page's own code waits for is shortened, and
nothing else about it is changed.
"""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Playwright

from deploy.embedded.process import Part, PartFailed

STARTS = 3
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    "--disable-dev-shm-usage", "--hide-crash-restore-bubble", "--disable-session-crashed-bubble", "--mute-audio",
    "--renderer-process-limit=4", "--lang=zh-CN", "--accept-lang=zh-CN", "--no-proxy-server", "--password-store=basic",
    "--disable-features=Translate,OptimizationHints,MediaRouter", "--remote-debugging-port=0",
)  # fmt: skip
CLOCK = """
(() => {
  const pace = %s, Real = Date, began = Real.now(), later = setTimeout, again = setInterval, limit = AbortSignal.timeout;
  const moved = () => { try { return Number(localStorage.getItem("chaos-clock") ?? 0); } catch { return 0; } };
  const now = () => Math.round(began + (Real.now() - began) * pace + moved());
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length ? given : [now()], made),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  globalThis.setTimeout = (run, wait = 0, ...rest) => later(run, wait / pace, ...rest);
  globalThis.setInterval = (run, wait = 0, ...rest) => again(run, wait / pace, ...rest);
  AbortSignal.timeout = (wait) => limit.call(AbortSignal, wait / pace);
})();
"""


class Chromium:
    """One browser process."""

    def __init__(self, playwright: Playwright, folder: Path, number: int, pace: float) -> None:
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise PartFailed("no Chromium on this machine: apt-get install chromium")
        self._playwright = playwright
        self._profile = folder / f"profile{number}"
        self._pace = pace
        self._part = Part(
            "chromium", [program, *SWITCHES, f"--user-data-dir={self._profile}"], folder / f"chromium{number}.log"
        )
        self._browser: Browser | None = None

    @property
    def version(self) -> str:
        return self._browser.version if self._browser else ""

    @property
    def is_up(self) -> bool:
        return bool(self._browser and self._browser.is_connected())

    @property
    def context(self) -> BrowserContext:
        if self._browser is None:
            raise RuntimeError("this browser was never started")
        return self._browser.contexts[0]

    async def start(self, script: str) -> None:
        """Start with the profile as it was left, and speak to it; a machine that has too much to do may need a second try.

        script: read into every page.
        """
        for _ in range(STARTS):
            try:
                await self._start(script)
            except (Error, PartFailed) as error:
                failed = error
                self._part.kill()
            else:
                return
        raise PartFailed(f"Chromium did not start: {failed}")

    async def _start(self, script: str) -> None:
        told = self._profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        self._part.launch()
        for _ in range(600):
            if told.exists() and len(lines := told.read_text().splitlines()) > 1:
                break
            if not self._part.pid:
                raise PartFailed(f"Chromium ended while starting:\n{self._part.tail()}")
            await asyncio.sleep(0.05)
        else:
            raise PartFailed("Chromium did not start within 30 s")
        self._browser = await self._playwright.chromium.connect_over_cdp(f"ws://127.0.0.1:{lines[0]}{lines[1]}")
        self.context.set_default_timeout(60_000)
        await self.context.add_init_script(CLOCK % self._pace)
        await self.context.add_init_script(script)

    def kill(self) -> None:
        """SIGKILL, with every renderer."""
        self._part.kill()

    async def end(self) -> None:
        """In good order, as a person closes it."""
        if self._browser:
            session = await self._browser.new_browser_cdp_session()
            with suppress(Error):
                await session.send("Browser.close")
        for _ in range(200):
            if not self._part.pid:
                break
            await asyncio.sleep(0.05)
        self._part.kill()

    async def close(self) -> None:
        self._part.kill()
        if self._browser:
            with suppress(Error):
                await self._browser.close()
