"""A judge's call for staff, with what it is about. Pure.

Not here: the unlocking itself, which needs two people and a reason (locks).
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.errors import Conflict, Refused

Kind = Literal["help", "unlock"]
Step = Literal["taken", "done"]
MOST_OPEN = 20
"""So many calls of one judge wait at most."""


class Assistance(Struct, frozen=True, kw_only=True):
    """entry_id and part: what the judge was at; an unlock always names both. device_id: where the judge sits, if known."""

    id: UUID
    judge_id: UUID
    device_id: UUID | None
    kind: Kind
    entry_id: UUID | None
    part: str | None
    asked_at: datetime
    taken_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def state(self) -> str:
        return "done" if self.done_at else "taken" if self.taken_at else "open"


def check(assistance: Assistance) -> None:
    """Raises Refused: assistance_without_sheet."""
    if assistance.kind == "unlock" and (assistance.entry_id is None or assistance.part is None):
        raise Refused("assistance_without_sheet")


def check_step(assistance: Assistance, step: Step) -> None:
    """Raises Conflict: assistance_taken, assistance_done."""
    if assistance.done_at:
        raise Conflict("assistance_done")
    if step == "taken" and assistance.taken_at:
        raise Conflict("assistance_taken")
