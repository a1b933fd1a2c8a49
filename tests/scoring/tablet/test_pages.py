"""The judge's page in Chromium: what it says is saved is saved, and it can be read, reached and worked by everybody."""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from deploy.embedded.postgres import Postgres
from services.scoring.devices import actions as devices
from services.scoring.papers import actions as papers
from services.scoring.tablet.routes import modules_of_page
from shared.db import transaction
from shared.ids import new_id
from tests.scoring import browser as web
from tests.scoring.samples import judge
from tests.scoring.stage import NOW, SCOREKEEPER
from tests.scoring.tablet.pages import Tablet, Venue, faults, venue
from tests.scoring.two_people import lock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SERVER, SAVED, MESSAGE, SUM = "#on-server", "#on-tablet", "#message", "#sum"
REVISIONS = "**/scoring/revisions/**"
BUDGET = 30_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Venue]:
    async with venue(postgres, secrets, tmp_path_factory.mktemp("files")) as made:
        yield made


async def test_a_typed_draft_survives_a_reload(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("27.5")
        await page.fill("#comment", "板书清楚")
        await expect(page.locator(SAVED)).to_contain_text("已存")
        await page.reload()
        await expect(page.locator('[id="marks.lesson.content"]')).to_have_value("27.5")
        await expect(page.locator("#comment")).to_have_value("板书清楚")
        await expect(page.locator(MESSAGE)).to_contain_text("还差 教学组织、语言教态")
        assert await tablet.rows() == []


async def test_a_sheet_of_three_items_takes_ten_taps_and_is_read_back(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await page.evaluate("() => { window.taps = 0; addEventListener('click', () => { window.taps += 1; }, true); }")
        await tablet.type_marks("27.5", "25", "9")
        await expect(page.locator(SUM)).to_have_text("61.5")
        await page.click("#submit")
        await expect(page.locator(MESSAGE)).to_contain_text("已读回核对")
        await expect(page.locator(SERVER)).to_contain_text("已计入 第")
        assert await page.evaluate("window.taps") <= 10
        assert await tablet.rows("marks, source, disposition") == [
            ('{"lesson.content":55,"lesson.manner":18,"lesson.order":50}', "tablet", "counted")
        ]
        await expect(page.locator("#go-on")).to_contain_text("A02")
        await expect(page.locator(".e[aria-current]")).to_contain_text("已计入")


async def test_five_entries_are_marked_while_the_server_is_away_and_counted_once(hall: Venue) -> None:
    """With a second tablet of the judge at the second entry, and the third gone to paper meanwhile."""
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.ready_without_network()
        await tablet.context.set_offline(True)
        for entry in range(3):
            await tablet.go(entry)
            await tablet.type_marks("27.5", "25", "12")
            await page.click("#submit")
            await expect(page.locator(".e[aria-current]")).to_contain_text("仅存平板")
        await expect(page.locator(SERVER)).to_contain_text("断网，3 份等上传")
        await page.close()
        page = await tablet.open(entry=3)
        await expect(page.locator(SERVER)).to_contain_text("断网，3 份等上传")
        for entry in (3, 4):
            await tablet.go(entry)
            await tablet.type_marks("27.5", "25", "12")
            await page.click("#submit")
        await expect(page.locator(SERVER)).to_contain_text("断网，5 份等上传")
        assert await tablet.rows() == []
        async with hall.another(tablet.number) as second:
            await second.open(entry=1)
            await second.type_marks("30", "25", "12")
            await second.page.click("#submit")
            await second.until_rows("counted")
        move = papers.Move(
            division_id=hall.place.division_id, entry_id=hall.place.entries[2], judge_id=tablet.judge_id, part="lesson",
            reason="屏幕坏了", by=SCOREKEEPER, now=NOW,
        )  # fmt: skip
        async with transaction(hall.database.pool, "scoring_desk") as tx:
            await papers.to_paper(tx, move)
        await tablet.context.set_offline(False)
        await tablet.until_rows("counted", "counted", "held_conflict", "held_locked", "counted", "counted")
        await tablet.go(1)
        await expect(page.locator(".both")).to_contain_text("另一台平板")
        assert await faults(page) == []
        await page.click('[data-do="pick"]:has-text("64.5")')
        await expect(page.locator(SERVER)).to_contain_text("已计入")
        counted = await tablet.rows("marks, disposition, reason", entry=1)
        assert counted[-1] == (
            '{"lesson.content":55,"lesson.manner":24,"lesson.order":50}',
            "counted",
            "两台平板的评分不同，以这一份为准",
        )
        await tablet.go(2)
        await expect(page.locator("#headline")).to_contain_text("纸质评分表")
        assert await page.locator("#submit").count() == 0
        async with transaction(hall.database.pool, "scoring_desk") as tx:
            await papers.from_paper(tx, move)


async def test_a_sheet_counts_though_the_browser_threw_its_database_away(hall: Venue) -> None:
    """The judge is still signed in; the tablet has another key, and the sheet the signature of the one that is gone."""
    async with enrolled(hall) as tablet:
        await draw(tablet.page)
        await tablet.page.click('[data-do="sign-on"]')
        await tablet.context.route(REVISIONS, lambda route: route.abort())
        await tablet.page.click('[data-do="part"][data-of="lesson"]')
        await tablet.type_marks("27.5", "25", "12")
        await tablet.page.click("#submit")
        await expect(tablet.page.locator(SAVED)).to_contain_text("已存")
        await tablet.page.goto(f"{hall.url}/scoring/presets")
        await tablet.page.evaluate(
            "() => new Promise((resolve) => { indexedDB.deleteDatabase('laurel-marks').onsuccess = resolve; })"
        )
        await tablet.context.unroute(REVISIONS)
        await tablet.open()
        await tablet.until_rows("counted")
        await expect(tablet.page.locator(SERVER)).to_contain_text("已计入")


async def test_a_captive_portals_answer_is_no_acknowledgement(hall: Venue) -> None:
    async with hall.tablet(service_workers="block") as tablet:
        page = await tablet.open()
        await page.route(
            "**/scoring/**", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>")
        )
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await expect(page.locator(SERVER)).to_contain_text("断网，1 份等上传")
        assert await tablet.rows() == []
        await page.unroute("**/scoring/**")
        await tablet.ask_again()
        await expect(page.locator(SERVER)).to_contain_text("已计入", timeout=20_000)


async def test_a_mark_out_of_range_or_a_gap_cannot_be_sent(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("31")
        await expect(page.locator(".crit.bad .fault")).to_contain_text("最高 30")
        await page.click("#submit", force=True)
        await expect(page.locator(MESSAGE)).to_contain_text("还差 教学组织")
        await expect(page.locator(SUM)).to_have_text("未评")
        assert await tablet.rows() == []


async def test_a_nought_is_a_mark_and_no_total_stands_while_a_part_is_missing(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("0", "0", "0")
        await expect(page.locator(SUM)).to_have_text("0.0")
        await page.click("#submit")
        await expect(page.locator(".e[aria-current] .sc")).to_have_text("0.0")
        await expect(page.locator("#points")).not_to_contain_text("合计")
        for part in ("design", "reflection"):
            await page.click(f'[data-do="part"][data-of="{part}"]')
            await tablet.type_marks("4")
            await page.click("#submit")
        await expect(page.locator("#points")).to_contain_text("合计")
        await expect(page.locator(SUM)).to_have_text("8.0")


async def test_steps_go_by_the_rules_unit_and_the_keyboard_is_enough(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await page.focus('[id="marks.lesson.content"]')
        await page.keyboard.type("27.5")
        await page.keyboard.press("Enter")
        await page.keyboard.type("25")
        await page.keyboard.press("Enter")
        await page.keyboard.type("12")
        await page.click('[data-criterion="lesson.content"] [data-by="1"]')
        await expect(page.locator('[id="marks.lesson.content"]')).to_have_value("28.0")
        for _ in range(2):
            await page.click('[data-criterion="lesson.content"] [data-by="-1"]')
        await expect(page.locator('[id="marks.lesson.content"]')).to_have_value("27.0")
        await page.focus('[id="marks.lesson.manner"]')
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator(SERVER)).to_contain_text("已计入")


async def test_a_change_that_counts_needs_its_reason_and_both_stand_in_the_history(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await expect(page.locator(SERVER)).to_contain_text("已计入")
        await page.click('[data-criterion="lesson.content"] [data-by="1"]')
        await page.click("#submit")
        await expect(page.locator(MESSAGE)).to_contain_text("请写明理由")
        await page.fill("#reason", "看错一行")
        await page.click("#submit")
        await tablet.until_rows("counted", "counted")
        assert await tablet.rows("reason") == ["", "看错一行"]
        await page.click(".earlier button")
        await expect(page.locator("dialog tbody tr").first).to_contain_text("65.0")
        assert await faults(page) == []
        await page.click('dialog [data-do="history"]')
        await expect(page.locator(".history li")).to_have_count(2)
        await expect(page.locator(".history li.now")).to_contain_text("看错一行")
        async with hall.another(tablet.number) as second:
            other = await second.open()
            await other.click(".earlier button")
            await other.click('dialog [data-do="history"]')
            await expect(other.locator(".history li")).to_have_count(2)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).not_to_be_visible()


@asynccontextmanager
async def enrolled(hall: Venue) -> AsyncIterator[Tablet]:
    """A tablet of the panel that staff have just enrolled; it offers the names."""
    panel = await hall.database.value("SELECT id FROM panels")
    async with transaction(hall.database.pool, "scoring_desk") as tx:
        code = await devices.offer(tx, new_id(), panel, hall.settings.installation_key, SCOREKEEPER)
    number = next(hall.judges)
    await web.cookie(hall.database, judge(number), "judge")
    context = await web.context(hall.browser, hall.url, "", reduced_motion="reduce")
    tablet = Tablet(hall, context, number)
    page = tablet.page = await context.new_page()
    await page.goto(f"{hall.url}/scoring/tablet")
    await expect(page.locator("h1")).to_have_text("这台平板还没有登记")
    assert await faults(page) == []
    await page.goto(f"{hall.url}/scoring/tablet#enrol={code}")
    await page.click(f'.names button:has(b:text-is("评委{number}"))')
    assert code not in page.url
    try:
        yield tablet
    finally:
        await context.close()


async def test_after_the_session_is_over_the_judge_says_so_and_the_queue_goes_on(hall: Venue) -> None:
    """An enrolled tablet of the panel: own name, finger, session; the name again once the session is over."""
    async with enrolled(hall) as tablet:
        page = tablet.page
        await draw(page)
        assert await faults(page) == []
        await page.click('[data-do="sign-on"]')
        await expect(page.locator(".who")).to_contain_text(f"评委{tablet.number}")
        drawn = await hall.database.value("SELECT signature FROM sign_ons WHERE judge_id = $1", tablet.judge_id)
        assert str(drawn).startswith("M")
        await hall.database.execute("DELETE FROM sessions WHERE handle = $1", tablet.judge_id)
        await page.click('[data-do="part"][data-of="lesson"]')
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await expect(page.locator("dialog h1")).to_have_text("请确认是您本人")
        await expect(page.locator(SERVER)).to_contain_text("请重新登录")
        assert await tablet.rows() == []
        assert await faults(page) == []
        await page.click('[data-do="again"]')
        await tablet.until_rows("counted")
        await tablet.go(1)
        await tablet.type_marks("9")
        await page.click(".menu")
        await page.click('dialog [data-of="leave"]')
        await page.click('[data-do="leave"]')
        await page.click(f'.names button:has(b:text-is("评委{tablet.number}"))')
        await draw(page)
        await page.click('[data-do="sign-on"]')
        await tablet.go(1)
        await expect(page.locator('[id="marks.lesson.content"]')).to_have_value("9")


async def test_a_judge_who_puts_the_question_away_marks_on_and_is_asked_by_the_strip(hall: Venue) -> None:
    async with enrolled(hall) as tablet:
        page = tablet.page
        await draw(page)
        await page.click('[data-do="sign-on"]')
        await page.click('[data-do="part"][data-of="lesson"]')
        await hall.database.execute("DELETE FROM sessions WHERE handle = $1", tablet.judge_id)
        for entry in (0, 1):
            await tablet.go(entry)
            await tablet.type_marks("27.5", "25", "12")
            await page.click("#submit")
            if entry == 0:
                await page.click("dialog .close")
        await expect(page.locator("#on-tablet.s-ok")).to_be_visible()
        await expect(page.locator("dialog[open]")).to_have_count(0)
        assert await tablet.rows() == []
        await page.click('.strip [data-of="unlock"]')
        await expect(page.locator("dialog h1")).to_have_text("请确认是您本人")
        await page.click('[data-do="again"]')
        await tablet.until_rows("counted", "counted")
        await expect(page.locator(".strip.err")).to_have_count(0)


async def test_a_pin_is_asked_and_checked_without_a_network_too(hall: Venue) -> None:
    panel = await hall.database.value("SELECT id FROM panels")
    await hall.database.execute("UPDATE panels SET asks_pin = true")
    try:
        async with enrolled(hall) as tablet:
            page = tablet.page
            (pin,) = await devices.new_pins([tablet.judge_id])
            async with transaction(hall.database.pool, "scoring_desk") as tx:
                await devices.put_pins(tx, panel, [pin], SCOREKEEPER, NOW)
            await draw(page)
            await press_pin(page, wrong_one(pin[0].pin))
            await expect(page.locator("#fault")).to_contain_text("PIN 不对")
            await draw(page)
            await press_pin(page, pin[0].pin)
            await expect(page.locator("#entries")).to_be_visible()
            await tablet.ready_without_network()
            await tablet.context.set_offline(True)
            await page.close()
            page = tablet.page = await tablet.context.new_page()
            await page.goto(f"{hall.url}/scoring/tablet")
            await expect(page.locator("h1")).to_contain_text("请输入 PIN")
            assert await page.locator("#entries").count() == 0
            await press_pin(page, wrong_one(pin[0].pin))
            await expect(page.locator("#fault")).to_contain_text("PIN 不对")
            assert await faults(page) == []
            await press_pin(page, pin[0].pin)
            await expect(page.locator("#entries")).to_be_visible()
    finally:
        await hall.database.execute("UPDATE panels SET asks_pin = false")


def wrong_one(pin: str) -> str:
    return str((int(pin[0]) + 1) % 10) + pin[1:]


async def press_pin(page: Page, pin: str) -> None:
    for key in pin:
        await page.click(f'[data-do="pin"][data-of="{key}"]')
    await page.click('[data-do="pin"][data-of="ok"]')


async def draw(page: Page) -> None:
    """A finger's line."""
    box = await page.locator("#signature").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 60, box["y"] + 90)
    await page.mouse.down()
    for at in range(1, 9):
        await page.mouse.move(box["x"] + 60 + 50 * at, box["y"] + (40 if at % 2 else 120), steps=3)
    await page.mouse.up()


async def test_staff_are_called_with_what_the_judge_is_at(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open(entry=1)
        await page.click(".help")
        await expect(page.locator("dialog")).to_contain_text("A02 号课堂教学")
        await page.click('dialog [data-do="ask"]')
        await expect(page.locator("dialog")).to_contain_text("已通知工作人员")
        row = (
            await hall.database.rows(
                "SELECT kind, entry_id, part FROM assistances WHERE judge_id = $1", tablet.judge_id
            )
        )[0]
        assert tuple(row) == ("help", hall.place.entries[1], "lesson")


async def test_a_refused_sheet_is_parked_and_said_and_stops_nothing(hall: Venue) -> None:
    async with hall.tablet(service_workers="block") as tablet:
        page = await tablet.open()
        refusal = '{"status": 422, "code": "signature_wrong", "detail": "签名不对", "title": "", "type": "about:blank"}'
        await page.route(
            "**/scoring/revisions/*",
            lambda route: route.fulfill(status=422, content_type="application/problem+json", body=refusal),
        )
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await expect(page.locator("#strips")).to_contain_text("有 1 份评分需要处理")
        await page.click("#strips button")
        await expect(page.locator("dialog")).to_contain_text("签名不对")
        assert await faults(page) == []
        await page.unroute("**/scoring/revisions/*")
        await page.click('dialog [data-do="go"]')
        await page.click("#submit")
        await tablet.until_rows("counted")
        await expect(page.locator("#strips")).not_to_contain_text("需要处理")


async def test_a_storage_that_fails_is_said_loudly(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("27")
        await page.evaluate(
            "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
        )
        await tablet.type_marks("5")
        await expect(page.locator("h1")).to_have_text("这台平板存不下评分")
        await expect(page.locator(".loud dl")).to_contain_text("275")
        assert await faults(page) == []


DRESSES: tuple[dict[str, object], ...] = (
    {},
    {"color_scheme": "dark", "viewport": {"width": 768, "height": 1024}},
    {"locale": "en-US", "color_scheme": "dark"},
    {"locale": "en-US", "viewport": {"width": 768, "height": 1024}},
)


@pytest.mark.parametrize("dress", DRESSES, ids=["light", "upright-dark", "english-dark", "english-upright"])
async def test_the_page_fits_the_tablet_and_can_be_read_and_reached(hall: Venue, dress: dict[str, object]) -> None:
    async with hall.another(1, **dress) as tablet:
        page = await tablet.open(entry=4, part="reflection")
        await tablet.type_marks("2")
        assert await faults(page) == []
        assert not await page.evaluate(web.OVERFLOW)
        boxes = [await each.bounding_box() for each in await page.locator(".key, .step button").all()]
        assert min(box["height"] for box in boxes if box) >= 72 and min(box["width"] for box in boxes if box) >= 72
        await page.click(".menu")
        for _ in range(4):
            await page.click('[data-do="size"][data-of="1"]')
        assert await faults(page) == []
        await page.keyboard.press("Escape")
        assert await faults(page) == []
        assert await page.evaluate(web.SMALLEST_TEXT) >= 26
        await page.reload()
        await expect(page.locator("#entries")).to_be_visible()
        assert await page.evaluate(web.SMALLEST_TEXT) >= 26


async def test_the_language_changes_without_a_network(hall: Venue) -> None:
    async with hall.another(2) as tablet:
        page = await tablet.open(entry=4, part="reflection")
        await tablet.ready_without_network()
        await tablet.context.set_offline(True)
        await page.click(".menu")
        await page.click('[data-do="language"][data-of="en"]')
        await expect(page.locator("dialog h1")).to_have_text("Settings and more")
        await page.reload()
        await expect(page.locator(SAVED)).to_contain_text("Tablet")


async def test_the_program_is_small_and_all_from_here(hall: Venue) -> None:
    async with hall.another(3) as tablet:
        seen: list[str] = []
        tablet.context.on("request", lambda request: seen.append(request.url))
        page = await tablet.open(entry=4)
        await tablet.ready_without_network()
        await page.click(".menu")
        await page.keyboard.press("Escape")
        assert [each for each in seen if not each.startswith(hall.url)] == []
        loaded = {
            found[1]
            for each in seen
            if (found := re.search(r"/app/\w+/(\w+\.js)$", each)) and found[1] not in ("export.js", "qr.js")
        }
        _, modules = modules_of_page()
        assert {"main.js", "screens.js", "store.js", "queue.js", "view.js"} <= loaded
        assert sum(len(modules[name]) for name in loaded) <= BUDGET
        sent = await page.request.get(
            next(each for each in seen if each.endswith("/main.js")), headers={"Accept-Encoding": "gzip"}
        )
        assert sent.headers["content-encoding"] == "gzip"
        assert await sent.body() == gzip.decompress(modules["main.js"])


@pytest.mark.parametrize("dress", [{}, {"viewport": {"width": 390, "height": 844}}], ids=["tablet", "phone"])
async def test_without_scripts_the_form_still_sends(hall: Venue, dress: dict[str, object]) -> None:
    async with hall.tablet(java_script_enabled=False, **dress) as tablet:
        page = await tablet.context.new_page()
        await page.goto(f"{hall.url}/scoring/sheets/{hall.place.entries[0]}/lesson")
        await page.fill('[id="marks.lesson.content"]', "27.5")
        await page.fill('[id="marks.lesson.order"]', "25")
        await page.click("#submit")
        await expect(page.locator("#faults")).to_contain_text("语言教态")
        await page.fill('[id="marks.lesson.manner"]', "12")
        await page.click("#submit")
        await expect(page.locator(SERVER)).to_contain_text("已计入 第")
        assert await tablet.rows("source, disposition") == [("form", "counted")]


@pytest.mark.parametrize("path", ["/scoring/sheets", "/scoring/sheets/{entry}/lesson"])
async def test_the_plain_pages_can_be_read_and_reached(hall: Venue, path: str) -> None:
    async with hall.another(4) as tablet:
        page = await tablet.context.new_page()
        await page.goto(hall.url + path.format(entry=hall.place.entries[1]))
        assert await web.violations(page) == []
        assert await page.evaluate(web.SMALL_TARGETS, 44) == []


async def test_a_change_after_the_lock_says_first_what_counts(hall: Venue) -> None:
    """The last of the file: it locks the division."""
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.type_marks("27.5", "25", "12")
        await page.click("#submit")
        await expect(page.locator(SERVER)).to_contain_text("已计入")
        await page.click('[data-criterion="lesson.content"] [data-by="1"]')
        await page.fill("#reason", "看错一行")
        await hall.mark_rest()
        await lock(hall.place)
        await page.click("#submit")
        await expect(page.locator("#headline")).to_contain_text("已计入 64.5")
        await expect(page.locator(".counted.minor .chg")).to_have_text("28.0")
        await expect(page.locator(SERVER)).to_contain_text("已收到，未计入")
        assert await faults(page) == []
        await page.click('[data-do="ask"][data-of="unlock"]')
        await expect(page.locator("#pad")).to_contain_text("已申请解锁")
        assert (
            await hall.database.value("SELECT kind FROM assistances WHERE judge_id = $1", tablet.judge_id) == "unlock"
        )
