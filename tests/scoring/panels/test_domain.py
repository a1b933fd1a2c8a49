from typing import get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.panels.domain import Assignment, Candidate, Outcome, Panel, Relation, assign
from services.scoring.rubrics.domain import Recusal
from shared.errors import Refused
from tests.scoring.samples import entry, judge
from tests.scoring.seated import FIRST_RESERVE, panel, unit

FIRST, SECOND = judge(FIRST_RESERVE), judge(FIRST_RESERVE + 1)
ONE, TWO = Candidate(entry(1), "01", unit(1)), Candidate(entry(2), "02", unit(2))


def judging(outcome: Outcome, entry_id: UUID) -> dict[int, UUID]:
    """Seat -> who sits in it for the entry."""
    return {
        each.seat: each.judge_id
        for each in outcome.assignments
        if each.entry_id == entry_id and each.state == "judging"
    }


def recused(outcome: Outcome) -> set[tuple[UUID, UUID]]:
    return {(each.judge_id, each.entry_id) for each in outcome.assignments if each.state == "recused"}


def declared(judge_id: UUID, entry_id: UUID, reserve_id: UUID | None = None) -> Relation:
    return Relation(judge_id=judge_id, entry_id=entry_id, relation="师生", reserve_id=reserve_id)


def test_every_judge_marks_every_entry_where_nobody_is_recused() -> None:
    outcome = assign(panel(), [ONE, TWO], [], "reserve", 5)
    assert judging(outcome, entry(1)) == {seat: judge(seat) for seat in range(1, 8)} == judging(outcome, entry(2))
    assert not recused(outcome) and not outcome.thin


def test_e8_a_judge_of_the_entrys_unit_gives_way_to_the_first_reserve_and_a_declared_relation_to_the_second() -> None:
    """E8: 陈姓评委与外语学院选手同单位→候补1上;申报师生关系1例→候补2上."""
    relations = [declared(judge(6), entry(2), SECOND)]
    outcome = assign(panel(units={judge(4): unit(1)}), [ONE, TWO], relations, "reserve", 5)
    assert recused(outcome) == {(judge(4), entry(1)), (judge(6), entry(2))}
    assert judging(outcome, entry(1))[4] == FIRST
    assert judging(outcome, entry(2))[6] == SECOND
    assert not outcome.thin


def test_a_promised_reserve_is_not_taken_by_an_earlier_seat() -> None:
    relations = [declared(judge(6), entry(1), FIRST)]
    outcome = assign(panel(units={judge(2): unit(1)}), [ONE], relations, "reserve", 5)
    assert judging(outcome, entry(1))[6] == FIRST and judging(outcome, entry(1))[2] == SECOND


def test_a_reserve_who_is_recused_too_is_passed_over() -> None:
    outcome = assign(panel(units={judge(4): unit(1), FIRST: unit(1)}), [ONE], [], "reserve", 5)
    assert judging(outcome, entry(1))[4] == SECOND


def test_without_a_free_reserve_the_panel_is_too_thin_and_says_which_seat_is_empty() -> None:
    outcome = assign(panel(reserves=0, units={judge(4): unit(1)}), [ONE], [], "reserve", 5)
    (thin,) = outcome.thin
    assert (thin.entry_id, thin.judging, thin.needed, thin.empty) == (entry(1), 6, 5, (4,))


def test_under_exclude_the_others_count_as_long_as_they_are_enough() -> None:
    units = {judge(1): unit(1), judge(2): unit(1)}
    outcome = assign(panel(units=units), [ONE], [], "exclude", 5)
    assert len(judging(outcome, entry(1))) == 5 and not outcome.thin
    assert assign(panel(judges=6, units=units), [ONE], [], "exclude", 5).thin


def test_a_judge_without_a_unit_is_never_of_the_same_unit() -> None:
    outcome = assign(panel(), [Candidate(entry(1), "01", None)], [], "reserve", 5)
    assert not recused(outcome)


def test_who_stands_in_already_stays_when_it_is_decided_again() -> None:
    standing = [Assignment(judge_id=SECOND, entry_id=entry(1), seat=4, state="judging")]
    outcome = assign(panel(units={judge(4): unit(1)}), [ONE], [], "reserve", 5, standing)
    assert judging(outcome, entry(1))[4] == SECOND


def test_a_stand_in_who_is_recused_since_is_replaced_and_kept_as_recused() -> None:
    standing = [Assignment(judge_id=FIRST, entry_id=entry(1), seat=4, state="judging")]
    outcome = assign(panel(units={judge(4): unit(1)}), [ONE], [declared(FIRST, entry(1))], "reserve", 5, standing)
    assert judging(outcome, entry(1))[4] == SECOND and (FIRST, entry(1)) in recused(outcome)


def test_a_judge_who_does_not_sit_in_the_panel_is_refused() -> None:
    with pytest.raises(Refused, match="judge_not_in_panel"):
        panel().seat(judge(99))


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(1, 4)), max_size=12), st.integers(0, 3))
def test_no_judge_sits_twice_for_an_entry_and_no_recused_judge_sits_at_all(
    pairs: list[tuple[int, int]], reserves: int
) -> None:
    entries = [Candidate(entry(number), f"{number:02}", None) for number in range(1, 5)]
    relations = [declared(judge(number), entry(which)) for number, which in pairs]
    made: Panel = panel(reserves=reserves)
    outcome = assign(made, entries, relations, "reserve", 5)
    seats = [(each.entry_id, each.judge_id) for each in outcome.assignments]
    assert len(seats) == len(set(seats))
    assert {(each.judge_id, each.entry_id) for each in relations} == recused(outcome)
    for candidate in entries:
        sitting = judging(outcome, candidate.entry_id)
        assert len(sitting) == 7 or any(thin.entry_id == candidate.entry_id for thin in outcome.thin)
    again = assign(made, entries, relations, "reserve", 5, outcome.assignments)
    assert msgspec.json.encode(again) == msgspec.json.encode(outcome)


@pytest.mark.parametrize("policy", ["exclude", "mean_of_others", "void", "kept_not_counted"])
def test_without_reserves_the_judges_who_are_left_must_be_enough(policy: Recusal) -> None:
    related = [declared(judge(number), entry(1)) for number in (1, 2, 3)]
    enough = assign(panel(), [ONE, TWO], related[:2], policy, 5)
    assert not enough.thin and len(judging(enough, entry(1))) == 5 and FIRST not in judging(enough, entry(1)).values()
    (thin,) = assign(panel(), [ONE, TWO], related, policy, 5).thin
    assert (thin.entry_id, thin.judging, thin.needed, thin.empty) == (entry(1), 4, 5, ())


def test_only_where_marks_are_kept_does_a_recused_judge_go_on_marking() -> None:
    states = {
        policy: {each.state for each in assign(panel(), [ONE], [declared(judge(1), entry(1))], policy, 5).assignments}
        for policy in get_args(Recusal)
    }
    assert {policy for policy, found in states.items() if "kept" in found} == {"kept_not_counted"}
    assert all("recused" in found for policy, found in states.items() if policy != "kept_not_counted")
