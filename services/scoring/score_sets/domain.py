"""A score set: which rule, which roll, which result per entry, as one hashed document. Pure.

The hash is SHA-256 over the document's canonical JSON (sorted keys, no spaces, UTF-8), so that whoever holds roll, rule
and ledger can make it again. Rule: services/scoring/README.md#score-sets
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import Stage
from services.scoring.standings.domain import Standings
from shared.errors import Conflict, NotAllowed, Refused
from shared.exact import Ratio


class ScoreItem(Struct, frozen=True, kw_only=True):
    entry_id: UUID
    code: str
    rank: int
    result: Ratio
    shown: str
    decided_by: str


class Content(Struct, frozen=True, kw_only=True):
    """What is sealed. version: 1, 2, … per division and stage; supersedes: the score set this one corrects."""

    division_id: UUID
    stage: Stage
    version: int
    supersedes: UUID | None
    roll_id: UUID
    roll_version: int
    roll_hash: str
    rule_hash: str
    items: tuple[ScoreItem, ...]


class ScoreSet(Struct, frozen=True, kw_only=True):
    """Proposed by the scorekeeper, sealed by the supervisor."""

    id: UUID
    content: Content
    hash: str
    proposed_by: UUID
    proposed_at: datetime
    sealed_by: UUID | None = None
    sealed_at: datetime | None = None
    ledger_position: int | None = None

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None


def content(
    standings: Standings, roll: Roll, rule_hash: str, is_locked: bool, previous: ScoreSet | None
) -> Content:
    """The document of this standing. previous: the sealed set it would supersede.

    Raises Refused: seal_before_lock, sheets_missing, ties_open.
    """
    if not is_locked:
        raise Refused("seal_before_lock")
    if standings.thin:
        raise Refused("sheets_missing", count=len(standings.thin))
    if standings.pending:
        raise Refused("ties_open", count=len(standings.pending))
    codes = {item.entry_id: item.code for item in roll.items}
    return Content(
        division_id=roll.division_id,
        stage=roll.stage,
        version=previous.content.version + 1 if previous else 1,
        supersedes=previous.id if previous else None,
        roll_id=roll.roll_id,
        roll_version=roll.version,
        roll_hash=roll.hash,
        rule_hash=rule_hash,
        items=_items(standings, codes),
    )


def _items(standings: Standings, codes: Mapping[UUID, str]) -> tuple[ScoreItem, ...]:
    return tuple(
        ScoreItem(
            entry_id=line.entry_id,
            code=codes[line.entry_id],
            rank=line.rank,
            result=line.result,
            shown=line.shown,
            decided_by=line.decided_by,
        )
        for line in standings.lines
    )


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(content: Content) -> bytes:
    return msgspec.json.encode(content, order="sorted")


def check_seal(proposed: ScoreSet, current: Content, by: UUID) -> None:
    """Raises NotAllowed: second_person_needed. Conflict: score_set_stale (the standing has moved since it was proposed)."""
    if by == proposed.proposed_by:
        raise NotAllowed("second_person_needed")
    if digest(current) != proposed.hash:
        raise Conflict("score_set_stale")
