"""A branch's order within its quotas, and what a return must say."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.registration.recommendations.domain import Recommendation, check_known, check_open, ordered, said_back
from shared.errors import Faulty, Refused

A, B, C, D = (UUID(int=n) for n in range(1, 5))
QUOTA = UUID(int=99)
CLOSES = datetime(2026, 4, 17, 9, tzinfo=UTC)


def order(*numbers: tuple[UUID, int]) -> list[Recommendation]:
    return [Recommendation(entry_id=e, number=n) for e, n in numbers]


def faults(wanted: list[Recommendation], bound: int | None) -> list[tuple[str, str]]:
    try:
        ordered(wanted, {w.entry_id: (QUOTA, bound) for w in wanted})
    except Faulty as error:
        return [(f.code, f.field) for f in error.faults]
    return []


def test_a_branch_may_put_as_many_in_order_as_its_quota() -> None:
    assert faults(order((A, 1), (B, 2), (C, 3)), 3) == []


def test_one_more_than_the_quota_is_named() -> None:
    assert faults(order((A, 1), (B, 2), (C, 3), (D, 4)), 3) == [("over_quota", f"numbers.{D}")]


def test_a_number_given_twice_is_named_at_both() -> None:
    assert faults(order((A, 1), (B, 1)), None) == [("number_twice", f"numbers.{A}"), ("number_twice", f"numbers.{B}")]


def test_a_number_starts_at_one() -> None:
    assert faults(order((A, 0)), 3) == [("number_below_one", f"numbers.{A}")]


def test_the_same_number_in_two_quotas_is_no_clash() -> None:
    assert ordered(order((A, 1), (B, 1)), {A: (QUOTA, 1), B: (UUID(int=98), 1)}) == {A: 1, B: 1}


def test_a_gap_in_the_numbers_is_closed_up_and_uses_no_quota() -> None:
    assert ordered(order((C, 4), (A, 1), (B, 2)), dict.fromkeys((A, B, C), (QUOTA, 3))) == {A: 1, B: 2, C: 3}


def test_the_review_is_open_until_its_end_and_never_where_arrival_decides() -> None:
    check_open("ranked", CLOSES, CLOSES.replace(hour=8))
    with pytest.raises(Refused, match="review_closed"):
        check_open("ranked", CLOSES, CLOSES)
    with pytest.raises(Refused, match="admission_by_arrival"):
        check_open("arrival", CLOSES, CLOSES.replace(hour=8))


def test_an_entry_of_another_branch_is_not_ordered() -> None:
    with pytest.raises(Faulty) as told:
        check_known(order((A, 1), (B, 2)), frozenset({A}))
    assert [f.field for f in told.value.faults] == [f"numbers.{B}"]


def test_a_return_says_something_about_a_field_that_there_is() -> None:
    assert said_back({"course": " 请写全称 ", "other": ""}) == {"course": "请写全称"}
    for texts, code in (({"course": " "}, "return_reason_absent"), ({"age": "x"}, "return_field_unknown"),
                        ({"other": "x" * 301}, "return_reason_long")):  # fmt: skip
        with pytest.raises(Faulty) as told:
            said_back(texts)
        assert [f.code for f in told.value.faults] == [code]
