"""Judges' values put together: each aggregate by hand, which judges count, and what lies too far apart."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import Drop, Judging, Middle, Tolerance
from services.scoring.standings.domain.judging import judged
from services.scoring.standings.domain.values import Values
from shared.exact import Ratio
from tests.scoring.samples import judge, plain


def judging(aggregate: str, **changes: object) -> Judging:
    return plain(aggregate=aggregate, **changes).judging


def values(*given: str) -> Values:
    return {judge(number): Fraction(each) for number, each in enumerate(given, start=1)}


def numbers(counted: tuple[object, ...]) -> set[int]:
    return {number for number in range(1, 10) if judge(number) in counted}


TRIM, TWO = Drop(1, 1), Drop(2, 2)
CASES = [
    (judging("sum"), "8 9 7", "24", {1, 2, 3}),
    (judging("mean"), "8 9 7.5", "49/6", {1, 2, 3}),
    (judging("trimmed_mean", drop=TRIM), "8 9 7 8.5", "33/4", {1, 4}),
    (judging("trimmed_mean", drop=Drop(0, 2)), "8 9 7 8.5", "35/4", {2, 4}),
    (judging("trimmed_mean", drop=Drop(2, 0)), "8 9 7 8.5", "15/2", {1, 3}),
    (judging("trimmed_sum", drop=TWO), "7.5 7 7.5 7 7.5 8 6.5", "22", {1, 3, 4}),
    (judging("trimmed_sum", drop=TRIM), "7.5 7 7.5 7 7.5 8 6.5", "73/2", {1, 2, 3, 4, 5}),
    (judging("middle_mean", middle=Middle(3, "highest")), "1 2 3 4 5 6 7", "4", {3, 4, 5}),
    (judging("middle_mean", middle=Middle(3, "highest")), "1 2 3 4 5 6", "3", {2, 3, 4}),
    (judging("middle_mean", middle=Middle(3, "lowest")), "1 2 3 4 5 6", "4", {3, 4, 5}),
    (judging("middle_mean", middle=Middle(2, "lowest")), "1 5", "3", {1, 2}),
    (judging("median"), "3 1 8", "3", {1, 2, 3}),
    (judging("median"), "3 1 8 4", "7/2", {1, 2, 3, 4}),
    (judging("clamped_mean", margin=Ratio(10, 1)), "80 90 40", "220/3", {1, 2, 3}),  # mean 70: 80, 80, 60
    (judging("clamped_mean", margin=Ratio(100, 1)), "80 90 40", "70", {1, 2, 3}),
    (judging("clamped_mean", margin=Ratio(0, 1)), "80 90 40", "70", {1, 2, 3}),
]


@pytest.mark.parametrize(("kind", "given", "value", "counted"), CASES)
def test_each_aggregate_is_what_paper_says(kind: Judging, given: str, value: str, counted: set[int]) -> None:
    found = judged(kind, values(*given.split()))
    assert (found.value, numbers(found.counted), found.spread) == (Fraction(value), counted, None)


def test_of_two_equal_judges_the_id_says_who_is_left_out() -> None:
    found = judged(judging("trimmed_mean", drop=TRIM), values("5", "5", "5", "5"))
    assert numbers(found.counted) == {2, 3}


def tolerance(of: str, then: str, spread: str = "1") -> Tolerance:
    return Tolerance(of=of, spread=Ratio.of(Fraction(spread)), then=then)  # type: ignore[arg-type]  # one of the names


@pytest.mark.parametrize(
    ("wanted", "given", "value", "spread"),
    [
        (tolerance("given", "mean_of_all"), "5 6 6 9", "13/2", "4"),
        (tolerance("counted", "mean_of_all"), "5 6 6 9", "6", None),  # the two in the middle agree
        (tolerance("counted", "mean_of_all"), "5 6 8 9", "7", "2"),
        (tolerance("given", "mean_of_all", "4"), "5 6 6 9", "6", None),  # as far as allowed is not beyond
        (tolerance("given", "alert"), "5 6 6 9", "6", "4"),
        (tolerance("given", "remark"), "5 6 6 9", "6", "4"),
    ],
)
def test_judges_too_far_apart_are_told_or_averaged(wanted: Tolerance, given: str, value: str, spread: str | None) -> None:
    found = judged(judging("trimmed_mean", drop=TRIM, tolerance=wanted), values(*given.split()))
    assert (found.value, found.spread) == (Fraction(value), Fraction(spread) if spread else None)


def test_the_mean_of_all_counts_all() -> None:
    found = judged(judging("trimmed_mean", drop=TRIM, tolerance=tolerance("given", "mean_of_all")), values("5", "6", "6", "9"))
    assert numbers(found.counted) == {1, 2, 3, 4}


def test_the_published_aerobic_example_takes_the_mean_of_the_middle_two() -> None:
    """FIG aerobic code, 8.1: four judges, the two in the middle; beyond the tolerance the mean of all."""
    aerobic = judging("middle_mean", middle=Middle(2, "highest"), tolerance=tolerance("counted", "mean_of_all", "0.3"))
    assert judged(aerobic, values("8.2", "8.0", "8.4", "7.1")).value == Fraction("8.1")
    assert judged(aerobic, values("8.6", "8.0", "8.4", "7.1")).value == Fraction("32.1") / 4


MARKS = st.lists(st.integers(0, 40), min_size=5, max_size=7)


@given(st.sampled_from([case[0] for case in CASES]), MARKS, st.data())
def test_who_gave_which_mark_changes_no_aggregate(kind: Judging, marks: list[int], data: st.DataObject) -> None:
    permuted = data.draw(st.permutations(marks))
    one, other = (judged(kind, {judge(n): Fraction(mark, 2) for n, mark in enumerate(each)}) for each in (marks, permuted))
    assert one.value == other.value


@given(st.sampled_from([case[0] for case in CASES]), MARKS, st.integers(1, 9))
def test_adding_to_every_mark_adds_the_same_to_the_result(kind: Judging, marks: list[int], more: int) -> None:
    one, other = (
        judged(kind, {judge(n): Fraction(mark + plus) for n, mark in enumerate(marks)}) for plus in (0, more)
    )
    times = len(one.counted) if kind.aggregate in ("sum", "trimmed_sum") else 1
    assert other.value - one.value == more * times
