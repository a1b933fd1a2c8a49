"""What an objection brings about. Pure: no I/O, no clock, no randomness.

Whoever gives a name and a way to be reached objects by *real name*: that one award is suspended until a written answer, the
others go on. An anonymous objection suspends nobody and goes to the supervisor.
Not here: who may read an objector's identity; the database's roles decide that.
"""

import hashlib
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.errors import Conflict, Refused

Ground = Literal["eligibility", "conduct", "procedure", "other"]
Outcome = Literal["dismissed", "upheld"]
GROUNDS: tuple[Ground, ...] = ("eligibility", "conduct", "procedure", "other")


class Objector(Struct, frozen=True, kw_only=True):
    name: str
    unit: str
    contact: str


def objector(name: str, unit: str, contact: str) -> Objector | None:
    """Who objects, or None for an anonymous objection.

    Raises Refused: objector_incomplete (a name without a contact, or the reverse).
    """
    name, unit, contact = name.strip(), unit.strip(), contact.strip()
    if not name and not contact:
        return None
    if not name or not contact:
        raise Refused("objector_incomplete")
    return Objector(name=name, unit=unit, contact=contact)


def check_text(text: str) -> str:
    """Raises Refused: objection_text_short, objection_text_long."""
    text = text.strip()
    if len(text) < 5:
        raise Refused("objection_text_short")
    if len(text) > 4000:
        raise Refused("objection_text_long", most=4000)
    return text


def check_answer(outcome: Outcome | None, answer: str) -> str:
    """The text of a first answer. Raises Conflict: objection_answered; Refused: answer_needed."""
    if outcome is not None:
        raise Conflict("objection_answered")
    if len(answer.strip()) < 5:
        raise Refused("answer_needed")
    return answer.strip()


class Subject(Struct, frozen=True, kw_only=True):
    """Whom an objection may concern: a line of the posted list. id: the award."""

    id: UUID
    name: str
    unit: str
    division: str
    division_en: str
    tier: str
    tier_en: str


class Answered(Struct, frozen=True, kw_only=True):
    """What an objector sees with the receipt."""

    id: UUID
    named: bool
    filed_at: datetime
    outcome: Outcome | None
    answer: str | None
    answered_at: datetime | None


class Objection(Struct, frozen=True, kw_only=True):
    """A real-name objection as the office examines it: without the name."""

    id: UUID
    notice_id: UUID
    award_id: UUID | None
    ground: Ground
    text: str
    filed_at: datetime
    outcome: Outcome | None
    answer: str | None
    answered_at: datetime | None


class Sealed(Objection, frozen=True, kw_only=True):
    """Any objection with the objector's identity: only the supervisor's role can read it."""

    named: bool
    name: str
    unit: str
    contact: str


def receipt_hash(receipt: str) -> bytes:
    """What is kept of a receipt. Raises Refused: receipt_wrong (32 hex digits, dashes allowed)."""
    plain = receipt.replace("-", "").strip().lower()
    if len(plain) != 32 or any(digit not in "0123456789abcdef" for digit in plain):
        raise Refused("receipt_wrong")
    return hashlib.sha256(plain.encode()).digest()
