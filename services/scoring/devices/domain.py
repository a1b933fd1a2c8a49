"""Tablets and what may be said of them. Pure.

Words: to *enrol* makes a device known with its public key; to *sign on* is a judge who takes it in hand; its *abilities*
are what its browser can do; a *report* is what it last said of itself. Not here: what a tablet sends of marks (sheets).
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused

CODE_LASTS = timedelta(minutes=2)
"""How long a one-time code can be used; system time."""
SKEW_TOLD = timedelta(seconds=60)
"""A tablet's clock this far off is told to staff."""
PIN_TRIES = 5
PIN_MINUTES = 10
"""So many PINs may be tried for one judge within so many minutes; system time."""
PIN_DIGITS = 6
WECHAT = "MicroMessenger"
"""How WeChat's browser calls itself; on an iPad it keeps nothing."""
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


class Report(Struct, frozen=True, kw_only=True):
    """What a tablet said of itself. queue: sheets not sent yet. parked: those that need attention. battery: percent.

    last_position: the newest ledger position it was told. skew_ms: how far its clock is ahead of ours. version: its page's.
    """

    heard_at: datetime
    queue: int
    parked: int
    last_position: int | None
    battery: int | None
    skew_ms: int
    version: str

    @property
    def is_skewed(self) -> bool:
        return abs(self.skew_ms) > SKEW_TOLD / timedelta(milliseconds=1)


class SignOn(Struct, frozen=True, kw_only=True):
    """A judge took the device in hand; signature: the path of an SVG in a box of 600 × 200, "" when only unlocking."""

    device_id: UUID
    judge_id: UUID
    signature: str
    at: datetime


class Tablet(Struct, frozen=True, kw_only=True):
    """A device as staff see it. judge_id: who has it in hand. also_on: labels of others this judge has in hand."""

    id: UUID
    panel_id: UUID | None
    label: str
    absent: tuple[str, ...]
    enrolled_at: datetime
    is_revoked: bool
    judge_id: UUID | None
    signed_on_at: datetime | None
    signature: str
    also_on: tuple[str, ...]
    report: Report | None


class Place(Struct, frozen=True, kw_only=True):
    """Where a tablet stands; titles are empty while the division is not open."""

    venue: str = ""
    asks_pin: bool = False
    activity: str = ""
    activity_en: str = ""
    division: str = ""
    division_en: str = ""


class Pin(Struct, frozen=True):
    """A PIN on its way to paper; judge_id: whose."""

    judge_id: UUID
    pin: str


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


class OfferState(Struct, frozen=True, kw_only=True):
    """A one-time code on the desk's page. label: of the tablet that used it."""

    id: UUID
    panel_id: UUID
    state: Literal["open", "used", "over"]
    seconds_left: int
    label: str = ""


class Bearer(Struct, frozen=True):
    """A device by its cookie. panel_id: None for a judge's own browser."""

    id: UUID
    panel_id: UUID | None


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


def numbered(number: int, label: str) -> str:
    """How staff call a tablet: its number in the panel and what it is, "3 · iPad 1024×768"; an older number goes."""
    return f"{number} · {re.sub(r'^[0-9]+ · ', '', label)}"


def check_browser(user_agent: str) -> None:
    """Raises Refused: browser_refused."""
    if WECHAT in user_agent:
        raise Refused("browser_refused")


def pin(random: bytes) -> str:
    """Six digits out of eight random bytes."""
    return f"{int.from_bytes(random) % 10**PIN_DIGITS:0{PIN_DIGITS}}"


def check_tries(tries: int) -> None:
    """tries: of this judge lately, with the one under way. Raises Refused: pin_paused."""
    if tries > PIN_TRIES:
        raise Refused("pin_paused", minutes=PIN_MINUTES)


def tablets(devices: Sequence[Device], sign_ons: Iterable[SignOn], reports: dict[UUID, Report]) -> list[Tablet]:
    """Devices as staff see them, in the given order. sign_ons: oldest first; the newest says who has a device in hand."""
    held: dict[UUID, SignOn] = {}
    signatures: dict[tuple[UUID, UUID], str] = {}
    for each in sign_ons:
        held[each.device_id] = each
        if each.signature:
            signatures[each.device_id, each.judge_id] = each.signature
    live = {each.id: each.label for each in devices if each.revoked_at is None}
    return [_tablet(each, held.get(each.id), signatures, held, live, reports.get(each.id)) for each in devices]


def _tablet(
    device: Device,
    now: SignOn | None,
    signatures: dict[tuple[UUID, UUID], str],
    held: dict[UUID, SignOn],
    live: dict[UUID, str],
    report: Report | None,
) -> Tablet:
    judge_id = now.judge_id if now else None
    also = [live[at] for at, other in held.items() if at in live and at != device.id and other.judge_id == judge_id]
    return Tablet(
        id=device.id,
        panel_id=device.panel_id,
        label=device.label,
        absent=device.abilities.absent,
        enrolled_at=device.enrolled_at,
        is_revoked=device.revoked_at is not None,
        judge_id=judge_id,
        signed_on_at=now.at if now else None,
        signature=signatures.get((device.id, judge_id), "") if judge_id else "",
        also_on=tuple(also) if device.id in live else (),
        report=report,
    )
