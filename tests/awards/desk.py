"""Actors and a stage for the committee's pages: the shipped seasons taken over, sessions opened, pages driven in Chromium."""

import csv
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, async_playwright
from python_calamine import CalamineWorkbook

from services.awards.editions import actions as editions
from services.awards.people import actions as people
from services.awards.people.domain import Person
from services.awards.score_sets import actions as score_sets
from services.awards.score_sets.domain import Item, OpenedCode, Sealed, Title
from services.awards.seasons import actions as seasons
from shared.db import transaction
from shared.exact import Ratio
from shared.ids import new_id, opaque
from shared.settings import Settings
from shared.web import gate
from tests.awards.sample import NOMINATING, SOMEBODY
from tests.conftest import PUBLIC_URL, Database

SEASONS = Path(__file__).resolve().parents[2] / "deploy" / "seasons"
NAMES = "林若溪 顾承泽 陈知远 欧阳静姝 何嘉树 宋怀瑾 迪丽努尔·艾合买提 孙晓棠 罗一鸣 许清和 吴念慈 沈书瑶 方远".split()
UNITS = "外国语学院 历史文化学院 马克思主义学院 法学院 经济与管理学院 文学院 新闻与传播学院 教育学院 艺术设计学院 体育学院".split()
WORKS = ["沉默的含义", "《赤壁赋》水与月", "丝路上的纸", "法治思维", "一致连续"]


def person_of(account: str) -> UUID:
    return opaque(b"test", "person", account)


class Stage:
    """One awards service with a stored season; `as_` gives a signed-in client."""

    def __init__(self, database: Database, http: httpx.AsyncClient, settings: Settings) -> None:
        self.database, self.http, self.key = database, http, settings.installation_key
        self.cookies: dict[str, tuple[str, str]] = {}

    def handle(self, account: str) -> UUID:
        return opaque(self.key, "account", account)

    async def store(self, season: str) -> None:
        """Take over a shipped season as the organiser's page does."""
        root = SEASONS / season
        files = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        examined = await seasons.examine(files)
        assert examined.faults == []
        async with transaction(self.database.pool, "awards_office") as tx:
            made = await seasons.record(tx, new_id(), examined, SOMEBODY, NOMINATING)
            await seasons.keep(tx, made.id, examined, SOMEBODY, self.key, NOMINATING)

    async def sign_in(self, account: str, *roles: str) -> None:
        """A session for this account, with more roles than the season gives it where named."""
        async with transaction(self.database.pool, "awards_gate") as tx:
            for role in roles:
                await gate.grant(tx, self.handle(account), role)
            token = await gate.start(tx, person_of(account), self.handle(account))
        self.cookies[account] = (token, gate.csrf(token))

    async def send(self, account: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """One JSON request as this account."""
        token, csrf = self.cookies[account]
        headers = {
            "Cookie": f"laurel_awards={token}", "Origin": PUBLIC_URL, "X-CSRF-Token": csrf, "Accept": "application/json"
        }  # fmt: skip
        return await self.http.request(method, path, json=body, headers=headers)

    async def done(self, account: str, path: str, body: Any) -> dict[str, Any]:
        """A write that must succeed."""
        response = await self.send(account, "POST", path, body)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def seal_divisions(self, key: str, opened: bool = True) -> None:
        """Sealed score sets for every division of a competition, as scoring's events would leave them."""
        async with transaction(self.database.pool, "awards_supervisor") as tx:
            edition = await editions.by_key(tx, key)
        ids = {division.key: new_id() for division in edition.divisions}
        async with transaction(self.database.pool, "awards_system") as tx:
            listed = [(ids[d.key], d.key, d.title, d.title_en) for d in edition.divisions]
            await score_sets.keep_activity(tx, new_id(), 1, key, edition.title, edition.title_en, listed)
            for division in edition.divisions:
                await self._seal(tx, ids[division.key], len(division.key), opened)

    async def _seal(self, tx: Any, division_id: UUID, seed: int, opened: bool) -> None:
        roll_id, entries = new_id(), [new_id() for _ in NAMES]
        codes = [f"{(n * 7 + seed) % 97 + 1:02d}" for n in range(len(NAMES))]
        titles = [
            Title(entry_id=e, code=c, title=WORKS[n % 5]) for n, (e, c) in enumerate(zip(entries, codes, strict=True))
        ]
        await score_sets.keep_titles(tx, roll_id, titles)
        sealed = Sealed(
            id=new_id(), version=1, supersedes=None, division_id=division_id, roll_id=roll_id, roll_version=1,
            roll_hash="a" * 64, rule_hash="b" * 64, ledger_position=126, ledger_head="c" * 64, hash="7c1e90af44d2b8e3" * 4,
        )  # fmt: skip
        items = []
        for n, (entry, code) in enumerate(zip(entries, codes, strict=True)):
            cents = 9340 - 53 * (n - (1 if n == 6 else 0))
            decided = "part:lesson" if n in (5, 6) else ""
            items.append(
                Item(entry_id=entry, code=code, rank=n + 1, result=Ratio.of(Ratio(cents, 100).fraction), decided_by=decided,
                     shown=f"{cents // 100}.{cents % 100:02d}")
            )  # fmt: skip
        await score_sets.keep_score_set(tx, sealed, items, NOMINATING)
        if opened:
            known = [OpenedCode(entry_id=e, code=c, person_id=new_id()) for e, c in zip(entries, codes, strict=True)]
            await score_sets.keep_opening(tx, roll_id, 1, division_id, known, NOMINATING)
            for n, each in enumerate(known):
                await people.describe(
                    tx, Person(id=each.person_id, version=1, name=NAMES[n], name_key=f"{n:02d}", unit=UNITS[n % 10])
                )

    async def describe(self, account: str, name: str) -> None:
        async with transaction(self.database.pool, "awards_system") as tx:
            await people.describe(tx, Person(id=person_of(account), version=1, name=name, name_key=name))

    @asynccontextmanager
    async def page(
        self, account: str, browser: Browser, width: int = 1440, height: int = 900, dark: bool = False, language: str = "zh-CN",
        scripts: bool = False,
    ) -> AsyncIterator[Page]:  # fmt: skip
        """A page of Chromium whose requests are answered by the app in this process."""
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=language,
            java_script_enabled=scripts,
        )  # fmt: skip
        token = self.cookies[account][0]

        async def answer(route: Route) -> None:
            request = route.request
            headers = {**request.headers, "cookie": f"laurel_awards={token}"}
            if request.method == "POST":
                headers["origin"] = PUBLIC_URL
            got = await self.http.request(request.method, request.url, content=request.post_data_buffer, headers=headers)
            while got.status_code == 303:  # a fulfilled route cannot redirect, so the next page answers in its place
                got = await self.http.request("GET", got.headers["location"], headers=headers)
            sent = {k: v for k, v in got.headers.items() if k != "content-length"}
            await route.fulfill(status=got.status_code, headers=sent, body=got.content)

        await context.route("**/*", answer)
        page = await context.new_page()
        try:
            yield page
        finally:
            await context.close()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def small_targets(page: Page) -> list[str]:
    """Links, buttons and inputs under 44 px that are not words inside a sentence."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
            .filter(e => !e.matches('.skip') && e.getClientRects().length)
            .map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
            .filter(([, r]) => r.height < 43.5 || r.width < 43.5)
            .map(([e, r]) => `${e.outerHTML.slice(0, 90)} ${Math.round(r.width)}x${Math.round(r.height)}`)"""
    )
    return found


async def faults_of(page: Page) -> list[str]:
    """Violations axe finds."""
    results = await Axe().run(page)
    return [f"{v['id']}: {node['html'][:160]}" for v in results.response["violations"] for node in v["nodes"]]


def programme_file(season: str, file: str) -> dict[str, Any]:
    return tomllib.loads((SEASONS / season / file).read_text())


def sheets(season: str) -> tuple[list[tuple[str, str]], dict[str, list[tuple[str, str, str]]]]:
    """nominations.xlsx: (branch, reason) in order, and branch -> (item, self score, audited score) as text."""
    workbook = CalamineWorkbook.from_path(str(SEASONS / season / "nominations.xlsx"))
    names = workbook.sheet_names
    nominated = [(str(row[1]), str(row[2])) for row in workbook.get_sheet_by_name(names[0]).to_python()[1:]]
    scores: dict[str, list[tuple[str, str, str]]] = {}
    for row in workbook.get_sheet_by_name(names[1]).to_python()[1:]:
        scores.setdefault(str(row[1]), []).append((str(row[2]), f"{row[3]:g}", f"{row[4]:g}"))
    return nominated, scores


def file_votes(season: str, round_number: int) -> dict[str, dict[str, str]]:
    """votes.csv: voter -> branch -> choice of one round."""
    papers: dict[str, dict[str, str]] = {}
    for row in csv.DictReader((SEASONS / season / "votes.csv").open()):
        if int(row["round"]) == round_number:
            papers.setdefault(row["voter"], {})[row["candidate"]] = row["choice"]
    return papers
