"""The check of a season folder finds every fault at once and places it."""

import io
import itertools
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from services.registration.seasons import domain
from shared.errors import Fault
from shared.tables import Folder
from tests.registration.conftest import BRANCHES, workbook


def ids() -> Any:
    numbers = itertools.count(1)
    return lambda: UUID(int=next(numbers))


def faults_of(files: dict[str, bytes]) -> list[Fault]:
    return domain.check(Folder.of(files), ids())[2]


def with_text(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    text = files["season.toml"].decode()
    assert old in text
    return {**files, "season.toml": text.replace(old, new).encode()}


def line_of(files: dict[str, bytes], text: str, nth: int = 1) -> int:
    """The number of the nth line that is this text."""
    lines = files["season.toml"].decode().splitlines()
    return [number for number, line in enumerate(lines, start=1) if line == text][nth - 1]


def test_a_folder_without_faults_gives_the_whole_season(season_files: dict[str, bytes]) -> None:
    season, summary, faults = domain.check(Folder.of(season_files), ids())
    assert faults == []
    assert season is not None
    assert (summary.branches, summary.persons, summary.members, summary.outsiders) == (2, 6, 5, 1)
    assert (summary.divisions, summary.places, summary.signups) == (2, 3, 1)
    (activity,) = season.activities
    assert activity.signup_opens.isoformat() == "2026-03-16T00:00:00+00:00"
    assert [each.key for each in activity.divisions] == ["arts", "special"]
    assert activity.divisions[1].own_quota == {"02": 1}
    assert season.branches[0].numbers == {"young_teachers": 16}
    assert {(each.account, each.role, each.scope) for each in season.roles} >= {
        ("1001", "organiser", ""),
        ("1003", "branch_officer", "02"),
    }


def test_several_faults_are_told_at_once_with_their_places(season_files: dict[str, bytes]) -> None:
    files = with_text(season_files, 'key = "special"', 'key = "arts"')
    files = with_text(files, "places = 2", 'places = "two"')
    files["branches.csv"] = files["branches.csv"].replace(b",9\n", b",nine\n")
    found = faults_of(files)
    assert {(each.code, each.file, each.row, each.column, each.value) for each in found} == {
        (
            "division_key_twice",
            "season.toml",
            line_of(files, 'key = "arts"', 2),
            "activity[teaching-1].division[arts].key",
            "arts",
        ),
        (
            "setting_not_whole",
            "season.toml",
            line_of(files, 'places = "two"'),
            "activity[teaching-1].division[arts].places",
            "two",
        ),
        ("cell_not_int", "branches.csv", 3, "青年教师数", "nine"),
    }


def test_a_setting_that_is_missing_or_inside_a_line_is_placed_at_what_holds_it(season_files: dict[str, bytes]) -> None:
    missing = with_text(season_files, "date = 1985-05-31\n", "")
    (fault,) = faults_of(missing)
    assert (fault.code, fault.row) == ("setting_absent", line_of(missing, "[[activity.eligibility]]", 2))
    inside = with_text(season_files, 'branch = "02"', 'branch = "99"')
    (fault,) = faults_of(inside)
    assert fault.row == line_of(inside, 'own_quota = [{ branch = "99", entries = 1 }]')


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('language = "zh-CN"', 'language = "de"', "setting_not_choice"),
        ('organiser = ["1001"]', 'organiser = ["9999"]', "role_account_unknown"),
        ('supervisor = ["1004"]', "supervisor = []", "role_empty"),
        ('account = "W01"\nname', 'account = "1001"\nname', "account_is_staff_no"),
        ("signup_closes = 2026-04-10T17:00:00", "signup_closes = 2026-03-10T17:00:00", "times_out_of_order"),
        ('order = ["recommendation"]', 'order = ["preselection"]', "preselection_part_open"),
        ('order = ["recommendation"]', "", "setting_absent"),
        ('admission = "ranked"', 'admission = "lot"', "order_only_ranked"),
        ("quota = [{ below = 15, entries = 1 }, { entries = 2 }]", "", "quota_open"),
        ('quota_base = "young_teachers"', "", "quota_base_open"),
        ('quota_base = "young_teachers"', 'quota_base = "students"', "quota_base_unknown"),
        ("{ entries = 2 }]", "{ below = 40, entries = 2 }]", "quota_last_open"),
        (
            "{ below = 15, entries = 1 }, {",
            "{ below = 15, entries = 1 }, { below = 15, entries = 3 }, {",
            "quota_not_rising",
        ),
        ('kind = "born_after"', 'kind = "taller_than"', "setting_not_choice"),
        ("date = 1985-05-31", "", "setting_absent"),
        ('sex = "男"', 'sex = "x"', "sex_unknown"),
        ('staff_no = "2001"', 'staff_no = "9999"', "staff_no_unknown"),
        ('branch = "02"', 'branch = "99"', "branch_unknown"),
        ("places = 2", "places = 0", "setting_out_of_range"),
        ("places = 2", "places = 2001", "setting_out_of_range"),
        ("places = 2", "plces = 2", "setting_unknown"),
        ("entries_per_person = 1", "entries_per_person = true", "setting_not_whole"),
        ("as_of = 2026-03-01", "as_of = 2026-03-01T00:00:00", "setting_not_day"),
        ("hall_at = 2026-05-16T08:00:00", "hall_at = 2026-05-16", "setting_not_moment"),
        ('key = "teaching-1"', 'key = "Teaching 1"', "key_malformed"),
    ],
)
def test_a_rule_that_leaves_a_question_open_is_refused_with_the_question(
    season_files: dict[str, bytes], old: str, new: str, code: str
) -> None:
    assert code in {each.code for each in faults_of(with_text(season_files, old, new))}


INCIDENTS = {
    "withdrawal": (
        'activity = "x"\nentry = "9999"\nat = 2026-04-20\n',
        {"activity_unknown activity", "staff_no_unknown entry", "setting_not_moment at", "setting_absent reason"},
    ),
    "first_sent": (
        'activity = "teaching-1"\ndivision = "x"\nentry = "2001"\njudge = "W99"\npart = "lesson"\nreason = "r"\n',
        {"division_unknown division", "role_account_unknown judge", "setting_absent criterion", "setting_absent mark"},
    ),
    "panel_vote": (
        'activity = "teaching-1"\ndivision = "arts"\nminutes = "m"\nvotes = [{ judge = "W01", entri = "2001" }]\n',
        {"setting_absent votes[W01].entry", "setting_unknown votes[W01].entri"},
    ),
    "objection": (
        'activity = "teaching-1"\nabout = "2001"\nat = 2026-05-28T09:00:00\nground = "envy"\ntext = "t"\nreal_name = ""\n'
        'answer = "a"\n',
        {"setting_not_choice ground", "setting_unknown answer"},
    ),
    "overtime": (
        'activity = "teaching-1"\ndivision = "arts"\nentry = "2001"\nat = 2026-05-16T09:00:00\nseconds = 0\n',
        {"setting_out_of_range seconds", "setting_absent deduction"},
    ),
    "prize_without_minute": (
        'activity = "teaching-1"\ndivision = "x"\nat = 2026-05-16T09:00:00\nmore = "1"\n',
        {"division_unknown division", "setting_absent tier", "setting_not_whole more"},
    ),
    "appeal": (
        'activity = "teaching-1"\ndivision = "arts"\nentry = "2001"\nat = 2026-05-18T09:00:00\ndue = 2026-05-22\n'
        'ground = "envy"\ntext = "t"\nfound = "f"\noutcome = "upheld"\nanswer = ""\n',
        {"setting_not_choice ground", "setting_not_choice outcome", "setting_blank answer"},
    ),
    "offline": (
        'activity = "teaching-1"\ndivision = "arts"\nat = 2026-05-16\nminutes = 0\n',
        {"setting_not_moment at", "setting_out_of_range minutes", "setting_absent sheets"},
    ),
    "paper": (
        'activity = "teaching-1"\ndivision = "arts"\nentry = "2001"\njudge = "W99"\npart = "lesson"\ncriterion = "content"\n',
        {"role_account_unknown judge", "setting_absent mark", "setting_absent reason"},
    ),
    "late_bus": ('activity = "teaching-1"\n', {"setting_not_choice kind"}),
}


@pytest.mark.parametrize("kind", INCIDENTS)
def test_a_wrong_incident_is_told_setting_by_setting(season_files: dict[str, bytes], kind: str) -> None:
    text, expected = INCIDENTS[kind]
    incident = f'[[incident]]\nname = "E"\nkind = "{kind}"\n{text}'
    found = faults_of({**season_files, "season.toml": season_files["season.toml"] + incident.encode()})
    assert expected <= {f"{each.code} {each.column.removeprefix('incident[E].')}" for each in found}
    assert kind == "late_bus" or len(found) == len(expected)


def test_an_order_that_decides_must_be_written(season_files: dict[str, bytes]) -> None:
    header = ["工号", "活动", "组别", "课程名称", "推荐顺序"]
    season_files["signups.xlsx"] = workbook(header, [["2001", "第一届教学竞赛", "arts", "大学语文", None]])
    (fault,) = faults_of(season_files)
    assert (fault.code, fault.file, fault.row, fault.column) == ("cell_blank", "signups.xlsx", 2, "推荐顺序")


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        (2, 1, "1002", "staff_no_twice"),
        (2, 2, "", "cell_blank"),
        (2, 3, "其他", "sex_unknown"),
        (2, 4, "31/02/1980", "cell_not_date"),
        (2, 5, "文学楼", "unit_unknown"),
        (2, 6, "文学会", "branch_unknown"),
        (2, 9, "也许", "cell_not_flag"),
    ],
)
def test_a_wrong_cell_of_the_roster_is_placed(
    season_files: dict[str, bytes], row: int, column: int, value: str, code: str
) -> None:
    book = load_workbook(io.BytesIO(season_files["members.xlsx"]))
    book.active.cell(row, column).value = value
    content = io.BytesIO()
    book.save(content)
    found = faults_of({**season_files, "members.xlsx": content.getvalue()})
    assert [each.code for each in found if each.file == "members.xlsx"] == [code]
    assert found[0].row in (row, row + 1)


def test_an_unknown_officer_is_placed_even_after_an_empty_row(season_files: dict[str, bytes]) -> None:
    season_files["branches.csv"] = BRANCHES.replace("\n02,", "\n\n02,").replace("1003,9", "1003；9999,9").encode()
    (fault,) = faults_of(season_files)
    assert (fault.code, fault.row, fault.column, fault.value) == ("account_unknown", 4, "经办人(工号)", "9999")


def test_a_missing_file_does_not_hide_the_faults_of_the_others(season_files: dict[str, bytes]) -> None:
    del season_files["members.xlsx"]
    found = faults_of(with_text(season_files, 'language = "zh-CN"', 'language = "de"'))
    assert {"file_absent", "setting_not_choice"} <= {each.code for each in found}


def test_the_content_hash_goes_by_paths_and_contents(season_files: dict[str, bytes]) -> None:
    reordered = dict(reversed(season_files.items()))
    assert domain.content_hash(season_files) == domain.content_hash(reordered)
    assert domain.content_hash(season_files) != domain.content_hash({**season_files, "branches.csv": b""})
