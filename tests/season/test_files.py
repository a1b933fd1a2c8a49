"""What a season folder is refused for: each broken file gives exactly its fault, placed where the secretary sees it.

The folders that ship, and the two of this directory, give none. A broken folder is the mini season with one change.
"""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.awards.seasons import actions as awards
from services.registration.seasons import domain as registration
from services.scoring.seasons import domain as scoring
from shared.errors import Fault
from shared.ids import new_id
from shared.tables import Folder
from tests.season.test_oracle import MINI, SEASONS, THIRD

Change = Callable[[dict[str, bytes]], None]

CHECKS: dict[str, Callable[[Folder], list[Fault]]] = {
    "registration": lambda folder: registration.check(folder, new_id)[2],
    "scoring": lambda folder: scoring.check(folder)[2],
    "awards": lambda folder: asyncio.run(awards.examine(folder.files)).faults,
}


def files_of(where: Path) -> dict[str, bytes]:
    return {path.relative_to(where).as_posix(): path.read_bytes() for path in where.rglob("*") if path.is_file()}


def swap(file: str, old: str, new: str) -> Change:
    """The text of a file with the first `old` replaced."""

    def change(files: dict[str, bytes]) -> None:
        text = files[file].decode()
        assert old in text
        files[file] = text.replace(old, new, 1).encode()

    return change


def cell(file: str, place: str, value: object, sheet: int = 0) -> Change:
    """A workbook with one cell written anew; place as the program names it, "C4"."""

    def change(files: dict[str, bytes]) -> None:
        book = load_workbook(io.BytesIO(files[file]))
        book.worksheets[sheet][place] = value
        files[file] = saved(book)

    return change


def row(file: str, *values: object, sheet: int = 0) -> Change:
    """A workbook with one more row."""

    def change(files: dict[str, bytes]) -> None:
        book = load_workbook(io.BytesIO(files[file]))
        book.worksheets[sheet].append(values)
        files[file] = saved(book)

    return change


def without(file: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[file]

    return change


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def fault(code: str, file: str, **rest: Any) -> Fault:
    return Fault(code=code, file=file, **rest)


SEASON, RULE, PROGRAMME = "season.toml", "rules/open-class.toml", "programmes/good-branch.toml"
BRANCHES, MEMBERS, SIGNUPS, MARKS = "branches.csv", "members.xlsx", "signups.xlsx", "marks.csv"
NOMINATIONS, VOTES = "nominations.xlsx", "votes.csv"
ACTIVITY, DIVISION = "activity[open-class]", "activity[open-class].division[all]"
FIRST = "open-class,all,M11,J1,lesson,content,52"
SECOND = "open-class,all,M11,J1,lesson,delivery"

CASES: dict[str, tuple[str, Change, Fault]] = {
    # season.toml
    "a text without quotes": (
        "registration",
        swap(SEASON, '"competition"', "competition"),
        fault("toml_wrong", SEASON, row=28, value="Invalid value"),
    ),
    "calendar dates in the wrong order": (
        "registration",
        swap(SEASON, "signup_closes = 2026-03-06", "signup_closes = 2026-03-02"),
        fault("times_out_of_order", SEASON, row=34, column=f"{ACTIVITY}.signup_closes", value="2026-03-02 17:00:00", values={"before": "signup_opens"}),
    ),
    "a text where a moment belongs": (
        "registration",
        swap(SEASON, "hall_at = 2026-03-12T08:00:00", 'hall_at = "12 March"'),
        fault("setting_not_moment", SEASON, row=38, column=f"{ACTIVITY}.hall_at", value="12 March"),
    ),
    "no places": (
        "registration",
        swap(SEASON, "places = 4", "places = 0"),
        fault("setting_out_of_range", SEASON, row=49, column=f"{DIVISION}.places", value="0", values={"least": 1, "most": 2000}),
    ),
    "a quota below 0": (
        "registration",
        swap(SEASON, "places = 4", 'places = 4\nown_quota = [{ branch = "01", entries = -1 }]'),
        fault("setting_out_of_range", SEASON, row=50, column=f"{DIVISION}.own_quota[01].entries", value="-1", values={"least": 0, "most": 2000}),
    ),
    "a quota of a branch that is not there": (
        "registration",
        swap(SEASON, "places = 4", 'places = 4\nown_quota = [{ branch = "1", entries = 4 }]'),
        fault("branch_unknown", SEASON, row=50, column=f"{DIVISION}.own_quota[1].branch", value="1"),
    ),
    "a condition nobody knows": (
        "registration",
        swap(SEASON, 'kind = "member"', 'kind = "membre"'),
        fault("setting_not_choice", SEASON, row=43, column=f"{ACTIVITY}.eligibility[membre].kind", value="membre",
              values={"choices": "member | born_after | teaching_years | employment_not | not_listed"}),
    ),
    "an organiser nobody knows": (
        "registration",
        swap(SEASON, 'organiser = ["M01"]', 'organiser = ["M99"]'),
        fault("role_account_unknown", SEASON, row=18, column="roles.organiser", value="M99", values={"account": "M99"}),
    ),
    "a supervisor who works at the desk": (
        "scoring",
        swap(SEASON, 'supervisor = ["M03"]', 'supervisor = ["M02"]'),
        fault("supervisor_works_at_desk", SEASON, column="roles.supervisor", value="M02"),
    ),
    "a judge twice on one panel": (
        "scoring",
        swap(SEASON, "[activity.notice]", '[[activity.division.reserve]]\naccount = "J2"\n\n[activity.notice]'),
        fault("judge_twice", SEASON, column="activity[1].division[1].judge", value="J2"),
    ),
    "a relation of somebody who does not judge": (
        "scoring",
        swap(SEASON, "[activity.notice]", '[[activity.division.recusal]]\njudge = "J9"\nentry = "M11"\nrelation = "师生"\n\n[activity.notice]'),
        fault("recusal_judge_unknown", SEASON, column="activity[1].division[1].recusal[1].judge", value="J9"),
    ),
    "tiers exceeding the places": (
        "awards",
        swap(SEASON, "count = 1 }, {", "count = 5 }, {"),
        fault("tiers_exceed_places", SEASON, column=f"{DIVISION}.tiers", value="5", values={"places": 4}),
    ),
    "a tier for the rest before another": (
        "awards",
        swap(SEASON, "tiers = [{", 'tiers = [{ name = "鼓励奖", rest = true }, {'),
        fault("tier_rest_not_last", SEASON, column=f"{DIVISION}.tiers[1].rest", value="鼓励奖"),
    ),
    "a tie at the edge of a tier left open": (
        "awards",
        swap(SEASON, 'tier_ties = "expand"\n', ""),
        fault("tier_ties_open", SEASON, column=f"{DIVISION}.tier_ties", values={"division": "综合组"}),
    ),
    "a notice of no days": (
        "awards",
        swap(SEASON, "days = 3", "days = 0"),
        fault("notice_days_wrong", SEASON, column=f"{ACTIVITY}.notice.days", value="0"),
    ),
    # the roster
    "an officer nobody knows": (
        "registration",
        swap(BRANCHES, "M09", "M99"),
        fault("account_unknown", BRANCHES, row=2, column="经办人", value="M99"),
    ),
    "a branch file saved as GBK": (
        "registration",
        lambda files: files.update({BRANCHES: files[BRANCHES].decode().encode("gbk")}),
        fault("file_not_utf8", BRANCHES),
    ),
    "a 工号 twice": (
        "registration",
        row(MEMBERS, "M02", "葛书瑶", "女", "1984-11-20", "校办", "03", None, "在编", "是"),
        fault("staff_no_twice", MEMBERS, row=16, column="工号", value="M02", values={"first": 3}),
    ),
    "a text in a date": (
        "registration",
        cell(MEMBERS, "D4", "不详"),
        fault("cell_not_date", MEMBERS, row=4, column="出生日期", value="不详"),
    ),
    "a branch that is not there": (
        "registration",
        cell(MEMBERS, "F6", "高中分工会"),
        fault("branch_unknown", MEMBERS, row=6, column="分工会", value="高中分工会"),
    ),
    "a unit that no branch covers": (
        "registration",
        cell(MEMBERS, "E6", "政教处"),
        fault("unit_unknown", MEMBERS, row=6, column="单位", value="政教处"),
    ),
    "neither yes nor no": (
        "registration",
        cell(MEMBERS, "I6", "会员"),
        fault("cell_not_flag", MEMBERS, row=6, column="是否会员", value="会员"),
    ),
    "a missing column": (
        "registration",
        cell(MEMBERS, "B1", "名"),
        fault("column_absent", MEMBERS, row=1, column="姓名"),
    ),
    # sign-ups and marks
    "a wrong 工号": (
        "registration",
        cell(SIGNUPS, "A3", "M1l"),
        fault("staff_no_unknown", SIGNUPS, row=3, column="工号", value="M1l"),
    ),
    "an unknown division": (
        "registration",
        cell(SIGNUPS, "C3", "理科组"),
        fault("division_unknown", SIGNUPS, row=3, column="组别", value="理科组", values={"known": "综合组"}),
    ),
    "a duplicate row": (
        "registration",
        row(SIGNUPS, "M12", "公开课评比", "综合组", "函数的零点"),
        fault("signup_twice", SIGNUPS, row=6, column="工号", value="M12", values={"first": 2}),
    ),
    "a mark that is no multiple of 0.5": (
        "scoring",
        swap(MARKS, FIRST, f"{FIRST}.3"),
        fault("mark_not_multiple", MARKS, row=2, column="mark", value="52.3", values={"unit": "0.5"}),
    ),
    "a mark above the highest": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("52", "60.5")),
        fault("mark_too_high", MARKS, row=2, column="mark", value="60.5", values={"lowest": "0", "highest": "60"}),
    ),
    "a mark below 0": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("52", "-1")),
        fault("mark_too_high", MARKS, row=2, column="mark", value="-1", values={"lowest": "0", "highest": "60"}),
    ),
    "a mark in words": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("52", "五十二")),
        fault("mark_not_number", MARKS, row=2, column="mark", value="五十二"),
    ),
    "a mark twice": (
        "scoring",
        swap(MARKS, SECOND, SECOND.replace("delivery", "content")),
        fault("mark_twice", MARKS, row=3, column="mark", value="25", values={"first": 2}),
    ),
    "a mark of somebody who does not judge": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("J1", "J9")),
        fault("judge_not_on_panel", MARKS, row=2, column="judge", value="J9"),
    ),
    "a mark for somebody who did not sign up": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("M11", "M19")),
        fault("mark_entry_unknown", MARKS, row=2, column="entry", value="M19"),
    ),
    "a mark in an unknown division": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("all", "arts")),
        fault("mark_division_unknown", MARKS, row=2, column="division", value="arts"),
    ),
    "a mark for an unknown criterion": (
        "scoring",
        swap(MARKS, FIRST, FIRST.replace("content", "contents")),
        fault("criterion_unknown", MARKS, row=2, column="criterion", value="contents", values={"criteria": "content、delivery"}),
    ),
    "marks without a column": (
        "scoring",
        swap(MARKS, "criterion", "criteria"),
        fault("column_absent", MARKS, row=1, column="评分项"),
    ),
    # the rule
    "a missing rule key": (
        "scoring",
        swap(RULE, 'missing = "no_lock"\n', ""),
        fault("rule_open_missing", RULE, row=1, column="missing"),
    ),
    "an unknown rule key": (
        "scoring",
        swap(RULE, "fewest_marks", "fewest = 3\nfewest_marks"),
        fault("rule_key_unknown", RULE, row=6, column="fewest", value="fewest", values={"key": "fewest"}),
    ),
    "a key of another scale": (
        "scoring",
        swap(RULE, 'highest = "60"', 'scale = "points"\nworth = "3"\nhighest = "60"'),
        fault(
            "rule_key_not_used", RULE, row=35, column="part.1.criterion.1.worth", value="points", values={"key": "worth"}
        ),
    ),
    "a rule that was written from memory": (
        "scoring",
        swap(RULE, "version = 1\n", "version = 1\nfrom_memory = true\n"),
        fault("rule_from_memory", RULE),
    ),
    "a trimmed mean that does not say what is dropped": (
        "scoring",
        swap(RULE, 'aggregate = "mean"', 'aggregate = "trimmed_mean"'),
        fault("rule_open_drop", RULE, row=1, column="drop"),
    ),
    "a drop that leaves nobody": (
        "scoring",
        swap(RULE, '"mean"', '"trimmed_mean"\ndrop = { highest = 2, lowest = 1 }'),
        fault("rule_too_few_left", RULE, row=7, column="fewest_marks", value="3", values={"dropped": 3}),
    ),
    "a lot without a vote before it": (
        "scoring",
        swap(RULE, '"shared"]', '"lot"]'),
        fault("rule_lot_without_vote", RULE, row=13, column="ties", value="lot"),
    ),
    "a rule file that is not there": ("scoring", without(RULE), fault("file_absent", RULE)),
    # programme, nominations, votes
    "a programme that is not there": ("awards", without(PROGRAMME), fault("file_absent", PROGRAMME)),
    "a majority that does not say of whom": (
        "awards",
        swap(PROGRAMME, 'majority_of = "due"\n', ""),
        fault("question_ballot_majority_of", PROGRAMME, column="ballot.majority_of", values={"key": "majority_of"}),
    ),
    "an unknown key of a programme": (
        "awards",
        swap(PROGRAMME, "rounds = 2", 'rounds = 2\ncolour = "red"'),
        fault("key_unknown", PROGRAMME, column="ballot.colour", values={"key": "colour"}),
    ),
    "a tie decided by a coin": (
        "awards",
        swap(PROGRAMME, '"revote_tied"', '"coin"'),
        fault("not_supported", PROGRAMME, column="ballot.tie", value="coin", values={"allowed": "revote_tied | fewer_no"}),
    ),
    "a branch nominated twice": (
        "awards",
        row(NOMINATIONS, "good-branch-2026", "01", "又一次"),
        fault("branch_nominated", NOMINATIONS, sheet="推荐", row=4, column="分工会代码", value="01"),
    ),
    "a nomination of an unknown branch": (
        "awards",
        cell(NOMINATIONS, "B3", "07"),
        fault("branch_unknown", NOMINATIONS, sheet="推荐", row=3, column="分工会代码", value="07"),
    ),
    "an item that the scorecard does not have": (
        "awards",
        cell(NOMINATIONS, "C2", "meeting", sheet=1),
        fault("item_unknown", NOMINATIONS, sheet="考核", row=2, column="考核项", value="meeting", values={"item": "meeting"}),
    ),
    "a score in words": (
        "awards",
        cell(NOMINATIONS, "E2", "好", sheet=1),
        fault("cell_not_decimal", NOMINATIONS, sheet="考核", row=2, column="审核分", value="好"),
    ),
    "scorecards without a column": (
        "awards",
        cell(NOMINATIONS, "B1", "部门", sheet=1),
        fault("column_absent", NOMINATIONS, sheet="考核", row=1, column="分工会代码"),
    ),
    "a score above the item's highest": (
        "awards",
        cell(NOMINATIONS, "E2", 51, sheet=1),
        fault("score_over_highest", NOMINATIONS, sheet="考核", row=2, column="审核分", value="51", values={"item": "会议与台账", "highest": "50"}),
    ),
    "a voter who is not of the committee": (
        "awards",
        swap(VOTES, "1,M04,01", "1,M14,01"),
        fault("member_unknown", VOTES, row=2, column="voter", value="M14"),
    ),
    "a vote in words nobody knows": (
        "awards",
        swap(VOTES, "1,M04,01,yes", "1,M04,01,ja"),
        fault("choice_unknown", VOTES, row=2, column="choice", value="ja"),
    ),
    "a vote twice": (
        "awards",
        swap(VOTES, "1,M04,02,no", "1,M04,01,no"),
        fault("vote_twice", VOTES, row=3, column="candidate", value="01"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", CHECKS)
@pytest.mark.parametrize("where", [*sorted(SEASONS.glob("*-2026")), MINI, THIRD], ids=lambda path: path.name)
def test_a_folder_that_is_right_has_no_fault(where: Path, service: str) -> None:
    assert CHECKS[service](Folder(files_of(where))) == []


@pytest.mark.parametrize("name", CASES)
def test_one_slip_gives_exactly_its_fault(name: str) -> None:
    service, change, wanted = CASES[name]
    files = files_of(MINI)
    change(files)
    assert CHECKS[service](Folder(files)) == [wanted]


def test_all_faults_of_a_folder_are_told_at_once() -> None:
    chosen = ["a text in a date", "a unit that no branch covers", "no places", "a wrong 工号"]
    files = files_of(MINI)
    for name in chosen:
        CASES[name][1](files)
    told = CHECKS["registration"](Folder(files))
    assert sorted(told, key=repr) == sorted((CASES[name][2] for name in chosen), key=repr)
