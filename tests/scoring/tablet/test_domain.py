from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.scoring.rolls.domain import Roll, RollItem
from services.scoring.rubrics.domain import Part, Rule, Stage, figures, read
from services.scoring.sheets.domain import Disposition, Sent, Sheet
from services.scoring.tablet import domain
from services.scoring.tablet.domain import Desk, SheetView
from tests.scoring.samples import TEACHING, entry, judge

AT = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
ITEMS = tuple(
    RollItem(entry_id=entry(n), code=f"{n:02}", order=n, title=f"T{n}", unit_id=None, commitment="") for n in (1, 2, 3)
)
DESIGN, LESSON, REFLECTION = TEACHING.parts
FULL = {"design": {"design": 180}, "lesson": {"content": 270, "delivery": 400}, "reflection": {"reflection": 40}}


def sent(marks: dict[str, int], position: int = 1, disposition: Disposition = "counted") -> Sent:
    return Sent(
        revision_id=UUID(int=position), device_id=UUID(int=9), seq=position, marks=marks, comment="好", reason="",
        disposition=disposition, ledger_position=position, chain_hash="00" * 32, at=AT,
    )  # fmt: skip


def own(number: int, part: str, head: Sent | None, last: Sent | None = None) -> Sheet:
    shown = last or head
    assert shown is not None
    return Sheet(
        judge_id=judge(1), entry_id=entry(number), part=part, division_id=UUID(int=5), head=head, last=shown
    )


def desk(*sheets: Sheet, locked: frozenset[Stage] = frozenset(), stage: Stage = "final") -> Desk:
    return Desk(
        division_id=UUID(int=5), activity="竞赛", division="文科组", venue="", judge="甲", seat=3, rule=TEACHING,
        stage=stage, preselection_part="design", locked=locked, entries=ITEMS,
        own={(sheet.entry_id, sheet.part): sheet for sheet in sheets},
    )  # fmt: skip


def view(made: Desk, part: Part = LESSON, number: int = 1) -> SheetView:
    return domain.sheet(made, ITEMS[number - 1], part, "zh-CN")


def test_an_unmarked_sheet_shows_no_figure_and_never_a_zero() -> None:
    seen = view(desk())
    assert seen.part.shown == "" and seen.total == "" and seen.counted is None and seen.base is None
    assert [(each.value, each.count) for each in seen.part.criteria] == [("", None), ("", None)]
    assert {each.state for each in seen.entries} == {"todo"}


def test_a_mark_of_zero_is_a_mark() -> None:
    seen = view(desk(own(1, "lesson", sent({"content": 0, "delivery": 0}))))
    assert seen.part.shown == "0.0" and seen.part.criteria[0].value == "0.0" and seen.part.state == "done"


def test_a_criterion_carries_its_unit_and_range_as_exact_numbers() -> None:
    content = view(desk()).part.criteria[0]
    assert (content.unit_n, content.unit_d, content.digits, content.highest_count) == (1, 10, 1, 300)
    assert (content.unit, content.highest) == ("0.1", "30")


def test_no_total_while_a_part_is_missing() -> None:
    two = [own(1, "design", sent(FULL["design"])), own(1, "lesson", sent(FULL["lesson"], 2))]
    assert view(desk(*two)).total == ""
    three = [*two, own(1, "reflection", sent(FULL["reflection"], 3))]
    assert (view(desk(*three)).total, view(desk(*three)).total_highest) == ("89.0", "100")


def test_a_sheet_with_a_gap_has_no_sum_and_no_total() -> None:
    sheets = [own(1, part, sent(marks)) for part, marks in FULL.items() if part != "lesson"]
    seen = view(desk(*sheets, own(1, "lesson", sent({"content": 270}))))
    assert (seen.part.shown, seen.part.state, seen.total) == ("", "partly", "")


def test_own_earlier_marks_of_the_part_stand_in_order_without_the_present_entry() -> None:
    sheets = [own(n, "lesson", sent({"content": 200 + n, "delivery": 300}, n)) for n in (3, 1, 2)]
    assert view(desk(*sheets), number=2).part.criteria[0].earlier == "01:20.1 03:20.3"


def test_before_the_final_only_the_preselection_part_is_marked() -> None:
    assert [part.key for part in desk(stage="preselection").parts] == ["design"]
    assert [part.key for part in desk().parts] == ["design", "lesson", "reflection"]


def test_a_change_after_the_lock_shows_what_counts_and_below_it_what_does_not() -> None:
    late = own(1, "lesson", sent(FULL["lesson"]), sent({"content": 280, "delivery": 400}, 2, "held_locked"))
    seen = view(desk(late, locked=frozenset({"final"})))
    assert seen.counted is not None and (seen.counted.shown, seen.counted.position) == ("67.0", 1)
    assert seen.held is not None and seen.held.disposition == "held_locked" and seen.part.state == "held"
    assert [(row.value, row.changed) for row in seen.held.rows] == [("28.0", True), ("40.0", False)]


def test_after_the_unlock_the_page_is_for_marking_again() -> None:
    late = own(1, "lesson", sent(FULL["lesson"]), sent(FULL["lesson"], 2, "held_locked"))
    assert view(desk(late)).held is None


@pytest.mark.parametrize(("locked", "part", "is_locked"), [("preselection", DESIGN, True), ("preselection", LESSON, False), ("final", DESIGN, True)])
def test_the_lock_of_a_stage_closes_its_parts_and_the_finals_closes_all(locked: Stage, part: Part, is_locked: bool) -> None:
    assert view(desk(locked=frozenset({locked})), part).locked is is_locked


def test_the_next_entry_is_the_next_one_not_marked() -> None:
    sheets = [own(n, "lesson", sent(FULL["lesson"], n)) for n in (1, 2)]
    following = view(desk(*sheets)).next
    assert following is not None and following.code == "03"


def test_a_recused_entry_is_not_in_the_list_at_all() -> None:
    roll = Roll(
        roll_id=UUID(int=1), division_id=UUID(int=5), stage="final", version=1, supersedes=None, hash="", items=ITEMS
    )
    assert domain.seen(roll, {entry(1), entry(3)}) == (ITEMS[0], ITEMS[2])
    assert domain.seen(None, {entry(1)}) == ()


def test_a_title_without_its_english_stands_in_chinese() -> None:
    assert figures.named("教学设计", "", "en") == "教学设计"
    assert figures.named("教学设计", "Design", "en") == "Design"
    assert figures.named("教学设计", "Design", "zh-CN") == "教学设计"


def test_the_finest_unit_gives_the_digits_of_a_sum() -> None:
    coarse = msgspec.structs.replace(LESSON, criteria=(LESSON.criteria[0], DESIGN.criteria[0]))
    assert domain.points(coarse, {"content": 5, "design": 200}) == "20.5"
    assert REFLECTION.key == "reflection" and domain.points(REFLECTION, {}) == ""


SCALES = """
title = "scales"
version = 1
unit = "0.5"
aggregate = "mean"
level = "criterion"
fewest_marks = 1
missing = "no_lock"
recusal = "reserve"
tolerance = "none"
multiplier = "none"
factor = "1"
correction = "none"
ties = ["shared"]
rank_style = "1224"
near_tie = "none"
release = "ceremony"
board = "progress"
adjustment = "none"
deduction = "none"
rounding = "never"
[shown]
mode = "half_up"
digits = 2
[[part]]
key = "lesson"
title = "课堂教学"
when = "hall"
[[part.criterion]]
key = "content"
title = "教学内容"
[[part.criterion.item]]
key = "depth"
title = "深度"
lowest = "10"
highest = "30"
bands = [{ title = "优", from = "27", to = "30" }, { title = "良", from = "22", to = "26.5" }]
[[part.criterion.item]]
key = "order"
title = "条理"
highest = "20"
[[part.criterion]]
key = "manner"
title = "教态"
scale = "grade"
worth = "30"
grades = [{ key = "A", title = "优", coefficient = "1.0" }, { key = "B", title = "良", coefficient = "0.85" }]
[[part.criterion]]
key = "finish"
title = "板书"
scale = "judgement"
worth = "2"
levels = ["低于要求", "达到要求", "部分超过要求", "出色"]
[[part.criterion]]
key = "deviation"
title = "偏差"
scale = "measurement"
unit = "0.1"
highest = "9"
steps = [{ to = "0.5", points = "2" }, { to = "9", points = "0" }]
[[part.criterion]]
key = "safety"
title = "安全"
scale = "pass_fail"
worth = "5"
"""
"""Every scale but places, and a criterion with two items."""


def scales() -> Rule:
    found = read("scales.toml", SCALES, [])
    assert found
    return found


def test_every_scale_has_what_its_input_needs() -> None:
    rule = scales()
    marks = {"content.depth": 54, "manner": 1, "finish": 0}
    made = msgspec.structs.replace(desk(own(1, "lesson", sent(marks))), rule=rule, preselection_part=None)
    found = {each.key: each for each in view(made, rule.parts[0]).part.criteria}
    depth, manner, finish = found["content.depth"], found["manner"], found["finish"]
    assert (depth.group, depth.group_highest, depth.title, depth.lowest_count, depth.lowest) == ("教学内容", "50", "深度", 20, "10")
    assert [(band.title, band.text, band.lowest, band.highest) for band in depth.bands] == [("优", "27–30", 54, 60), ("良", "22–26.5", 44, 53)]
    assert [(each.key, each.title, each.points, each.checked) for each in manner.choices] == [("A", "优", "30", False), ("B", "良", "25.5", True)]
    assert [(each.title, each.points, each.checked) for each in finish.choices][0] == ("低于要求", "", True)
    assert (finish.worth, found["deviation"].worth, found["deviation"].steps) == ("0/1 2/3 4/3 2/1", "2/1 0/1", "5 90")
    assert [each.title for each in found["safety"].choices] == ["不合格", "合格"]
    assert not any(each.checked for each in found["safety"].choices) and found["deviation"].value == ""


def test_a_judgement_of_nought_is_a_mark_and_an_absent_one_is_not() -> None:
    rule = scales()
    full = {"content.depth": 54, "content.order": 36, "manner": 1, "finish": 0, "deviation": 6, "safety": 0}
    made = msgspec.structs.replace(desk(own(1, "lesson", sent(full))), rule=rule, preselection_part=None)
    assert view(made, rule.parts[0]).part.shown == "70.500"
    for key in full:
        rest = {other: mark for other, mark in full.items() if other != key}
        made = msgspec.structs.replace(desk(own(1, "lesson", sent(rest))), rule=rule, preselection_part=None)
        assert (view(made, rule.parts[0]).part.shown, view(made, rule.parts[0]).part.state) == ("", "partly")
