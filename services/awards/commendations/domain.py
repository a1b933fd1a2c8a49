"""The decision: in which order certificates are numbered, and the form of a number. Pure: no I/O, no clock, no randomness."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which are read as 1 and 0."""


class Award(Struct, frozen=True, kw_only=True):
    """An approved award, in the order of the list."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    tier: str
    position: int
    approved_on: date


class Commendation(Struct, frozen=True, kw_only=True):
    """A decision with its document number; the first has version 1."""

    id: UUID
    edition_id: UUID
    version: int
    document_no: str
    decided_on: date


def repeated(recorded: list[Commendation], due: list[Award], document_no: str, decided_on: date) -> Commendation | None:
    """The decision that was recorded already, when nothing is left to decide and the same is sent again."""
    if due:
        return None
    return next((each for each in recorded if (each.document_no, each.decided_on) == (document_no, decided_on)), None)


def number(year: int, serial: int) -> str:
    """A certificate number such as 2026-0106-K; its last character finds one wrong digit and two neighbours swapped."""
    return f"{year}-{serial:04d}-{_check(f'{year}{serial:04d}')}"


def is_number(text: str) -> bool:
    """Whether the text has the form of a number and its check character is right."""
    parts = text.strip().upper().split("-")
    return (
        len(parts) == 3
        and all(p.isdecimal() and p.isascii() for p in parts[:2])
        and parts[2] == _check(parts[0] + parts[1])
    )


def _check(digits: str) -> str:
    weighted = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), start=2))
    return ALPHABET[weighted % 31]


def check_decision(awards: list[Award], decided_on: date, today: date) -> None:
    """Raises Refused: nothing_to_decide, decision_before_approval, date_ahead."""
    if not awards:
        raise Refused("nothing_to_decide")
    approved_on = max(award.approved_on for award in awards)
    if decided_on < approved_on:
        raise Refused("decision_before_approval", day=approved_on.isoformat())
    if decided_on > today:
        raise Refused("date_ahead", day=decided_on.isoformat())
