"""The main job, walked in Chromium on the shipped season; what is not walked here is played by the demo's driver.

Each function below takes the place of the driver's for one actor: it does the same by looking, typing and pressing, and
the driver goes on from the state it left. So at the end the season must be conserved as ever, and its report equal to
what its files say. Pictures of every page stand in `build/screenshots` (LAUREL_SCREENSHOTS names another folder);
`--nightly` looks at all four dresses. Registration's pages are dressed by its own tests.
"""

import os
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import async_playwright
from rich.console import Console

from deploy.demo import bundles, conservation
from deploy.demo.play import Place, Play, Sent
from deploy.demo.rehearsal import plan, run
from deploy.demo.screen import Bars
from deploy.demo.season import Season, Signup, Table, Vote
from deploy.demo.stages import judging, opening, prizes, programme, publication, sign_up
from deploy.demo.tablets import Stored, Tablet
from deploy.demo.user import User
from deploy.installation import Installation, temporary_folder
from tests.browser.people import ALL_DRESSES, DESK, DRESSES, HALL, PHONE, TABLET, Browsers, chromium
from tests.season import test_demo as demo

ROOT = Path(__file__).resolve().parents[2]
SEASON = ROOT / "deploy" / "seasons" / "jianglin-2026"
PARTICIPANT, BRANCH, JUDGE, VOTER = "2001", "02", "W01", "1012"
ARTS: Place = ("teaching-9", "arts")

pytestmark = pytest.mark.browser


async def press(page: Any, button: str) -> None:
    """Press a button that leads to another page, and wait for that page."""
    async with page.expect_navigation():
        await page.click(button)


class Walk:
    """Who walks what. `original` keeps the driver's own functions."""

    def __init__(self, play: Play, browsers: Browsers) -> None:
        self.play, self.browsers = play, browsers
        self.walked: list[str] = []
        self.is_marked = False
        self.original: dict[str, Callable[..., Any]] = {}

    async def page(self, account: str, size: tuple[int, int] = DESK) -> Any:
        password = self.play.people.password(account) if account else ""
        return await self.browsers.page(account, password, size)

    async def go(self, page: Any, path: str) -> None:
        answer = await page.goto(f"{self.browsers.url}{path}", wait_until="load")
        assert answer.ok, f"{path}: {answer.status}, see {self.play.installation.logs}"

    async def holder(self, role: str) -> str:
        account = self.play.season.role(role)[0]
        await self.play.user(account)
        return account

    # organiser ----------------------------------------------------------------------------------------------------

    async def load_season(self, play: Play) -> None:
        """The folder goes to all three services from the organiser's one page."""
        page = await self.page("admin")
        for service in ("scoring", "awards"):
            await self.go(page, f"/{service}/setup")
        await self.go(page, "/registration/seasons")
        await page.set_input_files("#files", str(SEASON))
        await page.click("#season button")
        await page.wait_for_selector("#store:not([hidden])", timeout=60_000)
        await self.browsers.look_here(page, "season-check")
        await page.click("#store")
        await page.wait_for_selector("a[href='/registration/overview']", timeout=60_000)
        play.bars.advance(6)
        self.walked.append("organiser loads the season")

    # participant --------------------------------------------------------------------------------------------------

    async def sign_up(self, play: Play, signup: Signup) -> None:
        if signup.staff_no != PARTICIPANT:
            await self.original["sign_up"](play, signup)
            return
        await play.user(signup.staff_no)
        activity = play.activities[signup.activity]
        page = await self.page(signup.staff_no, PHONE)
        await self.go(page, f"/registration/activities/{activity}")
        await self.browsers.look_here(page, "activity")
        await self.go(page, f"/registration/entries/new?activity_id={activity}")
        await self.browsers.look(page, "sign-up", is_whole=True)
        await page.fill("#course", signup.course)
        await page.click("main form button.btn-primary")
        await page.wait_for_selector("[role=alert]")
        assert await page.input_value("#course") == signup.course, "the typed text survives the error"
        await self.browsers.look_here(page, "sign-up-error")
        await page.check(
            f"input[name=division_id][value='{play.divisions[signup.activity, signup.division]}']", force=True
        )
        await page.check("#commitment", force=True)
        await page.click("main form button.btn-primary")
        await page.wait_for_url("**/registration/entries*")
        await self.browsers.look_here(page, "my-entries")
        user = await play.user(signup.staff_no)
        (entry,) = (await user.get("/registration/entries"))["entries"]
        play.entries[signup.activity, signup.division, signup.staff_no] = entry["id"]
        self.walked.append("participant signs up")

    # branch officer -----------------------------------------------------------------------------------------------

    async def send_order(self, officer: User, path: str, groups: list[list[str]]) -> Any:
        if f"/branches/{BRANCH}/" not in path:
            return await self.original["send_order"](officer, path, groups)
        page = await self.page(officer.account)
        await self.go(page, path)
        await self.browsers.look_here(page, "branch-approval")
        for group in groups:
            for number, entry_id in enumerate(group, start=1):
                await page.fill(f"[id='numbers.{entry_id}']", str(number))
        await press(page, "main form[action$='/recommendations'] button.btn-primary")
        self.walked.append("branch officer ranks and approves")
        return None

    # judge --------------------------------------------------------------------------------------------------------

    async def sent(self, tablet: Tablet) -> None:
        """The first lesson of one judge is marked on the page of the judge's own browser; the driver's record stays unsent."""
        given = self.play.sent[-1] if self.play.sent else None
        if (
            given is None
            or given.sheet.judge != JUDGE
            or given.sheet.part != "lesson"
            or self.is_marked
            or not tablet.queue
        ):
            await self.original["sent"](tablet)
            return
        self.is_marked, place = True, len(self.play.sent) - 1
        tablet.queue.remove(given.stored)
        self.play.sent[place] = msgspec.structs.replace(given, stored=await self.mark(given))

    async def mark(self, given: Sent) -> Stored:
        page, sheet = await self.page(JUDGE, TABLET), given.sheet
        entry = self.play.entries[sheet.activity, sheet.division, sheet.entry]
        await self.go(page, "/scoring/sheets")
        await press(page, "main .card .btn-primary")
        await page.wait_for_selector("#entries")
        await page.click(f"[data-do=entry][data-of='{entry}']")
        await page.click(f"[data-do=part][data-of='{sheet.part}']")
        await self.browsers.look(page, "tablet-empty")
        taps = 0
        for at, (_, mark) in enumerate(
            sorted(self.play.season.marks[sheet].items(), key=lambda each: list(given.marks).index(each[0]))
        ):
            if at:
                await page.click("#next-item")
                taps += 1
            for key in mark:
                await page.click(f".key[data-of='{key}']")
                taps += 1
        await page.screenshot(path=self.browsers.folder / "tablet.png")
        async with page.expect_request("**/scoring/revisions/*") as sending:
            await page.click("#submit")
        await page.wait_for_selector("#on-server.s-ok")
        await self.browsers.look(page, "tablet-counted")
        request = await sending.value
        signature = await request.header_value("laurel-signature")
        assert request.post_data_buffer and signature, "what a judge's page sends is signed"
        assert msgspec.json.decode(request.post_data_buffer)["marks"] == given.marks
        self.walked.append(f"judge sends a sheet with {taps + 1} taps")
        stored = Stored(id=request.url.rsplit("/", 1)[1], body=request.post_data_buffer, signature=signature)
        stored.disposition = "counted"
        return stored

    # scorekeeper and supervisor -----------------------------------------------------------------------------------

    async def two(self, path: str, asks: str, confirms: str) -> None:
        """The scorekeeper asks on the division's page, the supervisor confirms on it."""
        for role, action in (("scorekeeper", asks), ("supervisor", confirms)):
            page = await self.page(await self.holder(role))
            await self.go(page, path)
            await press(page, f"form[action$='{action}'] button")
            await page.close()

    async def lock(self, play: Play, place: Place, stage: str) -> None:
        if (place, stage) != (ARTS, "final"):
            await self.original["lock"](play, place, stage)
            return
        page = await self.page(await self.holder("scorekeeper"))
        await self.go(page, f"/scoring/divisions/{play.divisions[place]}?stage=final")
        await self.browsers.look(page, "desk", is_whole=True)
        board = await self.page("", HALL)
        await self.go(board, f"/scoring/boards/{play.divisions[place]}")
        await self.browsers.look(board, "board-progress", is_always_dark=True)
        await self.two(f"/scoring/divisions/{play.divisions[place]}?stage=final", "/locks", "/confirmations")
        self.walked.append("scorekeeper and supervisor lock")

    async def seal(self, play: Play, place: Place, stage: str) -> Any:
        if (place, stage) != (ARTS, "final"):
            return await self.original["seal"](play, place, stage)
        board = await self.page("", HALL)
        await self.go(board, f"/scoring/boards/{play.divisions[place]}")
        await self.browsers.look(board, "board-codes", is_always_dark=True)
        await self.two(f"/scoring/divisions/{play.divisions[place]}?stage=final", "/score-sets", "/seals")
        self.walked.append("scorekeeper and supervisor seal the score set")
        return None

    # committee ----------------------------------------------------------------------------------------------------

    async def sign_list(self, play: Play, activity: Table) -> None:
        account = await self.holder("committee")
        member = await play.user(account)

        async def is_open() -> bool:
            at = await member.get(f"/awards/editions/{activity['key']}/committee")
            return len(at["score_set_ids"]) == 4 and not any(each["missing"] for each in at["preview"]["divisions"])

        await play.until("names in awards", is_open)
        page = await self.page(account)
        await self.go(page, f"/awards/editions/{activity['key']}/committee")
        await self.browsers.look(page, "committee")
        await page.click("form[action$='/confirmations'] button")
        await page.wait_for_selector(".notice-ok")
        supervisor = await self.page(await self.holder("supervisor"))
        await self.go(supervisor, f"/awards/editions/{activity['key']}/committee")
        await supervisor.click("form[action$='/confirmations'] button")
        await supervisor.wait_for_selector(".notice-ok")
        board = await self.page("", HALL)
        await self.go(board, f"/scoring/boards/{play.divisions[ARTS]}")
        await self.browsers.look(board, "board", is_always_dark=True)
        play.bars.advance()
        self.walked.append("committee and supervisor sign the prize list")

    async def hold_round(self, play: Play, award: Table, votes: list[Vote]) -> None:
        """One member's paper is filled in on a phone; the others' go through the driver."""
        walk, mine = self, {vote.candidate: vote.choice for vote in votes if vote.voter == VOTER}
        post = User.post

        async def posted(self: User, path: str, body: Mapping[str, Any] | None = None) -> Any:
            if self.account != VOTER or not path.endswith("/votes"):
                return await post(self, path, body)
            page = await walk.page(VOTER, PHONE)
            await walk.go(page, path.removesuffix("/votes"))
            await walk.browsers.look(page, "ballot", is_whole=True)
            for line, choice in (body or {})["choices"].items():
                await page.check(f"input[name='choices.{line}'][value='{choice}']", force=True)
            await page.click("main form button.btn-primary")
            await page.wait_for_selector(".done-mark")
            walk.walked.append(f"committee member votes on {len(mine)} candidates")
            return {}

        User.post = posted  # type: ignore[method-assign]  # one member's vote is walked
        try:
            await self.original["hold_round"](play, award, votes)
        finally:
            User.post = post  # type: ignore[method-assign]

    # public -------------------------------------------------------------------------------------------------------

    async def object_to(self, play: Play, key: str, incident: Table) -> None:
        page = await self.page("", PHONE)
        await self.go(page, f"/awards/notices/{play.notices[key]}")
        await self.browsers.look(page, "notice", is_whole=True)
        await page.close()
        await self.original["object_to"](play, key, incident)
        self.walked.append("public reads the notice")

    async def check_certificate(self) -> None:
        """Results, then a certificate by its number, as somebody who holds the paper."""
        page = await self.page("", PHONE)
        await self.go(page, "/awards/results/teaching-9")
        await self.browsers.look(page, "results", is_whole=True)
        await self.go(page, "/awards/certificates")
        await page.fill("#number", sorted(self.play.certificates)[0])
        await press(page, "main form button.btn-primary")
        await self.browsers.look_here(page, "certificate")
        participant = await self.page(PARTICIPANT, PHONE)
        await self.go(participant, "/registration/entries")
        await self.browsers.look_here(participant, "my-entries-prize")
        for path, name in (("/registration/overview", "overview"), ("/registration/", "home-organiser")):
            page = await self.page(await self.holder("organiser"))
            await self.go(page, path)
            await self.browsers.look_here(page, name)
        await self.go(visitor := await self.page("", DESK), "/registration/")
        await self.browsers.look(visitor, "home", is_whole=True)
        self.walked.append("public checks a certificate")


def bugs(log: Path) -> list[str]:
    """What a service logged as a bug."""
    return [line for line in log.read_text().splitlines() if '"event": "bug"' in line]


@pytest.fixture
def folder() -> Path:
    chosen = Path(os.environ.get("LAUREL_SCREENSHOTS", ROOT / "build" / "screenshots"))
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def take_over(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the walk's functions where the driver's are."""
    places = ((opening, "load_season"), (sign_up, "sign_up"), (sign_up, "send_order"), (judging, "sent"), (judging, "lock"), (judging, "seal"),
              (prizes, "sign_list"), (programme, "hold_round"), (publication, "object_to"))  # fmt: skip
    for module, name in places:
        walk.original[name] = getattr(module, name)
        monkeypatch.setattr(module, name, getattr(walk, name))


async def test_everybody_can_do_the_main_job_in_a_browser(
    folder: Path, tmp_path: Path, is_nightly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with temporary_folder() as data:
        async with Installation(data, clock="file") as installation, async_playwright() as playwright:
            browser = await chromium(playwright)
            play = Play(Season(SEASON), installation, Bars(Console(file=StringIO())))
            browsers = Browsers(browser, installation.url, folder, ALL_DRESSES if is_nightly else DRESSES)
            walk = Walk(play, browsers)
            take_over(walk, monkeypatch)
            try:
                plan(play)
                await run(play)
                await walk.check_certificate()
                report, checks = await conservation.count(play)
                held = await bundles.write(play, tmp_path)
            finally:
                await play.people.close()
                await browser.close()
                for service in installation.services:
                    print(*bugs(installation.logs / f"{service}.log"))
    assert len(walk.walked) >= 10, walk.walked
    assert browsers.faults == []
    assert held.holds
    walked = (
        SEASON,
        msgspec.to_builtins(report) | {"bundles": tmp_path, "table": {each.name: each.sent for each in checks}},
    )
    demo.test_the_report_has_exactly_its_keys_and_is_conserved(walked)
    demo.test_the_results_equal_the_recomputation_from_the_files(walked)
    demo.test_every_sign_up_ends_where_the_files_say(walked)
    demo.test_every_award_has_a_certificate_that_can_be_checked(walked)
    demo.test_the_verifier_finds_the_published_results_in_the_bundles(walked)
    demo.test_the_incidents_beside_the_marks_were_played(walked)
    demo.test_E12_stands_in_the_ledger_as_the_clock_told_it(walked)
