"""The many-facet Rasch model with one rating scale: log P(k)/P(k−1) = contestant − judge − criterion − step k.

Joint maximum likelihood by Newton's method. Contestants are eliminated (a Schur complement), so what is solved is as
large as judges, criteria and steps together; a step gathers each parameter once and sums each figure once.
For ordered bands only, never for points in tenths. Source: Linacre, Many-Facet Rasch Measurement (1989).
Not here: who is linked to whom (table). Rule: services/scoring/README.md#fairness
"""

import math
from fractions import Fraction

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.scoring.fairness.domain.table import Floats, Integers, Table, check_linked
from shared.errors import Refused

TOLERANCE = 1e-10
MOST_STEPS = 100
MOST_BANDS = 32
SHORTEST = 1e-6
FARTHEST = 30.0
"""Logits: an estimate beyond has no finite value and will not get one."""


class Scale(Struct, frozen=True, kw_only=True):
    """What the model is fitted to. table: without the names in `left_out`; category: row -> 0, 1, …; bands: their marks.

    never: bands that no mark left lies in; they are closed up, because a step to them has no finite
    estimate. left_out: "entry", "judge", "criterion" -> names with all-lowest or all-highest marks.
    """

    table: Table
    category: Integers
    bands: tuple[Fraction, ...]
    never: tuple[Fraction, ...]
    left_out: dict[str, tuple[str, ...]]


class Rasch(Struct, frozen=True, kw_only=True):
    """Estimates in logits, judges, criteria and steps each centred on zero; fit: mean squares that should be near 1.

    infit weighs by information, outfit does not. ability: of scale.table's entries. newton_steps: until convergence.
    """

    scale: Scale
    severity: Floats
    severity_error: Floats
    criterion: Floats
    step: Floats
    ability: Floats
    infit: Floats
    outfit: Floats
    newton_steps: int


def scale(table: Table) -> Scale:
    """Find the bands and leave out who has no finite measure, until nobody is left to leave out.

    Raises Refused: not_bands (more than MOST_BANDS), no_differences (nothing left), panels_not_linked (those who are
    left share no contestants).
    """
    bands = _bands(table.levels) if table.levels else []
    kept = table
    while len(kept.levels) > 1:
        last = len(kept.levels) - 1
        ends = (kept.level == 0) | (kept.level == last)
        stays = np.ones(len(ends), dtype=bool)
        for place in (kept.entry, kept.judge, kept.criterion):
            stays &= ~_all(place, kept.level == 0)[place] & ~_all(place, kept.level == last)[place]
        if stays.all():
            break
        kept = kept.only(stays)
    if len(kept.levels) < 2:
        raise Refused("no_differences")
    left_out = {
        "entry": _without(table.entries, kept.entries),
        "judge": _without(table.judges, kept.judges),
        "criterion": _without(table.criteria, kept.criteria),
    }
    check_linked(kept)
    never = tuple(band for band in bands if band not in kept.levels)
    return Scale(table=kept, category=kept.level, bands=kept.levels, never=never, left_out=left_out)


def rasch(table: Table) -> Rasch:
    """Fit the model. Raises Refused: as `scale`, and rasch_no_estimate (no finite maximum, or none was reached)."""
    found = scale(table)
    model = _Model(found)
    with np.errstate(all="ignore"):
        steps = model.climb()
    errors, (infit, outfit) = model.errors(), model.fit()
    judges, criteria = model.judges, model.criteria
    return Rasch(
        scale=found,
        severity=model.effects[:judges],
        severity_error=errors[:judges],
        criterion=model.effects[judges : judges + criteria],
        step=model.effects[judges + criteria :],
        ability=model.ability,
        infit=infit,
        outfit=outfit,
        newton_steps=steps,
    )


class _Model:
    """The state of Newton's iteration. effects: judges, criteria, steps, in this order.

    Marks are sorted by contestant and judge: sums over such a pair need no index, and all other sums over contestants and
    judges are sums over the few pairs.
    """

    def __init__(self, scale: Scale) -> None:
        table = scale.table
        self.category, self.entry, self.judge, self.criterion = _sorted(
            table.entry * len(table.judges) + table.judge, scale.category, table.entry, table.judge, table.criterion
        )
        self.entries, self.judges, self.criteria = len(table.entries), len(table.judges), len(table.criteria)
        self.top = len(scale.bands) - 1
        self.scores = np.arange(self.top + 1.0)
        self.nulls = _nulls((self.judges, self.criteria, self.top))
        pair = self.entry * self.judges + self.judge
        self.pairs = np.flatnonzero(np.diff(pair, prepend=-1))
        self.pair_entry, self.pair_judge = self.entry[self.pairs], self.judge[self.pairs]
        self.topic, self.facet = self.entry * self.criteria + self.criterion, self.judge * self.criteria + self.criterion
        size = len(self.category)
        self.rows, self.beyond, self.spare = np.empty((self.top + 2, size)), np.empty((self.top, size)), np.empty(size)
        self.chance, self.trial = np.empty((self.top + 1, size)), np.empty((self.top + 1, size))
        numbers = np.bincount(self.category, minlength=self.top + 1).astype(float)
        reached = numbers[::-1].cumsum()[::-1][1:]
        by_entry, by_judge, by_criterion = self.folded(self.category[None, :].astype(float))
        self.observed = by_entry[0], np.concatenate([by_judge[0], by_criterion[0], reached])
        share = by_entry[0] / (np.bincount(self.entry) * self.top)
        self.ability = np.log(share / (1 - share))
        step = np.log(numbers[:-1] / numbers[1:])
        self.effects = np.concatenate([np.zeros(self.judges + self.criteria), step - step.mean()])
        self.reduced = np.zeros((len(self.effects), len(self.effects)))
        self.probabilities(self.ability, self.effects, self.chance)

    def probabilities(self, ability: Floats, effects: Floats, logits: Floats) -> None:
        """Fill categories × marks."""
        severity, criterion = effects[: self.judges], effects[self.judges : self.judges + self.criteria]
        at = ability[self.entry] - (severity[:, None] + criterion).ravel()[self.facet]
        np.multiply(self.scores[:, None], at, out=logits)
        logits -= np.append(0, np.cumsum(effects[self.judges + self.criteria :]))[:, None]
        logits -= logits.max(axis=0)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=0)

    def climb(self) -> int:
        """Newton's steps until none is longer than TOLERANCE; a step that leads down is halved."""
        height = self.height(self.chance)
        for taken in range(1, MOST_STEPS + 1):
            entries, effects = self.newton()
            if max(np.abs(entries).max(), np.abs(effects).max()) < TOLERANCE:
                self.ability, self.effects = self.ability + entries, self.effects + effects
                return taken
            size = 1.0
            while size > SHORTEST:
                self.probabilities(self.ability + size * entries, self.effects + size * effects, self.trial)
                if (reached := self.height(self.trial)) >= height - 1e-9 * abs(height):
                    break
                size /= 2
            self.ability, self.effects = self.ability + size * entries, self.effects + size * effects
            self.chance, self.trial, height = self.trial, self.chance, reached
            if not max(np.abs(self.ability).max(), np.abs(self.effects).max()) < FARTHEST or size <= SHORTEST:
                break
        raise Refused("rasch_no_estimate")

    def height(self, chance: Floats) -> float:
        """The log-likelihood."""
        return float(np.log(chance[self.category, np.arange(len(self.category))]).sum())

    def newton(self) -> tuple[Floats, Floats]:
        """The step for contestants and for the other effects."""
        by_entry, by_effect, own, crossed, self.reduced = self.curvature()
        gradient = self.observed[0] - by_entry
        downhill = by_effect - self.observed[1] - crossed.T @ (gradient / own)
        effects = np.linalg.solve(self.reduced + np.trace(self.reduced) * self.nulls @ self.nulls.T, downhill)
        effects -= self.nulls @ (self.nulls.T @ effects)
        return (gradient - crossed @ effects) / own, effects

    def curvature(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Expected sums by contestant and by effect, and the information: own, crossed, and with contestants eliminated."""
        rows, beyond = self.moments()
        by_entry, by_judge, by_criterion = self.folded(rows)
        reached, highest = beyond.sum(axis=1), np.maximum.outer(np.arange(self.top), np.arange(self.top))
        crossed = np.zeros((self.entries, len(self.effects)))
        crossed[self.pair_entry, self.pair_judge] = -np.add.reduceat(rows[1], self.pairs)
        topics = _sums(self.topic, rows[1], self.entries * self.criteria) if self.criteria > 1 else by_entry[1]
        crossed[:, self.judges : self.judges + self.criteria] = -topics.reshape(self.entries, self.criteria)
        crossed[:, self.judges + self.criteria :] = -by_entry[2:].T
        both = _sums(self.facet, rows[1], self.judges * self.criteria).reshape(self.judges, self.criteria)
        steps = np.hstack([by_judge[2:], by_criterion[2:]])
        facets = np.block([[np.diag(by_judge[1]), both], [both.T, np.diag(by_criterion[1])]])
        between = np.block([[facets, steps.T], [steps, reached[highest] - beyond @ beyond.T]])
        by_effect = np.concatenate([by_judge[0], by_criterion[0], reached])
        own = by_entry[1]
        return by_entry[0], by_effect, own, crossed, between - crossed.T @ (crossed / own[:, None])

    def moments(self) -> tuple[Floats, Floats]:
        """Rows of figures by mark: expected category, its variance, its covariance with reaching each step; and the chance
        of reaching each step. The arrays are used again by the next call: new ones would cost more than what is in them.
        """
        rows, beyond = self.rows, self.beyond
        np.dot(self.scores, self.chance, out=rows[0])
        np.dot(self.scores**2, self.chance, out=rows[1])
        rows[1] -= rows[0] * rows[0]
        for step in range(self.top, 0, -1):
            beyond[step - 1], rows[step + 1] = self.chance[step], self.chance[step]
            rows[step + 1] *= step
            if step < self.top:
                beyond[step - 1] += beyond[step]
                rows[step + 1] += rows[step + 2]
        for reached, row in zip(beyond, rows[2:], strict=True):
            row -= np.multiply(rows[0], reached, out=self.spare)
        return rows, beyond

    def folded(self, rows: Floats) -> tuple[Floats, Floats, Floats]:
        """Each row of figures summed by contestant, by judge, by criterion."""
        pairs = np.add.reduceat(rows, self.pairs, axis=1)
        by_entry = np.add.reduceat(pairs, np.flatnonzero(np.diff(self.pair_entry, prepend=-1)), axis=1)
        by_judge = np.array([_sums(self.pair_judge, row, self.judges) for row in pairs])
        if self.criteria == 1:
            return by_entry, by_judge, rows.sum(axis=1, keepdims=True)
        return by_entry, by_judge, np.array([_sums(self.criterion, row, self.criteria) for row in rows])

    def fit(self) -> tuple[Floats, Floats]:
        """Infit and outfit of each judge."""
        (expected, variance, *_), _ = self.moments()
        squares = (self.category - expected) ** 2
        outfit = _sums(self.judge, squares / variance, self.judges) / np.bincount(self.judge)
        return _sums(self.judge, squares, self.judges) / _sums(self.judge, variance, self.judges), outfit

    def errors(self) -> Floats:
        """Standard errors of the effects, from the information of the last step with contestants eliminated."""
        nulls, size = self.nulls @ self.nulls.T, np.trace(self.reduced)
        inverse = np.linalg.inv(self.reduced + size * nulls) - nulls / size
        errors: Floats = np.sqrt(np.maximum(np.diag(inverse), 0))
        return errors


def _sorted(key: Integers, *columns: Integers) -> list[Integers]:
    if (key[1:] >= key[:-1]).all():
        return list(columns)
    order = np.argsort(key, kind="stable")
    return [column[order] for column in columns]


def _sums(place: Integers, values: Floats, size: int) -> Floats:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)


def _nulls(sizes: tuple[int, ...]) -> Floats:
    """Unit vectors of what the model cannot tell: the level of judges, of criteria, and of steps."""
    found = np.zeros((sum(sizes), len(sizes)))
    at = 0
    for column, size in enumerate(sizes):
        found[at : at + size, column] = 1 / math.sqrt(size)
        at += size
    return found


def _all(place: Integers, at_end: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each name, whether all its marks are at that end."""
    marks: NDArray[np.bool_] = np.bincount(place, weights=~at_end) == 0
    return marks


def _without(names: tuple[str, ...], kept: tuple[str, ...]) -> tuple[str, ...]:
    stay = set(kept)
    return tuple(name for name in names if name not in stay)


def _bands(levels: tuple[Fraction, ...]) -> list[Fraction]:
    """The whole scale from the lowest to the highest mark, in whole numbers or, where marks are finer, in their distance.

    Raises Refused: not_bands.
    """
    below = math.lcm(*(level.denominator for level in levels))
    distances = [int((later - earlier) * below) for earlier, later in zip(levels, levels[1:], strict=False)]
    unit = Fraction(1) if below == 1 else Fraction(math.gcd(*distances), below)
    number = int((levels[-1] - levels[0]) / unit) + 1
    if number > MOST_BANDS:
        raise Refused("not_bands", bands=number, most=MOST_BANDS)
    return [levels[0] + unit * at for at in range(number)]
