"""Reads activities, final rolls, opened codes and final score sets; other stages concern scoring and registration only."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.awards.score_sets import actions
from services.awards.score_sets.domain import Item, OpenedCode, Sealed, Title
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class DivisionOpened(Struct, frozen=True, kw_only=True):
    division_id: UUID
    key: str
    title: str
    title_en: str = ""


class ActivityOpened(Event, frozen=True, kw_only=True, tag="registration.activity.opened.v1"):
    key: str
    title: str
    title_en: str = ""
    divisions: tuple[DivisionOpened, ...] = ()


class RollSealed(Event, frozen=True, kw_only=True, tag="registration.roll.sealed.v1"):
    """Read for the course titles only."""

    stage: str
    items: tuple[Title, ...]


class RollOpened(Event, frozen=True, kw_only=True, tag="registration.roll.opened.v1"):
    division_id: UUID
    items: tuple[OpenedCode, ...]


class ScoreSetSealed(Event, frozen=True, kw_only=True, tag="scoring.score_set.sealed.v1"):
    supersedes: UUID | None = None
    division_id: UUID
    stage: str
    roll_id: UUID
    roll_version: int
    roll_hash: str
    rule_hash: str
    items: tuple[Item, ...]
    ledger_position: int
    ledger_head: str
    hash: str


async def activity_opened(tx: Transaction, event: ActivityOpened, now: datetime) -> None:
    divisions = [(each.division_id, each.key, each.title, each.title_en) for each in event.divisions]
    await actions.keep_activity(
        tx, event.aggregate_id, event.version, event.key, event.title, event.title_en, divisions
    )


async def roll_sealed(tx: Transaction, event: RollSealed, now: datetime) -> None:
    if event.stage == "final":
        await actions.keep_titles(tx, event.aggregate_id, list(event.items))


async def roll_opened(tx: Transaction, event: RollOpened, now: datetime) -> None:
    await actions.keep_opening(tx, event.aggregate_id, event.version, event.division_id, list(event.items), now)


async def score_set_sealed(tx: Transaction, event: ScoreSetSealed, now: datetime) -> None:
    if event.stage != "final":
        return
    sealed = Sealed(
        id=event.aggregate_id, version=event.version, supersedes=event.supersedes, division_id=event.division_id,
        roll_id=event.roll_id, roll_version=event.roll_version, roll_hash=event.roll_hash, rule_hash=event.rule_hash,
        ledger_position=event.ledger_position, ledger_head=event.ledger_head, hash=event.hash,
    )  # fmt: skip
    await actions.keep_score_set(tx, sealed, list(event.items), now)


CONSUMERS = [
    Consumer(
        name="awards_activities", stream="REGISTRATION", subject="registration.activity.opened.v1", reads=ActivityOpened,
        handle=activity_opened, audience="awards_system",
    ),
    Consumer(
        name="awards_rolls", stream="REGISTRATION", subject="registration.roll.sealed.v1", reads=RollSealed,
        handle=roll_sealed, audience="awards_system",
    ),
    Consumer(
        name="awards_openings", stream="REGISTRATION", subject="registration.roll.opened.v1", reads=RollOpened,
        handle=roll_opened, audience="awards_system",
    ),
    Consumer(
        name="awards_score_sets", stream="SCORING", subject="scoring.score_set.sealed.v1", reads=ScoreSetSealed,
        handle=score_set_sealed, audience="awards_system",
    ),
]  # fmt: skip
