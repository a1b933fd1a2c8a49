"""What registration tells the other services: whole public states, no role, no mark, no secret.

Names travel in `MemberDescribed` only, on the stream MEMBERS (one subject per person); every other event holds ids,
codes and salted commitments.
"""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.events import Event


class DivisionOpened(Struct, frozen=True, kw_only=True):
    """A division as readers of the activity know it."""

    division_id: UUID
    key: str
    title: str
    title_en: str = ""
    places: int


class ActivityOpened(Event, frozen=True, kw_only=True, tag="registration.activity.opened.v1"):
    """An activity people can sign up for, with its divisions. aggregate_id: the activity."""

    key: str
    title: str
    title_en: str = ""
    edition: int | None = None
    kind: str
    divisions: list[DivisionOpened]


class RollLine(Struct, frozen=True, kw_only=True):
    """One entry of a sealed roll; `order` is None before the draw; commitment: SHA-256(salt ‖ person id) in hex."""

    entry_id: UUID
    code: str
    order: int | None
    title: str
    unit_id: UUID
    commitment: str


class RollSealed(Event, frozen=True, kw_only=True, tag="registration.roll.sealed.v1"):
    """Who takes part in a division at a stage. aggregate_id: the roll; each version is a roll of its own."""

    supersedes: UUID | None
    division_id: UUID
    stage: Literal["preselection", "final"]
    items: list[RollLine]
    hash: str


class OpenedLine(Struct, frozen=True, kw_only=True):
    """Who stood behind a code; salt in hex, so that the commitment can be checked."""

    entry_id: UUID
    code: str
    person_id: UUID
    salt: str


class RollOpened(Event, frozen=True, kw_only=True, tag="registration.roll.opened.v1"):
    """Organiser and supervisor opened the codes of a roll. aggregate_id: the roll."""

    division_id: UUID
    items: list[OpenedLine]


class MemberDescribed(Event, frozen=True, kw_only=True, tag="members.described.v1.*"):
    """A person by name, for readers that may know names. aggregate_id: the person."""

    name: str
    name_key: str
    staff_no: str
    unit: str
    branch_code: str
    branch: str
    category: str
    sex: str
    is_member: bool


EVENTS: tuple[type[Event], ...] = (ActivityOpened, RollSealed, RollOpened, MemberDescribed)
