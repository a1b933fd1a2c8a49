from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.scoring.releases.domain import Item, Release, check_confirmation, check_set, items, public
from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Marked
from services.scoring.standings.domain import Standings, standings
from shared.errors import NotAllowed, Refused
from shared.exact import Ratio
from tests.scoring.samples import PLAIN, entry, judge, panel

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
CODES = {entry(n): f"{n:02}" for n in (1, 2, 3)}


def standing(*marks: int) -> Standings:
    entries = [entry(n) for n in range(1, 4)]
    sheets = [
        Marked(judge_id=judge(1), entry_id=entry(n), part="talk", marks={"talk": mark}) for n, mark in enumerate(marks, start=1)
    ]
    return standings(PLAIN, entries, panel(entries, 1), sheets)


def release(*items: Item, entries: tuple[UUID, ...] = (), confirmed: bool = True) -> Release:
    return Release(
        id=UUID(int=1), division_id=UUID(int=2), stage="final", entries=entries, items=items, asked_by=UUID(int=3),
        asked_at=NOW, confirmed_by=UUID(int=4) if confirmed else None, confirmed_at=NOW if confirmed else None,
    )  # fmt: skip


def item(number: int, result: int, rank: int = 1) -> Item:
    return Item(entry_id=entry(number), code=f"{number:02}", rank=rank, result=Ratio(result, 1), shown=f"{result}")


def one(number: int, result: int) -> Release:
    return release(item(number, result), entries=(entry(number),))


def test_a_ceremony_brings_the_whole_division_once_it_is_locked() -> None:
    found = items(standing(900, 950, 800), CODES, (), True)
    assert [(each.code, each.rank, each.shown) for each in found] == [("02", 1, "95.00"), ("01", 2, "90.00"), ("03", 3, "80.00")]


def rule(kind: str, first_k: int = 0) -> Rule:
    return msgspec.structs.replace(PLAIN, release=kind, first_k=first_k)


@pytest.mark.parametrize(
    ("kind", "numbers", "asked", "code"),
    [
        ("ceremony", [1], [], "release_whole"),
        ("not_in_hall", [], [], "release_not_in_hall"),
        ("not_in_hall", [1], [], "release_not_in_hall"),
        ("per_entry", [1, 2], [], "release_one_by_one"),
        ("per_entry", [1], [1], "release_again"),
        ("first_k", [1], [], "release_first_k"),
        ("first_k", [3], [], "release_first_k"),
        ("first_k", [1, 2, 3], [], "release_first_k"),
        ("first_k", [3, 4], [1, 2], "release_one_by_one"),
        ("first_k", [2], [1, 2], "release_again"),
        ("per_group", [1, 2], [2], "release_again"),
    ],
)
def test_what_the_rule_does_not_release_together_is_refused(
    kind: str, numbers: list[int], asked: list[int], code: str
) -> None:
    order = [entry(number) for number in (1, 2, 3, 4)]
    with pytest.raises(Refused, match=code):
        check_set(rule(kind, 2), [entry(n) for n in numbers], order, [entry(n) for n in asked])


@pytest.mark.parametrize(
    ("kind", "numbers", "asked"),
    [
        ("ceremony", [], []),
        ("per_entry", [3], [1]),
        ("per_entry", [], [1]),
        ("first_k", [2, 1], []),
        ("first_k", [4], [1, 2]),
        ("first_k", [], []),
        ("per_group", [4, 2], []),
        ("per_group", [1], [4, 2]),
    ],
)
def test_what_the_rule_releases_together_may_be_asked_for(kind: str, numbers: list[int], asked: list[int]) -> None:
    order = [entry(number) for number in (1, 2, 3, 4)]
    check_set(rule(kind, 2), [entry(n) for n in numbers], order, [entry(n) for n in asked])


@pytest.mark.parametrize(
    ("numbers", "is_locked", "marks", "code"),
    [
        ([], False, (900, 950, 800), "release_before_lock"),
        ([], True, (900, 950), "ties_open"),
        ([3], False, (900, 950), "entry_not_marked"),
        ([1, 3], False, (900, 950), "entry_not_marked"),
        ([9], False, (900, 950, 800), "entry_not_marked"),
    ],
)
def test_nothing_is_released_before_its_marks_are_whole(
    numbers: list[int], is_locked: bool, marks: tuple[int, ...], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        items(standing(*marks), CODES, [entry(n) for n in numbers], is_locked)


def test_one_by_one_an_entry_is_released_before_the_others_are_marked() -> None:
    (found,) = items(standing(900), CODES, [entry(1)], False)
    assert (found.code, found.shown) == ("01", "90.00")


def test_the_same_person_cannot_ask_and_confirm() -> None:
    with pytest.raises(NotAllowed, match="second_person_needed"):
        check_confirmation(release(item(1, 9), confirmed=False), UUID(int=3))


def test_the_hall_sees_only_what_was_confirmed() -> None:
    assert public([release(item(1, 9), confirmed=False)], "higher") == ()


def test_ranks_are_among_what_was_released_so_a_gap_tells_nothing() -> None:
    shown = public([release(item(1, 80, 4), entries=(entry(1),)), release(item(2, 90, 2), entries=(entry(2),))], "higher")
    assert [(each.code, each.rank) for each in shown] == [("02", 1), ("01", 2)]


def test_each_release_ranks_again_those_before_it() -> None:
    assert [(each.code, each.rank) for each in public([one(1, 70), one(2, 90), one(3, 80)], "higher")] == [
        ("02", 1), ("03", 2), ("01", 3),
    ]  # fmt: skip
    assert [each.code for each in public([one(1, 70), one(2, 90)], "lower")] == ["01", "02"]


def test_equal_results_stay_equal_until_the_whole_is_released() -> None:
    shown = public([one(1, 80), one(2, 80), one(3, 70)], "higher")
    assert [(each.code, each.rank) for each in shown] == [("01", 1), ("02", 1), ("03", 3)]


def test_a_whole_release_stands_over_single_ones() -> None:
    whole = release(item(1, 80, 1), item(2, 80, 2))
    assert public([one(2, 80), whole], "higher") == whole.items
