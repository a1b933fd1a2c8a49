"""The tablet's own modules in Chromium without its page: a tab that has imported them, and a server that can be cut off.

The modules come as the page gets them. What the network does is decided here: `cut`, `answer` and `lose` stand between.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, BrowserContext, Page, Route

from deploy.embedded.postgres import Postgres
from services.scoring.tablet.routes import modules_of_page
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from shared.web import gate
from tests.conftest import Database, clone
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.stage import NOW, Hall, hall

REVISIONS = "**/scoring/revisions/**"
LOAD = """async ([folder, identity]) => {
    const [core, queue, keys] = await Promise.all(['store', 'queue', 'keys'].map((name) => import(`${folder}/${name}.js`)));
    const store = await core.open();
    Object.assign(window, { core, queue, keys, store, told: [], lost: [] });
    store.onLost((failed) => lost.push(failed.reason));
    if (identity && !(await store.identity())) await store.setIdentity({ ...identity, keys: await keys.makeKeys() });
    return (await store.identity()) ? keys.publicRaw((await store.identity()).keys) : '';
}"""
START = """() => { window.running = queue.start(store, {
    changed: () => {}, unlock: (code) => told.push(code), acked: (record) => told.push(record.ack.disposition) }); }"""
SUBMIT = """(sheet) => store.submit(sheet)"""


@dataclass
class Court:
    """One server, one hall and one browser for a file of tests."""

    database: Database
    place: Hall
    url: str
    browser: Browser
    judges: Iterator[int] = field(default_factory=lambda: count(1))
    """The ledger keeps everything: each test has a judge of its own."""


@dataclass
class Tab:
    """A tablet with one tab; `open` opens another one of the same tablet."""

    court: Court
    context: BrowserContext
    judge_id: UUID
    device_id: UUID = field(default_factory=new_id)
    page: Page = field(init=False)

    async def open(self, *, with_identity: bool = True, quota: int = 0) -> Page:
        page = await self.context.new_page()
        if quota:
            devtools = await self.context.new_cdp_session(page)
            await devtools.send("Storage.overrideQuotaForOrigin", {"origin": self.court.url, "quotaSize": quota})
        await page.goto(f"{self.court.url}/scoring/presets")
        folder = f"/scoring/tablet/app/{modules_of_page()[0]}"
        identity = {"device_id": str(self.device_id), "csrf": await self._csrf(page)}
        public = await page.evaluate(LOAD, [folder, identity if with_identity else None])
        if public:
            await self._enrol(public)
        self.page = page
        return page

    async def submit(self, entry: int = 0, page: Page | None = None, **changes: Any) -> dict[str, Any]:
        """Submit a sheet of this judge, and the record that it became."""
        sheet = {
            "entry_id": str(self.court.place.entries[entry]), "part": "lesson", "base": None, "rubric_version": 1,
            "marks": {"delivery": 400, "content": 270}, "comment": "", "reason": "", "judge_id": str(self.judge_id), **changes,
        }  # fmt: skip
        made: dict[str, Any] = await (page or self.page).evaluate(SUBMIT, sheet)
        return made

    async def start(self, page: Page | None = None) -> None:
        """Begin to send."""
        await (page or self.page).evaluate(START)

    async def kick(self) -> None:
        await self.page.evaluate("() => running.kick()")

    async def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.page.evaluate("() => store.records()")
        return found

    async def counted(self) -> list[tuple[str, int, str]]:
        """What the ledger has of this tablet: (revision, seq, disposition) in its order."""
        rows = await self.court.database.rows(
            "SELECT id, seq, disposition FROM revisions WHERE device_id = $1 ORDER BY ledger_position", self.device_id
        )
        return [(str(row["id"]), row["seq"], row["disposition"]) for row in rows]

    async def states(self) -> list[str]:
        return [each["state"] for each in await self.records()]

    async def until(self, condition: str) -> None:
        """Wait for a condition on the page; `records` is what the store holds."""
        found: list[Any] = []
        for _ in range(240):
            found = await self.records()
            if await self.page.evaluate(f"(records) => {condition}", found):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{condition} of {found}")

    async def sent(self) -> None:
        await self.until("records.length > 0 && records.every((each) => each.state === 'acked')")

    async def cut(self) -> None:
        """No network for revisions."""
        await self.context.route(REVISIONS, lambda route: route.abort())

    async def mend(self) -> None:
        await self.context.unroute(REVISIONS)

    async def answer(self, status: int, body: str, kind: str = "application/problem+json") -> None:
        """Every revision gets this answer from now on, and none reaches the server."""

        async def made(route: Route) -> None:
            await route.fulfill(status=status, body=body, content_type=kind)

        await self.context.route(REVISIONS, made)

    async def lose(self, answers: int) -> None:
        """The server commits so many revisions, and the answer is lost."""
        left = answers

        async def made(route: Route) -> None:
            nonlocal left
            if left == 0:
                return await route.continue_()
            left -= 1
            await route.fetch()
            await route.abort()

        await self.context.route(REVISIONS, made)

    async def _csrf(self, page: Page) -> str:
        answer = await page.request.get(f"{self.court.url}/scoring/session", headers={"Accept": "application/json"})
        return str((await answer.json())["csrf"])

    async def _enrol(self, public: str) -> None:
        raw = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4))
        known = await self.court.database.value("SELECT count(*) FROM devices WHERE id = $1", self.device_id)
        if not known:
            await self.court.database.execute(
                "INSERT INTO devices (id, owned_by, label, public_key, abilities, token_hash, enrolled_at)"
                " VALUES ($1, $2, '平板', $3, '{}', $4, $5)",
                self.device_id, self.judge_id, raw, self.device_id.bytes, NOW,
            )  # fmt: skip
            await self.court.database.execute(
                "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, '', $4)",
                new_id(), self.device_id, self.judge_id, NOW,
            )  # fmt: skip


@asynccontextmanager
async def court(postgres: Postgres, secrets: Path, files: Path) -> AsyncIterator[Court]:
    """The service on a port, a hall of five entries, and Chromium."""
    async with clone(postgres, "scoring") as database:
        settings = Settings(
            database_url=database.url, nats_url="nats://127.0.0.1:9", nats_seed_file=secrets / "scoring" / "nats.seed",
            bind="127.0.0.1:0", public_url="", secrets_dir=secrets / "scoring", files_url=files.as_uri(), clock="system",
        )  # fmt: skip
        place = await hall(database, entries=5, judges=60)
        async with web.serving(settings) as url, web.chromium() as browser:
            yield Court(database, place, url, browser)


@asynccontextmanager
async def tablet(court: Court, **opened: Any) -> AsyncIterator[Tab]:
    """A fresh tablet of a judge who is signed in and has marked nothing."""
    number = next(court.judges)
    token = await web.cookie(court.database, judge(number), "judge")
    context = await web.context(court.browser, court.url, token)
    tab = Tab(court, context, judge(number))
    try:
        await tab.open(**opened)
        yield tab
    finally:
        await context.close()


def problem(status: int, code: str) -> str:
    """An error as the service tells it."""
    return json.dumps({"type": "about:blank", "title": "", "status": status, "code": code, "detail": f"told {code}"})


async def new_session(court: Court, tab: Tab) -> None:
    """The judge's session is another one now."""
    async with transaction(court.database.pool, "scoring_gate") as tx:
        token = await gate.start(tx, new_id(), tab.judge_id)
    await tab.context.add_cookies([{"name": "laurel_scoring", "value": token, "url": f"{court.url}/scoring/"}])
