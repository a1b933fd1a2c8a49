"""What the awards office decided: the prize a participant finds beside the own entry."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.registration.entries import actions
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class Commended(Struct, frozen=True, kw_only=True):
    """A line of the decision, as far as registration reads it."""

    subject_kind: Literal["entry", "branch", "person"]
    subject_id: UUID
    tier: str
    certificate_no: str


class CommendationDecided(Event, frozen=True, kw_only=True, tag="awards.commendation.decided.v1"):
    """aggregate_id: the edition."""

    title: str
    document_no: str
    decided_on: date
    items: list[Commended]


async def honour(tx: Transaction, event: CommendationDecided, now: datetime) -> None:
    """Keep the prizes of entries; what honours a branch or a person is not registration's."""
    prizes = [
        actions.Prize(entry_id=each.subject_id, tier=each.tier, certificate_no=each.certificate_no)
        for each in event.items
        if each.subject_kind == "entry"
    ]
    await actions.honour(
        tx, event.aggregate_id, event.version, event.title, event.document_no, event.decided_on, prizes
    )


CONSUMERS = [
    Consumer(
        name="registration_commendations",
        stream="AWARDS",
        subject="awards.commendation.decided.v1",
        reads=CommendationDecided,
        handle=honour,
        audience="registration_system",
    )
]
