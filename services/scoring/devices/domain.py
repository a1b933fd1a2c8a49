"""Tablets and what may be said of them. Pure.

Words: to *enrol* makes a device known with its public key; to *sign on* is a judge who takes it in hand; its *abilities*
are what its browser can do; a *report* is what it last said of itself. Not here: what a tablet sends of marks (sheets).
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused

CODE_LASTS = timedelta(minutes=2)
"""How long a one-time code can be used; system time."""
SKEW_TOLD = timedelta(seconds=60)
"""A tablet's clock this far off is told to staff."""
NEEDED = ("secure_context", "worker", "strict_storage", "locks", "subtle")
"""Without one of these a tablet loses marks when the network goes."""


class Abilities(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the tablet's browser found it can do. persist: the answer to the wish that storage be kept."""

    secure_context: bool = False
    worker: bool = False
    strict_storage: bool = False
    locks: bool = False
    subtle: bool = False
    persist: bool = False

    @property
    def absent(self) -> tuple[str, ...]:
        """Why it will not work offline, if it will not."""
        return tuple(name for name in NEEDED if not getattr(self, name))


class Device(Struct, frozen=True, kw_only=True):
    """panel_id: of a tablet that staff prepared. owned_by: of a judge's own browser."""

    id: UUID
    panel_id: UUID | None
    owned_by: UUID | None
    label: str
    public_key: bytes
    abilities: Abilities
    enrolled_at: datetime
    revoked_at: datetime | None = None


class Key(Struct, frozen=True, kw_only=True):
    """What the signature of a revision is checked against. judges: everybody who ever signed on."""

    public_key: bytes
    is_revoked: bool
    judges: frozenset[UUID]


class Enrolment(Struct, frozen=True, kw_only=True):
    """A one-time code as it is kept."""

    panel_id: UUID
    is_over: bool
    device_id: UUID | None


class Seat(Struct, frozen=True, kw_only=True):
    """Somebody whom a tablet offers."""

    judge_id: UUID
    position: int
    kind: str
    name: str
    leader: bool


class Bearer(Struct, frozen=True):
    """A device by its cookie."""

    id: UUID
    owned_by: UUID | None


def code(key: bytes, enrolment_id: UUID) -> str:
    """The secret of a one-time code; who has neither the installation's key nor the picture cannot know it."""
    digest = hmac.digest(key, f"enrolment\x00{enrolment_id}".encode(), "sha256")
    return base64.b32encode(digest[:15]).decode()


def public_key(text: str) -> bytes:
    """A raw P-256 point of 65 bytes. Raises Refused: key_unreadable."""
    try:
        point = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        point = b""
    if len(point) != 65 or point[0] != 4:
        raise Refused("key_unreadable")
    return point


def check_enrolment(found: Enrolment | None, device_id: UUID) -> Enrolment:
    """A code lets one device in, within its time; the same device may say it again.

    Raises Refused: enrolment_unknown, enrolment_used, enrolment_over.
    """
    if found is None:
        raise Refused("enrolment_unknown")
    if found.device_id not in (None, device_id):
        raise Refused("enrolment_used")
    if found.is_over:
        raise Refused("enrolment_over")
    return found
