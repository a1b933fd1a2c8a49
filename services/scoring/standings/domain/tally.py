"""The same exact arithmetic for many entries at once: whole numbers of 64 bits, no fraction and no float.

Figures are an array of integers times one common fraction. The largest absolute value a step can reach is known before it
is computed, from the marks and the rule; where that is 2**62 or more the step is refused, so nothing overflows unseen.
What is not covered (a mark missing, a tolerance, a difficulty, places) is left to the fractions of `values` and `judging`.
Rule: services/scoring/README.md#arithmetic
"""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from itertools import accumulate, groupby
from math import gcd, lcm
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.scoring.rubrics.domain import RoundingPoint, Rule, Scale
from services.scoring.standings.domain.contest import Candidate, Contest
from services.scoring.standings.domain.scopes import Cell, Scope, scopes
from services.scoring.standings.domain.values import fewest
from shared.exact import Rounding

Integers = NDArray[np.int64]
LIMIT = 2**62
BLOCK = 4096
"""So many entries at a time: what is in memory beside the marks stays small."""
Seated = tuple[Candidate, list[UUID]]


class NotCovered(Exception):
    """The rule, the panel or the size of the numbers is not for integers of 64 bits; no error, the fractions do it."""


class Figures(Struct, frozen=True):
    """values × scale, exact. No absolute value is above `bound`, which is at least 1."""

    values: Integers
    scale: Fraction
    bound: int

    def numerators(self) -> tuple[Integers, int]:
        """Numerators and their common denominator."""
        proven(self.bound * self.scale.numerator)
        return self.values * self.scale.numerator, self.scale.denominator

    def times(self, factors: Sequence[Fraction]) -> "Figures":
        """Each column by its factor; what the factors have in common goes to the scale."""
        common = measure(factors)
        whole = [int(factor / common) for factor in factors]
        if set(whole) == {1}:
            return Figures(self.values, self.scale * common, self.bound)
        bound = proven(self.bound * max(map(abs, whole)))
        return Figures(self.values * np.array(whole, np.int64), self.scale * common, bound)

    def added(self, sizes: Sequence[int]) -> "Figures":
        """Neighbouring columns added up: so many for each new column."""
        if set(sizes) == {1}:
            return self
        bound = proven(self.bound * max(sizes))
        if len(sizes) == 1:
            return Figures(self.values.sum(axis=-1, keepdims=True), self.scale, bound)
        starts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
        return Figures(np.add.reduceat(self.values, starts, axis=-1), self.scale, bound)

    def over_judges(self, lowest: int, highest: int, divisor: int) -> "Figures":
        """The sum over the first axis without so many of the lowest and of the highest, divided."""
        values, judges = self.values, self.values.shape[0]
        bound = proven(self.bound * judges)
        if max(lowest, highest) > 1:
            total = np.sort(values, axis=0)[lowest : judges - highest].sum(axis=0)
        else:
            total = values.sum(axis=0)
            if lowest:
                total -= values.min(axis=0)
            if highest:
                total -= values.max(axis=0)
        return Figures(total, self.scale / divisor, bound)

    def rounded(self, digits: int, mode: Rounding) -> "Figures":
        """To so many decimal places: half_up away from zero at the half, truncate towards zero."""
        steps = self.scale * 10**digits
        n, d = steps.numerator, steps.denominator
        bound = proven(2 * (self.bound * n + d))
        whole, rest = np.divmod(np.abs(self.values) * n, d)
        if mode == "half_up":
            whole += 2 * rest >= d
        elif mode == "half_even":
            whole += 2 * rest + whole % 2 > d
        return Figures(whole * np.sign(self.values), Fraction(1, 10**digits), bound)

    def plus(self, other: "Figures") -> "Figures":
        common = measure([self.scale, other.scale])
        mine, theirs = int(self.scale / common), int(other.scale / common)
        bound = proven(self.bound * mine + other.bound * theirs)
        return Figures(self.values * mine + other.values * theirs, common, bound)


class Tallied(Struct, frozen=True):
    """One entry's total before deductions. counted: scope -> judges whose values are in it."""

    total: Fraction
    counted: dict[str, tuple[UUID, ...]]


def proven(bound: int) -> int:
    """The bound, if nothing up to it can overflow. Raises NotCovered."""
    if bound >= LIMIT:
        raise NotCovered
    return bound


def measure(values: Sequence[Fraction]) -> Fraction:
    """The largest fraction that all values are whole multiples of; what all zeros are measured in does not matter."""
    denominator = lcm(*(value.denominator for value in values))
    numerator = gcd(*(int(value * denominator) for value in values))
    return Fraction(numerator or 1, denominator)


def tally(rule: Rule, marks: Integers) -> Figures:
    """Each entry's total before deductions.

    marks: [judge, entry, mark key in the order of the rule], counts of the unit, none missing. Raises NotCovered.
    """
    if marks.dtype != np.int64:
        raise TypeError("marks are integers of 64 bits")
    found = reduce(Figures.plus, [_total(rule, group, _values(rule, group, marks)) for group in _groups(rule)])
    return Figures(found.values[:, 0], found.scale, found.bound)


def tallied(rule: Rule, contest: Contest) -> dict[UUID, Tallied]:
    """The entries that can be tallied; the others are for the fractions."""
    found: dict[UUID, Tallied] = {}
    panels: dict[int, list[Seated]] = {}
    for candidate in contest.candidates if _groups(rule) else ():
        judges = _panel(rule, candidate)
        panels.setdefault(len(judges), []).append((candidate, judges))
    for size, of_size in panels.items():
        for start in range(0, len(of_size) if size else 0, BLOCK):
            with suppress(NotCovered, OverflowError):
                found |= _block(rule, of_size[start : start + BLOCK])
    return found


def _panel(rule: Rule, candidate: Candidate) -> list[UUID]:
    """The judges of all parts in order of id; none where parts have their own, or a mark is missing or stood in for."""
    if any(seat.part or (seat.state == "recused" and rule.recusal == "mean_of_others") for seat in candidate.seats):
        return []
    judges, cells = candidate.judging(""), set(_scales(rule))
    return judges if all(candidate.counts[judge].keys() >= cells for judge in judges) else []


def _block(rule: Rule, block: Sequence[Seated]) -> dict[UUID, Tallied]:
    """Entries with panels of one size, all marks given."""
    cells = list(_scales(rule))
    rows = [[[candidate.counts[judge][cell] for cell in cells] for judge in judges] for candidate, judges in block]
    marks = np.ascontiguousarray(np.array(rows, np.int64).transpose(1, 0, 2))
    numerators, denominator = tally(rule, marks).numerators()
    counted = _counted(rule, marks, [judges for _, judges in block])
    return {
        candidate.entry_id: Tallied(Fraction(numerator, denominator), of_entry)
        for (candidate, _), numerator, of_entry in zip(block, numerators.tolist(), counted, strict=True)
    }


def _counted(rule: Rule, marks: Integers, panels: list[list[UUID]]) -> list[dict[str, tuple[UUID, ...]]]:
    """For each entry: scope -> the judges who are left. Among equal values the id decides who is left out."""
    found: list[dict[str, tuple[UUID, ...]]] = [{} for _ in panels]
    for group in _groups(rule):
        lowest, highest, _ = _left_out(group[0], marks.shape[0])
        if group[0].judging.aggregate == "median":  # all of them say where the middle is
            lowest = highest = 0
        order = np.argsort(_values(rule, group, marks).values, axis=0, kind="stable")
        kept = np.sort(order[lowest : marks.shape[0] - highest], axis=0).transpose(1, 2, 0).tolist()
        for entry, panel, of_entry in zip(found, panels, kept, strict=True):
            entry |= {
                scope.name: tuple([panel[place] for place in places])
                for scope, places in zip(group, of_entry, strict=True)
            }
    return found


def _groups(rule: Rule) -> list[list[Scope]]:
    """The scopes that are judged together; none for a rule that is not covered."""
    if rule.correction != "none" or any(each.part for each in rule.roundings):
        return []
    return [list(group) for _, group in groupby(scopes(rule), key=lambda scope: scope.group)]


def _total(rule: Rule, group: Sequence[Scope], values: Figures) -> Figures:
    """[entry, 1]: the sum over the group's scopes."""
    found = _rounded(rule, "aggregate", values.over_judges(*_left_out(group[0], values.values.shape[0])))
    factor = group[0].judging.factor.fraction
    terms = _rounded(rule, "term", found.times([factor * scope.weight for scope in group]))
    if group[0].part:
        sizes = [len(list(scopes)) for _, scopes in groupby(group, key=lambda scope: scope.part)]
        terms = _rounded(rule, "part", terms.added(sizes))
    return terms.added([terms.values.shape[-1]])


def _values(rule: Rule, group: Sequence[Scope], marks: Integers) -> Figures:
    """[judge, entry, scope]: what the aggregate is taken of."""
    scales = _scales(rule)
    weights = {cell: weight for scope in group for weight, cells in scope.lines for cell in cells}
    if list(weights) != list(scales):
        columns = list(scales)
        marks = marks[:, :, [columns.index(cell) for cell in weights]]
    points, units = _points([scales[cell] for cell in weights], marks)
    bound = max(1, int(points.max()), -int(points.min()))
    factors = [unit * weight for unit, weight in zip(units, weights.values(), strict=True)]
    found = Figures(points, Fraction(1), proven(bound)).times(factors).added([len(scope.cells) for scope in group])
    return _rounded(rule, "judge", found)


def _scales(rule: Rule) -> dict[Cell, Scale]:
    return {(part.key, key): item.scale for part in rule.parts for key, item in part.cells.items()}


def _points(scales: Sequence[Scale], marks: Integers) -> tuple[Integers, list[Fraction]]:
    """Points as whole numbers, and the unit of each column."""
    units = [scale.unit.fraction for scale in scales]
    tables = {column: scale for column, scale in enumerate(scales) if scale.grades or scale.steps}
    points = marks.copy() if tables else marks
    for column, scale in tables.items():
        points[:, :, column], units[column] = _worth(scale, marks[:, :, column])
    return points, units


def _worth(scale: Scale, counts: Integers) -> tuple[Integers, Fraction]:
    """What counts are worth by the scale's grades or steps."""
    points = [each.points.fraction for each in scale.grades or scale.steps]
    unit = measure(points)
    whole = [int(each / unit) for each in points]
    proven(max(map(abs, whole)))
    places = np.searchsorted([step.to for step in scale.steps], counts) if scale.steps else counts
    if places.min() < 0 or places.max() >= len(whole):
        raise NotCovered
    return np.array(whole, np.int64)[places], unit


def _rounded(rule: Rule, point: RoundingPoint, figures: Figures) -> Figures:
    for each in rule.roundings:
        if each.at == point:
            figures = figures.rounded(each.digits, each.mode)
    return figures


def _left_out(scope: Scope, judges: int) -> tuple[int, int, int]:
    """How many of the lowest and of the highest are left out, and what the sum of the others is divided by."""
    judging = scope.judging
    if judging.tolerance or judging.has_difficulty or judges < fewest(scope):
        raise NotCovered
    drop, odd = judging.drop, judging.middle.odd if judging.middle else ""
    match judging.aggregate:
        case "sum":
            return 0, 0, 1
        case "mean":
            return 0, 0, judges
        case "trimmed_sum":
            return drop.lowest, drop.highest, 1
        case "trimmed_mean":
            return drop.lowest, drop.highest, judges - drop.lowest - drop.highest
        case "median" | "middle_mean":
            kept = judging.middle.marks if judging.middle else 2 - judges % 2
            half, more = divmod(judges - kept, 2)
            return half + more * (odd == "lowest"), half + more * (odd == "highest"), kept
    raise NotCovered
