"""When a stage may be locked or unlocked. It takes two people: one asks, another confirms.

Not here: what a lock does to a late revision (sheets), the seal of the score set (score_sets).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import Rule, Stage
from services.scoring.rubrics.domain.figures import titles
from services.scoring.sheets.domain import Assigned, SheetKey
from services.scoring.standings.domain import Standings
from shared.errors import NotAllowed, Refused

Kind = Literal["lock", "unlock"]
NAMED = 6
"""How many owed marks a refusal names; the rest is a number."""


class LockRequest(Struct, frozen=True, kw_only=True):
    """Somebody asks that a stage be locked or unlocked; another person confirms. reason: needed to unlock."""

    id: UUID
    division_id: UUID
    stage: Stage
    kind: Kind
    reason: str
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    ledger_position: int | None = None


def check(request: LockRequest, is_locked: bool) -> None:
    """Raises Refused: stage_locked_already, stage_not_locked, unlock_without_reason."""
    if request.kind == "lock" and is_locked:
        raise Refused("stage_locked_already")
    if request.kind == "unlock" and not is_locked:
        raise Refused("stage_not_locked")
    if request.kind == "unlock" and not request.reason.strip():
        raise Refused("unlock_without_reason", field="reason")


def check_marks(standings: Standings, rule: Rule, roll: Roll) -> None:
    """A stage locks only when the rule can rank it.

    An unmarked mark is never 0: under "no_lock" and "reserve" it keeps the stage open. Raises Refused: lock_unmarked
    (how many, where), lock_thin (which entries have too few marks).
    """
    codes = roll.codes
    needed = [each for each in standings.unmarked if _is_needed(rule, each.part)]
    if needed:
        owed = sorted({(codes[each.entry_id], _title(rule, each.part, each.criterion)) for each in needed})
        where = "; ".join(f"{code} {title}" for code, title in owed[:NAMED])
        raise Refused("lock_unmarked", count=len(needed), where=where)
    if standings.thin:
        raise Refused("lock_thin", codes=", ".join(sorted(codes[entry] for entry in standings.thin)[:NAMED]))


def check_paper(half: Sequence[SheetKey], roll: Roll) -> None:
    """What one person has typed from paper and nobody has confirmed keeps the stage open. Raises Refused: lock_on_paper."""
    if half:
        codes = sorted({roll.codes.get(each.entry_id, "?") for each in half})
        raise Refused("lock_on_paper", count=len(half), codes=", ".join(codes[:NAMED]))


def check_second(request: LockRequest, by: UUID) -> None:
    """Raises NotAllowed: second_person_needed."""
    if request.asked_by == by:
        raise NotAllowed("second_person_needed")


def panel(
    seats: Sequence[Assigned], entries: Collection[UUID]
) -> tuple[dict[str, UUID], dict[str, list[str]], dict[str, list[str]]]:
    """Who judges what, as a lock states it: name -> judge; entry -> names of those who judge it; of those recused."""
    seats = [seat for seat in seats if seat.entry_id in entries]
    judges = sorted({seat.judge_id for seat in seats})
    names = {judge: f"judge_{number}" for number, judge in enumerate(judges, start=1)}
    by_state: dict[str, dict[str, list[str]]] = {"judging": {}, "recused": {}}
    for seat in sorted(seats, key=lambda each: (each.entry_id, each.judge_id)):
        by_state[seat.state].setdefault(str(seat.entry_id), []).append(names[seat.judge_id])
    return {name: judge for judge, name in names.items()}, by_state["judging"], by_state["recused"]


def _is_needed(rule: Rule, part_key: str) -> bool:
    """Whether the rule has no answer to a mark that is missing in this part."""
    part = rule.part(part_key)
    judging = part.judging if part and part.judging else rule.judging
    return judging.missing in ("no_lock", "reserve")


def _title(rule: Rule, part_key: str, criterion_key: str) -> str:
    part = rule.part(part_key)
    if part is None:
        return part_key
    found = titles(part)
    return part.title if len(found) == 1 else f"{part.title}·{found[criterion_key][0]}"
