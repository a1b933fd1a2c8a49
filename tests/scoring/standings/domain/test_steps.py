"""Each step of the tie chain, on results that are equal by hand."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from services.scoring.rubrics.domain import Deduction, Drop, RoundingRule
from services.scoring.sheets.domain import Marked
from services.scoring.standings.domain import Deducted, Facts, standings
from shared.exact import Ratio
from tests.scoring.samples import criterion, entry, judge, panel, part, plain

A, B, C = entry(1), entry(2), entry(3)
ONE = Ratio(1, 1)
PARTS = (part("p", criterion("a", 100, ONE), criterion("b", 100, ONE)), part("q", criterion("c", 100, ONE)))


def order(rule: Any, rows: dict[Any, list[str]], facts: Facts | None = None) -> list[tuple[int, str]]:
    """rows: entry -> each judge's "a b c". Rank and name in order, with what decided."""
    given = [
        Marked(judge_id=judge(number), entry_id=each, part=key, marks=marks)
        for each, texts in rows.items()
        for number, (a, b, c) in enumerate((map(int, text.split()) for text in texts), start=1)
        for key, marks in (("p", {"a": a, "b": b}), ("q", {"c": c}))
    ]
    found = standings(rule, list(rows), panel(list(rows), len(next(iter(rows.values())))), given, facts=facts or Facts())
    names = {A: "A", B: "B", C: "C"}
    return [(line.rank, f"{names[line.entry_id]} {line.decided_by}") for line in found.lines]


PAIR = {A: ["10 20 30", "20 20 20"], B: ["20 10 30", "10 20 30"]}
"""Both 60. Part p: 35 and 30; criterion a: 15 and 15, b: 20 and 15, c: 25 and 30."""


@pytest.mark.parametrize(
    ("step", "first"),
    [
        ("part:p", "A"),
        ("part:p:lowest", "B"),
        ("part:q", "B"),
        ("criterion:p/b", "A"),
        ("criterion:p/b:lowest", "B"),
        ("criterion:q/c", "B"),
    ],
)
def test_a_part_or_a_criterion_decides(step: str, first: str) -> None:
    found = order(plain(parts=PARTS, ties=(step, "shared")), PAIR)
    assert [f"{first} {step}", 2] == [found[0][1], found[1][0]]


@pytest.mark.parametrize("step", ["criterion:p/a", "untrimmed_mean", "most_firsts", "highest_mark", "exact_result"])
def test_a_step_that_finds_no_difference_leaves_the_tie(step: str) -> None:
    assert order(plain(parts=PARTS, ties=(step, "shared")), PAIR) == [(1, "A shared"), (1, "B shared")]


def test_where_lower_is_better_the_lower_part_goes_first() -> None:
    assert order(plain(parts=PARTS, ties=("part:p", "shared"), better="lower"), PAIR)[0] == (1, "B part:p")


TRIMMED = plain(parts=PARTS, aggregate="trimmed_mean", drop=Drop(1, 1), fewest_marks=3)


def totals(*values: int) -> list[str]:
    return [f"{value} 0 0" for value in values]


def test_the_untrimmed_mean_takes_everybody() -> None:
    rows = {A: totals(50, 60, 70), B: totals(40, 60, 90)}
    rule = msgspec.structs.replace(TRIMMED, ties=("untrimmed_mean", "shared"))
    assert order(rule, rows)[0] == (1, "B untrimmed_mean")


def test_most_firsts_counts_judges_with_ties() -> None:
    """Judge 1 has A first, 2 has B, 3 has A and B equal, 4 has C: A 2, B 2, C 1."""
    rows = {A: totals(90, 60, 70, 60), B: totals(60, 90, 70, 60), C: totals(70, 70, 60, 80)}
    rule = plain(parts=PARTS, ties=("most_firsts", "shared"))
    assert order(rule, rows) == [(1, "A shared"), (1, "B shared"), (3, "C most_firsts")]


def test_the_highest_single_mark_decides() -> None:
    rows = {A: totals(50, 60, 70), B: totals(40, 60, 80)}
    assert order(plain(parts=PARTS, ties=("highest_mark", "shared")), rows)[0] == (1, "B highest_mark")
    lower = plain(parts=PARTS, ties=("highest_mark", "shared"), better="lower")
    assert order(lower, rows)[0] == (1, "B highest_mark")  # 40 is the best of all


def test_the_exact_result_decides_what_rounding_made_equal() -> None:
    rounded = (RoundingRule("ranked", "", "half_up", 0),)
    rows = {A: totals(60, 60, 61), B: totals(60, 60, 60)}
    rule = plain(parts=PARTS, roundings=rounded, ties=("exact_result", "shared"))
    assert order(rule, rows) == [(1, "A exact_result"), (2, "B exact_result")]


def test_a_step_is_not_rounded_with_the_result() -> None:
    """Totals 60 1/3 and 60 2/3 are cut to 60; part p is 50 1/3 against 50 2/3."""
    rule = plain(parts=PARTS, roundings=(RoundingRule("ranked", "", "truncate", 0),), ties=("part:p", "shared"))
    rows = {A: ["50 0 10", "50 0 10", "51 0 10"], B: ["50 0 10", "51 0 10", "51 0 10"]}
    assert order(rule, rows) == [(1, "B part:p"), (2, "A part:p")]


def test_fewest_deductions_go_first() -> None:
    off = Deduction(key="fall", title="", title_en="", points=ONE, each=ONE, measured_in="", most=None)
    rule = plain(parts=PARTS, deductions=(off,), below_zero=True, ties=("fewest_deductions", "shared"))
    facts = Facts(deductions=(Deducted(A, "fall", Fraction(2)), Deducted(B, "fall", Fraction(1))))
    rows = {A: totals(62), B: totals(61)}
    assert order(rule, rows, facts) == [(1, "B fewest_deductions"), (2, "A fewest_deductions")]


def test_deductions_are_no_part_of_other_steps() -> None:
    off = Deduction(key="fall", title="", title_en="", points=ONE, each=ONE, measured_in="", most=None)
    rule = plain(parts=PARTS, deductions=(off,), below_zero=True, ties=("untrimmed_mean", "shared"))
    facts = Facts(deductions=(Deducted(A, "fall", Fraction(2)),))
    assert order(rule, {A: totals(62), B: totals(60)}, facts)[0] == (1, "A untrimmed_mean")


def test_steps_follow_one_another_on_what_is_still_tied() -> None:
    rows = {A: ["10 20 30"], B: ["20 10 30"], C: ["20 20 20"]}
    rule = plain(parts=PARTS, ties=("part:p", "criterion:p/a", "shared"))
    assert order(rule, rows) == [(1, "C part:p"), (2, "B criterion:p/a"), (3, "A criterion:p/a")]


def test_what_decides_for_three_may_leave_two_together() -> None:
    rows = {A: ["10 20 30"], B: ["10 20 30"], C: ["20 20 20"]}
    rule = plain(parts=PARTS, ties=("part:p", "shared"), rank_style="dense")
    assert order(rule, rows) == [(1, "C part:p"), (2, "A shared"), (2, "B shared")]
