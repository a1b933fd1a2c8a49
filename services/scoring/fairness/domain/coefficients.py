"""How well judges agree, in the coefficients that journals ask for. Rows are entries, columns judges, blanks allowed.

A figure that does not apply is None, with a code that says why. Sources: intraclass correlations Shrout and Fleiss,
Psychological Bulletin 86 (1979) 420-428; alpha Krippendorff, Content Analysis (2004) ch. 11; W Kendall, Rank
Correlation Methods (1948); kappa Fleiss, Psychological Bulletin 76 (1971) 378-382.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.scoring.fairness.domain.table import Floats, Integers, Table

KEYS = (
    "icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k", "alpha_nominal", "alpha_ordinal", "alpha_interval", "alpha_ratio",
    "kendall_w", "fleiss_kappa",
)  # fmt: skip
ROWS_AT_ONCE = 512
"""Ratios between all pairs of marks are taken in blocks, so memory stays small however many marks there are."""


class Agreement(Struct, frozen=True):
    """figures: every key of KEYS, None where it does not apply; reasons: why, as a code, for exactly those."""

    figures: dict[str, float | None]
    reasons: dict[str, str]


class NotApplicable(Exception):
    """A coefficient has no meaning for these marks; the argument is the code of the reason."""


def agreement(table: Table) -> Agreement:
    """All coefficients of one mark per entry and judge. table: with one criterion."""
    level = np.full((len(table.entries), len(table.judges)), -1, dtype=np.int64)
    level[table.entry, table.judge] = table.level
    value = np.where(level >= 0, np.array([*map(float, table.levels), np.nan])[level], np.nan)
    ways: dict[str, Callable[[], float]] = {
        **{f"icc{kind}{each}": _way(icc, value, kind, each) for kind in (1, 2, 3) for each in ("", "k")},
        "alpha_nominal": lambda: alpha(level, np.arange(len(table.levels)), _unequal),
        "alpha_ordinal": lambda: alpha(level, _middle_ranks(level, len(table.levels)), _squared),
        "alpha_interval": lambda: alpha(level, np.array([float(each) for each in table.levels]), _squared),
        "alpha_ratio": lambda: _ratio_alpha(level, np.array([float(each) for each in table.levels])),
        "kendall_w": lambda: kendall_w(value),
        "fleiss_kappa": lambda: fleiss_kappa(level, len(table.levels)),
    }
    figures: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    for key in KEYS:
        try:
            figures[key] = ways[key]()
        except NotApplicable as reason:
            figures[key], reasons[key] = None, str(reason)
    return Agreement(figures, reasons)


def icc(value: Floats, kind: int, each: str) -> float:
    """Intraclass correlation: kind 1 (judges differ by entry), 2 (judges a sample) or 3 (these judges); "k": of their mean."""
    _need_complete(value)
    n, k = value.shape
    grand = value.mean()
    between = k * ((value.mean(axis=1) - grand) ** 2).sum()
    judges = n * ((value.mean(axis=0) - grand) ** 2).sum()
    rest = ((value - grand) ** 2).sum() - between - judges
    bms, jms, ems, wms = between / (n - 1), judges / (k - 1), rest / ((n - 1) * (k - 1)), (judges + rest) / (n * (k - 1))
    noise = wms if kind == 1 else ems
    judging = (jms - ems) / n if kind == 2 else 0.0
    below = bms + judging if each else bms + (k - 1) * noise + k * judging
    if abs(below) <= 1e-12 * (between + judges + rest):
        raise NotApplicable("no_differences")
    if below < 0:
        raise NotApplicable("negative_variance")
    return float((bms - noise) / below)


def alpha(level: Integers, value: NDArray[np.float64] | Integers, distance: Callable[[Floats, Floats], Floats]) -> float:
    """Krippendorff's alpha: one minus observed over expected disagreement among marks that can be paired."""
    pairable = level[(level >= 0).sum(axis=1) >= 2]
    if not len(pairable):
        raise NotApplicable("no_pairs")
    counts = np.bincount(pairable[pairable >= 0], minlength=len(value)).astype(float)
    points = np.append(np.asarray(value, dtype=float), np.nan)[pairable]
    if np.count_nonzero(counts) < 2:
        raise NotApplicable("no_differences")
    weight = 1 / ((pairable >= 0).sum(axis=1) - 1)
    observed = 0.0
    for one in range(points.shape[1]):
        for other in range(one + 1, points.shape[1]):
            both = (pairable[:, one] >= 0) & (pairable[:, other] >= 0)
            observed += 2 * float((weight[both] * distance(points[both, one], points[both, other])).sum())
    expected = _expected(np.asarray(value, dtype=float), counts, distance) / float(counts.sum() - 1)
    return 1 - observed / expected


def kendall_w(value: Floats) -> float:
    """Kendall's coefficient of concordance with the correction for ties."""
    _need_complete(value)
    n, m = value.shape
    sums, ties = np.zeros(n), 0.0
    for column in value.T:
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        sums += (np.cumsum(count) - (count - 1) / 2)[place]
        ties += float((count**3 - count).sum())
    below = m * m * (n**3 - n) - m * ties
    if below <= 0:
        raise NotApplicable("no_differences")
    return float(12 * ((sums - sums.mean()) ** 2).sum() / below)


def fleiss_kappa(level: Integers, levels: int) -> float:
    """Fleiss' kappa over the marks as categories; judges may differ from entry to entry, their number may not."""
    given = (level >= 0).sum(axis=1)
    if len(given) < 2:
        raise NotApplicable("one_entry")
    if given.min() != given.max():
        raise NotApplicable("unequal_numbers")
    ratings = int(given[0])
    if ratings < 2:
        raise NotApplicable("no_pairs")
    rows = np.repeat(np.arange(len(level)), ratings)
    _, squares = np.unique(rows * levels + level[level >= 0], return_counts=True)
    agreeing = (float((squares.astype(float) ** 2).sum()) / len(level) - ratings) / (ratings * (ratings - 1))
    share = np.bincount(level[level >= 0], minlength=levels) / (len(level) * ratings)
    chance = float((share**2).sum())
    if chance >= 1:
        raise NotApplicable("no_differences")
    return float((agreeing - chance) / (1 - chance))


def _way(figure: Callable[..., float], *arguments: object) -> Callable[[], float]:
    return lambda: figure(*arguments)


def _need_complete(value: Floats) -> None:
    if np.isnan(value).any():
        raise NotApplicable("incomplete")
    if value.shape[0] < 2:
        raise NotApplicable("one_entry")
    if value.shape[1] < 2:
        raise NotApplicable("one_judge")


def _expected(value: Floats, counts: Floats, distance: Callable[[Floats, Floats], Floats]) -> float:
    """The sum of count × count × distance over all pairs of marks."""
    if distance is _unequal:
        return float(counts.sum() ** 2 - (counts**2).sum())
    if distance is _squared:
        centred = value - np.average(value, weights=counts)
        return float(2 * counts.sum() * (counts * centred**2).sum())
    blocks = (slice(at, at + ROWS_AT_ONCE) for at in range(0, len(value), ROWS_AT_ONCE))
    return sum(float(counts[rows] @ distance(value[rows, None], value[None, :]) @ counts) for rows in blocks)


def _middle_ranks(level: Integers, levels: int) -> Floats:
    """Marks as the mean rank of their equals: the ordinal distance is the squared difference of these."""
    pairable = level[(level >= 0).sum(axis=1) >= 2]
    counts = np.bincount(pairable[pairable >= 0], minlength=levels).astype(float)
    ranks: Floats = np.cumsum(counts) - counts / 2
    return ranks


def _ratio_alpha(level: Integers, value: Floats) -> float:
    if (value < 0).any():
        raise NotApplicable("below_zero")
    return alpha(level, value, _relative)


def _unequal(one: Floats, other: Floats) -> Floats:
    distance: Floats = (one != other).astype(np.float64)
    return distance


def _squared(one: Floats, other: Floats) -> Floats:
    distance: Floats = (one - other) ** 2
    return distance


def _relative(one: Floats, other: Floats) -> Floats:
    both = one + other
    return _squared(np.divide(one - other, both, out=np.zeros_like(both), where=both > 0), np.zeros_like(both))
