"""What the board reads of others: codes that registration opened, with the supervisor, and ceremonies that awards holds."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.board import actions
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class OpenedItem(Struct, frozen=True):
    entry_id: UUID
    person_id: UUID


class RollOpened(Event, frozen=True, kw_only=True, tag="registration.roll.opened.v1"):
    """What the board reads of an opened roll."""

    division_id: UUID
    items: tuple[OpenedItem, ...]


async def keep_opened(tx: Transaction, event: RollOpened, now: datetime) -> None:
    await actions.open_roll(tx, event.division_id, [(item.entry_id, item.person_id) for item in event.items])


class RevealOpened(Event, frozen=True, kw_only=True, tag="awards.reveal.opened.v1"):
    """A ceremony has begun; the hall's screens go to its page."""

    division_ids: tuple[UUID, ...]
    address: str


class RevealClosed(Event, frozen=True, kw_only=True, tag="awards.reveal.closed.v1"):
    """It is over."""

    division_ids: tuple[UUID, ...]


async def keep_reveal(tx: Transaction, event: RevealOpened, now: datetime) -> None:
    await actions.open_reveal(tx, event.aggregate_id, event.division_ids, event.address)


async def end_reveal(tx: Transaction, event: RevealClosed, now: datetime) -> None:
    await actions.close_reveal(tx, event.aggregate_id, event.division_ids)


CONSUMERS = [
    Consumer(
        name="scoring_opened_rolls",
        stream="REGISTRATION",
        subject="registration.roll.opened.v1",
        reads=RollOpened,
        handle=keep_opened,
        audience="scoring_system",
    ),
    Consumer(
        name="scoring_reveals",
        stream="AWARDS",
        subject="awards.reveal.opened.v1",
        reads=RevealOpened,
        handle=keep_reveal,
        audience="scoring_system",
    ),
    Consumer(
        name="scoring_closed_reveals",
        stream="AWARDS",
        subject="awards.reveal.closed.v1",
        reads=RevealClosed,
        handle=end_reveal,
        audience="scoring_system",
    ),
]
