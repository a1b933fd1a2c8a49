"""What the advisory page says about one section of a division: strictness of judges, and how sure an order is.

Where every judge marks everybody, strictness cancels and nothing is corrected. Where panels differ, two corrections
stand beside the official result. None of it changes a result. Rule: services/scoring/README.md#fairness
"""

import math
from bisect import bisect_left
from typing import Literal
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import stdtrit

from services.scoring.fairness.domain import linear, rasch
from services.scoring.fairness.domain.sections import Section, awaited, bands, is_shared_by_all, values
from services.scoring.fairness.domain.table import Floats, Rating, Table, groups, is_complete, table
from services.scoring.standings.domain import Basis
from shared.errors import Refused

State = Literal["no_marks", "places", "not_linked", "complete", "differ"]
SEED = 20260516
"""Published with every table that rests on it; the stream of numpy's RandomState for a seed never changes."""
DRAWS = 10_000
MOST_NUMBERS = 4_000_000
"""Samples × entries: beyond, fewer samples are drawn, so that memory stays bounded."""
TWO_SIDED = 0.975
"""Every interval here is one of 95 %."""


class JudgeAdvice(Struct, frozen=True, kw_only=True):
    """severity: by the additive model, points; *_error: standard errors, None where marks do not suffice for one."""

    judge_id: UUID
    marked: int
    severity: float
    error: float | None
    mixed: float | None = None
    mixed_error: float | None = None


class Sure(Struct, frozen=True, kw_only=True):
    """What the mixed model says of an entry: its value and rank, the ranks between which 95 % of the samples lie, and the
    chances of rank 1 and of rank ≤ k.
    """

    value: float
    rank: int
    lowest: int
    highest: int
    first: float
    among: float


class EntryAdvice(Struct, frozen=True, kw_only=True):
    """raw: plain mean of the judges' values; additive: corrected. near: cannot be told from the entry before it."""

    entry_id: UUID
    raw: float
    additive: float
    error: float | None
    additive_rank: int
    near: bool
    sure: Sure | None


class JudgeFit(Struct, frozen=True, kw_only=True):
    """A judge in the Rasch diagnostic, logits; infit and outfit should be near 1."""

    judge_id: UUID
    severity: float
    error: float
    infit: float
    outfit: float


class Diagnosis(Struct, frozen=True, kw_only=True):
    """The Rasch diagnostic of banded marks. refused: the code of the reason why there is none."""

    judges: tuple[JudgeFit, ...] = ()
    left_out_entries: tuple[UUID, ...] = ()
    left_out_judges: tuple[UUID, ...] = ()
    never: tuple[int, ...] = ()
    refused: str = ""


class Advice(Struct, frozen=True, kw_only=True):
    """state: what can be said. entries: the best first by the additive value; only under "differ" is it a correction.

    groups: entries and judges under "not_linked". deviations: estimated standard deviations of entries, judges, errors.
    quantile: how many standard errors an interval of 95 % reaches to each side (Student's t).
    """

    part: str
    state: State
    owed: int
    judges: tuple[JudgeAdvice, ...] = ()
    entries: tuple[EntryAdvice, ...] = ()
    groups: tuple[tuple[tuple[UUID, ...], tuple[UUID, ...]], ...] = ()
    deviations: tuple[float, float, float] | None = None
    samples: int = 0
    quantile: float = 0.0
    diagnosis: Diagnosis | None = None


def advice(basis: Basis, section: Section, places: int, seed: int = SEED) -> Advice:
    """Everything the page says about a section. places: the k of P(rank ≤ k)."""
    ratings = values(basis, section)
    missing = awaited(basis, section) - len(ratings)
    if section.is_places or not ratings:
        return Advice(part=section.part, state="places" if section.is_places else "no_marks", owed=missing)
    diagnosis = diagnose(bands(basis, section)) if section.banded else None
    found = table(ratings)
    linked = groups(found)
    if len(linked) > 1:
        apart = tuple((_ids(each.entries), _ids(each.judges)) for each in linked)
        return Advice(part=section.part, state="not_linked", owed=missing, groups=apart, diagnosis=diagnosis)
    counts = linear.counted(found)
    effects = linear.additive(counts)
    better = -1 if basis.rule.better == "lower" else 1
    all_alike = is_complete(found) or is_shared_by_all(basis, section)
    model = None if all_alike else linear.mixed(counts)
    ranks = _sampled_ranks(model, counts, better, seed) if model else None
    sure = _sure(model, ranks, better, places) if model and ranks is not None else []
    quantile = float(stdtrit(effects.freedom, TWO_SIDED)) if effects.freedom > 0 else 0.0
    return Advice(
        part=section.part,
        state="complete" if all_alike else "differ",
        owed=missing,
        judges=_judges(found, counts, effects, model),
        entries=_entries(found, counts, effects, sure, better, quantile),
        deviations=(math.sqrt(model.entries), math.sqrt(model.judges), math.sqrt(model.effects.residual)) if model else None,
        samples=len(ranks) if ranks is not None else 0,
        quantile=quantile,
        diagnosis=diagnosis,
    )


def diagnose(ratings: list[Rating]) -> Diagnosis:
    """Infit and outfit of each judge by the Rasch model."""
    try:
        found = rasch.rasch(table(ratings))
    except Refused as refused:
        return Diagnosis(refused=refused.code)
    scale = found.scale
    judges = tuple(
        JudgeFit(judge_id=UUID(judge), severity=float(s), error=float(e), infit=float(i), outfit=float(o))
        for judge, s, e, i, o in zip(
            scale.table.judges, found.severity, found.severity_error, found.infit, found.outfit, strict=True
        )
    )
    return Diagnosis(
        judges=judges,
        left_out_entries=_ids(scale.left_out["entry"]),
        left_out_judges=_ids(scale.left_out["judge"]),
        never=tuple(int(band) for band in scale.never),
    )


def _sampled_ranks(model: linear.Mixed, counts: linear.Counts, better: int, seed: int) -> NDArray[np.int32]:
    """Samples × entries: ranks in samples of the fitted model (a parametric bootstrap), in blocks of bounded size."""
    entries = len(counts.by_entry)
    samples = max(100, min(DRAWS, MOST_NUMBERS // entries))
    state = np.random.RandomState(seed)
    ranks = np.empty((samples, entries), dtype=np.int32)
    block = max(1, MOST_NUMBERS // (8 * (entries + counts.judges)))
    for start in range(0, samples, block):
        size = min(block, samples - start)
        normals, more = state.standard_normal((size, len(model.solution))), state.standard_normal((size, entries))
        drawn = linear.draws(model, counts, normals, more) if model.entries > 0 else more
        order = np.argsort(-better * drawn, axis=1, kind="stable")
        np.put_along_axis(ranks[start : start + size], order, np.arange(1, entries + 1, dtype=np.int32)[None, :], axis=1)
    return ranks


def _sure(model: linear.Mixed, ranks: NDArray[np.int32], better: int, places: int) -> list[Sure]:
    lowest, highest = np.quantile(ranks, [0.025, 0.975], axis=0, method="inverted_cdf")
    first, among = (ranks == 1).mean(axis=0), (ranks <= places).mean(axis=0)
    return [
        Sure(
            value=float(value),
            rank=rank,
            lowest=int(lowest[at]),
            highest=int(highest[at]),
            first=float(first[at]),
            among=float(among[at]),
        )
        for at, (value, rank) in enumerate(zip(model.effects.value, _ranks(model.effects.value, better), strict=True))
    ]


def _judges(
    found: Table, counts: linear.Counts, effects: linear.Effects, model: linear.Mixed | None
) -> tuple[JudgeAdvice, ...]:
    marked = counts.given.sum(axis=0)
    return tuple(
        JudgeAdvice(
            judge_id=UUID(judge),
            marked=int(marked[at]),
            severity=float(effects.severity[at]),
            error=_maybe(effects.severity_error[at]),
            mixed=float(model.effects.severity[at]) if model else None,
            mixed_error=_maybe(model.effects.severity_error[at]) if model else None,
        )
        for at, judge in enumerate(found.judges)
    )


def _entries(
    found: Table, counts: linear.Counts, effects: linear.Effects, sure: list[Sure], better: int, quantile: float
) -> tuple[EntryAdvice, ...]:
    raw = counts.by_entry / counts.per_entry + counts.mean
    ranks, errors = _ranks(effects.value, better), linear.value_errors(counts, effects)
    order = sorted(range(len(found.entries)), key=lambda at: (ranks[at], at))
    return tuple(
        EntryAdvice(
            entry_id=UUID(found.entries[at]),
            raw=float(raw[at]),
            additive=float(effects.value[at]),
            error=_maybe(errors[at]),
            additive_rank=ranks[at],
            near=before is not None and _is_near(effects.value, errors, (at, before), quantile),
            sure=sure[at] if sure else None,
        )
        for at, before in zip(order, [None, *order], strict=False)
    )


def _is_near(value: Floats, errors: Floats, pair: tuple[int, int], quantile: float) -> bool:
    """Whether two values differ by less than chance alone would make them."""
    one, other = pair
    return bool(abs(value[one] - value[other]) < quantile * math.hypot(errors[one], errors[other]))


def _ranks(value: Floats, better: int) -> list[int]:
    """1, 2, 2, 4 … of figures that are equal to nine digits: advisory figures are not told apart by less."""
    figures = [round(-better * float(each), 9) for each in value]
    order = sorted(figures)
    return [1 + bisect_left(order, figure) for figure in figures]


def _ids(names: tuple[str, ...]) -> tuple[UUID, ...]:
    return tuple(UUID(name) for name in names)


def _maybe(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
