"""The hall screen and the presenter's console in Chromium: what was pressed is what the hall sees, and it fits."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from deploy.embedded.postgres import Postgres
from services.awards.app import PLAN
from services.awards.editions import actions as editions
from services.awards.reveals import actions as reveals
from services.awards.reveals import routes
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from shared.web import gate
from tests.awards import competition
from tests.awards.competition import OFFICE, SEALED
from tests.awards.reveals.test_actions import begun, press, sign
from tests.conftest import Database, clone
from tests.scoring import browser as web

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SCREEN = {"width": 1920, "height": 1080}
TIERS = (
    editions.Tier(name="一等奖", name_en="First prize", count=1),
    editions.Tier(name="二等奖", name_en="Second prize", count=2),
    editions.Tier(name="优秀奖", name_en="Merit"),
)
OUTSIDE = """() => {
    const stage = document.querySelector('.stage').getBoundingClientRect();
    return [...document.querySelectorAll('.stage h1, .stage h2, .stage p, .stage li, .stage .fin, .prog')]
        .filter(each => !each.matches('.drill')).map(each => [each, each.getBoundingClientRect()])
        .filter(([each, box]) => box.left < stage.left - 1 || box.right > stage.right + 1 || box.top < stage.top - 1
            || box.bottom > stage.bottom + 1 || each.scrollWidth > each.clientWidth + 2)
        .map(([each]) => each.outerHTML.slice(0, 120)); }"""
OVER = "() => { const s = document.querySelector('.scene'); return s.scrollHeight - s.clientHeight + s.scrollWidth - s.clientWidth; }"
LONGEST = "() => Math.max(0, ...document.getAnimations().map(each => each.effect.getComputedTiming().endTime))"
NO_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })"


@dataclass
class Hall:
    """One service with a signed list, and a browser."""

    database: Database
    url: str
    browser: Browser
    token: str

    @asynccontextmanager
    async def page(self, address: str, *, office: bool = False, script: str = "", **dress: Any) -> AsyncIterator[Page]:
        context = await self.browser.new_context(**{"viewport": SCREEN, "locale": "zh-CN", **dress})
        if office:
            await context.add_cookies([{"name": "laurel_awards", "value": self.token, "url": f"{self.url}/awards/"}])
        if script:
            await context.add_init_script(script)
        page = await context.new_page()
        try:
            await page.goto(f"{self.url}/awards/reveals/{address}")
            yield page
        finally:
            await context.close()

    def console(self, reveal: reveals.Reveal, **dress: Any) -> Any:
        return self.page(str(reveal.id), office=True, **{"viewport": {"width": 1280, "height": 900}, **dress})

    def screen(self, reveal: reveals.Reveal, **dress: Any) -> Any:
        return self.page(f"{reveal.id}/screen", **dress)

    async def step(self, reveal: reveals.Reveal) -> tuple[int, bool]:
        [row] = await self.database.rows("SELECT step, is_blank FROM reveals WHERE id = $1", reveal.id)
        return row["step"], row["is_blank"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(
    postgres: Postgres, awards_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hall]:
    division = msgspec.structs.replace(competition.ARTS, tiers=TIERS, tier_ties="expand")
    async with clone(postgres, "awards") as database:
        edition_id = await competition.opened(
            database, msgspec.structs.replace(competition.OPENING, divisions=(division,))
        )
        await competition.scored(database)
        await sign(database, edition_id, competition.SCORES)
        async with transaction(database.pool, "awards_gate") as tx:
            handle = new_id()
            await gate.grant(tx, handle, "organiser")
            token = await gate.start(tx, OFFICE, handle)
        settings = Settings(
            database_url=database.url, nats_url="nats://127.0.0.1:9", nats_seed_file=secrets / "awards" / "nats.seed",
            bind="127.0.0.1:0", public_url="", secrets_dir=secrets / "awards",
            files_url=tmp_path_factory.mktemp("files").as_uri(), clock="system",
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(routes, "LOOK_SECONDS", 0.05)  # steps are pressed beside the process, as by another one
            async with web.serving(settings, PLAN) as url, web.chromium() as browser:
                yield Hall(database, url, browser, token)


def at(page: Page, version: int) -> Any:
    return page.wait_for_selector(f'html[data-version="{version}"]')


async def rest(page: Page) -> None:
    """Where everything ends that moves."""
    await page.evaluate("() => document.getAnimations().forEach(each => each.finish())")


async def test_every_picture_fits_moves_less_than_a_second_and_says_that_it_is_a_rehearsal(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with hall.screen(rehearsal) as big, hall.screen(rehearsal, viewport={"width": 1024, "height": 768}) as small:
        kinds, longest = set(), []
        for number in range(rehearsal.course.steps):
            if number:
                await press(hall.database, rehearsal.id, "show", number + 1, number)
            await at(big, number + 2)
            longest.append(await big.evaluate(LONGEST))
            kind = await big.locator(".stage").get_attribute("data-kind")
            for page in (big, small) if kind not in kinds else (big,):
                await at(page, number + 2)
                await rest(page)
                assert await page.evaluate(OVER) <= 2, number
                assert await page.evaluate(OUTSIDE) == [], number
                await expect(page.locator(".drill")).to_have_text("演练")
            if kind not in kinds:
                kinds.add(kind)
                assert await web.violations(big) == []
    assert kinds == {"title", "tier", "winners", "list"}
    assert 0 < max(longest) <= 900


async def test_a_tie_a_team_and_a_long_name_stand_whole_on_the_stage(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with transaction(hall.database.pool, "awards_office") as tx:
        frames = (await reveals.console(tx, rehearsal.id)).frames
    tie = next(frame for frame in frames if len(frame.step.winners) == 2)
    version = (await press(hall.database, rehearsal.id, "show", 2, tie.number)).version
    async with hall.screen(rehearsal) as page:
        await at(page, version)
        await rest(page)
        names = page.locator(".winner .name")
        assert await names.all_inner_texts() == [winner.name for winner in tie.step.winners]
        sizes = await names.evaluate_all("all => all.map(each => getComputedStyle(each).fontSize)")
        assert len(set(sizes)) == 1
        await expect(page.locator(".tied")).to_have_text("并列")
        assert await page.locator(".members span").all_inner_texts() == [m for w in tie.step.winners for m in w.members]
        whole = await press(hall.database, rehearsal.id, "show", version, len(frames) - 1)
        await at(page, whole.version)
        assert "阿卜杜热合曼·买买提·吐尔逊" in await page.locator(".listed b").all_inner_texts()


async def test_the_last_picture_is_the_signed_list_with_motion_without_and_without_a_secure_context(hall: Hall) -> None:
    ceremony = await begun(hall.database)
    last = await press(hall.database, ceremony.id, "show", 2, ceremony.course.steps - 1)
    stored = await hall.database.rows("SELECT name FROM awards ORDER BY tier_position, position")
    dresses: list[dict[str, Any]] = [{}, {"reduced_motion": "reduce"}, {"script": NO_SUBTLE}]
    for dress in dresses:
        asked: list[str] = []
        async with hall.screen(ceremony, **dress) as page:
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            await page.reload()
            await at(page, last.version)
            assert await page.locator(".listed b").all_inner_texts() == [row["name"] for row in stored]
            if dress.get("reduced_motion"):
                assert await page.evaluate(LONGEST) == 0
        assert any("/steps" in url for url in asked) == ("script" not in dress)
        assert [url for url in asked if not url.startswith(hall.url)] == []
    async with transaction(hall.database.pool, "awards_office") as tx:
        await reveals.close(tx, ceremony.id, last.version, OFFICE, SEALED)


async def test_a_screen_opens_what_it_holds_with_the_key_that_is_told(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with hall.screen(rehearsal) as page:
        await at(page, 2)
        await page.route("**/screen", lambda route: route.abort())
        moved = await press(hall.database, rehearsal.id, "next", 2)
        await at(page, moved.version)
        await expect(page.locator(".tier-card")).to_have_text("优秀奖")
        assert moved.frame
        await press(hall.database, rehearsal.id, "blank", moved.version)
        await at(page, moved.version + 1)
        await expect(page.locator(".stage")).to_have_attribute("data-kind", "blank")
        await expect(page.locator(".stage")).to_have_text("")


async def test_a_screen_keeps_its_picture_while_the_line_is_gone_and_says_since_when(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with hall.screen(rehearsal) as page:
        await page.clock.install()
        await page.route("**/events*", lambda route: route.abort())
        await page.reload()
        await at(page, 2)
        await page.clock.run_for(36_000)
        await expect(page.locator("#stale")).to_have_text(re.compile(r"数据更新 \d\d:\d\d:\d\d"))
        await expect(page.locator(".title")).to_have_text(competition.OPENING.title)
        moved = await press(hall.database, rehearsal.id, "next", 2)
        await page.unroute("**/events*")
        await page.clock.run_for(16_000)
        await at(page, moved.version)
        await expect(page.locator("#stale")).to_be_hidden()


async def test_keys_and_a_remote_move_the_hall(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    last = rehearsal.course.steps - 1
    keys: list[tuple[str, tuple[int, bool]]] = [
        ("ArrowRight", (1, False)), ("PageDown", (2, False)), (" ", (3, False)), ("ArrowLeft", (2, False)), ("PageUp", (1, False)),
        ("b", (1, True)), ("b", (1, False)), ("b", (1, True)), ("ArrowRight", (1, False)), ("Home", (0, False)),
    ]  # fmt: skip
    async with hall.console(rehearsal) as page:
        await page.wait_for_selector("body.scripted")
        for n, (key, expected) in enumerate(keys):
            await page.wait_for_timeout(380)
            await page.keyboard.press(key)
            await at(page, n + 3)
            assert await hall.step(rehearsal) == expected, key
        await page.wait_for_timeout(380)
        await page.keyboard.press("End")
        await page.click("#ahead button[value=no]")
        assert await hall.step(rehearsal) == (0, False)
        await page.keyboard.press("End")
        await page.click("#ahead button[value=yes]")
        await at(page, len(keys) + 3)
        assert await hall.step(rehearsal) == (last, False)
        await page.click("details.more summary")
        await page.check("[name=confirmed]", force=True)
        await page.click("details.more button")
        await expect(page.locator("h2").filter(has_text="已结束")).to_be_visible()


async def test_two_taps_are_one_step_and_two_consoles_do_not_fight(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with hall.console(rehearsal) as one, hall.console(rehearsal) as other:
        for page in (one, other):
            await page.wait_for_selector("body.scripted")
        await one.dblclick("#next-button")
        await at(one, 3)
        assert await hall.step(rehearsal) == (1, False)
        await at(other, 3)
        await expect(other.locator("#notice")).to_be_visible()
        await other.route("**/events*", lambda route: route.abort())
        await other.reload()
        await other.wait_for_selector("body.scripted")
        await press(hall.database, rehearsal.id, "next", 3)
        await other.wait_for_timeout(380)
        await other.click("#next-button")
        await expect(other.locator("#notice")).to_contain_text("另一台控制台")
        assert await hall.step(rehearsal) == (2, False)
        await at(other, 4)


async def test_the_console_is_for_thumbs_and_eyes_of_all(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    phone = {"width": 390, "height": 844}
    dresses: list[dict[str, Any]] = [
        {}, {"viewport": phone, "has_touch": True}, {"viewport": phone, "color_scheme": "dark", "locale": "en-GB"},
    ]  # fmt: skip
    for dress in dresses:
        async with hall.console(rehearsal, **dress) as page:
            await page.wait_for_selector("body.scripted")
            await rest(page)
            assert await web.violations(page) == []
            assert await page.evaluate(web.SMALL_TARGETS, 44) == []
            assert await page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
            assert "演练" in await page.inner_text("body") or "Rehearsal" in await page.inner_text("body")


async def test_the_console_works_without_a_script(hall: Hall) -> None:
    rehearsal = await begun(hall.database, is_rehearsal=True)
    async with hall.console(rehearsal, java_script_enabled=False) as page:
        await page.click("#next-button")
        await expect(page.locator("#place")).to_have_text(f"第 2 / {rehearsal.course.steps} 步")
        assert await hall.step(rehearsal) == (1, False)
