"""The committee's pages with the shipped season, as committee members, tellers and supervisors use them.

Every page is looked at in Chromium in both languages and both themes: no axe violation, no target under 44 px, nothing wider
than the screen.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser
from python_calamine import CalamineWorkbook

from shared.ids import new_id
from shared.settings import Settings
from tests.awards import desk
from tests.awards.desk import Stage
from tests.conftest import Database, MovedClock

PROGRAMME = "/awards/programmes/model-home-2026"
COMMITTEE = "/awards/editions/teaching-9/committee"
MEMBERS = [str(number) for number in range(1011, 1020)]
PRESENT = [account for account in MEMBERS if account != "1015"]
TELLER, SUPERVISOR, ORGANISER = "1008", "1006", "1001"

pytestmark = pytest.mark.browser
Opened = Callable[..., Awaitable[httpx.AsyncClient]]


async def staged(database: Database, client: Opened, settings: Callable[..., Settings]) -> Stage:
    stage = Stage(database, await client(database), settings(database))
    await stage.store("jianglin-2026")
    for account in (*MEMBERS, TELLER, SUPERVISOR, ORGANISER):
        await stage.sign_in(account)
    return stage


async def look(stage: Stage, browser: Browser, account: str, path: str, width: int = 1440, height: int = 900) -> str:
    """The page's text, after looking at it in Chinese by day and in English by night."""
    texts = []
    for language, dark in (("zh-CN", False), ("en", True)):
        async with stage.page(account, browser, width, height, dark, language, scripts=True) as page:
            response = await page.goto(f"http://laurel.test{path}")
            assert response and response.ok, path
            assert await desk.faults_of(page) == []
            assert await desk.small_targets(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            texts.append(await page.inner_text("body"))
    return texts[0]


async def test_a_contest_result_is_confirmed_and_signed_by_two_and_not_voted(
    awards_database: Database, client: Opened, settings: Callable[..., Settings], clock: MovedClock
) -> None:
    clock.set(datetime(2026, 5, 20, 2, tzinfo=UTC))
    stage = await staged(awards_database, client, settings)
    await stage.describe("1011", "梁致和")
    async with desk.chromium() as browser:
        assert "还没有封存" in await look(stage, browser, "1011", COMMITTEE)
        await stage.seal_divisions("teaching-9")
        ready = await look(stage, browser, "1011", COMMITTEE)
        assert "不表决" in ready and "迪丽努尔·艾合买提" in ready
        async with stage.page("1011", browser) as page:
            await page.goto(f"http://laurel.test{COMMITTEE}")
            await page.get_by_role("button", name="确认并签字").click()
            assert await page.locator(".signs .sig").all_inner_texts() == ["梁致和"]
        seen = (await stage.send("1011", "GET", COMMITTEE)).json()["score_set_ids"]
        again = await stage.send("1011", "POST", "/awards/editions/teaching-9/confirmations", {"score_set_ids": seen})
        assert (again.status_code, again.json()["code"]) == (409, "signed_by_you")
        other = await stage.send("1012", "POST", "/awards/editions/teaching-9/confirmations", {"score_set_ids": seen})
        assert (other.status_code, other.json()["code"]) == (409, "signed_by_role")
        assert await awards_database.value("SELECT count(*) FROM proposals") == 0
        await stage.done(SUPERVISOR, "/awards/editions/teaching-9/confirmations", {"score_set_ids": seen})
        assert "拟获名单已经形成" in await look(stage, browser, SUPERVISOR, f"{COMMITTEE}?division=science")
    assert await awards_database.value("SELECT state FROM editions WHERE key = 'teaching-9'") == "proposed"
    assert (await stage.send("1011", "GET", f"{COMMITTEE}.pdf")).content.startswith(b"%PDF")
    workbook = CalamineWorkbook.from_filelike(BytesIO((await stage.send("1011", "GET", f"{COMMITTEE}.xlsx")).content))
    assert workbook.sheet_names == ["文科组", "理科组", "工科组", "思政课专项组"]
    assert workbook.get_sheet_by_name("文科组").to_python()[1] == ["1", "05", "林若溪", "外国语学院", "93.40", "一等奖"]


async def nominate_and_examine(stage: Stage, clock: MovedClock) -> dict[str, str]:
    """Everything up to the ballot, as the season's files say; branch -> nomination."""
    nominated, scores = desk.sheets("jianglin-2026")
    made = {}
    clock.set(datetime(2026, 11, 20, 2, tzinfo=UTC))
    for branch, reason in nominated:
        sent = {"id": str(new_id()), "branch": branch, "reason": reason}
        made[branch] = (await stage.done("1011", f"{PROGRAMME}/nominations", sent))["id"]
        await stage.done("1011", f"/awards/nominations/{made[branch]}/self-scores", column(scores[branch], 1))
    clock.set(datetime(2026, 12, 8, 2, tzinfo=UTC))
    for branch, nomination in made.items():
        await stage.done(TELLER, f"/awards/nominations/{nomination}/audited-scores", column(scores[branch], 2))
    for office in desk.programme_file("jianglin-2026", "programmes/model-home.toml")["consultation"]:
        for reply in office["reply"]:
            sent = {
                "office": office["office"], "branch": reply["branch"], "opinion": reply["opinion"], "reason": reply["reason"],
                "reference": reply["reference"], "replied_on": str(reply["on"]),
            }  # fmt: skip
            await stage.done("1012", f"{PROGRAMME}/replies", sent)
    clock.set(datetime(2026, 12, 11, 6, 5, tzinfo=UTC))
    return made


def column(rows: list[tuple[str, str, str]], which: int) -> dict[str, Any]:
    return {"id": str(new_id()), "scores": {row[0]: row[which] for row in rows}}


async def test_e_shipped_the_december_ballot_from_nomination_to_the_list(
    awards_database: Database, client: Opened, settings: Callable[..., Settings], clock: MovedClock
) -> None:
    stage = await staged(awards_database, client, settings)
    made = await nominate_and_examine(stage, clock)
    async with desk.chromium() as browser:
        await look(stage, browser, "1011", f"{PROGRAMME}/nominations")
        await look(stage, browser, TELLER, f"/awards/nominations/{made['01']}")
        assert "整改尚未完成" in await look(stage, browser, "1012", f"{PROGRAMME}/replies")
        await look(stage, browser, "1012", "/awards/programmes")
        assert "开始第 1 轮" in await look(stage, browser, TELLER, PROGRAMME)

        few = {"id": str(new_id()), "present": MEMBERS[:5], "recused": []}
        refused = await stage.send(TELLER, "POST", f"{PROGRAMME}/ballots", few)
        assert refused.status_code == 422 and "法定人数 6 人，实到 5 人，还差 1 人" in refused.json()["detail"]
        ballot = await stage.done(
            TELLER, f"{PROGRAMME}/ballots", {"id": str(new_id()), "present": PRESENT, "recused": ["1016"]}
        )
        paper = f"/awards/ballots/{ballot['id']}"
        assert (await stage.send(TELLER, "GET", f"{PROGRAMME}/ballots.pdf")).json()["code"] == "nothing_counted"
        assert "已投 0/9" in await look(stage, browser, "1019", paper, 390, 844)

        papers = desk.file_votes("jianglin-2026", 1)
        for voter in (each for each in papers if each != "1019"):
            await stage.done(voter, f"{paper}/votes", {"choices": {made[b]: c for b, c in papers[voter].items()}})
        open_page = await look(stage, browser, "1019", PROGRAMME)
        assert "5/9" in open_page.replace("\n", "") or "6/9" in open_page.replace("\n", "")
        assert "反对" not in open_page

        async with stage.page("1019", browser, 390, 844) as page:
            await page.goto(f"http://laurel.test{paper}")
            first = made["01"]
            await page.locator(f"[name='choices.{first}'][value=abstain]").check()
            await page.get_by_role("button", name="投出表决票").click()
            assert await page.locator("#faults li").count() == 7
            assert await page.locator(f"[name='choices.{first}'][value=abstain]").is_checked()
            for branch, choice in papers["1019"].items():
                await page.locator(f"[name='choices.{made[branch]}'][value={choice}]").check()
            await page.get_by_role("button", name="投出表决票").click()
            assert "您的票已投入票箱" in await page.inner_text("body")
        await look(stage, browser, "1019", paper, 390, 844)

        closed = await stage.done(TELLER, f"{paper}/closings", {})
        by_stratum = {outcome["stratum"]: outcome for outcome in closed["outcomes"]}
        assert [len(by_stratum[s]["elected"]) for s in ("faculty", "office", "direct")] == [3, 1, 1]
        tied = by_stratum["faculty"]["tied"]
        assert [by_stratum["faculty"]["counts"][each]["yes"] for each in tied] == [5, 5]
        assert "同票，再投" in await look(stage, browser, TELLER, PROGRAMME)

        second = await stage.done(
            TELLER, f"{PROGRAMME}/ballots", {"id": str(new_id()), "present": PRESENT, "recused": ["1016"]}
        )
        assert {candidate for contest in second["contests"] for candidate in contest["candidates"]} == set(tied)
        for voter, choices in desk.file_votes("jianglin-2026", 2).items():
            sent = {"choices": {made[b]: c for b, c in choices.items()}}
            await stage.done(voter, f"/awards/ballots/{second['id']}/votes", sent)
        await stage.done(TELLER, f"/awards/ballots/{second['id']}/closings", {})
        assert "席位已满" in await look(stage, browser, "1011", PROGRAMME)
        assert (await stage.send(TELLER, "GET", f"{PROGRAMME}/ballots.pdf")).content.startswith(b"%PDF")
    awards = await awards_database.rows("SELECT division_key FROM awards ORDER BY position")
    assert [row["division_key"] for row in awards] == ["faculty"] * 4 + ["office", "direct"]


async def test_the_reason_of_a_veto_is_for_supervisor_and_committee_only(
    awards_database: Database, client: Opened, settings: Callable[..., Settings], clock: MovedClock
) -> None:
    stage = await staged(awards_database, client, settings)
    await nominate_and_examine(stage, clock)
    for account, sees in (("1013", True), (SUPERVISOR, True), (TELLER, False), (ORGANISER, False)):
        answer = await stage.send(account, "GET", PROGRAMME)
        assert answer.status_code == 200
        assert ("整改尚未完成" in answer.text) == sees, account
    assert (await stage.send(TELLER, "GET", f"{PROGRAMME}/replies")).status_code == 403
