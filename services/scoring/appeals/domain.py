"""An appeal from its filing to its written answer, on a closed list of grounds. Pure.

A judge's mark is not re-judged: what can be looked at is who took part, how it was done, the sums, what was typed, and
who should not have judged. A *recheck* is the record of having looked, signed by two people.
Not here: what an upheld appeal changes (corrections). Rule: services/scoring/README.md#appeals
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Stage
from shared.errors import Conflict, NotAllowed, Refused

Ground = Literal["eligibility", "procedure", "arithmetic", "transcription", "recusal"]
GROUNDS: tuple[Ground, ...] = ("transcription", "arithmetic", "procedure", "recusal", "eligibility")
State = Literal["filed", "refused", "accepted", "upheld", "dismissed"]
Outcome = Literal["upheld", "dismissed"]
LONGEST_DAYS = 60
"""An answer is promised within this many days at most."""


class Recheck(Struct, frozen=True, kw_only=True):
    """What was looked at and found, written by the scorekeeper and signed by the supervisor. ledger_position: of that."""

    id: UUID
    appeal_id: UUID
    found: str
    written_by: UUID
    written_at: datetime
    signed_by: UUID | None = None
    signed_at: datetime | None = None
    ledger_position: int | None = None

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class Appeal(Struct, frozen=True, kw_only=True):
    """paper: where the written appeal is kept, when the desk files for the contestant; person_id: who files it oneself.

    due: the day by which the answer is promised. reason: why it was accepted or refused. correction_id: what it changed.
    """

    id: UUID
    division_id: UUID
    stage: Stage
    entry_id: UUID
    ground: Ground
    text: str
    paper: str
    person_id: UUID | None
    filed_by: UUID
    filed_at: datetime
    state: State = "filed"
    reason: str = ""
    due: date | None = None
    answer: str = ""
    answered_at: datetime | None = None
    correction_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("filed", "accepted")

    def is_overdue(self, today: date) -> bool:
        """The promised day has passed without an answer."""
        return self.state == "accepted" and self.due is not None and self.due < today


def check_filing(text: str, paper: str, by_desk: bool) -> None:
    """Raises Refused: appeal_empty, appeal_without_paper (the desk files only what the contestant has handed in)."""
    if not text.strip():
        raise Refused("appeal_empty", field="text")
    if by_desk and not paper.strip():
        raise Refused("appeal_without_paper", field="paper")


def check_decision(appeal: Appeal, is_accepted: bool, reason: str, due: date | None, today: date) -> None:
    """Raises Conflict: appeal_decided. Refused: appeal_without_reason, appeal_without_day, appeal_day_wrong."""
    if appeal.state != "filed":
        raise Conflict("appeal_decided")
    if not is_accepted and not reason.strip():
        raise Refused("appeal_without_reason", field="reason")
    if is_accepted and due is None:
        raise Refused("appeal_without_day", field="due")
    if due is not None and not 0 <= (due - today).days <= LONGEST_DAYS:
        raise Refused("appeal_day_wrong", field="due", most=LONGEST_DAYS)


def check_recheck(appeal: Appeal, found: str) -> None:
    """Raises Conflict: appeal_not_accepted. Refused: recheck_empty."""
    if appeal.state != "accepted":
        raise Conflict("appeal_not_accepted")
    if not found.strip():
        raise Refused("recheck_empty", field="found")


def check_signature(recheck: Recheck, by: UUID) -> None:
    """Raises NotAllowed: second_person_needed."""
    if recheck.written_by == by:
        raise NotAllowed("second_person_needed")


def check_answer(appeal: Appeal, answer: str, rechecks: Iterable[Recheck]) -> None:
    """Raises Conflict: appeal_not_accepted. Refused: answer_empty, answer_before_recheck."""
    if appeal.state != "accepted":
        raise Conflict("appeal_not_accepted")
    if not answer.strip():
        raise Refused("answer_empty", field="answer")
    if not any(each.is_signed for each in rechecks):
        raise Refused("answer_before_recheck")


def in_order(appeals: Iterable[Appeal], today: date) -> list[Appeal]:
    """Overdue ones first, then by the promised day, then those not looked at yet, and what is closed at the end."""
    return sorted(
        appeals,
        key=lambda each: (
            not each.is_overdue(today), not each.is_open, each.due or date.max, each.filed_at, each.id
        ),
    )  # fmt: skip


def text_hash(text: str) -> str:
    """What the ledger says of a letter: its SHA-256, so that its words stay with those whom they concern."""
    return hashlib.sha256(text.encode()).hexdigest()
