"""Where scoring says its ledgers stand."""

from datetime import datetime

from services.registration.ledger_heads import actions
from services.registration.ledger_heads.domain import Head
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class LedgerHeaded(Event, frozen=True, kw_only=True, tag="scoring.ledger.headed.v1"):
    """aggregate_id: the division."""

    ledger_position: int
    ledger_head: str
    headed_at: datetime


async def receive(tx: Transaction, event: LedgerHeaded, now: datetime) -> None:
    head = Head(
        division_id=event.aggregate_id,
        position=event.ledger_position,
        hash=event.ledger_head,
        headed_at=event.headed_at,
    )
    await actions.keep(tx, head)


CONSUMERS = [
    Consumer(
        name="registration_ledger_heads",
        stream="SCORING",
        subject="scoring.ledger.headed.v1",
        reads=LedgerHeaded,
        handle=receive,
        audience="registration_system",
    )
]
