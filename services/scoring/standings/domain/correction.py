"""The additive correction: each judge's strictness, found from the entries shared with other judges, taken off exactly.

Least squares for value = entry + judge, the judges adding up to 0. The entries are eliminated, which leaves one equation
for each judge; they are solved in integers (Bareiss), so the result is a fraction and anybody gets the same.
Rule: MacKay, Kenna, Low and Parker 2017, "Calibration with confidence", with equal confidences.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from services.scoring.standings.domain.judging import mean
from services.scoring.standings.domain.values import Values


def groups(sheets: Mapping[UUID, Values]) -> list[tuple[UUID, ...]]:
    """Entries linked by the judges they share, group by group; more than one group cannot be compared."""
    found: list[tuple[set[UUID], set[UUID]]] = []
    for entry in sorted(sheets):
        entries, judges = {entry}, set(sheets[entry])
        for group in [each for each in found if each[1] & judges]:
            found.remove(group)
            entries |= group[0]
            judges |= group[1]
        found.append((entries, judges))
    return sorted(tuple(sorted(entries)) for entries, _ in found)


def corrected(sheets: Mapping[UUID, Values]) -> dict[UUID, Fraction]:
    """entry -> judge -> value, all linked: entry -> the mean of its values after each judge's strictness is taken off."""
    strictness = strictnesses(sheets)
    return {
        entry: mean([value - strictness[judge] for judge, value in values.items()]) for entry, values in sheets.items()
    }


def strictnesses(sheets: Mapping[UUID, Values]) -> dict[UUID, Fraction]:
    """Judge -> how much the judge's values lie above (+) or below (-) those of the others; together 0.

    sheets: entry -> judge -> value, all in one of `groups`.
    """
    judges = sorted({judge for values in sheets.values() for judge in values})
    scale = math.lcm(*(len(values) for values in sheets.values()))
    place = {judge: position for position, judge in enumerate(judges)}
    rows = [[0] * len(judges) for _ in judges]
    above = [Fraction(0)] * len(judges)
    for values in sheets.values():
        at, share, middle = [place[judge] for judge in values], scale // len(values), mean(list(values.values()))
        for judge, value in values.items():
            above[place[judge]] += value - middle
            row = rows[place[judge]]
            row[place[judge]] += scale
            for other in at:
                row[other] -= share
    solved = [*_solved([row[:-1] for row in rows[:-1]], [scale * value for value in above[:-1]]), Fraction(0)]
    middle = mean(solved)
    return {judge: solved[place[judge]] - middle for judge in judges}


def _solved(rows: list[list[int]], right: list[Fraction]) -> list[Fraction]:
    """The solution of a positive definite system of integers: elimination without fractions, then substitution."""
    common = math.lcm(*(value.denominator for value in right))
    table = [[*row, (common * value).numerator] for row, value in zip(rows, right, strict=True)]
    before = 1
    for pivot in range(len(table)):
        top = table[pivot]
        for row in table[pivot + 1 :]:
            first = row[pivot]
            for column in range(pivot + 1, len(row)):
                row[column] = (row[column] * top[pivot] - first * top[column]) // before
        before = top[pivot]
    solution: list[Fraction] = []
    for row in reversed(table):
        at = len(row) - 2 - len(solution)
        known = sum((row[at + 1 + place] * value for place, value in enumerate(reversed(solution))), Fraction(0))
        solution.append((row[-1] - known) / row[at])
    return [value / common for value in reversed(solution)]
