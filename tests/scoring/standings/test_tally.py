"""Whole numbers of 64 bits give what the fractions give, and refuse before anything could overflow."""

from fractions import Fraction
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import Drop, RoundingRule, Rule
from services.scoring.standings.domain import Standings, standings, tally, totals
from services.scoring.standings.domain.contest import contest
from services.scoring.standings.domain.facts import NO_FACTS
from services.scoring.standings.domain.tally import Figures, NotCovered, measure
from shared.exact import Ratio, Rounding, multiple
from tests.scoring.chance import random_contest, random_rule
from tests.scoring.contests import Contest
from tests.scoring.samples import PLAIN, criterion, entry, panel, part, talks

A, B, C = (entry(number) for number in (1, 2, 3))
CONTESTS = 600


def by_fractions(found: Contest, monkeypatch: pytest.MonkeyPatch) -> Standings:
    with monkeypatch.context() as patch:
        patch.setattr(tally, "LIMIT", 0)
        return found.by_engine()


def tallied(found: Contest) -> int:
    sheets: Any = [
        msgspec.structs.replace(EMPTY, judge_id=judge, entry_id=who, part=key, marks=marks)
        for (judge, who, key), marks in found.marks.items()
    ]
    return len(tally.tallied(found.rule, contest(found.rule, found.entries, found.seats, sheets, found.facts)))


EMPTY = talks({A: [""]})[0]


def test_random_contests_come_out_as_by_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "FEWEST", 1)
    covered = 0
    monkeypatch.setattr(totals, "FEWEST", 0)
    for seed in range(CONTESTS):
        monkeypatch.setattr(tally, "BLOCK", 1 + seed % 3)
        chance = Random(seed)
        found = random_contest(chance, random_rule(chance))
        assert found.by_engine() == by_fractions(found, monkeypatch), seed
        covered += tallied(found) > 0
    assert covered > CONTESTS / 20


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20),
    st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000),
    st.integers(0, 4),
    st.sampled_from(["half_up", "truncate", "half_even"]),
)
def test_integers_are_rounded_as_fractions_are(values: list[int], scale: Fraction, digits: int, mode: Rounding) -> None:
    found = msgspec.structs.replace(Figures.of(np.array(values, np.int64)), scale=scale).rounded(digits, mode)
    unit = Fraction(1, 10**digits)
    assert [each * found.scale for each in found.values.tolist()] == [multiple(each * scale, unit, mode) for each in values]


@pytest.mark.parametrize("mode", ["half_up", "truncate", "half_even"])
def test_halves_are_rounded_as_the_mode_says(mode: Rounding) -> None:
    halves = [5 * each for each in range(-9, 10)]
    found = msgspec.structs.replace(Figures.of(np.array(halves, np.int64)), scale=Fraction(1, 10)).rounded(0, mode)
    assert found.values.tolist() == [multiple(Fraction(each, 10), Fraction(1), mode) for each in halves]


@given(st.lists(st.fractions(max_denominator=50), min_size=1, max_size=6))
def test_a_measure_divides_all_it_measures(values: list[Fraction]) -> None:
    assert measure(values) > 0
    assert all((value / measure(values)).denominator == 1 for value in values)


def talk(highest: int, **changes: object) -> Rule:
    return msgspec.structs.replace(PLAIN, parts=(part("talk", criterion("talk", highest, Ratio(1, 1))),), **changes)


@pytest.mark.parametrize(("judges", "highest"), [(1, 2**62 - 1), (2, 2**61 - 1), (4, 2**60 - 1)])
def test_the_largest_provable_marks_are_tallied_and_one_more_is_refused(judges: int, highest: int) -> None:
    rule = talk(highest)
    marks = np.full((judges, 3, 1), highest, np.int64)
    numerators, denominator = tally.tally(tally.plan(rule, judges), marks).numerators()
    assert {Fraction(each, denominator) for each in numerators.tolist()} == {Fraction(highest)}
    marks[0, 0, 0] += 1
    with pytest.raises(NotCovered):
        tally.tally(tally.plan(rule, judges), marks).numerators()


def test_marks_beyond_64_bits_are_left_to_the_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "FEWEST", 0)
    rule, large = talk(10**30), 10**29
    sheets = [msgspec.structs.replace(each, marks={"talk": large + each.marks["talk"]}) for each in talks({A: ["1", "2"], B: ["0", "0"]})]
    (first, second) = standings(rule, [A, B], panel([A, B], 2), sheets).lines
    assert (first.entry_id, first.result.fraction) == (A, large + 15)
    assert (second.entry_id, second.result.fraction) == (B, large)


def test_only_integers_of_64_bits_are_taken() -> None:
    for kind in (np.float64, np.int32, np.uint64, np.bool_):
        with pytest.raises(TypeError):
            tally.tally(tally.plan(PLAIN, 1), np.zeros((1, 1, 1), kind))


def test_nothing_on_the_way_is_a_float(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every array that any step makes is looked at, for each aggregate and rounding."""
    seen: set[np.dtype[Any]] = set()

    class Looked(Figures, frozen=True):
        def __post_init__(self) -> None:
            seen.add(self.values.dtype)

    monkeypatch.setattr(tally, "Figures", Looked)
    marks = np.arange(5 * 7 * 1, dtype=np.int64).reshape(5, 7, 1)
    for aggregate in ("sum", "mean", "trimmed_sum", "trimmed_mean", "median"):
        for at in ("judge", "aggregate", "term", "part"):
            judging = msgspec.structs.replace(PLAIN.judging, aggregate=aggregate, drop=Drop(1, 2))
            rounding = RoundingRule(at=at, part="", mode="half_even", digits=1)
            found = tally.tally(tally.plan(msgspec.structs.replace(PLAIN, judging=judging, roundings=(rounding,)), 5), marks)
            seen.add(found.numerators()[0].dtype)
    assert seen == {np.dtype(np.int64)}


def test_an_entry_with_a_mark_missing_is_left_to_the_fractions_and_the_others_are_tallied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "FEWEST", 0)
    marks = {A: ["80", "90", "70"], B: ["80", "", "70"], C: ["1", "2", "3"]}
    rule = msgspec.structs.replace(PLAIN, judging=msgspec.structs.replace(PLAIN.judging, missing="exclude"))
    known = tally.tallied(rule, contest(rule, list(marks), panel(list(marks), 3), talks(marks), NO_FACTS))
    assert {who: each.total for who, each in known.items()} == {A: Fraction(80), C: Fraction(2)}
    assert [line.result.fraction for line in standings(rule, list(marks), panel(list(marks), 3), talks(marks)).lines] == [80, 75, 2]
