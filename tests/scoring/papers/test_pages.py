"""The pages of paper and of materials in Chromium: typed without a mouse, no violation, nothing too small or off the side."""

import asyncio
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from services.scoring.materials import actions as materials
from services.scoring.papers.domain import code_of
from services.scoring.printouts import actions as printouts
from services.scoring.printouts.actions import Only
from services.scoring.printouts.routes import rendered
from services.scoring.sheets.domain import SheetKey
from shared.db import transaction
from shared.files import Files
from shared.ids import new_id
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.papers.test_actions import FIRST, MISREAD, READ, SECOND, scans, sheet, to_paper, types
from tests.scoring.seated import seated
from tests.scoring.stage import NOW, Hall

pytestmark = pytest.mark.browser
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"
SHOTS = os.environ.get("SHOTS")
"""A folder for pictures of the pages, where somebody wants to look at them."""
FOUND = {
    "A01-张三.pdf": b"%PDF-1.7 <</Author (Zhang San)>>",
    "plan.pdf": b"%PDF-1.7 x",
    "A02.docx": b"PK\x03\x04",
    "A02.pdf": b"%PDF-1.7 y",
}


async def test_a_sheet_is_typed_with_the_keyboard_alone(
    scoring_database: Database, settings: Callable[..., Settings]
) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    await types(place, FIRST, key, READ)
    code = code_of(key, await scoring_database.value("SELECT rule_hash FROM activity_rules")).text
    token = await web.cookie(scoring_database, SECOND, "scorekeeper")
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        page = await (await web.context(browser, url, token)).new_page()
        await page.goto(f"{url}/scoring/papers")
        await page.keyboard.type(code)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("form[data-typing]")
        for text in (*READ.values(), "好"):
            await page.keyboard.type(text)
            await page.keyboard.press("Enter")
        await page.wait_for_selector(".notice-ok")
        assert await page.evaluate("document.activeElement.id") == "sheet", "ready for the next sheet"
    assert await scoring_database.value("SELECT marks FROM sheet_heads") == '{"content":285,"delivery":400}'


def picture(width: int, height: int) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" + b"\xc8" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def some(place: Hall, files: Files) -> tuple[list[str], SheetKey]:
    """Sheets in every state, and materials half given. The addresses of the pages, as the first typist sees them."""
    both, lone, done = sheet(place), sheet(place, 2), sheet(place, 3)
    await to_paper(place, entry=0)
    await to_paper(place, sheet(place, 4, entry=1))
    await types(place, FIRST, both, MISREAD)
    await types(place, SECOND, both, READ)
    await types(place, SECOND, lone, READ)
    for typist in (FIRST, SECOND):
        await types(place, typist, done, READ)
    await scans(place, files, both, picture(240, 320))
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        wanted = Only(entry_id=both.entry_id, judge_id=both.judge_id, part=both.part)
        data = await printouts.sheets(tx, place.division_id, "final", wanted, lambda key, /, **_: key, "zh-CN")
    await scans(place, files, both, await asyncio.to_thread(rendered, "sheet.typ", data))
    await place.send(place.revision(both.judge_id, both.entry_id, both.part, READ))
    rule_hash = await place.database.value("SELECT rule_hash FROM activity_rules")
    kept = {name: (content, files.put(content)) for name, content in FOUND.items()}
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        given = await materials.upload(tx, new_id(), place.division_id, {"A01.pdf": kept["A02.pdf"]}, FIRST, NOW)
        await materials.confirm(tx, given.id, place.division_id, {}, FIRST, NOW)
        seen = await materials.upload(tx, new_id(), place.division_id, kept, FIRST, NOW)
    desk = f"/scoring/divisions/{place.division_id}"
    sheets = [f"/scoring/papers?sheet={code_of(each, rule_hash).text}" for each in (both, lone)]
    return [
        f"{desk}/papers",
        *sheets,
        "/scoring/papers?sheet=hello",
        f"{desk}/materials",
        f"{desk}/materials/uploads/{seen.id}",
    ], both


async def test_pages_of_paper_and_materials_have_no_violation_and_fit_a_phone(
    scoring_database: Database, settings: Callable[..., Settings], tmp_path: Path
) -> None:
    place, made = await seated(scoring_database, entries=3), settings(scoring_database)
    pages, _ = await some(place, Files(made.files_url))
    token = await web.cookie(scoring_database, FIRST, "scorekeeper")
    async with web.serving(made) as url, web.chromium() as browser:
        phone = await (await web.context(browser, url, token, viewport={"width": 390, "height": 844})).new_page()
        night = await (await web.context(browser, url, token, locale="en-US", color_scheme="dark")).new_page()
        for number, path in enumerate(pages):
            await phone.goto(f"{url}{path}")
            assert (path, await phone.evaluate(web.SMALL_TARGETS, 43.5)) == (path, [])
            assert (path, await phone.evaluate(SIDEWAYS)) == (path, False)
            await night.goto(f"{url}{path}")
            assert (path, await web.violations(night)) == (path, [])
            if SHOTS:
                await night.screenshot(path=f"{SHOTS}/{number}-en-dark.png", full_page=True)
                await phone.screenshot(path=f"{SHOTS}/{number}-zh-phone.png", full_page=True)
                day = await (await web.context(browser, url, token)).new_page()
                await day.goto(f"{url}{path}")
                await day.evaluate("document.querySelector('iframe')?.scrollIntoView()")
                await day.wait_for_timeout(2000)
                await day.screenshot(path=f"{SHOTS}/{number}-zh-view.png")
                await day.screenshot(path=f"{SHOTS}/{number}-zh-light.png", full_page=True)
