"""Who gets a place of a division, who waits, and who follows when a place is freed. Pure.

A *place* is capacity of a division. A *position* is where somebody stands in the recorded order of admission, counted
from 1; it never changes after it was recorded. *Promotion* gives a freed place to the first who waits; it ends at a
stated moment.
Not here: quotas of a branch and eligibility (slice `entries`), the order in the hall (slice `draws`).
Callers must ensure: the seed is 32 bytes drawn for this division and recorded before its effect is seen.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused
from shared.ids import lot

KEYS = ("preselection", "recommendation")


class Applicant(Struct, frozen=True, kw_only=True):
    """An approved entry that asks for a place; `recommendation` is its number in its branch's order."""

    entry_id: UUID
    recommendation: int | None = None


class Head(Struct, frozen=True, kw_only=True):
    """The door of a division, its row locked: how far positions go, whether admission and draw have been."""

    division_id: UUID
    last_position: int = 0
    decided_at: datetime | None = None
    closed_at: datetime | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """How the places of a division were given: the keys in turn, then the lot of this seed."""

    keys: tuple[str, ...]
    seed: bytes
    decided_at: datetime


class Outcome(Struct, frozen=True, kw_only=True):
    """What the door did: who holds a place now, and who stands in the queue."""

    admitted: tuple[UUID, ...] = ()
    waiting: tuple[UUID, ...] = ()


def ranked(
    applicants: Sequence[Applicant], keys: Sequence[str], preselection: Mapping[UUID, int], seed: bytes
) -> list[UUID]:
    """Order applicants by the activity's keys in turn, then by the recorded lot.

    keys: any of "preselection" (rank in the sealed score set, 1 first) and "recommendation" (number in the branch's
    order). Who has no value for a key comes after everybody who has one.
    Raises Refused: preselection_missing, order_key_unknown (key).
    Rule: services/registration/README.md#admission
    """
    _check(keys, preselection)
    drawn = {entry_id: n for n, entry_id in enumerate(lot(seed, [a.entry_id for a in applicants]))}

    def key(applicant: Applicant) -> tuple[tuple[bool, int], ...]:
        values = {"preselection": preselection.get(applicant.entry_id), "recommendation": applicant.recommendation}
        return (*((v is None, v or 0) for v in (values[k] for k in keys)), (False, drawn[applicant.entry_id]))

    return [a.entry_id for a in sorted(applicants, key=key)]


def free_numbers(places: int, taken: frozenset[int]) -> list[int]:
    """Numbers of the places nobody holds, lowest first."""
    return [n for n in range(1, places + 1) if n not in taken]


def given(waiting: Sequence[UUID], free: Sequence[int]) -> dict[UUID, int]:
    """Give the free places to the first who wait, in their order: entry id -> number of the place."""
    return dict(zip(waiting, free, strict=False))


def promotes(head: Head, ends_at: datetime, now: datetime) -> bool:
    """Whether a freed place still goes to somebody: until the stated moment, at the latest until the draw begins."""
    return head.closed_at is None and now < ends_at


def _check(keys: Sequence[str], preselection: Mapping[UUID, int]) -> None:
    for key in keys:
        if key not in KEYS:
            raise Refused("order_key_unknown", key=key)
    if "preselection" in keys and not preselection:
        raise Refused("preselection_missing")
