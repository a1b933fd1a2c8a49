"""Judges' values put together to one: which of them count, and what happens when they lie too far apart."""

from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Judging
from services.scoring.standings.domain.values import Values


class Outcome(Struct, frozen=True):
    """counted: judges whose values are in it. spread: how far apart they lay, if that is beyond the tolerance."""

    value: Fraction
    counted: tuple[UUID, ...]
    spread: Fraction | None


def judged(judging: Judging, values: Values) -> Outcome:
    """One value out of the judges'; there must be enough for the rule (values.fewest).

    Rule: services/scoring/README.md#arithmetic
    """
    counted = kept(judging, values)
    spread = _too_wide(judging, values, counted)
    if spread is not None and judging.tolerance and judging.tolerance.then == "mean_of_all":
        return Outcome(mean(list(values.values())), tuple(sorted(values)), spread)
    return Outcome(aggregate(judging, [values[judge] for judge in counted]), tuple(sorted(counted)), spread)


def kept(judging: Judging, values: Values) -> list[UUID]:
    """The judges who are left, the lowest first; among equal values the id decides who is left out, not the order."""
    order = sorted(values, key=lambda judge: (values[judge], judge))
    lowest, highest = 0, 0
    if judging.aggregate in ("trimmed_mean", "trimmed_sum"):
        lowest, highest = judging.drop.lowest, judging.drop.highest
    elif judging.aggregate == "middle_mean" and judging.middle:
        half, odd = divmod(len(order) - judging.middle.marks, 2)
        is_lowest = judging.middle.odd == "lowest"
        lowest, highest = half + odd * is_lowest, half + odd * (not is_lowest)
    return order[lowest : len(order) - highest]


def aggregate(judging: Judging, ordered: list[Fraction]) -> Fraction:
    """ordered: the values that are left, the lowest first."""
    if judging.aggregate in ("sum", "trimmed_sum"):
        return sum(ordered, Fraction(0))
    if judging.aggregate == "median":
        return mean(ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1])
    if judging.aggregate == "clamped_mean" and judging.margin:
        middle, margin = mean(ordered), judging.margin.fraction
        return mean([min(max(value, middle - margin), middle + margin) for value in ordered])
    return mean(ordered)


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _too_wide(judging: Judging, values: Values, counted: list[UUID]) -> Fraction | None:
    if judging.tolerance is None:
        return None
    looked_at = [values[judge] for judge in (values if judging.tolerance.of == "given" else counted)]
    spread = max(looked_at) - min(looked_at)
    return spread if spread > judging.tolerance.spread.fraction else None
