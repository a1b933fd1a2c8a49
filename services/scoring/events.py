"""What scoring tells the other services: sealed results by code and heads of ledgers, never a mark, never a name."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.events import Event
from shared.exact import Ratio


class ScoreSetItem(Struct, frozen=True, kw_only=True):
    """One entry's place. result: what ranks; shown: its decimal text; decided_by: "result" or a step of the tie chain."""

    entry_id: UUID
    code: str
    rank: int
    result: Ratio
    shown: str
    decided_by: str


class ScoreSetSealed(Event, frozen=True, kw_only=True, tag="scoring.score_set.sealed.v1"):
    """The sealed results of a division and stage. aggregate_id: the score set; a correction supersedes it.

    ledger_position, ledger_head: where the division's ledger stood (hexadecimal). hash: over the items.
    """

    supersedes: UUID | None
    division_id: UUID
    stage: Literal["preselection", "final"]
    roll_id: UUID
    roll_version: int
    roll_hash: str
    rule_hash: str
    items: tuple[ScoreSetItem, ...]
    ledger_position: int
    ledger_head: str
    hash: str


class LedgerHeaded(Event, frozen=True, kw_only=True, tag="scoring.ledger.headed.v1"):
    """Where a division's ledger stands, told each minute in which it has grown: whoever keeps it can prove a rewriting.

    aggregate_id: the division; version: the position. ledger_head: hexadecimal.
    """

    ledger_position: int
    ledger_head: str
    headed_at: datetime


EVENTS: tuple[type[Event], ...] = (ScoreSetSealed, LedgerHeaded)
