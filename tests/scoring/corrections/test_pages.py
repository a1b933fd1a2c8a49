"""The pages of corrections and appeals in Chromium: no violation, nothing too small for a finger, nothing off the side of a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.scoring.board import actions as board
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from shared.web import gate
from tests.conftest import Database
from tests.scoring import browser as web
from tests.scoring.appeals.test_actions import CONTESTANT, answered, decided, filed, rechecked
from tests.scoring.correcting import applied, asked, proposed, sheet, spread
from tests.scoring.stage import NOW

pytestmark = pytest.mark.browser
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"


async def test_pages_of_corrections_and_appeals_have_no_violation_and_fit_a_phone(
    scoring_database: Database, settings: Callable[..., Settings]
) -> None:
    place = await spread(scoring_database, 4, is_released=True, is_sealed=True)
    for judge in range(3):
        done = await applied(place, sheet(place, judge, 1, "30.0"))
    late = await decided(place, await filed(place), due=(NOW + timedelta(days=1)).date())
    upheld = await decided(place, await filed(place))
    await rechecked(place, upheld)
    await answered(place, upheld)
    await asked(place, waiting := await proposed(place, sheet(place, 0, 0, "12.5"), upheld.id))
    reopening = await proposed(place)
    async with transaction(place.pool, "scoring_system") as tx:
        await board.open_roll(tx, place.division_id, [(place.entries[1], CONTESTANT)])
    desk = f"/scoring/divisions/{place.division_id}"
    picked = f"entry_id={place.entries[1]}&judge_id={place.judges[0]}&part=lesson"
    pages = [
        desk, f"{desk}/corrections", f"{desk}/corrections?{picked}&appeal_id={upheld.id}", f"{desk}/versions", f"{desk}/appeals",
        *(f"/scoring/corrections/{each.id}" for each in (done, waiting, reopening)),
        *(f"/scoring/appeals/{each.id}" for each in (late, upheld)), "/scoring/appeals",
    ]  # fmt: skip
    handle = new_id()
    async with transaction(scoring_database.pool, "scoring_gate") as tx:
        for role in ("scorekeeper", "supervisor"):
            await gate.grant(tx, handle, role)
        token = await gate.start(tx, CONTESTANT, handle)
    async with web.serving(settings(scoring_database)) as url, web.chromium() as browser:
        phone = await (await web.context(browser, url, token, viewport={"width": 390, "height": 844})).new_page()
        night = await (await web.context(browser, url, token, locale="en-US", color_scheme="dark")).new_page()
        for path in pages:
            await phone.goto(f"{url}{path}")
            assert (path, await phone.evaluate(web.SMALL_TARGETS, 43.5)) == (path, [])
            assert (path, await phone.evaluate(SIDEWAYS)) == (path, False)
            await night.goto(f"{url}{path}")
            assert (path, await web.violations(night)) == (path, [])
