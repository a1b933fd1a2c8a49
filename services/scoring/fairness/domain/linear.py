"""Severity in points: mark = contestant − judge + criterion + error, from counts only.

Two ways to the same question. *Additive*: plain least squares, nothing assumed about judges. *Mixed*: contestants and
judges are drawn from two normal distributions whose variances are estimated by restricted maximum likelihood (REML), so
a judge who is thinly linked is corrected less. Contestants are eliminated; what is solved is as large as the panel.
Higher severity is stricter; severities add up to zero. Rule: services/scoring/README.md#fairness
"""

import math

import numpy as np
from msgspec import Struct
from scipy.linalg import LinAlgError, cho_solve, cholesky
from scipy.optimize import minimize

from services.scoring.fairness.domain.table import Floats, Integers, Table
from shared.errors import Refused

SINGULAR = 1e-9
"""A pivot this small against the largest means that two effects cannot be told apart."""
LARGEST_RATIO = 20.0
"""Variance ratios are sought between e^-20 and e^20: beyond, a variance is zero for every purpose here."""


class Counts(Struct, frozen=True, kw_only=True):
    """Everything the linear models need of the marks. Effects: judges (with sign −1), then criteria if there are several.

    given: contestants × judges, marks; per_entry: of each contestant. links: contestants × effects. between: effects ×
    effects. sums: marks (less their mean) by effect; by_entry: by contestant; squares: of all. size: marks.
    """

    given: Integers
    per_entry: Floats
    links: Floats
    between: Floats
    sums: Floats
    by_entry: Floats
    squares: float
    mean: float
    size: int
    judges: int
    criteria: int


class Effects(Struct, frozen=True, kw_only=True):
    """What a linear model says. severity, value: judges and contestants; criterion: () where there is one only.

    severity_error: NaN where no mark is left over to estimate it from. residual: variance of the errors; freedom: marks
    beyond what the model uses up. inverse: spread of the effects, but for `residual`.
    """

    severity: Floats
    severity_error: Floats
    value: Floats
    criterion: Floats
    residual: float
    freedom: int
    inverse: Floats


class Mixed(Struct, frozen=True, kw_only=True):
    """The mixed model. entries, judges: estimated variances. factor: Cholesky factor of the reduced equations; solution:
    their solution (level, criteria, scaled judges), from which `draws` takes its normal samples.
    """

    effects: Effects
    entries: float
    judges: float
    factor: Floats
    solution: Floats


def counts(entry: Integers, judge: Integers, criterion: Integers, marks: Floats, shape: tuple[int, int, int]) -> Counts:
    """One pass over the marks, of which no contestant, judge and criterion has two. shape: contestants, judges, criteria."""
    entries, judges, criteria = shape
    several = criteria if criteria > 1 else 0
    effects = judges + several
    cell = entry * judges + judge
    given = np.bincount(cell, minlength=entries * judges).reshape(entries, judges)
    sums = np.bincount(cell, weights=marks, minlength=entries * judges).reshape(entries, judges)
    links, between = np.empty((entries, effects)), np.zeros((effects, effects))
    own, by_effect = np.empty(effects), np.empty(effects)
    np.negative(given, out=links[:, :judges])
    every_entry, every_judge = np.ones(entries), np.ones(judges)  # products with them are the fast way to sum
    each, by_entry = -(links[:, :judges] @ every_judge), sums @ every_judge
    own[:judges], by_effect[:judges] = -(every_entry @ links[:, :judges]), -(every_entry @ sums)
    mean = float(by_entry.sum()) / len(marks)
    if several:
        if np.count_nonzero(given) * criteria == len(marks):  # who marks a contestant does so in every criterion
            links[:, judges:] = each[:, None] / criteria
            by_judge = np.repeat(own[:judges, None] / criteria, criteria, axis=1)
        else:
            links[:, judges:] = _crossed(entry, criterion, entries, criteria)
            by_judge = _crossed(judge, criterion, judges, criteria)
        between[:judges, judges:], between[judges:, :judges] = -by_judge, -by_judge.T
        own[judges:], by_effect[judges:] = by_judge.sum(axis=0), np.bincount(criterion, weights=marks, minlength=criteria)
    np.fill_diagonal(between, own)
    by_effect[:judges] += mean * own[:judges]
    by_effect[judges:] -= mean * own[judges:]
    return Counts(
        given=given, per_entry=each, links=links, between=between, sums=by_effect, by_entry=by_entry - mean * each,
        squares=max(float(marks @ marks) - len(marks) * mean**2, 0.0),
        mean=mean, size=len(marks), judges=judges, criteria=several,
    )  # fmt: skip


def counted(table: Table) -> Counts:
    shape = (len(table.entries), len(table.judges), len(table.criteria))
    return counts(table.entry, table.judge, table.criterion, table.marks, shape)


def additive(counts: Counts) -> Effects:
    """Least squares. Raises Refused: effects_confounded (judges and criteria cannot be told apart)."""
    each = counts.per_entry
    share = 1 / np.sqrt(each)
    links = counts.links * share[:, None]
    reduced = counts.between - links.T @ links
    nulls = _constant(counts)
    constant, scale = nulls @ nulls.T, np.trace(reduced) / len(reduced) or 1.0
    factor = _factor(reduced + scale * constant)
    inverse = cho_solve((factor, True), np.eye(len(reduced)), check_finite=False) - constant / scale
    effects = inverse @ (counts.sums - links.T @ (counts.by_entry * share))
    value = (counts.by_entry - counts.links @ effects) / each
    used = len(each) + len(reduced) - nulls.shape[1]
    freedom = counts.size - used
    left = max(counts.squares - float(value @ counts.by_entry) - float(effects @ counts.sums), 0.0)
    residual = left / freedom if freedom > 0 else math.nan
    return Effects(
        severity=effects[: counts.judges],
        severity_error=np.sqrt(residual * np.diag(inverse)[: counts.judges]),
        value=value + counts.mean,
        criterion=effects[counts.judges :],
        residual=residual,
        freedom=freedom,
        inverse=inverse,
    )


def value_errors(counts: Counts, effects: Effects) -> Floats:
    """Standard errors of the contestants' values by the additive model."""
    each = counts.per_entry
    shares = counts.links / each[:, None]
    errors: Floats = np.sqrt(effects.residual * (1 / each + ((shares @ effects.inverse) * shares).sum(axis=1)))
    return errors


def mixed(counts: Counts) -> Mixed:
    """REML by a deterministic search over the two variance ratios, then the best predictions at the optimum.

    Raises Refused: too_few_marks (nothing is left over to estimate a variance from).
    """
    design = _Design(counts)
    if counts.size <= design.fixed + 1 or len(counts.by_entry) < 2 or counts.judges < 2:
        raise Refused("too_few_marks")
    ratios = _search(design)
    return design.solved(ratios)


def residuals(entry: Integers, judge: Integers, marks: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats, int]:
    """How far each mark lies from what contestant and judge explain together, and by how many standard deviations.

    Each mark is judged by the model fitted without it (externally studentised), so that it cannot hide itself; NaN where
    that model cannot say anything about it. The last figure: degrees of freedom. One mark per contestant and judge.
    """
    entries, judges = shape
    found = counts(entry, judge, np.zeros_like(entry), marks, (entries, judges, 1))
    effects = additive(found)
    plain = marks - effects.value[entry] + effects.severity[judge]
    each = found.per_entry
    spread = np.eye(judges)[judge] - (found.given / each[:, None])[entry]
    left = 1 - 1 / each[entry] - np.einsum("ij,jk,ik->i", spread, effects.inverse, spread)
    left[left < SINGULAR] = np.nan
    freedom = effects.freedom - 1
    without = (effects.residual * effects.freedom - plain**2 / left) / freedom if freedom > 0 else np.full(len(left), np.nan)
    floor = 1e-12 * max(float(np.var(marks)), 1e-300)
    return plain / left, plain / np.sqrt(np.maximum(without, floor) * left), freedom


class _Design:
    """Henderson's equations with contestants eliminated. Columns: level, criteria as contrasts, judges."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        contrasts = np.eye(counts.criteria)[:, 1:] - np.eye(counts.criteria)[:, :1] if counts.criteria else np.zeros((0, 0))
        columns = np.zeros((len(counts.sums), contrasts.shape[1] + counts.judges))
        columns[counts.judges :, : contrasts.shape[1]] = contrasts
        columns[: counts.judges, contrasts.shape[1] :] = np.eye(counts.judges)
        self.each = counts.per_entry
        self.links = np.hstack([self.each[:, None], counts.links @ columns])
        level = counts.links.sum(axis=0) @ columns
        effects = columns.T @ counts.between @ columns
        self.between = np.block([[np.array([[self.each.sum()]]), level[None, :]], [level[:, None], effects]])
        self.sums = np.append(counts.by_entry.sum(), counts.sums @ columns)
        self.fixed = 1 + contrasts.shape[1]
        self.contrasts = contrasts

    def scale(self, judges: float) -> Floats:
        """What each column is multiplied with, so that the judges' variance is that of the errors. judges: its ratio."""
        return np.append(np.ones(self.fixed), np.full(self.counts.judges, math.sqrt(judges)))

    def scaled(self, ratios: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Factor of the reduced equations, their right side and solution, and the contestants' diagonal."""
        entries, judges = np.exp(ratios)
        scale = self.scale(judges)
        diagonal = entries * self.each + 1
        links = self.links * scale
        reduced = self.between * np.outer(scale, scale) - links.T @ (links * (entries / diagonal)[:, None])
        reduced[np.arange(self.fixed, len(scale)), np.arange(self.fixed, len(scale))] += 1
        right = self.sums * scale - links.T @ (entries * self.counts.by_entry / diagonal)
        factor: Floats = cholesky(reduced, lower=True, check_finite=False)
        return factor, right, cho_solve((factor, True), right), diagonal

    def criterion(self, ratios: Floats) -> float:
        """Minus twice the restricted log-likelihood, but for a constant."""
        try:
            factor, right, solution, diagonal = self.scaled(ratios)
        except LinAlgError:
            return math.inf
        left = self._left(ratios, right, solution, diagonal)
        logs = np.log(diagonal).sum() + 2 * np.log(np.diag(factor)).sum()
        return float((self.counts.size - self.fixed) * math.log(left) + logs)

    def solved(self, ratios: Floats) -> Mixed:
        factor, right, solution, diagonal = self.scaled(ratios)
        entries, judges = (0.0 if ratio <= -LARGEST_RATIO else math.exp(ratio) for ratio in ratios)
        freedom = self.counts.size - self.fixed
        residual = self._left(ratios, right, solution, diagonal) / freedom
        inverse = cho_solve((factor, True), np.eye(len(solution)))
        severity = solution[self.fixed :] * math.sqrt(judges)
        centring = np.eye(len(severity)) - 1 / len(severity)
        spread = residual * judges * centring @ inverse[self.fixed :, self.fixed :] @ centring
        links = self.links * self.scale(judges)
        value = solution[0] + entries * (self.counts.by_entry - links @ solution) / diagonal
        effects = Effects(
            severity=severity - severity.mean(),
            severity_error=np.sqrt(np.maximum(np.diag(spread), 0)),
            value=value + self.counts.mean,
            criterion=self.contrasts @ solution[1 : self.fixed],
            residual=residual,
            freedom=freedom,
            inverse=inverse,
        )
        return Mixed(
            effects=effects, entries=residual * entries, judges=residual * judges, factor=factor, solution=solution
        )

    def _left(self, ratios: Floats, right: Floats, solution: Floats, diagonal: Floats) -> float:
        entries = math.exp(ratios[0])
        left = self.counts.squares - float((entries * self.counts.by_entry**2 / diagonal).sum()) - float(right @ solution)
        return max(left, 1e-14 * self.counts.squares, 1e-300)


def draws(model: Mixed, counts: Counts, normals: Floats, more: Floats) -> Floats:
    """True values of the contestants as the fitted model thinks them possible: samples × contestants.

    normals: samples × (equations), more: samples × contestants, both standard normal. The equations' solution is varied
    first, then each contestant given it, so no contestants × contestants matrix is ever made.
    """
    design = _Design(counts)
    deviation = math.sqrt(model.effects.residual)
    solutions = model.solution[:, None] + deviation * np.linalg.solve(model.factor.T, normals.T)
    entries, judges = model.entries / model.effects.residual, model.judges / model.effects.residual
    diagonal = entries * design.each + 1
    links = design.links * design.scale(judges)
    means: Floats = solutions[0] + (entries / diagonal)[:, None] * (counts.by_entry[:, None] - links @ solutions)
    values: Floats = means.T + counts.mean + more * deviation * np.sqrt(entries / diagonal)
    return values


def _search(design: _Design) -> Floats:
    """The ratios (logarithms) with the largest restricted likelihood: a coarse grid, then Nelder and Mead twice."""
    grid = [np.array([one, other]) for one in np.arange(-6.0, 7.0, 3) for other in np.arange(-6.0, 7.0, 3)]
    best = min(grid, key=design.criterion)
    bounds = [(-LARGEST_RATIO, LARGEST_RATIO)] * 2
    for _ in range(2):
        simplex = best + np.where(best > 0, -1.0, 1.0) * np.array([[0, 0], [1, 0], [0, 1]])
        found = minimize(
            design.criterion, best, method="Nelder-Mead", bounds=bounds,
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 1000, "initial_simplex": simplex},
        )  # fmt: skip
        best = np.asarray(found.x)
    for at in (0, 1):
        none = best.copy()
        none[at] = -LARGEST_RATIO
        if design.criterion(none) <= design.criterion(best):
            best = none
    return best


def _crossed(one: Integers, other: Integers, ones: int, others: int) -> Floats:
    """How often each pair occurs."""
    return np.bincount(one * others + other, minlength=ones * others).reshape(ones, others).astype(np.float64)


def _constant(counts: Counts) -> Floats:
    """Unit vectors of what marks cannot tell: the level of all severities, and that of all criteria."""
    nulls = np.zeros((len(counts.sums), 2 if counts.criteria else 1))
    nulls[: counts.judges, 0] = 1 / math.sqrt(counts.judges)
    if counts.criteria:
        nulls[counts.judges :, 1] = 1 / math.sqrt(counts.criteria)
    return nulls


def _factor(matrix: Floats) -> Floats:
    """The lower Cholesky factor. Raises Refused: effects_confounded."""
    try:
        factor: Floats = cholesky(matrix, lower=True, check_finite=False)
    except LinAlgError as error:
        raise Refused("effects_confounded") from error
    pivots = np.diag(factor) ** 2
    if pivots.min() < SINGULAR * np.diag(matrix).max():
        raise Refused("effects_confounded")
    return factor
