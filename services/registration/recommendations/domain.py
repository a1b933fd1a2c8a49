"""A branch puts its people in order within its quota, and says what is to be corrected. Pure.

A *quota* is an upper bound on approved entries of one branch; None means no bound. A *recommendation* is the branch's
own order, 1 is first; it is unique within a quota and never above it.
A *return* sends an entry back with reasons, field by field.
Not here: how large a quota is (slice `quotas`), places of a division (slice `admissions`).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.clock import written
from shared.errors import Fault, Faulty, Refused

FIELDS = ("division", "course", "recommendation", "other")
"""What a return can point at."""


class Recommendation(Struct, frozen=True, kw_only=True):
    """The branch puts this entry at this place of its own order, counted from 1."""

    entry_id: UUID
    number: int


def check_open(admission: str, closes: datetime, now: datetime) -> None:
    """Raises Refused: admission_by_arrival (nobody is ranked), review_closed (closes)."""
    if admission == "arrival":
        raise Refused("admission_by_arrival")
    if now >= closes:
        raise Refused("review_closed", closes=written(closes))


def check_known(wanted: list[Recommendation], under_review: frozenset[UUID]) -> None:
    """Raises Faulty: entry_not_open, for each entry that is not under this branch's review."""
    faults = [
        Fault(code="entry_not_open", field=f"numbers.{w.entry_id}") for w in wanted if w.entry_id not in under_review
    ]
    if faults:
        raise Faulty(faults)


def ordered(wanted: list[Recommendation], quotas: Mapping[UUID, tuple[UUID, int | None]]) -> dict[UUID, int]:
    """Entry id -> place in its branch's order, closed up from 1 within each quota; every fault at once.

    Numbers say an order and may have gaps: who was numbered before may have been refused since.
    quotas: entry id -> (quota id, its bound), as in the README.
    Raises Faulty: over_quota (bound), number_twice, number_below_one.
    """
    places: dict[UUID, int] = {}
    used: Counter[UUID] = Counter()
    for each in sorted(wanted, key=lambda w: w.number):
        quota_id = quotas[each.entry_id][0]
        used[quota_id] += 1
        places[each.entry_id] = used[quota_id]
    seen = Counter((quotas[w.entry_id][0], w.number) for w in wanted)
    faults = [
        Fault(code=code, field=f"numbers.{w.entry_id}", value=str(w.number), values={"quota": str(quotas[w.entry_id][1])})
        for w in wanted
        if (code := _fault(w, places[w.entry_id], *quotas[w.entry_id], seen))
    ]
    if faults:
        raise Faulty(faults)
    return places


def _fault(
    wanted: Recommendation, place: int, quota_id: UUID, bound: int | None, seen: Counter[tuple[UUID, int]]
) -> str:
    if wanted.number < 1:
        return "number_below_one"
    if seen[(quota_id, wanted.number)] > 1:
        return "number_twice"
    return "over_quota" if bound is not None and place > bound else ""


def said_back(texts: dict[str, str]) -> dict[str, str]:
    """What is to be corrected, field by field, blanks trimmed. texts: field -> sentence.

    Raises Faulty: return_reason_absent, return_field_unknown (field), return_reason_long.
    """
    said = {field: text.strip() for field, text in texts.items() if text.strip()}
    faults = [Fault(code="return_field_unknown", field=f"reasons.{f}", value=f) for f in said if f not in FIELDS]
    faults += [Fault(code="return_reason_long", field=f"reasons.{f}") for f, text in said.items() if len(text) > 300]
    if not said:
        faults = [Fault(code="return_reason_absent", field="reasons.other")]
    if faults:
        raise Faulty(faults)
    return said
