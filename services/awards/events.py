"""What awards tells the other services. Subjects and readers: services/awards/README.md#events"""

from datetime import date
from uuid import UUID

from msgspec import Struct

from shared.events import Event


class CommendedAward(Struct, frozen=True, kw_only=True):
    """subject_kind: entry, branch or person; subject_id: its id, the opaque id of a branch's code."""

    subject_kind: str
    subject_id: UUID
    tier: str
    certificate_no: str


class CommendationDecided(Event, frozen=True, kw_only=True, tag="awards.commendation.decided.v1"):
    """Every award of an edition that was decided so far; a later decision is a higher version."""

    key: str
    title: str
    document_no: str
    decided_on: date
    items: tuple[CommendedAward, ...]


class RevealOpened(Event, frozen=True, kw_only=True, tag="awards.reveal.opened.v1"):
    """A ceremony has begun: the halls of these divisions show the page at `address`, on the same origin."""

    edition_id: UUID
    activity_id: UUID
    division_ids: tuple[UUID, ...]
    address: str


class RevealClosed(Event, frozen=True, kw_only=True, tag="awards.reveal.closed.v1"):
    """That ceremony is over; its version is higher than that of its opening."""

    edition_id: UUID
    activity_id: UUID
    division_ids: tuple[UUID, ...]


EVENTS: tuple[type[Event], ...] = (CommendationDecided, RevealOpened, RevealClosed)
