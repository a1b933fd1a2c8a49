"""Marks that lie further from the others than judge and contestant explain: an alert, never a change.

Each mark is compared with what the additive model expects of it when fitted without it, so a strict judge is no outlier
and a wild mark cannot hide itself. The limit is Bonferroni's at 5 % over the sheets of one part at one reading (of one
linked group, where judges fall into groups): without any slip a false alert comes in at most one of twenty such looks,
and more often in a division, which has several parts and is read many times. Rule: services/scoring/README.md#fairness
"""

from uuid import UUID

import numpy as np
from msgspec import Struct
from scipy.special import stdtrit

from services.scoring.fairness.domain import linear
from services.scoring.fairness.domain.sections import Section, sheets, values
from services.scoring.fairness.domain.table import Table, groups, table
from services.scoring.standings.domain import Basis

FALSE_ALERTS = 0.05


class Outlier(Struct, frozen=True, kw_only=True):
    """One judge's value of one sheet. beyond: value less what was expected; times: in standard deviations, past `limit`."""

    entry_id: UUID
    judge_id: UUID
    part: str
    value: float
    expected: float
    beyond: float
    times: float
    limit: float


def outliers(basis: Basis) -> tuple[Outlier, ...]:
    """Every sheet that counts and lies too far out, the farthest first. Cheap enough to be asked on each page."""
    found = [each for section in sheets(basis.rule) if not section.is_places for each in _of_sheet(basis, section)]
    return tuple(sorted(found, key=lambda each: (-abs(each.times), each.entry_id, each.judge_id)))


def _of_sheet(basis: Basis, section: Section) -> list[Outlier]:
    whole = table(values(basis, section))
    found: list[Outlier] = []
    for group in groups(whole) if whole.entries else ():
        names = set(group.entries)
        found += _of_group(whole.only(np.array([whole.entries[at] in names for at in whole.entry])), section.part)
    return found


def _of_group(marked: Table, part: str) -> list[Outlier]:
    shape = (len(marked.entries), len(marked.judges))
    beyond, times, freedom = linear.residuals(marked.entry, marked.judge, marked.marks, shape)
    if freedom < 1:
        return []
    limit = float(-stdtrit(freedom, FALSE_ALERTS / (2 * len(beyond))))
    return [
        Outlier(
            entry_id=UUID(marked.entries[marked.entry[at]]),
            judge_id=UUID(marked.judges[marked.judge[at]]),
            part=part,
            value=float(marked.marks[at]),
            expected=float(marked.marks[at] - beyond[at]),
            beyond=float(beyond[at]),
            times=float(times[at]),
            limit=limit,
        )
        for at in np.flatnonzero(np.abs(times) > limit)
    ]
