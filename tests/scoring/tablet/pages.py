"""The judge's page in Chromium: a service on a port, a seated panel, and judges who each have a tablet of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from playwright.async_api import Browser, BrowserContext, Page, expect

from deploy.embedded.postgres import Postgres
from services.scoring.rubrics.domain import Criterion, Item, Rule, Scale
from shared.exact import Ratio
from shared.settings import Settings
from tests.conftest import Database, clone
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import Hall


def item(key: str, title: str, title_en: str, highest: int) -> Item:
    """Points from 0 to `highest` in steps of 0.5."""
    scale = Scale(kind="points", unit=Ratio(1, 2), lowest=0, highest=2 * highest, grades=(), steps=())
    return Item(key=key, title=title, title_en=title_en, scale=scale, bands=())


def criterion(key: str, title: str, title_en: str, *items: Item) -> Criterion:
    return Criterion(key=key, title=title, title_en=title_en, weight=Ratio(1, 1), items=items)


DESIGN, LESSON, REFLECTION = SHARED.parts
HALL = msgspec.structs.replace(
    SHARED,
    parts=(
        msgspec.structs.replace(
            DESIGN, title="教学设计", title_en="Design",
            criteria=(criterion("design", "教学设计", "Design", item("", "教学设计", "Design", 20)),),
        ),
        msgspec.structs.replace(
            LESSON, title="课堂教学", title_en="Lesson",
            criteria=(
                criterion(
                    "lesson", "课堂教学", "Lesson",
                    item("content", "教学内容", "Content", 30), item("order", "教学组织", "Organisation", 30),
                    item("manner", "语言教态", "Manner", 15),
                ),
            ),
        ),
        msgspec.structs.replace(
            REFLECTION, title="教学反思", title_en="Reflection",
            criteria=(criterion("reflection", "教学反思", "Reflection", item("", "教学反思", "Reflection", 5)),),
        ),
    ),
)  # fmt: skip
"""The teaching contest with one sheet per part; the lesson has three items."""
GIVEN = {"lesson.content": 55, "lesson.order": 50, "lesson.manner": 24}
"""27.5, 25 and 12: 64.5 points, as counts."""


@dataclass
class Venue:
    """One server, one seated division and one browser for a file of tests; each test takes the next judge."""

    database: Database
    place: Hall
    url: str
    browser: Browser
    settings: Settings
    judges: Iterator[int] = field(default_factory=lambda: count(1))

    async def mark_rest(self) -> None:
        """Every sheet that is still missing, so that the stage can be locked."""
        heads = await self.database.rows("SELECT judge_id, entry_id, part FROM sheet_heads")
        have = {tuple(row) for row in heads}
        marks = {"design": {"design": 36}, "lesson": GIVEN, "reflection": {"reflection": 8}}
        await self.place.send(
            *(
                msgspec.structs.replace(self.place.revision(judge_id, entry_id, part, {}), marks=given)
                for judge_id in self.place.judges
                for entry_id in self.place.entries
                for part, given in marks.items()
                if (judge_id, entry_id, part) not in have
            )
        )

    @asynccontextmanager
    async def tablet(self, **dress: Any) -> AsyncIterator["Tablet"]:
        """A browser in which the next judge has signed in."""
        async with self.another(next(self.judges), **dress) as made:
            yield made

    @asynccontextmanager
    async def another(self, number: int, **dress: Any) -> AsyncIterator["Tablet"]:
        """One more browser of this judge."""
        token = await web.cookie(self.database, judge(number), "judge")
        context = await web.context(self.browser, self.url, token, **{"reduced_motion": "reduce", **dress})
        try:
            yield Tablet(self, context, number)
        finally:
            await context.close()


@dataclass
class Tablet:
    """A judge's browser and its open page."""

    venue: Venue
    context: BrowserContext
    number: int
    page: Page = field(init=False)

    @property
    def judge_id(self) -> UUID:
        return judge(self.number)

    async def open(self, entry: int = 0, part: str = "lesson") -> Page:
        """The page, at this sheet, with everything that a judge waits for."""
        self.page = await self.context.new_page()
        await self.page.goto(f"{self.venue.url}/scoring/tablet#{self.venue.place.entries[entry]}/{part}")
        await expect(self.page.locator("#entries")).to_be_visible()
        return self.page

    async def go(self, entry: int) -> None:
        await self.page.click(f'[data-do="entry"][data-of="{self.venue.place.entries[entry]}"]')

    async def type_marks(self, *marks: str) -> int:
        """Press the keys of the page for each mark in turn, and say how many taps that took."""
        for place, mark in enumerate(marks):
            if place:
                await self.page.click("#next-item")
            for key in mark:
                await self.page.click(f'.key[data-of="{key}"]')
        return sum(map(len, marks)) + len(marks) - 1

    async def ask_again(self) -> None:
        """What the page does every twenty seconds."""
        await self.page.evaluate("dispatchEvent(new Event('online'))")

    async def rows(self, columns: str = "disposition", entry: int | None = None) -> list[Any]:
        """What the ledger has of this judge, in its order."""
        rows = await self.venue.database.rows(
            f"SELECT {columns} FROM revisions WHERE judge_id = $1 AND ($2::uuid IS NULL OR entry_id = $2) ORDER BY ledger_position",
            self.judge_id, None if entry is None else self.venue.place.entries[entry],
        )  # fmt: skip
        return [row[0] if "," not in columns else tuple(row) for row in rows]

    async def until_rows(self, *dispositions: str) -> None:
        for _ in range(200):
            found = await self.rows()
            if found == list(dispositions):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(found)

    async def ready_without_network(self) -> None:
        """The worker has the page."""
        await self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


@asynccontextmanager
async def venue(
    postgres: Postgres, secrets: Path, files: Path, rule: Rule = HALL, judges: int = 20, entries: int = 5
) -> AsyncIterator[Venue]:
    async with clone(postgres, "scoring") as database:
        settings = Settings(
            database_url=database.url, nats_url="nats://127.0.0.1:9", nats_seed_file=secrets / "scoring" / "nats.seed",
            bind="127.0.0.1:0", public_url="", secrets_dir=secrets / "scoring", files_url=files.as_uri(), clock="system",
        )  # fmt: skip
        place = await seated(database, rule=rule, entries=entries, judges=judges)
        async with web.serving(settings) as url, web.chromium() as browser:
            yield Venue(database, place, url, browser, settings)


async def faults(page: Page) -> list[str]:
    """What axe, an eye over fifty and a finger would complain of."""
    found = await web.violations(page)
    smallest = await page.evaluate(web.SMALLEST_TEXT)
    found += [f"text of {smallest} px"] if smallest < 18 else []
    found += [f"small target: {each}" for each in await page.evaluate(web.SMALL_TARGETS, 44)]
    wide = "document.documentElement.scrollWidth > innerWidth"
    return found + (["wider than the screen"] if await page.evaluate(wide) else [])
