"""What scoring hears from registration about activities and rolls. Each reader names only the fields it keeps."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.scoring.rolls import actions
from services.scoring.rolls.domain import Activity, Division, Roll, RollItem
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction
from shared.events import Event, subject_of
from shared.inbox import Consumer, Handle

After = Callable[[Transaction, UUID], Awaitable[Any]]
"""What must follow in the same transaction once a division has a new roll: its seats are filled."""


class DivisionHeard(Struct, frozen=True, kw_only=True):
    """A division as scoring reads it."""

    division_id: UUID
    key: str
    title: str
    title_en: str = ""
    places: int


class ActivityHeard(Event, frozen=True, kw_only=True, tag="registration.activity.opened.v1"):
    """An activity as scoring reads it."""

    key: str
    title: str
    title_en: str = ""
    edition: int | None = None
    kind: str
    divisions: list[DivisionHeard]


class RollHeard(Event, frozen=True, kw_only=True, tag="registration.roll.sealed.v1"):
    """A sealed roll as scoring reads it."""

    supersedes: UUID | None
    division_id: UUID
    stage: Stage
    items: list[RollItem]
    hash: str


def consumers(after: After) -> list[Consumer]:
    """The readers of this slice. after: called with the division when an activity or a roll was new."""

    async def opened(tx: Transaction, event: ActivityHeard, now: datetime) -> None:
        if await actions.open_activity(tx, _activity(event), _divisions(event)):
            for division in event.divisions:
                await after(tx, division.division_id)

    async def sealed(tx: Transaction, event: RollHeard, now: datetime) -> None:
        roll = Roll(
            roll_id=event.aggregate_id,
            division_id=event.division_id,
            stage=event.stage,
            version=event.version,
            supersedes=event.supersedes,
            hash=event.hash,
            items=tuple(event.items),
        )
        if await actions.receive(tx, roll, now):
            await after(tx, roll.division_id)

    return [
        _consumer("scoring_activities", ActivityHeard, opened),
        _consumer("scoring_rolls", RollHeard, sealed),
    ]


def _consumer(name: str, reads: type[Event], handle: Handle) -> Consumer:
    subject = subject_of(reads)
    return Consumer(
        name=name, stream="REGISTRATION", subject=subject, reads=reads, handle=handle, audience="scoring_system"
    )


def _activity(event: ActivityHeard) -> Activity:
    return Activity(
        activity_id=event.aggregate_id,
        version=event.version,
        key=event.key,
        title=event.title,
        title_en=event.title_en,
        edition=event.edition,
        kind=event.kind,
    )


def _divisions(event: ActivityHeard) -> list[Division]:
    return [
        Division(
            division_id=each.division_id,
            activity_id=event.aggregate_id,
            activity_key=event.key,
            activity_title=event.title,
            activity_title_en=event.title_en,
            key=each.key,
            title=each.title,
            title_en=each.title_en,
            places=each.places,
        )
        for each in event.divisions
    ]
