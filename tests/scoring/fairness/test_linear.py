"""The linear models against slow ones that build every matrix whole."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from services.scoring.fairness.domain import linear
from services.scoring.fairness.domain.table import Rating, Table, table
from shared.errors import Refused

Floats = NDArray[np.float64]

PAPERS = """1 A 70 1 B 74 2 A 81 2 C 80 3 B 66 3 C 61 4 A 90 4 D 93 5 B 77 5 D 79 6 C 58 6 D 64 7 A 73 7 C 70
8 B 85 8 D 84 9 A 62 9 B 65 9 C 60 9 D 67""".split()  # fmt: skip


def papers() -> Table:
    """Nine papers, four readers, two or four readers each (invented)."""
    return table([Rating(e, j, "", Fraction(m)) for e, j, m in zip(PAPERS[::3], PAPERS[1::3], PAPERS[2::3], strict=True)])


def lectures(without: tuple[int, int, int] | None = (1, 0, 2)) -> Table:
    """Eight lectures, five judges, three criteria, cells missing in a fixed pattern, one criterion of a cell too (invented)."""
    return table([
        Rating(str(e), f"J{j}", c, Fraction(60 + (e * 37 + j * 11 + k * 23 + e * j * k * 5) % 31) - 2 * j + 3 * k)
        for e in range(8) for j in range(5) if (e + 2 * j) % 4 for k, c in enumerate("xyz") if (e, j, k) != without
    ])  # fmt: skip


def whole_design(found: Table) -> tuple[Floats, Floats, Floats]:
    """Columns of contestants, judges (−1) and criteria (centred contrasts), one row per mark."""
    criteria = np.eye(len(found.criteria)) - 1 / len(found.criteria)
    return np.eye(len(found.entries))[found.entry], -np.eye(len(found.judges))[found.judge], criteria[found.criterion]


@pytest.mark.parametrize("found", [papers(), lectures(), lectures(without=None)])
def test_additive_is_plain_least_squares_with_severities_that_add_up_to_zero(found: Table) -> None:
    v, s, d = whole_design(found)
    centring = np.eye(len(found.judges)) - 1 / len(found.judges)
    design = np.hstack([v, s @ centring, d])
    solution, _, rank, _ = np.linalg.lstsq(design, found.marks, rcond=None)
    left = found.marks - design @ solution
    residual = left @ left / (len(left) - rank)
    spread = np.linalg.pinv(design.T @ design) * residual
    entries, judges = len(found.entries), len(found.judges)
    effects = linear.additive(linear.counted(found))
    assert effects.severity == pytest.approx(centring @ solution[entries : entries + judges], abs=1e-9)
    assert effects.severity_error == pytest.approx(np.sqrt(np.diag(spread))[entries : entries + judges], rel=1e-9)
    assert effects.value == pytest.approx(solution[:entries], rel=1e-9)
    assert linear.value_errors(linear.counted(found), effects) == pytest.approx(np.sqrt(np.diag(spread))[:entries], rel=1e-9)
    assert effects.residual == pytest.approx(residual)
    assert effects.freedom == len(left) - rank
    assert abs(effects.severity.sum()) < 1e-9


def slow_reml(found: Table) -> tuple[Floats, Floats, Floats]:
    """Variances (entries, judges, residual), severities and values from the marks' whole covariance matrix."""
    v, s, d = whole_design(found)
    fixed = np.hstack([np.ones((len(found.marks), 1)), d[:, : len(found.criteria) - 1]])

    def parts(logs: Floats) -> tuple[Floats, Floats, Floats]:
        entries, judges, residual = np.exp(logs)
        spread = entries * v @ v.T + judges * s @ s.T + residual * np.eye(len(found.marks))
        inverse = np.linalg.inv(spread)
        level = np.linalg.solve(fixed.T @ inverse @ fixed, fixed.T @ inverse @ found.marks)
        return spread, inverse, level

    def criterion(logs: Floats) -> float:
        spread, inverse, level = parts(logs)
        left = found.marks - fixed @ level
        return float(np.linalg.slogdet(spread)[1] + np.linalg.slogdet(fixed.T @ inverse @ fixed)[1] + left @ inverse @ left)

    best = np.log([50.0, 5.0, 10.0])
    for _ in range(3):
        best = minimize(criterion, best, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-11, "maxiter": 2000}).x
    _, inverse, level = parts(best)
    left = inverse @ (found.marks - fixed @ level)
    severity = np.exp(best[1]) * s.T @ left
    return np.exp(best), severity, level[0] + np.exp(best[0]) * v.T @ left


@pytest.mark.parametrize("found", [papers(), lectures()])
def test_mixed_is_reml_as_a_slow_search_over_the_whole_covariance_finds_it(found: Table) -> None:
    variances, severity, value = slow_reml(found)
    model = linear.mixed(linear.counted(found))
    assert [model.entries, model.judges, model.effects.residual] == pytest.approx(variances, rel=2e-4, abs=1e-3)
    assert model.effects.severity == pytest.approx(severity, abs=2e-3)
    assert model.effects.value == pytest.approx(value, abs=2e-3)
    assert abs(model.effects.severity.sum()) < 1e-9


def test_reml_of_a_balanced_table_is_the_analysis_of_variance() -> None:
    """Source: Searle, Casella and McCulloch, Variance Components (1992), ch. 4: two-way crossed, no interaction."""
    marks = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
    n, k = marks.shape
    between = k * ((marks.mean(axis=1) - marks.mean()) ** 2).sum() / (n - 1)
    judges = n * ((marks.mean(axis=0) - marks.mean()) ** 2).sum() / (k - 1)
    rest = (((marks - marks.mean()) ** 2).sum() - between * (n - 1) - judges * (k - 1)) / ((n - 1) * (k - 1))
    found = table([Rating(str(e), str(j), "", Fraction(int(marks[e, j]))) for e in range(n) for j in range(k)])
    model = linear.mixed(linear.counted(found))
    assert model.entries == pytest.approx((between - rest) / k, rel=1e-6)
    assert model.judges == pytest.approx((judges - rest) / n, rel=1e-6)
    assert model.effects.residual == pytest.approx(rest, rel=1e-6)
    shrunk = (judges - rest) / judges
    assert model.effects.severity == pytest.approx(shrunk * (marks.mean() - marks.mean(axis=0)), rel=1e-6)


def test_a_variance_that_is_not_there_is_zero() -> None:
    marks = {("1", "A"): 5, ("1", "B"): 7, ("2", "A"): 7, ("2", "B"): 5, ("3", "A"): 6, ("3", "B"): 6}
    model = linear.mixed(linear.counted(table([Rating(e, j, "", Fraction(m)) for (e, j), m in marks.items()])))
    assert (model.entries, model.judges) == (0.0, 0.0)
    assert model.effects.value == pytest.approx([6, 6, 6])


def test_a_judge_who_always_gives_three_more_is_three_more_lenient() -> None:
    marks = [Rating(str(e), j, "", Fraction(10 * e + more)) for e, pair in enumerate(["AB", "BC", "AC", "AB"]) for j, more in zip("ABC", (0, 3, 0), strict=True) if j in pair]  # fmt: skip
    effects = linear.additive(linear.counted(table(marks)))
    assert effects.severity == pytest.approx([1, -2, 1])
    assert effects.value == pytest.approx([1, 11, 21, 31])
    assert effects.residual == pytest.approx(0, abs=1e-9)


def test_without_marks_to_spare_there_is_no_standard_error() -> None:
    effects = linear.additive(linear.counted(table([Rating("1", "A", "", Fraction(5)), Rating("1", "B", "", Fraction(7))])))
    assert effects.severity == pytest.approx([1, -1])
    assert all(math.isnan(each) for each in effects.severity_error)
    with pytest.raises(Refused, match="too_few_marks"):
        linear.mixed(linear.counted(table([Rating("1", "A", "", Fraction(5)), Rating("1", "B", "", Fraction(7))])))


def test_judges_who_each_mark_another_criterion_cannot_be_told_from_it() -> None:
    marks = [Rating(str(e), j, c, Fraction(e + k)) for e in range(4) for k, (j, c) in enumerate([("A", "x"), ("B", "y")])]
    with pytest.raises(Refused, match="effects_confounded"):
        linear.additive(linear.counted(table(marks)))


@pytest.mark.parametrize("criteria", ["", "xyz"])
def test_nothing_depends_on_the_order_of_the_marks(criteria: str) -> None:
    found = lectures() if criteria else papers()
    backwards = found.only(np.ones(len(found.entry), dtype=bool))
    order = np.arange(len(found.entry))[::-1]
    shape = (len(found.entries), len(found.judges), len(found.criteria))
    other = linear.counts(backwards.entry[order], backwards.judge[order], backwards.criterion[order], backwards.marks[order], shape)
    assert linear.mixed(linear.counted(found)).effects.value == pytest.approx(linear.mixed(other).effects.value, rel=1e-6)


def test_a_residual_is_told_by_the_model_without_its_own_mark() -> None:
    found = papers()
    shape = (len(found.entries), len(found.judges))
    gone, ratio, freedom = linear.residuals(found.entry, found.judge, found.marks, shape)
    assert freedom == len(found.marks) - 12 - 1
    for at in range(len(found.marks)):
        rest = np.arange(len(found.marks)) != at
        without = linear.additive(linear.counted(found.only(rest)))
        expected = without.value[found.entry[at]] - without.severity[found.judge[at]]
        assert gone[at] == pytest.approx(found.marks[at] - expected)
        v, s, _ = whole_design(found)
        design = np.hstack([v, s])
        hat = (design @ np.linalg.pinv(design))[at, at]
        assert ratio[at] == pytest.approx(gone[at] * math.sqrt(1 - hat) / math.sqrt(without.residual))


def test_samples_have_the_models_means_and_errors() -> None:
    found = linear.counted(papers())
    model = linear.mixed(found)
    state = np.random.RandomState(5)
    size = 40_000
    values = linear.draws(model, found, state.standard_normal((size, len(model.solution))), state.standard_normal((size, 9)))
    inverse, each = model.effects.inverse, found.per_entry
    ratio = model.entries / model.effects.residual
    level = np.zeros(len(model.solution))
    level[0] = 1
    carried = level - (ratio / (ratio * each + 1))[:, None] * np.hstack([each[:, None], found.links * math.sqrt(model.judges / model.effects.residual)])
    errors = np.sqrt(model.effects.residual * (ratio / (ratio * each + 1) + np.einsum("ij,jk,ik->i", carried, inverse, carried)))
    assert values.mean(axis=0) == pytest.approx(model.effects.value, abs=5 * errors.max() / math.sqrt(size))
    assert values.std(axis=0) == pytest.approx(errors, rel=0.03)
