"""The order in which a division is heard, and who does not take part. Pure.

The roll's own order stays as it was sealed; what two people swapped lies over it. Marks belong to entries, never to
places: a swap changes none of them. An absent entry owes no marks and has no rank; marks it has stay in the ledger and
count again if the absence is taken back. Rule: services/scoring/README.md#running-order
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.rolls.domain import Roll, RollItem
from shared.errors import NotAllowed, Refused

Kind = Literal["swap", "absent", "present"]
Presence = Literal["waiting", "called", "late"]
State = Literal["waiting", "called", "late", "absent"]


class OrderRequest(Struct, frozen=True, kw_only=True):
    """Somebody asks for a change of the running order; another person confirms. entries: two to swap, else one."""

    id: UUID
    division_id: UUID
    kind: Kind
    entries: tuple[UUID, ...]
    reason: str
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    ledger_position: int | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None


class Place(Struct, frozen=True, kw_only=True):
    """Where an entry stands after a swap. drawn: its place in the sealed roll."""

    entry_id: UUID
    order: int
    drawn: int


def check(request: OrderRequest, roll: Roll | None, absent: Collection[UUID], is_locked: bool) -> None:
    """Raises Refused: order_after_lock, order_without_reason, order_entry_unknown, order_swap_same, absent_already,
    not_absent.
    """
    if is_locked:
        raise Refused("order_after_lock")
    if not request.reason.strip():
        raise Refused("order_without_reason", field="reason")
    known = {item.entry_id for item in roll.items if item.order is not None} if roll else set()
    if set(request.entries) - known:
        raise Refused("order_entry_unknown")
    if request.kind == "swap":
        if len(request.entries) != 2 or request.entries[0] == request.entries[1]:
            raise Refused("order_swap_same", field="other_id")
    elif len(request.entries) != 1:
        raise Refused("order_entry_unknown")
    elif request.kind == "absent" and request.entries[0] in absent:
        raise Refused("absent_already")
    elif request.kind == "present" and request.entries[0] not in absent:
        raise Refused("not_absent")


def check_second(request: OrderRequest, by: UUID) -> None:
    """Raises Refused: order_withdrawn. NotAllowed: second_person_needed."""
    if request.withdrawn_at:
        raise Refused("order_withdrawn")
    if request.asked_by == by:
        raise NotAllowed("second_person_needed")


def swapped(one: UUID, other: UUID, sealed: Roll, running: Roll) -> tuple[Place, ...]:
    """The two with each other's places. sealed: as drawn; running: as the hall runs it now."""
    drawn = {item.entry_id: item.order or 0 for item in sealed.items}
    now = {item.entry_id: item.order or 0 for item in running.items}
    return tuple(Place(entry_id=each, order=now[to], drawn=drawn[each]) for each, to in ((one, other), (other, one)))


def taking_part(roll: Roll, absent: Collection[UUID]) -> Roll:
    """The roll without those who are absent: what is ranked."""
    return msgspec.structs.replace(roll, items=tuple(item for item in roll.items if item.entry_id not in absent))


def states(
    items: Iterable[RollItem], absent: Collection[UUID], presences: Mapping[UUID, Presence]
) -> dict[UUID, State]:
    """What the hall knows of each entry."""
    return {
        item.entry_id: "absent" if item.entry_id in absent else presences.get(item.entry_id, "waiting")
        for item in items
    }
