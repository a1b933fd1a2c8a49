"""A branch puts its people in order, within its quota.

A *quota* is an upper bound on approved entries of one branch; None means no bound. A *recommendation* is the branch's
own order, 1 is first; it is unique within a quota and never above it.
Not here: how large a quota is (slice `activities`), places of a division (slice `admissions`).
"""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from shared.errors import Fault, Faulty


class Recommendation(Struct, frozen=True, kw_only=True):
    """The branch puts this entry at this place of its own order, counted from 1."""

    entry_id: UUID
    number: int


def check(wanted: list[Recommendation], quotas: Mapping[UUID, tuple[UUID, int | None]]) -> None:
    """Refuse an order that exceeds a quota or names a number twice; every fault at once.

    quotas: entry id -> (quota id, its bound), as in the README.
    Raises Faulty: over_quota (bound), number_twice (number), number_below_one.
    """
    seen = Counter((quotas[w.entry_id][0], w.number) for w in wanted)
    faults = [fault for w in wanted if (fault := _fault(w, *quotas[w.entry_id], seen)) is not None]
    if faults:
        raise Faulty(faults)


def _fault(wanted: Recommendation, quota_id: UUID, bound: int | None, seen: Counter[tuple[UUID, int]]) -> Fault | None:
    field, value = f"numbers.{wanted.entry_id}", str(wanted.number)
    if wanted.number < 1:
        return Fault(code="number_below_one", field=field, value=value)
    if bound is not None and wanted.number > bound:
        return Fault(code="over_quota", field=field, value=value, values={"quota": str(bound)})
    if seen[(quota_id, wanted.number)] > 1:
        return Fault(code="number_twice", field=field, value=value)
    return None
