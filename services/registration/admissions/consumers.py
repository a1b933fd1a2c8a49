"""Sealed score sets: the ranks of a preselection decide admission; of the final only that its roll was marked counts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.registration.admissions import actions
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class ScoredLine(Struct, frozen=True, kw_only=True):
    """The rank of one entry; None where it has none."""

    entry_id: UUID
    rank: int | None = None


class ScoreSetSealed(Event, frozen=True, kw_only=True, tag="scoring.score_set.sealed.v1"):
    """aggregate_id: the score set."""

    division_id: UUID
    stage: Literal["preselection", "final"]
    roll_id: UUID
    items: list[ScoredLine]


async def receive(tx: Transaction, event: ScoreSetSealed, now: datetime) -> None:
    """Keep ranks of a preselection; results of the final stay in scoring."""
    ranks = {i.entry_id: i.rank for i in event.items if i.rank is not None} if event.stage == "preselection" else {}
    scores = actions.SealedScores(
        id=event.aggregate_id,
        division_id=event.division_id,
        stage=event.stage,
        roll_id=event.roll_id,
        version=event.version,
        ranks=ranks,
    )
    await actions.receive(tx, scores, now)


CONSUMERS = [
    Consumer(
        name="registration_score_sets",
        stream="SCORING",
        subject="scoring.score_set.sealed.v1",
        reads=ScoreSetSealed,
        handle=receive,
        audience="registration_system",
    )
]
