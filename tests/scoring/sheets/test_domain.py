"""What becomes of a revision: the table of dispositions, and the same head whatever the order of deliveries."""

from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import ActivityRule
from services.scoring.sheets import domain
from services.scoring.sheets.domain import Head, OnPaper, Place, Revision, SheetKey, Situation, Source
from shared.errors import Conflict
from tests.scoring.samples import TEACHING, entry, judge

SHEET = SheetKey(judge(1), entry(1), "lesson")
TABLET, OTHER = UUID(int=1), UUID(int=2)
FIRST = UUID(int=100)
HEAD = Head(revision_id=FIRST, device_id=TABLET, seq=5)
OPEN = Situation(division_id=UUID(int=9), rule=TEACHING, is_recused=False, is_locked=False)


def revision(number: int = 1, **changes: Any) -> Revision:
    made = Revision(
        id=UUID(int=1000 + number), device_id=TABLET, seq=6, base=None, sheet=SHEET, rubric_version=1,
        marks={"content": 270, "delivery": 400}, comment="", reason="",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "head", "situation", "becomes"),
    [
        ({}, None, {}, "counted"),
        ({"base": FIRST, "device_id": OTHER}, HEAD, {}, "counted"),
        ({"seq": 6}, HEAD, {}, "counted"),
        ({"seq": 5}, HEAD, {}, "superseded"),
        ({"seq": 4}, HEAD, {}, "superseded"),
        ({"device_id": OTHER}, HEAD, {}, "held_conflict"),
        ({"device_id": OTHER, "base": UUID(int=7)}, HEAD, {}, "held_conflict"),
        ({}, None, {"is_locked": True}, "held_locked"),
        ({"base": FIRST}, HEAD, {"is_locked": True}, "held_locked"),
        ({"rubric_version": 2}, None, {}, "held_rubric"),
        ({"marks": {"content": 301}}, None, {}, "held_invalid"),
        ({"marks": {"content": -1}}, None, {}, "held_invalid"),
        ({"marks": {"design": 1}}, None, {}, "held_invalid"),
        ({"sheet": SheetKey(judge(1), entry(1), "dance")}, None, {}, "held_invalid"),
        ({"marks": {}}, None, {}, "counted"),
        ({"marks": {"content": 0}}, None, {}, "counted"),
        ({"marks": {"content": 300, "delivery": 450}}, None, {}, "counted"),
        ({"rubric_version": 2}, None, {"is_recused": True, "is_locked": True}, "held_recused"),
    ],
)
def test_the_table_of_dispositions(
    changes: dict[str, Any], head: Head | None, situation: dict[str, bool], becomes: str
) -> None:
    meets = msgspec.structs.replace(OPEN, **situation)
    assert domain.disposition(revision(**changes), head, meets) == becomes


def test_a_batch_is_folded_in_its_order() -> None:
    first, second, third = revision(1, seq=1), revision(2, seq=2), revision(3, seq=1, device_id=OTHER)
    decided = domain.decide([first, second, third], {}, dict.fromkeys([first.id, second.id, third.id], OPEN))
    assert [(each.disposition, each.head) for each in decided] == [
        ("counted", first.id),
        ("counted", second.id),
        ("held_conflict", second.id),
    ]


@given(st.permutations([revision(number, seq=number, marks={"content": number}) for number in range(1, 6)]))
def test_any_order_of_one_devices_revisions_ends_at_the_same_head(order: list[Revision]) -> None:
    decided = domain.decide(order, {}, {each.id: OPEN for each in order})
    assert decided[-1].head == UUID(int=1005)


def test_the_pick_of_a_conflict_counts_with_the_servers_head_as_its_base() -> None:
    ours, theirs = revision(1, seq=1), revision(2, seq=1, device_id=OTHER)
    pick = revision(3, seq=2, device_id=OTHER, base=ours.id)
    later = revision(4, seq=3, device_id=OTHER)
    decided = domain.decide([ours, theirs, pick, later], {}, {each.id: OPEN for each in (ours, theirs, pick, later)})
    assert [each.disposition for each in decided] == ["counted", "held_conflict", "counted", "counted"]


@pytest.mark.parametrize(
    ("part", "locked", "is_locked"),
    [
        ("design", set(), False),
        ("design", {"preselection"}, True),
        ("design", {"final"}, True),
        ("lesson", {"preselection"}, False),
        ("lesson", {"final"}, True),
    ],
)
def test_a_stages_lock_closes_its_parts(part: str, locked: set[str], is_locked: bool) -> None:
    attached = ActivityRule(activity_key="x", rule=TEACHING, hash="", preselection_part="design")
    place = Place(division_id=UUID(int=9), is_recused=False)
    meets = domain.situation(place, attached, frozenset(locked), (), revision(sheet=SheetKey(judge(1), entry(1), part)))  # type: ignore[arg-type]  # plain names of stages
    assert meets.is_locked is is_locked


@pytest.mark.parametrize(
    ("judge_id", "part", "source", "is_locked"),
    [
        (None, "", "tablet", True),
        (None, "", "form", True),
        (None, "", "export", True),
        (None, "", "paper", False),
        (None, "", "desk", False),
        (judge(1), "lesson", "tablet", True),
        (judge(1), "design", "tablet", False),
        (judge(2), "lesson", "tablet", False),
    ],
)
def test_paper_closes_its_sheets_to_what_judges_send(judge_id: UUID | None, part: str, source: Source, is_locked: bool) -> None:
    attached = ActivityRule(activity_key="x", rule=TEACHING, hash="", preselection_part=None)
    paper = OnPaper(entry_id=entry(1), judge_id=judge_id, part=part, reason="x", ledger_position=1)
    meets = domain.situation(Place(division_id=UUID(int=9), is_recused=False), attached, frozenset(), [paper], revision(source=source))
    assert meets.is_locked is is_locked
    other = revision(source=source, sheet=SheetKey(judge(1), entry(2), "lesson"))
    assert not domain.situation(Place(division_id=UUID(int=9), is_recused=False), attached, frozenset(), [paper], other).is_locked


def test_one_id_with_two_contents_is_a_conflict() -> None:
    with pytest.raises(Conflict) as conflict:
        domain.distinct([revision(1), revision(1, marks={})])
    assert conflict.value.code == "revision_reused"
    assert domain.distinct([revision(1), revision(1)]) == [revision(1)]


def test_a_ledger_entry_says_all_but_the_judge_and_reads_back_equal() -> None:
    decided = domain.decide([revision(1, base=FIRST, comment="c", reason="r")], {}, {revision(1).id: OPEN})[0]
    body = domain.as_body(decided)
    assert str(SHEET.judge_id) not in msgspec.json.encode(body).decode()
    read = msgspec.json.decode(msgspec.json.encode(body))
    assert domain.from_body(read, SHEET.judge_id, decided.division_id) == decided


def test_all_orders_of_two_tablets_keep_both_and_count_the_first() -> None:
    ours, theirs = revision(1, seq=1), revision(2, seq=1, device_id=OTHER)
    for order in permutations([ours, theirs]):
        decided = domain.decide(list(order), {}, dict.fromkeys([ours.id, theirs.id], OPEN))
        assert [each.disposition for each in decided] == ["counted", "held_conflict"]
        assert decided[-1].head == order[0].id
