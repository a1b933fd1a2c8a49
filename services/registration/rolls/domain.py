"""The roll of a division: who takes part, under which code, and the seal that binds it to people without naming them.

A *commitment* is SHA-256(salt ‖ person id), salt 32 random bytes, person id its 16 bytes: it names nobody until the
roll is opened, and then proves that nobody was exchanged. A *version* is never changed; after a withdrawal a new
version supersedes the former one.
Not here: drawing of order and code (slice `draws`), marks (another service).
"""

from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.registration.events import RollLine
from shared.errors import NotAllowed, Refused
from shared.events import MOST_BYTES

Stage = Literal["preselection", "final"]


class Roll(Struct, frozen=True, kw_only=True):
    """A sealed version; its items stand beside it."""

    id: UUID
    division_id: UUID
    stage: Stage
    version: int
    supersedes: UUID | None
    hash: str
    sealed_at: datetime
    sealed_by: UUID


def commitment(salt: bytes, person_id: UUID) -> str:
    """SHA-256 of the salt followed by the person's 16 bytes, in hex."""
    return sha256(salt + person_id.bytes).hexdigest()


def arranged(items: list[RollLine]) -> list[RollLine]:
    """Items in the order of appearance, before the draw in the order of their codes."""
    return sorted(items, key=lambda i: (i.order or 0, i.code))


def roll_hash(division_id: UUID, stage: str, version: int, items: list[RollLine]) -> str:
    """SHA-256 over the canonical JSON (keys sorted, no spaces) of division, stage, version and arranged items."""
    body = {"division_id": division_id, "stage": stage, "version": version, "items": arranged(items)}
    return sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def checked(items: list[RollLine], before: list[RollLine] | None) -> list[RollLine]:
    """Arranged items that may be sealed.

    Raises Refused: roll_empty, roll_unchanged (the sealed version already says this).
    """
    if not items:
        raise Refused("roll_empty")
    if before is not None and is_same(items, before):
        raise Refused("roll_unchanged")
    return arranged(items)


def check_size(count: int) -> None:
    """A roll travels as one event. count: its bytes. Raises Refused: roll_too_large (most, in KiB)."""
    if count > MOST_BYTES:
        raise Refused("roll_too_large", most=MOST_BYTES // 1024)


def is_same(items: list[RollLine], before: list[RollLine]) -> bool:
    """Whether two rolls say the same, whatever their salts."""
    return {_identity(i) for i in items} == {_identity(i) for i in before}


def opened_by(signatures: dict[str, UUID], role: str, person_id: UUID) -> dict[str, UUID]:
    """Signatures with this one added: role -> person. Two roles sign, and they are two people.

    Raises NotAllowed: two_people_open.
    """
    if any(other == person_id for r, other in signatures.items() if r != role):
        raise NotAllowed("two_people_open")
    return {**signatures, role: person_id}


def is_open(signatures: dict[str, UUID]) -> bool:
    """Whether organiser and supervisor have both signed."""
    return {"organiser", "supervisor"} <= set(signatures)


def _identity(item: RollLine) -> tuple[UUID, str, int | None, str, UUID]:
    return item.entry_id, item.code, item.order, item.title, item.unit_id
