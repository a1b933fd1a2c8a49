"""Deductions, the leader's adjustment and difficulties through the service's own doors."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.scoring import cli
from services.scoring.board import actions as board
from services.scoring.clocks.domain import Tap, digest
from services.scoring.rubrics.domain import Adjustment, Deduction, Rule
from shared.db import transaction
from shared.exact import Ratio
from shared.ids import new_id
from tests.conftest import Database, MovedClock
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import ONE, judge, judged
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, Hall
from tests.scoring.two_people import lock

Open = Callable[..., Awaitable[httpx.AsyncClient]]
OVERTIME = Deduction(
    key="overtime", title="超时", title_en="", points=ONE, each=Ratio(30, 1), measured_in="秒 seconds", most=Ratio(5, 1)
)
NO_AIDS = Deduction(
    key="no_aids", title="未出示教具", title_en="", points=Ratio(1, 2), each=ONE, measured_in="", most=None
)
RULE = msgspec.structs.replace(
    SHARED,
    deductions=(OVERTIME, NO_AIDS),
    below_zero=False,
    adjustment=Adjustment(Ratio(-1, 10), Ratio(1, 10), Ratio(1, 20)),
    board="results",
)


class Desk:
    """One division by a rule with deductions, everybody marked alike (89.00), and its people."""

    def __init__(self, database: Database, place: Hall, people: dict[str, Person]) -> None:
        self.database, self.place, self.people = database, place, people
        self.address = f"/scoring/divisions/{place.division_id}"

    async def post(self, who: str, path: str, **body: Any) -> httpx.Response:
        return await self.people[who].post(path if path.startswith("/") else f"{self.address}/{path}", body)

    async def lesson(self, clock: MovedClock, length: timedelta) -> None:
        """The timekeeper's clock of the first entry."""
        clock.set(NOW)
        await self.post("timekeeper", "clocks", entry_id=str(self.place.entries[0]))
        clock.set(NOW + length)
        await self.post("timekeeper", f"clocks/{self.place.entries[0]}", step="end")

    async def deduct(self, who: str, key: str, **more: str) -> httpx.Response:
        """From the first entry."""
        body = {"id": str(new_id()), "entry_id": str(self.place.entries[0]), "key": key, **more}
        return await self.post(who, "deductions", **body)

    async def adjust(
        self, amount: str, reason: str = "整体流畅", who: str = "leader"
    ) -> httpx.Response:
        body = {"id": str(new_id()), "entry_id": str(self.place.entries[0]), "amount": amount, "reason": reason}
        return await self.post(who, "adjustments", **body)

    async def lines(self) -> list[tuple[int, str, str]]:
        """(Rank, code, result as shown) by rank and code."""
        found = (await self.people["scorekeeper"].get(f"{self.address}/standings")).json()
        return sorted((line["rank"], found["codes"][line["entry_id"]], line["shown"]) for line in found["lines"])

    async def kinds(self) -> list[str]:
        rows = await self.database.rows("SELECT kind FROM ledger WHERE kind <> 'revision' ORDER BY position")
        return [row["kind"] for row in rows]


async def desk(database: Database, client: Open, rule: Rule = RULE) -> Desk:
    place = await seated(database, rule=rule)
    await place.mark_all()
    http = await client(database)
    people = {role: await sign_in(database, http, role) for role in ("scorekeeper", "timekeeper", "supervisor")}
    people["leader"] = await sign_in(database, http, "judge", "panel_leader", handle=judge(1))
    people["judge"] = await sign_in(database, http, "judge", "panel_leader", handle=judge(2))
    return Desk(database, place, people)


async def test_E12_forty_seconds_over_time_cost_one_point_by_the_clocks_own_log(
    scoring_database: Database, client: Open, clock: MovedClock
) -> None:
    made = await desk(scoring_database, client)
    await made.lesson(clock, timedelta(minutes=20, seconds=40.5))
    page = await made.people["timekeeper"].get(f"{made.address}/deductions", accept="text/html")
    assert "超时 40 秒" in page.text and "20:40" in page.text
    answer = await made.deduct("timekeeper", "overtime")
    assert answer.status_code == 201
    (row,) = await scoring_database.rows("SELECT key, quantity, ledger_position FROM deductions")
    assert tuple(row.values()) == ("overtime", "40", answer.json()["ledger_position"])
    assert await made.lines() == [(1, "A02", "89.00"), (2, "A01", "88.00")]
    entry = await scoring_database.value("SELECT body FROM ledger WHERE kind = 'deducted'")
    body = msgspec.json.decode(entry)["body"]
    (clocked,) = (await made.people["timekeeper"].get(f"{made.address}/clocks")).json()["clocks"]
    log = msgspec.convert(clocked["log"], list[Tap])
    assert [each.step for each in log] == ["start", "end"]
    assert body == {
        "id": body["id"], "stage": "final", "entry": str(made.place.entries[0]), "key": "overtime", "quantity": "40",
        "reason": "计时记录：超过限时", "clock": digest(log),
    }  # fmt: skip
    summary = (await made.people["scorekeeper"].get(made.address)).json()
    assert [(each["code"], each["deducted"]) for each in summary["lines"]] == [("A02", ""), ("A01", "1")]


async def test_a_lesson_within_its_limit_has_no_overtime_to_deduct(
    scoring_database: Database, client: Open, clock: MovedClock
) -> None:
    made = await desk(scoring_database, client)
    await made.lesson(clock, timedelta(minutes=19, seconds=59))
    assert (await made.deduct("timekeeper", "overtime")).json()["code"] == "no_such_clock"
    assert await made.kinds() == []


async def test_a_deduction_counts_once_however_often_it_is_sent_and_its_cap_holds(
    scoring_database: Database, client: Open
) -> None:
    made = await desk(scoring_database, client)
    again = {"id": str(new_id()), "quantity": "2", "reason": "两次"}
    first, second = [(await made.deduct("scorekeeper", "no_aids", **again)).json() for _ in range(2)]
    assert first == second and await made.lines() == [(1, "A02", "89.00"), (2, "A01", "88.00")]
    await made.deduct("timekeeper", "overtime", quantity="400", reason="计时表")
    assert await made.lines() == [(1, "A02", "89.00"), (2, "A01", "83.00")]
    assert await scoring_database.value("SELECT count(*) FROM deductions") == 2


async def test_a_withdrawn_deduction_counts_no_more_and_stays_to_be_seen(
    scoring_database: Database, client: Open
) -> None:
    made = await desk(scoring_database, client)
    recorded = (await made.deduct("scorekeeper", "no_aids", quantity="1", reason="看错")).json()
    path = f"/scoring/deductions/{recorded['id']}/withdrawals"
    assert (await made.post("timekeeper", path, reason="x")).status_code == 403
    assert (await made.post("scorekeeper", path, reason=" ")).json()["code"] == "deduction_reason_missing"
    answers = [(await made.post("scorekeeper", path, reason="录像确认已出示")).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert await made.lines() == [(1, "A01", "89.00"), (1, "A02", "89.00")]
    (row,) = await scoring_database.rows("SELECT withdrawn_reason, withdrawn_position FROM deductions")
    assert tuple(row.values()) == ("录像确认已出示", answers[0]["ledger_position"])
    assert await made.kinds() == ["deducted", "deduction_withdrawn"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"key": "dress", "quantity": "1", "reason": "x"}, "deduction_unknown"),
        ({"key": "no_aids", "quantity": "0", "reason": "x"}, "deduction_nothing"),
        ({"key": "no_aids", "quantity": "1.5", "reason": "x"}, "deduction_nothing"),
        ({"key": "no_aids", "quantity": "-1", "reason": "x"}, "deduction_nothing"),
        ({"key": "overtime", "quantity": "2/3", "reason": "x"}, "not_a_number"),
        ({"key": "overtime", "quantity": "40", "reason": " "}, "deduction_reason_missing"),
    ],
)
async def test_a_deduction_that_the_rule_does_not_know_is_refused(
    scoring_database: Database, client: Open, sent: dict[str, str], code: str
) -> None:
    made = await desk(scoring_database, client)
    assert (await made.deduct("scorekeeper", **sent)).json()["code"] == code
    assert await made.kinds() == []


async def test_the_panels_leader_moves_a_result_within_the_bounds_and_the_last_one_holds(
    scoring_database: Database, client: Open
) -> None:
    made = await desk(scoring_database, client)
    for amount in ("0.15", "-0.2", "0.07"):
        assert (await made.adjust(amount)).json()["code"] == "adjustment_outside"
    assert (await made.adjust("0.1", reason="")).json()["code"] == "deduction_reason_missing"
    assert (await made.adjust("0.1")).status_code == 201 and (await made.lines())[0] == (1, "A01", "89.10")
    await made.adjust("-0.05", reason="改判")
    assert await made.lines() == [(1, "A02", "89.00"), (2, "A01", "88.95")]
    rows = await scoring_database.rows("SELECT amount, reason FROM adjustments ORDER BY ledger_position")
    assert [tuple(row.values()) for row in rows] == [("0.1", "整体流畅"), ("-0.05", "改判")]


async def test_only_the_leader_of_the_panel_adjusts(scoring_database: Database, client: Open) -> None:
    made = await desk(scoring_database, client)
    assert (await made.adjust("0.1", who="judge")).json()["code"] == "leader_needed"
    assert (await made.people["judge"].get(f"{made.address}/adjustments")).status_code == 403
    assert (await made.adjust("0.1", who="scorekeeper")).status_code == 403
    assert (await made.people["leader"].get(f"{made.address}/adjustments", accept="text/html")).status_code == 200
    assert await made.kinds() == []


async def test_without_its_difficulty_an_entry_has_no_result(scoring_database: Database, client: Open) -> None:
    made = await desk(scoring_database, client, msgspec.structs.replace(judged(RULE, has_difficulty=True)))
    assert await made.lines() == []
    for place, value in enumerate(("2", "1.5")):
        body = {"id": str(new_id()), "entry_id": str(made.place.entries[place]), "scope": "", "value": value}
        assert (await made.post("scorekeeper", "difficulties", **body)).status_code == 201
    assert await made.lines() == [(1, "A01", "178.00"), (2, "A02", "133.50")]
    wrong = {"id": str(new_id()), "entry_id": str(made.place.entries[0]), "scope": "lesson", "value": "2"}
    assert (await made.post("scorekeeper", "difficulties", **wrong)).json()["code"] == "difficulty_unknown"
    page = await made.people["scorekeeper"].get(f"{made.address}/deductions", accept="text/html")
    assert "整项成绩" in page.text and "1.5" in page.text


async def test_after_the_lock_nothing_is_recorded_any_more(scoring_database: Database, client: Open) -> None:
    made = await desk(scoring_database, client)
    recorded = (await made.deduct("scorekeeper", "no_aids", quantity="1", reason="x")).json()
    await lock(made.place)
    answers = [
        await made.deduct("scorekeeper", "no_aids", quantity="1", reason="x"),
        await made.post("scorekeeper", f"/scoring/deductions/{recorded['id']}/withdrawals", reason="x"),
        await made.adjust("0.1"),
    ]
    assert {answer.json()["code"] for answer in answers} == {"deduction_after_lock"}
    assert await made.kinds() == ["deducted", "locked"]


async def test_neither_judges_nor_the_board_learn_of_a_deduction_before_the_release(
    scoring_database: Database, client: Open
) -> None:
    made = await desk(scoring_database, client)
    await made.deduct("scorekeeper", "no_aids", quantity="3", reason="秘密的理由")
    await made.adjust("0.1", reason="组长的理由")
    entry, division = made.place.entries[0], made.place.division_id
    seen = []
    for who in ("judge", "leader"):
        for path in ("/scoring/sheets", f"/scoring/sheets/{entry}/lesson"):
            for accept in ("application/json", "text/html"):
                seen.append((await made.people[who].get(path, accept=accept)).text)
        assert (await made.people[who].get(f"{made.address}/deductions")).status_code == 403
    leaders = await made.people["leader"].get(f"{made.address}/adjustments", accept="text/html")
    told = (await made.people["leader"].get(f"{made.address}/adjustments")).json()
    assert "组长的理由" in leaders.text and list(told) == ["adjustments"]
    async with transaction(scoring_database.pool, "scoring_system") as tx:
        assert await board.refresh(tx, division, NOW)
    seen += [leaders.text, (await made.people["judge"].get(f"/scoring/boards/{division}")).text]
    assert not [text for text in seen if "秘密的理由" in text or "未出示教具" in text]
    assert not [text for text in seen[:-2] if "组长的理由" in text] and "组长的理由" not in seen[-1]


async def test_a_rebuild_recreates_every_record_from_the_ledger(scoring_database: Database, client: Open) -> None:
    made = await desk(scoring_database, client)
    recorded = (await made.deduct("scorekeeper", "no_aids", quantity="1", reason="x")).json()
    await made.post("scorekeeper", f"/scoring/deductions/{recorded['id']}/withdrawals", reason="y")
    await made.adjust("0.1")
    await made.adjust("0.05")
    before = await made.lines()
    untouched = (await cli.rebuild(scoring_database.pool, NOW))[made.place.division_id]
    assert set(untouched.values()) == {0}
    await scoring_database.execute("DELETE FROM adjustments")
    await scoring_database.execute(
        "UPDATE deductions SET withdrawn_reason = NULL, withdrawn_position = NULL, quantity = '9'"
    )
    differing = (await cli.rebuild(scoring_database.pool, NOW))[made.place.division_id]
    assert (differing["adjustments"], differing["deductions"], differing["difficulties"]) == (2, 2, 0)
    assert await made.lines() == before == [(1, "A01", "89.05"), (2, "A02", "89.00")]
