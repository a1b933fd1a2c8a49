from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.scoring.releases.domain import Item, Release, check_confirmation, items, public
from services.scoring.sheets.domain import Marked
from services.scoring.standings.domain import Standings, standings
from shared.errors import NotAllowed, Refused
from tests.scoring.samples import PLAIN, entry, judge, panel

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
CODES = {entry(n): f"{n:02}" for n in (1, 2, 3)}
ONE_BY_ONE = msgspec.structs.replace(PLAIN, release="per_entry")


def standing(*marks: int) -> Standings:
    entries = [entry(n) for n in range(1, 4)]
    sheets = [
        Marked(judge_id=judge(1), entry_id=entry(n), part="talk", marks={"talk": mark}) for n, mark in enumerate(marks, start=1)
    ]
    return standings(PLAIN, entries, panel(entries, 1), sheets)


def release(item: Item | None, *rest: Item, entry_id: UUID | None = None, confirmed: bool = True) -> Release:
    found = tuple(each for each in (item, *rest) if each)
    return Release(
        id=UUID(int=1), division_id=UUID(int=2), stage="final", entry_id=entry_id, items=found, asked_by=UUID(int=3),
        asked_at=NOW, confirmed_by=UUID(int=4) if confirmed else None, confirmed_at=NOW if confirmed else None,
    )  # fmt: skip


def item(number: int, rank: int) -> Item:
    return Item(entry_id=entry(number), code=f"{number:02}", rank=rank, shown="9")


def test_a_ceremony_brings_the_whole_division_once_it_is_locked() -> None:
    found = items(PLAIN, standing(900, 950, 800), CODES, None, True)
    assert [(each.code, each.rank, each.shown) for each in found] == [("02", 1, "95.00"), ("01", 2, "90.00"), ("03", 3, "80.00")]


@pytest.mark.parametrize(
    ("rule", "entry_id", "is_locked", "marks", "code"),
    [
        (PLAIN, None, False, (900, 950, 800), "release_before_lock"),
        (PLAIN, entry(1), True, (900, 950, 800), "release_whole"),
        (msgspec.structs.replace(PLAIN, release="not_in_hall"), None, True, (900, 950, 800), "release_not_in_hall"),
        (PLAIN, None, True, (900, 950), "ties_open"),
        (ONE_BY_ONE, entry(3), False, (900, 950), "entry_not_marked"),
        (ONE_BY_ONE, entry(9), False, (900, 950, 800), "entry_not_marked"),
    ],
)
def test_what_the_rule_does_not_allow_is_refused(
    rule: object, entry_id: UUID | None, is_locked: bool, marks: tuple[int, ...], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        items(rule, standing(*marks), CODES, entry_id, is_locked)  # type: ignore[arg-type]  # a table of cases


def test_one_by_one_an_entry_is_released_before_the_others_are_marked() -> None:
    (found,) = items(ONE_BY_ONE, standing(900), CODES, entry(1), False)
    assert (found.code, found.shown) == ("01", "90.00")


def test_the_same_person_cannot_ask_and_confirm() -> None:
    with pytest.raises(NotAllowed, match="second_person_needed"):
        check_confirmation(release(item(1, 1), confirmed=False), UUID(int=3))


def test_the_hall_sees_only_what_was_confirmed() -> None:
    assert public([release(item(1, 1), confirmed=False)]) == ()


def test_ranks_are_among_what_was_released_so_a_gap_tells_nothing() -> None:
    shown = public([release(item(1, 4), entry_id=entry(1)), release(item(2, 2), entry_id=entry(2))])
    assert [(each.code, each.rank) for each in shown] == [("02", 1), ("01", 2)]


def test_equal_ranks_stay_equal() -> None:
    shown = public([release(item(n, rank), entry_id=entry(n)) for n, rank in ((1, 3), (2, 3), (3, 7))])
    assert [(each.code, each.rank) for each in shown] == [("01", 1), ("02", 1), ("03", 3)]


def test_a_whole_release_stands_over_single_ones() -> None:
    whole = release(item(1, 1), item(2, 2))
    assert public([release(item(2, 1), entry_id=entry(2)), whole]) == whole.items
