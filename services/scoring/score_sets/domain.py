"""A score set: which rule, which roll, which result per entry, as one hashed document. Pure.

The hash is SHA-256 over the document's canonical JSON (sorted keys, no spaces, UTF-8), so that whoever holds roll, rule
and ledger can make it again. Rule: services/scoring/README.md#score-sets
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.rolls.domain import Division, Roll
from services.scoring.rubrics.domain import Rule, Stage
from services.scoring.sheets.domain import Assigned, Marked
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
    return Content(
        division_id=roll.division_id,
        stage=roll.stage,
        version=previous.content.version + 1 if previous else 1,
        supersedes=previous.id if previous else None,
        roll_id=roll.roll_id,
        roll_version=roll.version,
        roll_hash=roll.hash,
        rule_hash=rule_hash,
        items=_items(standings, roll.codes),
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


class Evidence(Struct, frozen=True, kw_only=True):
    """What a score set rests on, as the seal states it. records: bodies of the ledger's facts, oldest first, by kind.

    judges: entry -> its panel in the random order that numbers it; nonces: two for each item, so that nothing can be
    guessed from a hash.
    """

    division: Division
    rule: Rule
    sheets: Sequence[Marked]
    seats: Sequence[Assigned]
    records: Sequence[tuple[str, Mapping[str, Any]]]
    judges: Mapping[UUID, Sequence[UUID]]
    nonces: Sequence[str]


def statements(content: Content, evidence: Evidence) -> list[tuple[str, dict[str, Any]]]:
    """Kind and body of what the ledger says before a seal: each entry's result, then each entry's marks behind it.

    Rule: services/scoring/README.md#bundles
    """
    told = [_stated(content, item, evidence.division) for item in content.items]
    marks = [each | _marks(item.entry_id, content.stage, evidence) for each, item in zip(told, content.items, strict=True)]
    bodies = [("stated", each) for each in told] + [("marks_stated", each) for each in marks]
    return [(kind, body | {"nonce": nonce}) for (kind, body), nonce in zip(bodies, evidence.nonces, strict=True)]


def panels(seats: Iterable[Assigned]) -> dict[UUID, list[UUID]]:
    """Entry -> who judges it, in order of their ids."""
    found: dict[UUID, list[UUID]] = {}
    for seat in sorted((seat.entry_id, seat.judge_id) for seat in seats if seat.state == "judging"):
        found.setdefault(seat[0], []).append(seat[1])
    return found


def _stated(content: Content, item: ScoreItem, division: Division) -> dict[str, Any]:
    return {
        "activity": division.activity_key,
        "division_key": division.key,
        "stage": content.stage,
        "version": content.version,
        "entry": str(item.entry_id),
        "code": item.code,
        "rank": item.rank,
        "result": {"n": item.result.n, "d": item.result.d},
        "shown": item.shown,
        "decided_by": item.decided_by,
    }


def _marks(entry_id: UUID, stage: Stage, evidence: Evidence) -> dict[str, Any]:
    """One entry's marks, its judges by number; missing: the numbers of those who did not give all marks."""
    rule = evidence.rule
    needed = {(part.key, key) for part in rule.parts for key in part.cells}
    numbers = {judge: str(number) for number, judge in enumerate(evidence.judges.get(entry_id, ()), start=1)}
    judges: dict[str, dict[str, dict[str, int]]] = {}
    for sheet in evidence.sheets:
        if sheet.entry_id == entry_id and sheet.judge_id in numbers and rule.part(sheet.part):
            judges.setdefault(numbers[sheet.judge_id], {})[sheet.part] = sheet.marks
    given = {number: {(part, key) for part, marks in own.items() for key in marks} for number, own in judges.items()}
    recused = [seat for seat in evidence.seats if seat.entry_id == entry_id and seat.state == "recused"]
    return {
        "judges": judges,
        "missing": [number for number in numbers.values() if needed - given.get(number, set())],
        "recused_filled": len(recused) if rule.recusal == "mean_of_others" else 0,
        **_facts(str(entry_id), stage, evidence.records),
    }


def _facts(entry: str, stage: Stage, records: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """What was recorded of one entry at this stage and holds."""
    own = [(kind, body) for kind, body in records if body.get("stage") == stage]
    gone = {body["id"] for kind, body in own if kind == "deduction_withdrawn"}
    of = [(kind, body) for kind, body in own if body.get("entry") == entry]
    hard = {(body["part"], body["criterion"]): body["value"] for kind, body in of if kind == "difficulty_set"}
    return {
        "deductions": [
            {"key": body["key"], "quantity": body["quantity"], "reason": body["reason"]}
            for kind, body in of
            if kind == "deducted" and body["id"] not in gone
        ],
        "adjustment": next((body["amount"] for kind, body in reversed(of) if kind == "adjusted"), None),
        "difficulties": [{"part": part, "criterion": key, "value": value} for (part, key), value in hard.items()],
    }
