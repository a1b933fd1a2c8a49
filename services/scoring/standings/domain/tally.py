"""The same exact arithmetic for many entries at once: whole numbers of 64 bits, no fraction and no float.

Figures are an array of integers times one common fraction. The largest absolute value a step can reach is known before it
is computed, from the marks and the rule; where that is 2**62 or more the step is refused, so nothing overflows unseen.
What is not covered (a mark missing, a tolerance, a difficulty, places) is left to the fractions of `values` and `judging`.
Rule: services/scoring/README.md#arithmetic
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from itertools import accumulate, groupby
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.scoring.rubrics.domain import RoundingPoint, RoundingRule, Rule, Scale
from services.scoring.standings.domain.contest import Candidate, Contest
from services.scoring.standings.domain.scopes import Cell, Scope, scopes
from services.scoring.standings.domain.values import fewest
from shared.exact import Rounding

Integers = NDArray[np.int64]
LIMIT = 2**62
BLOCK = 2048
"""So many entries at a time: what is needed beside the marks stays small and near the processor."""
Seated = tuple[Candidate, list[UUID]]


class NotCovered(Exception):
    """The rule, the panel or the size of the numbers is not for integers of 64 bits; no error, the fractions do it."""


class Factors(Struct, frozen=True):
    """One factor for each column: whole × common, exact."""

    common: Fraction
    whole: tuple[int, ...]

    @classmethod
    def of(cls, values: Sequence[Fraction]) -> "Factors":
        common = measure(values)
        return cls(common, tuple(int(value / common) for value in values))


class Room:
    """Memory that each block uses again: to ask for new memory takes longer than the arithmetic."""

    def __init__(self, size: int) -> None:
        self._rows = np.empty((2, size), np.int64)

    def of(self, entries: int, scopes: int) -> tuple[Integers, Integers]:
        first, second = self._rows[:, : entries * scopes]
        return first.reshape(entries, scopes), second.reshape(entries, scopes)


class Figures(Struct, frozen=True):
    """values × scale, exact. No absolute value is above `bound`, which is at least 1. is_own: nobody else reads values."""

    values: Integers
    scale: Fraction
    bound: int
    is_signed: bool
    is_own: bool = True

    @classmethod
    def of(cls, points: Integers) -> "Figures":
        bits = int(np.bitwise_or.reduce(points, axis=None))  # none is above it, unless one is negative
        if bits < 0:
            return cls(points, Fraction(1), proven(max(int(points.max()), -int(points.min()))), True, False)
        return cls(points, Fraction(1), proven(max(bits, 1)), False, False)

    def numerators(self) -> tuple[Integers, int]:
        """Numerators and their common denominator."""
        proven(self.bound * self.scale.numerator)
        return self.values * self.scale.numerator, self.scale.denominator

    def times(self, factors: Factors) -> "Figures":
        """Each column by its factor."""
        scale = self.scale * factors.common
        if set(factors.whole) == {1}:
            return Figures(self.values, scale, self.bound, self.is_signed, self.is_own)
        bound = proven(self.bound * max(map(abs, factors.whole)))
        is_signed = self.is_signed or min(factors.whole) < 0
        return Figures(self.values * np.array(factors.whole, np.int64), scale, bound, is_signed)

    def added(self, sizes: Sequence[int]) -> "Figures":
        """Neighbouring columns added up: so many for each new column."""
        if set(sizes) == {1}:
            return self
        bound = proven(self.bound * max(sizes))
        if len(sizes) == 1:
            sums = np.einsum("...i->...", self.values)[..., np.newaxis]  # several times faster than sum(axis=-1)
        else:
            starts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
            sums = np.add.reduceat(self.values, starts, axis=-1)
        return Figures(sums, self.scale, bound, self.is_signed)

    def over_judges(self, lowest: int, highest: int, divisor: int, room: Room) -> "Figures":
        """The sum over the first axis without so many of the lowest and of the highest, divided; it stands in the room."""
        values, judges = self.values, self.values.shape[0]
        bound = proven(self.bound * judges)
        if max(lowest, highest) > 1:
            values, lowest, highest = np.sort(values, axis=0)[lowest : judges - highest], 0, 0
        total, end = room.of(*values.shape[1:])
        np.add.reduce(values, axis=0, out=total)
        if lowest:
            total -= np.minimum.reduce(values, axis=0, out=end)
        if highest:
            total -= np.maximum.reduce(values, axis=0, out=end)
        return Figures(total, self.scale / divisor, bound, self.is_signed)

    def rounded(self, digits: int, mode: Rounding) -> "Figures":
        """To so many decimal places: half_up away from zero at the half, truncate towards zero."""
        steps = self.scale * 10**digits
        n, d = steps.numerator, steps.denominator
        bound = proven(2 * (self.bound * n + d))
        sign = np.sign(self.values) if self.is_signed else None
        twice = np.multiply(self.values, 2 * n, out=self.values if self.is_own else None)
        if sign is not None:
            twice *= sign
        if mode == "half_up":
            twice += d
        if mode == "half_even":
            whole = twice // (2 * d)
            whole += twice - whole * (2 * d) + whole % 2 > d
        else:
            whole = np.floor_divide(twice, 2 * d, out=twice)
        if sign is not None:
            whole *= sign
        return Figures(whole, Fraction(1, 10**digits), bound, self.is_signed)

    def plus(self, other: "Figures") -> "Figures":
        scales = Factors.of([self.scale, other.scale])
        mine, theirs = scales.whole
        bound = proven(self.bound * mine + other.bound * theirs)
        values = self.values * mine + other.values * theirs
        return Figures(values, scales.common, bound, self.is_signed or other.is_signed)


class Table(Struct, frozen=True):
    """What the counts of one column are worth. places: where a count stands; empty where it is the count itself."""

    column: int
    places: tuple[int, ...]
    worth: tuple[int, ...]


class Group(Struct, frozen=True, kw_only=True):
    """Scopes that are judged together. marks: where their marks stand among the rule's, None where these are all of them.

    weights: of each mark inside a judge's value, its unit included; sizes: so many marks are one scope's.
    ends: see Figures.over_judges. terms: what each scope's aggregate is multiplied with; parts: so many scopes are a part's.
    """

    scopes: tuple[Scope, ...]
    marks: list[int] | None
    tables: tuple[Table, ...]
    weights: Factors
    sizes: list[int]
    ends: tuple[int, int, int]
    terms: Factors
    parts: list[int]


class Plan(Struct, frozen=True):
    """How panels of one size are put together, all marks given. cells: what the columns of the marks are."""

    cells: list[Cell]
    groups: list[Group]
    roundings: tuple[RoundingRule, ...]


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
    different = set(values)
    denominator = math.lcm(*(value.denominator for value in different))
    numerator = math.gcd(*(value.numerator * (denominator // value.denominator) for value in different))
    return Fraction(numerator or 1, denominator)


def plan(rule: Rule, judges: int) -> Plan:
    """How a panel of so many judges is put together. Raises NotCovered."""
    if rule.correction != "none" or any(each.part for each in rule.roundings) or not (found := scopes(rule)):
        raise NotCovered
    scales = {(part.key, key): item.scale for part in rule.parts for key, item in part.cells.items()}
    groups = [_group(tuple(group), scales, judges) for _, group in groupby(found, key=lambda scope: scope.group)]
    return Plan(list(scales), groups, rule.roundings)


def tally(made: Plan, marks: Integers) -> Figures:
    """Each entry's total before deductions.

    marks: [judge, entry, mark key in the order of the rule], counts of the unit, none missing. Raises NotCovered.
    """
    if marks.dtype != np.int64:
        raise TypeError("marks are integers of 64 bits")
    room = Room(min(BLOCK, marks.shape[1]) * max(len(group.scopes) for group in made.groups))
    blocks = [_totals(made, marks[:, start : start + BLOCK], room) for start in range(0, marks.shape[1], BLOCK)]
    values = np.concatenate([each.values for each in blocks])
    bound, is_signed = max(each.bound for each in blocks), any(each.is_signed for each in blocks)
    return Figures(values, blocks[0].scale, bound, is_signed)


def tallied(rule: Rule, contest: Contest) -> dict[UUID, Tallied]:
    """The entries that can be tallied; the others are for the fractions."""
    found: dict[UUID, Tallied] = {}
    panels: dict[int, list[Seated]] = {}
    for candidate in contest.candidates:
        judges = _panel(rule, candidate)
        panels.setdefault(len(judges), []).append((candidate, judges))
    for size, of_size in panels.items():
        with suppress(NotCovered):  # by its size: a panel too thin
            made = plan(rule, size)
            for start in range(0, len(of_size), BLOCK):
                found |= _block(made, of_size[start : start + BLOCK])
    return found


def _panel(rule: Rule, candidate: Candidate) -> list[UUID]:
    """The judges of all parts in order of id; none where parts have their own, or a mark is stood in for."""
    if rule.recusal == "mean_of_others" and any(seat.state == "recused" for seat in candidate.seats):
        return []
    if not any(seat.part for seat in candidate.seats):
        return candidate.judging(())
    panels = [candidate.judging([part.key]) for part in rule.parts]
    return panels[0] if all(panel == panels[0] for panel in panels) else []


def _block(made: Plan, block: Sequence[Seated]) -> dict[UUID, Tallied]:
    """Entries with panels of one size; without those that miss a mark."""
    cells = set(made.cells)
    whole = [each for each in block if all(each[0].counts[judge].keys() >= cells for judge in each[1])]
    rows = [[[candidate.counts[judge][cell] for cell in made.cells] for judge in judges] for candidate, judges in whole]
    if not rows:
        return {}
    try:
        marks = np.ascontiguousarray(np.array(rows, np.int64).transpose(1, 0, 2))
        numerators, denominator = tally(made, marks).numerators()
    except (NotCovered, OverflowError):
        return {}
    counted = _counted(made, marks, [judges for _, judges in whole])
    return {
        candidate.entry_id: Tallied(Fraction(numerator, denominator), of_entry)
        for (candidate, _), numerator, of_entry in zip(whole, numerators.tolist(), counted, strict=True)
    }


def _counted(made: Plan, marks: Integers, panels: list[list[UUID]]) -> list[dict[str, tuple[UUID, ...]]]:
    """For each entry: scope -> the judges who are left. Among equal values the id decides who is left out."""
    found: list[dict[str, tuple[UUID, ...]]] = [{} for _ in panels]
    for group in made.groups:
        lowest, highest, _ = group.ends
        if group.scopes[0].judging.aggregate == "median":  # all of them say where the middle is
            lowest = highest = 0
        order = np.argsort(_values(made, group, marks).values, axis=0, kind="stable")
        kept = np.sort(order[lowest : marks.shape[0] - highest], axis=0).transpose(1, 2, 0).tolist()
        for entry, panel, of_entry in zip(found, panels, kept, strict=True):
            entry |= {
                scope.name: tuple([panel[place] for place in places])
                for scope, places in zip(group.scopes, of_entry, strict=True)
            }
    return found


def _totals(made: Plan, marks: Integers, room: Room) -> Figures:
    return reduce(Figures.plus, [_total(made, group, _values(made, group, marks), room) for group in made.groups])


def _total(made: Plan, group: Group, values: Figures, room: Room) -> Figures:
    """The sum over the group's scopes for each entry, out of the room."""
    found = _rounded(made, "aggregate", values.over_judges(*group.ends, room))
    parts = _rounded(made, "term", found.times(group.terms)).added(group.parts)
    if group.scopes[0].part:
        parts = _rounded(made, "part", parts)
    total = parts.added([len(group.parts)])
    return Figures(total.values[:, 0].copy(), total.scale, total.bound, total.is_signed)


def _values(made: Plan, group: Group, marks: Integers) -> Figures:
    """[judge, entry, scope]: what the aggregate is taken of."""
    points = marks[:, :, group.marks] if group.marks else marks
    if group.tables:
        points = points.copy()
    for table in group.tables:
        points[:, :, table.column] = _worth(table, points[:, :, table.column])
    return _rounded(made, "judge", Figures.of(points).times(group.weights).added(group.sizes))


def _worth(table: Table, counts: Integers) -> Integers:
    places = np.searchsorted(table.places, counts) if table.places else counts
    if places.min() < 0 or places.max() >= len(table.worth):
        raise NotCovered
    return np.array(table.worth, np.int64)[places]


def _rounded(made: Plan, point: RoundingPoint, figures: Figures) -> Figures:
    for each in made.roundings:
        if each.at == point:
            figures = figures.rounded(each.digits, each.mode)
    return figures


def _group(together: tuple[Scope, ...], scales: dict[Cell, Scale], judges: int) -> Group:
    cells = [cell for scope in together for cell in scope.cells]
    tables, units = _tables([scales[cell] for cell in cells])
    weights = [weight for scope in together for weight, cells in scope.lines for _ in cells]
    factor = together[0].judging.factor.fraction
    columns = list(scales)
    return Group(
        scopes=together,
        marks=None if cells == columns else [columns.index(cell) for cell in cells],
        tables=tables,
        weights=Factors.of([unit * weight for unit, weight in zip(units, weights, strict=True)]),
        sizes=[len(scope.cells) for scope in together],
        ends=_left_out(together[0], judges),
        terms=Factors.of([factor * scope.weight for scope in together]),
        parts=[len(list(of_part)) for _, of_part in groupby(together, key=lambda scope: scope.part)],
    )


def _tables(scales: Sequence[Scale]) -> tuple[tuple[Table, ...], list[Fraction]]:
    """What is looked up, and what the points of each column are whole multiples of."""
    tables, units = [], [scale.unit.fraction for scale in scales]
    for column, scale in enumerate(scales):
        worth = [each.points.fraction for each in scale.grades or scale.steps]
        if worth:
            factors = Factors.of(worth)
            proven(max(map(abs, factors.whole)))
            tables.append(Table(column, tuple(step.to for step in scale.steps), factors.whole))
            units[column] = factors.common
    return tuple(tables), units


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
