"""The page of a rule in Chromium: whole on a phone, large enough to read, nothing for axe to find."""

from collections.abc import Callable

import pytest

from services.scoring.rubrics import actions
from services.scoring.rubrics.domain import read, rule_hash
from shared.db import transaction
from shared.settings import Settings
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.rubrics.examples import TRIMMED, write
from tests.scoring.stage import NOW

pytestmark = pytest.mark.browser


async def test_a_rule_is_whole_on_a_phone(scoring_database: Database, settings: Callable[..., Settings]) -> None:
    text = write(TRIMMED)[0]
    rule = read("rules/x.toml", text, [])
    assert rule is not None
    async with transaction(scoring_database.pool, "scoring_desk") as tx:
        await actions.attach(tx, "teaching-9", rule, text, None, NOW)
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        for language in ("zh-CN", "en"):
            dress = {"viewport": {"width": 390, "height": 844}, "locale": language}
            page = await (await web.context(browser, url, "", **dress)).new_page()
            await page.goto(f"{url}/scoring/rules/{rule_hash(rule)}")
            assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
            assert await page.evaluate(web.SMALLEST_TEXT) >= 14
            assert await page.evaluate(web.SMALL_TARGETS, 44) == []
            assert await web.violations(page) == []
