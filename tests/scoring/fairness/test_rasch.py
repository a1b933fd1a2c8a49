"""The many-facet Rasch model against a slow search that writes the likelihood down mark by mark."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from services.scoring.fairness.domain import rasch
from services.scoring.fairness.domain.table import Rating, table
from shared.errors import Refused

LESSONS = """1 A 210  1 B 221  2 A 320  2 C 221  3 B 110  3 C 100  4 A 231  4 B 332  4 C 121  5 C 312  5 D 223
6 A 101  6 D 212  7 B 232  7 D 321  8 C 011  8 D 122  9 A 333  9 B 333  10 B 213  10 D 302  11 A 000  11 C 000""".split()  # fmt: skip
"""Eleven lessons, four judges, three criteria in bands 0-3 (invented); 9 has all the highest, 11 all the lowest marks."""

SEVERITY = {"A": 0.6615726, "B": -1.0649523, "C": 1.0117268, "D": -0.6083471}
"""Found by `slow` below, not by the code under test."""


def ratings(rows: list[str]) -> list[Rating]:
    cells = zip(rows[::3], rows[1::3], rows[2::3], strict=True)
    return [Rating(e, j, c, Fraction(int(m))) for e, j, marks in cells for c, m in zip("xyz", marks, strict=True)]


def slow(rows: list[Rating], top: int) -> NDArray[np.float64]:
    """Severities by a quasi-Newton search of the joint likelihood, one mark after the other."""
    entries, judges, criteria = (sorted({getattr(row, name) for row in rows}) for name in ("entry", "judge", "criterion"))
    cuts = np.cumsum([len(entries), len(judges), len(criteria)])

    def against(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        ability, severity, hardness, step = np.split(x, cuts)
        slope = [np.zeros(len(each)) for each in (ability, severity, hardness, step)]
        height = 0.0
        for row in rows:
            n, j, c, k = entries.index(row.entry), judges.index(row.judge), criteria.index(row.criterion), int(row.mark)
            weight = [math.exp(h * (ability[n] - severity[j] - hardness[c]) - sum(step[:h])) for h in range(top + 1)]
            chance = [each / sum(weight) for each in weight]
            height += math.log(chance[k])
            more = k - sum(h * p for h, p in enumerate(chance))
            slope[0][n] += more
            slope[1][j] -= more
            slope[2][c] -= more
            for h in range(top):
                slope[3][h] -= (k > h) - sum(chance[h + 1 :])
        return -height, -np.concatenate(slope)

    found = minimize(against, np.zeros(int(cuts[-1]) + top), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    severity = np.split(found.x, cuts)[1]
    return np.asarray(severity - severity.mean())


def test_severities_are_those_of_the_slow_search_and_the_typed_ones() -> None:
    rows = ratings(LESSONS)
    found = rasch.rasch(table(rows))
    kept = [row for row in rows if row.entry not in ("9", "11")]
    assert found.severity == pytest.approx(slow(kept, 3), abs=1e-6)
    assert dict(zip(found.scale.table.judges, found.severity, strict=True)) == pytest.approx(SEVERITY, abs=1e-6)
    assert found.scale.left_out == {"entry": ("9", "11"), "judge": (), "criterion": ()}
    assert found.newton_steps < 12


def test_at_the_estimate_each_judges_expected_marks_add_up_to_those_given() -> None:
    found = rasch.rasch(table(ratings(LESSONS)))
    kept = found.scale.table
    at = found.ability[kept.entry] - found.severity[kept.judge] - found.criterion[kept.criterion]
    logits = np.multiply.outer(at, np.arange(4)) - np.append(0, np.cumsum(found.step))
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected, variance = chance @ np.arange(4), chance @ np.arange(4) ** 2 - (chance @ np.arange(4)) ** 2
    squares = (found.scale.category - expected) ** 2
    for judge in range(len(kept.judges)):
        mine = kept.judge == judge
        assert expected[mine].sum() == pytest.approx(found.scale.category[mine].sum(), abs=1e-8)
        assert found.infit[judge] == pytest.approx(squares[mine].sum() / variance[mine].sum())
        assert found.outfit[judge] == pytest.approx((squares[mine] / variance[mine]).mean())
    assert max(abs(each.sum()) for each in (found.severity, found.criterion, found.step)) < 1e-9


def test_standard_errors_are_those_of_the_whole_information() -> None:
    """The curvature of the likelihood, found by differences, inverted under the same constraints."""
    found = rasch.rasch(table(ratings(LESSONS)))
    kept, entries = found.scale.table, len(found.scale.table.entries)
    start = np.concatenate([found.ability, found.severity, found.criterion, found.step])
    cuts = np.cumsum([entries, len(kept.judges), len(kept.criteria)])

    def height(x: NDArray[np.float64]) -> float:
        ability, severity, hardness, step = np.split(x, cuts)
        at = ability[kept.entry] - severity[kept.judge] - hardness[kept.criterion]
        logits = np.multiply.outer(at, np.arange(4)) - np.append(0, np.cumsum(step))
        return float((logits[np.arange(len(at)), found.scale.category] - np.log(np.exp(logits).sum(axis=1))).sum())

    size, width = len(start), 1e-3
    eye = np.eye(size) * width
    curvature = np.array([
        [-(height(start + a + b) - height(start + a - b) - height(start - a + b) + height(start - a - b)) / (4 * width**2) for b in eye]
        for a in eye
    ])  # fmt: skip
    constraints = np.zeros((size, 3))
    for column, (first, last) in enumerate(zip(cuts, [*cuts[1:], size], strict=True)):
        constraints[first:last, column] = 1
    bordered = np.block([[curvature, constraints], [constraints.T, np.zeros((3, 3))]])
    errors = np.sqrt(np.diag(np.linalg.inv(bordered))[cuts[0] : cuts[1]])
    assert found.severity_error == pytest.approx(errors, rel=1e-4)


def test_a_band_nobody_gave_is_closed_up_and_named() -> None:
    """Bands 0 1 2 3 with every 2 and 3 moved one up: 2 is never given, and the estimates stay."""
    moved = [Rating(r.entry, r.judge, r.criterion, r.mark + (r.mark > 1)) for r in ratings(LESSONS)]
    one, other = rasch.rasch(table(ratings(LESSONS))), rasch.rasch(table(moved))
    assert other.scale.never == (Fraction(2),)
    assert other.scale.bands == (0, 1, 3, 4)
    assert other.severity == pytest.approx(one.severity)


def test_leaving_out_goes_on_until_nobody_is_at_an_end() -> None:
    """Without lesson 3 nobody has given the highest band, so lesson 2 with the next one is at the end too; judge D then."""
    rows = [Rating(e, j, "", Fraction(m)) for e, j, m in [
        ("1", "A", 0), ("1", "B", 1), ("4", "A", 1), ("4", "B", 0), ("5", "A", 1), ("5", "B", 0), ("6", "A", 0), ("6", "B", 1),
        ("2", "A", 1), ("2", "B", 1), ("3", "A", 2), ("3", "B", 2), ("4", "D", 0), ("5", "D", 0),
    ]]  # fmt: skip
    found = rasch.scale(table(rows))
    assert found.left_out == {"entry": ("2", "3"), "judge": ("D",), "criterion": ()}
    assert (found.bands, found.never) == ((0, 1), (2,))


def test_points_in_tenths_are_no_bands() -> None:
    rows = [Rating(str(e), j, "", Fraction(e * 7 + k, 10)) for e in range(20) for k, j in enumerate("AB")]
    with pytest.raises(Refused, match="not_bands"):
        rasch.rasch(table(rows))


def test_half_bands_are_bands() -> None:
    halves = [Rating(r.entry, r.judge, r.criterion, r.mark / 2) for r in ratings(LESSONS)]
    found = rasch.rasch(table(halves))
    assert found.scale.bands == (0, Fraction(1, 2), 1, Fraction(3, 2))
    assert found.severity == pytest.approx(rasch.rasch(table(ratings(LESSONS))).severity)


def test_panels_that_share_nobody_are_refused_by_name() -> None:
    apart = [Rating(r.entry + "'", r.judge + "'", r.criterion, r.mark) for r in ratings(LESSONS)]
    with pytest.raises(Refused) as refused:
        rasch.rasch(table([*ratings(LESSONS), *apart]))
    assert refused.value.code == "panels_not_linked"
    assert refused.value.values["groups"] == "\n".join(
        ["  A, B, C, D: 1, 2, 3, 4, 5, 6, 7, 8, 10", "  A', B', C', D': 1', 2', 3', 4', 5', 6', 7', 8', 10'"]
    )


def test_judges_whose_marks_never_meet_have_no_finite_severity() -> None:
    """A always gives one more than B could: the likelihood grows without end."""
    rows = [Rating(str(e), j, "", Fraction(m)) for e, (a, b) in enumerate([(1, 0), (2, 1), (1, 0), (2, 1)]) for j, m in (("A", a), ("B", b))]
    with pytest.raises(Refused, match="rasch_no_estimate"):
        rasch.rasch(table(rows))


def test_marks_without_any_difference_are_refused() -> None:
    with pytest.raises(Refused, match="no_differences"):
        rasch.rasch(table([Rating(e, j, "", Fraction(2)) for e in "12" for j in "AB"]))
