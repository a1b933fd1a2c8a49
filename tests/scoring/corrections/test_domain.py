"""What a difference says: who moves, which prize edges change, where a tie lies across one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.corrections.domain import difference, needs_second, prizes_of
from services.scoring.prizes.domain import Prize
from services.scoring.standings.domain import Line, Pending, Standings
from shared.errors import Refused
from shared.exact import Ratio

PRIZES = (Prize("一等奖", "", 1), Prize("二等奖", "", 2))
A, B, C, D = (UUID(int=n) for n in range(1, 5))
CODES = {A: ("A", ""), B: ("B", ""), C: ("C", ""), D: ("D", "")}


def standing(ranks: dict[UUID, int], pending: tuple[Pending, ...] = ()) -> Standings:
    lines = tuple(
        Line(
            entry_id=entry, rank=rank, result=Ratio(100 - rank, 1), shown=f"{100 - rank}", decided_by="result", parts={}, counted={},
            deducted=Ratio(0, 1),
        )
        for entry, rank in sorted(ranks.items(), key=lambda pair: pair[1])
    )  # fmt: skip
    thin = tuple(entry for entry in CODES if entry not in ranks)
    return Standings(lines=lines, pending=pending, unmarked=(), thin=thin)


def test_the_edges_say_who_comes_in_and_who_drops_out() -> None:
    found = difference(standing({A: 1, B: 2, C: 3, D: 4}), standing({D: 1, A: 2, B: 3, C: 4}), CODES, PRIZES, 7)
    assert [(each.limit, each.entering, each.leaving) for each in found.edges] == [(1, ("D",), ("A",)), (3, ("D",), ("C",))]
    assert [(row.code, row.rise, row.before.tier, row.after.tier) for row in found.changed] == [
        ("D", 3, None, 0), ("A", -1, 0, 1), ("B", -1, 1, 1), ("C", -1, 1, None),
    ]  # fmt: skip
    assert found.position == 7


def test_a_tie_across_an_edge_is_named_and_not_decided() -> None:
    found = difference(standing({A: 1, B: 2, C: 3, D: 4}), standing({A: 1, B: 2, C: 3, D: 3}), CODES, PRIZES, 1)
    assert [(each.limit, each.tied) for each in found.edges] == [(1, ()), (3, ("C", "D"))]
    assert [(row.code, row.after.is_tied) for row in found.changed] == [("C", True), ("D", True)]


def test_an_entry_that_loses_its_result_is_told_and_stands_last() -> None:
    found = difference(standing({A: 1, B: 2, C: 3, D: 4}), standing({B: 1, C: 2, D: 3}), CODES, PRIZES, 1)
    assert found.without == ("A",) and found.rows[-1].code == "A" and found.rows[-1].after.rank is None


def test_a_tie_that_would_wait_is_told_by_its_codes() -> None:
    after = standing({A: 1, B: 1, C: 3, D: 4}, (Pending((B, A), "panel_vote"),))
    assert [(each.codes, each.step) for each in difference(standing({A: 1, B: 2, C: 3, D: 4}), after, CODES, (), 1).waiting] == [
        (("A", "B"), "panel_vote")
    ]


@given(st.lists(st.integers(1, 4), min_size=4, max_size=4))
def test_nothing_changes_between_a_standing_and_itself(ranks: list[int]) -> None:
    found = standing(dict(zip(CODES, ranks, strict=True)))
    same = difference(found, found, CODES, PRIZES, 1)
    assert same.changed == () and not any(edge.is_changed for edge in same.edges)


@pytest.mark.parametrize("wrong", ["two", "2, 0", "-1", "2.5", "1000"])
def test_prize_numbers_are_positive_whole_numbers(wrong: str) -> None:
    with pytest.raises(Refused, match="prizes_wrong"):
        prizes_of(wrong)


def test_prize_numbers_may_be_typed_the_chinese_way() -> None:
    assert [each.count for each in prizes_of("2，4、 5")] == [2, 4, 5] and prizes_of("  ") == ()


@pytest.mark.parametrize("state", [tuple(at == place for at in range(4)) for place in range(4)])
def test_what_two_people_closed_or_read_two_people_change(state: tuple[bool, bool, bool, bool]) -> None:
    assert needs_second(*state) and not needs_second(False, False, False, False)
