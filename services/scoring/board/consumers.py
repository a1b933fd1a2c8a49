"""Codes that registration opened, with the supervisor: only now may a name stand beside one."""

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


CONSUMERS = [
    Consumer(
        name="scoring_opened_rolls",
        stream="REGISTRATION",
        subject="registration.roll.opened.v1",
        reads=RollOpened,
        handle=keep_opened,
        audience="scoring_system",
    )
]
