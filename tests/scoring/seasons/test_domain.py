from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.scoring.seasons.domain import check, content_hash
from shared.errors import Fault
from shared.tables import Folder
from tests.scoring.samples import TEACHING_FILE

SEASONS = Path(__file__).resolve().parents[3] / "deploy" / "seasons"
SEASON = """
key = "s"
title = "年度"
organisation = "工会"
[[outsider]]
account = "W01"
name = "甲"
unit = "外校"
[[outsider]]
account = "W02"
name = "乙"
[[outsider]]
account = "W03"
name = "丙"
[[outsider]]
account = "W04"
name = "丁"
[[outsider]]
account = "W05"
name = "戊"
[[outsider]]
account = "W06"
name = "己"
[[outsider]]
account = "W07"
name = "庚"
[roles]
scorekeeper = ["W01"]
supervisor = ["W02"]
[[activity]]
key = "teaching-9"
kind = "competition"
rule = "rules/teaching.toml"
[activity.preselection]
part = "design"
[[activity.division]]
key = "arts"
venue = "第一会场"
judge = [{ account = "W01", leader = true }, { account = "W02" }, { account = "W03" }, { account = "W04" }, { account = "W05" }]
reserve = [{ account = "W06" }]
shadow = [{ account = "W07" }]
recusal = [{ judge = "W01", entry = "2044", relation = "师生", reserve = "W06" }]
[[activity]]
key = "walk"
kind = "gathering"
"""
MARKS = "activity,division,entry,judge,part,criterion,mark\nteaching-9,arts,2044,W01,design,design,18.5\n"
ROSTER = "工号,姓名,单位\n"


def folder(season: str = SEASON, rule: str = TEACHING_FILE, marks: str = MARKS) -> Folder:
    return Folder(
        {
            "season.toml": season.encode(),
            "rules/teaching.toml": rule.encode(),
            "marks.csv": marks.encode(),
            "members.xlsx": b"",
        }
    )


def faults_of(made: Folder) -> list[Fault]:
    """Faults without those of the roster, which is no workbook here."""
    return [fault for fault in check(made)[2] if fault.file != "members.xlsx"]


@pytest.mark.parametrize("name", ["jianglin-2026", "riverside-2026"])
def test_the_shipped_seasons_have_no_fault(name: str) -> None:
    base = SEASONS / name
    files = {path.relative_to(base).as_posix(): path.read_bytes() for path in base.rglob("*") if path.is_file()}
    season, summary, faults = check(Folder(files))
    assert not faults and season is not None
    assert summary.marks > 0 and summary.panels == sum(len(activity.panels) for activity in season.activities)


def test_a_folder_without_faults_becomes_panels_in_the_order_of_the_file() -> None:
    assert faults_of(folder()) == []
    season, summary, _ = check(Folder({**folder().files, "members.xlsx": roster()}))
    assert season is not None and summary.judges == 5 and summary.reserves == 1 and summary.marks == 1
    (activity,) = season.activities
    assert activity.preselection_part == "design"
    (panel,) = activity.panels
    assert [(seat.account, seat.position, seat.kind, seat.leader) for seat in panel.seats] == [
        ("W01", 1, "judge", True), ("W02", 2, "judge", False), ("W03", 3, "judge", False), ("W04", 4, "judge", False),
        ("W05", 5, "judge", False), ("W06", 1, "reserve", False),
        ("W07", 1, "shadow", False),
    ]  # fmt: skip
    assert season.grants == (("scorekeeper", "W01"), ("supervisor", "W02"))


@cache
def roster() -> bytes:
    """One file: a second one would tell another second at which it was written."""
    book = Workbook()
    book.active.append(["工号", "姓名", "单位"])
    book.active.append(["2044", "林一", "文学院"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ('key = "s"', "", "setting_absent", "key"),
        ('account = "W06" }]', 'account = "9" }]', "account_unknown", "activity[1].division[1].reserve[1].account"),
        ('account = "W02" }', 'account = "W01" }', "judge_twice", "activity[1].division[1].judge"),
        (', { account = "W05" }', "", "panel_too_small", "activity[1].division[1].judge"),
        ('judge = "W01", entry', 'judge = "W06", entry', "recusal_judge_unknown", "activity[1].division[1].recusal[1].judge"),
        ('reserve = "W06" }]', 'reserve = "W05" }]', "recusal_reserve_unknown", "activity[1].division[1].recusal[1].reserve"),
        ('part = "design"', 'part = "x"', "part_unknown", "activity[1].preselection.part"),
        ('supervisor = ["W02"]', 'supervisor = ["W01"]', "supervisor_works_at_desk", "roles.supervisor"),
        ('supervisor = ["W02"]', "supervisor = []", "role_empty", "roles.supervisor"),
        ('supervisor = ["W02"]', "supervisor = 2", "setting_not_texts", "roles.supervisor"),
        ('rule = "rules/teaching.toml"', "", "setting_absent", "activity[1].rule"),
    ],
)
def test_each_fault_of_the_season_is_told_with_its_place(old: str, new: str, code: str, column: str) -> None:
    assert (code, column) in [(fault.code, fault.column) for fault in faults_of(folder(SEASON.replace(old, new)))]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("other,arts,2044,W01,design,design,18", "mark_activity_unknown", "activity"),
        ("teaching-9,law,2044,W01,design,design,18", "mark_division_unknown", "division"),
        ("teaching-9,arts,2044,W99,design,design,18", "judge_not_on_panel", "judge"),
        ("teaching-9,arts,2044,W01,song,design,18", "mark_part_unknown", "part"),
        ("teaching-9,arts,2044,W01,design,tone,18", "criterion_unknown", "criterion"),
        ("teaching-9,arts,2044,W01,design,design,20.1", "mark_too_high", "mark"),
        ("teaching-9,arts,2044,W01,design,design,-1", "mark_too_high", "mark"),
        ("teaching-9,arts,2044,W01,design,design,18.55", "mark_not_multiple", "mark"),
        ("teaching-9,arts,2044,W01,design,design,good", "mark_not_number", "mark"),
    ],
)
def test_each_fault_of_the_marks_is_told_with_row_column_and_value(row: str, code: str, column: str) -> None:
    (fault,) = faults_of(folder(marks=MARKS.replace("2044,W01", "2045,W01") + row + "\n"))
    assert (fault.code, fault.file, fault.row, fault.column) == (code, "marks.csv", 3, column)
    assert fault.value == dict(zip(MARKS.splitlines()[0].split(","), row.split(","), strict=True))[column]


def test_a_blank_mark_was_not_given_and_is_no_fault() -> None:
    assert faults_of(folder(marks=MARKS + "teaching-9,arts,2044,W02,design,design,\n")) == []


def test_a_mark_given_twice_names_the_first_row() -> None:
    (fault,) = faults_of(folder(marks=MARKS + MARKS.splitlines()[1] + "\n"))
    assert (fault.code, fault.row, fault.values["first"]) == ("mark_twice", 3, 2)


def test_every_fault_comes_at_once_from_every_file() -> None:
    season = SEASON.replace('account = "W06" }]', 'account = "9" }]')
    rule = TEACHING_FILE.replace('missing = "no_lock"', "")
    marks = MARKS + "teaching-9,arts,2044,W99,design,design,18\n"
    files = {fault.file for fault in faults_of(folder(season, rule, marks))}
    assert files == {"season.toml", "rules/teaching.toml", "marks.csv"}


def test_the_hash_is_the_contents_and_not_the_order() -> None:
    made = folder()
    assert content_hash(made) == content_hash(Folder(dict(reversed(made.files.items()))))
    assert content_hash(made) != content_hash(folder(marks=MARKS + "\n"))
