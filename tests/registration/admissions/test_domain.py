"""Who gets a place: the keys in turn, then the lot; a freed place goes to the first who waits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from services.registration.admissions.domain import Applicant, Head, free_numbers, given, promotes, ranked
from shared.errors import Refused
from shared.ids import lot

A, B, C, D = (UUID(int=n) for n in range(1, 5))
SEED = bytes(range(32))


def test_preselection_comes_before_the_branches_order_where_the_rule_says_so() -> None:
    applicants = [Applicant(entry_id=A, recommendation=1), Applicant(entry_id=B, recommendation=3)]
    assert ranked(applicants, ["preselection", "recommendation"], {A: 2, B: 1}, SEED) == [B, A]
    assert ranked(applicants, ["recommendation", "preselection"], {A: 2, B: 1}, SEED) == [A, B]


def test_equal_preselection_is_decided_by_the_branches_order_then_by_the_recorded_lot() -> None:
    applicants = [Applicant(entry_id=e, recommendation=n) for e, n in ((A, 2), (B, 1), (C, 1))]
    drawn = [e for e in lot(SEED, [A, B, C]) if e != A]
    assert ranked(applicants, ["preselection", "recommendation"], {A: 1, B: 1, C: 1}, SEED) == [*drawn, A]


def test_who_has_no_mark_comes_after_everybody_who_has_one() -> None:
    applicants = [Applicant(entry_id=A), Applicant(entry_id=B)]
    assert ranked(applicants, ["preselection"], {B: 40}, SEED) == [B, A]


@examples(st.permutations([A, B, C, D]), st.binary(min_size=32, max_size=32))
def test_the_order_of_arrival_changes_no_lot(order: list[UUID], seed: bytes) -> None:
    assert ranked([Applicant(entry_id=e) for e in order], [], {}, seed) == lot(seed, [A, B, C, D])


@examples(st.sets(st.integers(1, 20)), st.integers(1, 20), st.integers(0, 40))
def test_never_more_are_given_than_there_are_places(taken: set[int], capacity: int, waiting: int) -> None:
    taken = {n for n in taken if n <= capacity}
    people = [UUID(int=n + 1) for n in range(waiting)]
    result = given(people, free_numbers(capacity, frozenset(taken)))
    assert len(result) == min(waiting, capacity - len(taken))
    assert set(result.values()).isdisjoint(taken) and len(set(result.values())) == len(result)
    assert list(result) == people[: len(result)]


def test_admission_by_preselection_waits_for_the_marks() -> None:
    with pytest.raises(Refused, match="preselection_missing"):
        ranked([Applicant(entry_id=A)], ["preselection"], {}, SEED)


def test_an_unknown_key_decides_nothing() -> None:
    with pytest.raises(Refused, match="order_key_unknown"):
        ranked([Applicant(entry_id=A)], ["age"], {}, SEED)


def test_promotion_ends_at_its_moment_and_when_the_draw_begins() -> None:
    ends = datetime(2026, 5, 14, 7, tzinfo=UTC)
    head = Head(division_id=A)
    assert promotes(head, ends, ends - timedelta(seconds=1))
    assert not promotes(head, ends, ends)
    assert not promotes(Head(division_id=A, closed_at=ends), ends, ends - timedelta(days=1))
