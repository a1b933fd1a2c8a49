"""The way out without a network: the tablet's own QR codes are right, and what it shows or hands over comes in at the desk."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import segno
from segno import consts

from deploy.embedded.postgres import Postgres
from services.scoring.tablet.routes import modules_of_page
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.tablet.core import Court, court, tablet

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/#="


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Court]:
    async with court(postgres, secrets, tmp_path_factory.mktemp("files")) as made:
        yield made


def texts(is_whole: bool) -> list[tuple[str, str, int]]:
    """(text, level, version): each version and level full to the brim and partly filled, and text that is not ASCII.

    is_whole: all of them, else one in five.
    """
    capacity: Any = consts.SYMBOL_CAPACITY
    dice, made = random.Random(7), []
    for version in range(1, 41):
        for level in "LM":
            bits = capacity[version][getattr(consts, f"ERROR_LEVEL_{level}")]
            most = bits // 8 - (2 if version < 10 else 3)
            made += [
                ("".join(dice.choices(SAFE, k=size)), level, version) for size in (most, dice.randrange(1, most + 1))
            ]
    return [*made[:: 1 if is_whole else 5], ("https://大赛.cn/评分?名=阿卜杜热合曼·买买提😀", "M", 1)]


async def test_a_code_is_the_one_that_segno_makes(opened: Court, is_nightly: bool) -> None:
    cases = texts(is_nightly)
    async with tablet(opened, with_identity=False) as tab:
        found = await tab.page.evaluate(
            """async ([folder, cases]) => {
                const { matrix } = await import(`${folder}/qr.js`);
                return cases.map(([text, level, version]) => matrix(text, level, version).map((row) => row.join("")));
            }""",
            [f"/scoring/tablet/app/{modules_of_page()[0]}", cases],
        )
        refused = await tab.page.evaluate(
            "async (folder) => { try { (await import(`${folder}/qr.js`)).svg('x'.repeat(2332)); } catch (error) { return error.name; } }",
            f"/scoring/tablet/app/{modules_of_page()[0]}",
        )
    for (text, level, version), rows in zip(cases, found, strict=True):
        expected = segno.make_qr(
            text,
            error=level,
            mode="byte",
            boost_error=False,
            encoding="utf-8",
            version=version if version > 1 else None,
        )
        assert rows == ["".join(str(int(bit)) for bit in row) for row in expected.matrix], (version, level, len(text))
    assert refused == "RangeError"


async def test_what_a_tablet_could_not_send_comes_in_by_codes_and_by_file(opened: Court) -> None:
    async with tablet(opened) as tab:
        made = [await tab.submit(entry, comment=f"板书清楚 {entry} 😀") for entry in range(4)]
        load = f"import('/scoring/tablet/app/{modules_of_page()[0]}/export.js')"
        codes = await tab.page.evaluate(f"async () => (await {load}).asCodes(store)")
        file = await tab.page.evaluate(f"async () => (await (await {load}).asFile(store)).text()")
        token = await web.cookie(opened.database, judge(1000), "scorekeeper")
        desk = await web.context(opened.browser, opened.url, token)
        page = await desk.new_page()
        await page.goto(f"{opened.url}/scoring/queues")
        await page.focus("#codes")
        for code in reversed(codes[1:]):
            await page.keyboard.type(code)
            await page.keyboard.press("Enter")
        assert len(codes) > 1
        await page.wait_for_function("() => document.querySelector('#progress').innerText.includes('还缺第 1 张')")
        await page.keyboard.type(codes[0].swapcase())
        await page.keyboard.press("Enter")
        await page.wait_for_function("() => document.querySelector('#progress').innerText.includes('没有扫清')")
        value = await page.input_value("#codes")
        await page.fill("#codes", value.replace(codes[0].swapcase(), codes[0]))
        await page.wait_for_function("() => document.querySelector('#progress').innerText.includes('已扫全')")
        await page.click("main button.btn-primary")
        await page.wait_for_selector("#done")
        assert await web.violations(page) == []
        assert await tab.counted() == [(each["id"], each["seq"], "counted") for each in made]
        sources = await opened.database.rows(
            "SELECT source, comment FROM revisions WHERE device_id = $1 ORDER BY seq", tab.device_id
        )
        assert [tuple(row) for row in sources] == [("export", f"板书清楚 {entry} 😀") for entry in range(4)]
        await page.set_input_files(
            "#file", {"name": "laurel-queue.json", "mimeType": "application/json", "buffer": file.encode()}
        )
        await page.click("main button.btn-primary")
        await page.wait_for_selector("#done")
        assert len(await tab.counted()) == 4, "the file brings nothing new"
        await desk.close()
        await tab.start()
        await tab.sent()
        assert await tab.page.evaluate(f"async () => (await {load}).asCodes(store)") == []
        assert len(await tab.counted()) == 4
