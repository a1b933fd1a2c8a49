"""A proposed correction and what becomes of it: who may apply it, when it is stale, what the ledger says of it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.appeals.domain import Ground
from services.scoring.corrections.domain.changes import Change, CorrectedSheet, Reopening
from services.scoring.corrections.domain.differences import Difference, Row, rows_of
from services.scoring.prizes.domain import Prize
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets.domain import ScoreSet
from shared.errors import Conflict, NotAllowed, Refused


class Correction(Struct, frozen=True, kw_only=True):
    """A proposal and what became of it.

    seen: the ledger position of the difference that the scorekeeper has agreed to. supersedes, score_set_id: the sealed set
    that stood, and the one sealed in its place; None where nothing was sealed, or a tie waits first.
    """

    id: UUID
    division_id: UUID
    stage: Stage
    ground: Ground
    reason: str
    appeal_id: UUID | None
    change: Change
    proposed_by: UUID
    proposed_at: datetime
    seen: int | None = None
    asked_by: UUID | None = None
    asked_at: datetime | None = None
    applied_by: UUID | None = None
    applied_at: datetime | None = None
    ledger_position: int | None = None
    difference: Difference | None = None
    supersedes: UUID | None = None
    score_set_id: UUID | None = None
    withdrawn_at: datetime | None = None

    @property
    def kind(self) -> str:
        """"sheet", "deduction" or "unlock"."""
        return str(self.change.__struct_config__.tag)

    @property
    def state(self) -> Literal["open", "asked", "applied", "withdrawn"]:
        if self.withdrawn_at:
            return "withdrawn"
        return "applied" if self.applied_at else "asked" if self.asked_at else "open"

    @property
    def is_settled(self) -> bool:
        """Applied or withdrawn."""
        return self.state in ("applied", "withdrawn")

    @property
    def waits_for_seal(self) -> bool:
        """A sealed result was corrected, and its next version is not sealed: a tie had to be decided first."""
        return self.state == "applied" and self.supersedes is not None and self.score_set_id is None


class Version(Struct, frozen=True, kw_only=True):
    """A score set as the page of versions shows it: what it changes, and for what reason. sealed: perhaps only proposed."""

    sealed: ScoreSet
    rows: tuple[Row, ...]
    correction: Correction | None

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_changed)


def version(sealed: ScoreSet, before: ScoreSet | None, correction: Correction | None, prizes: Sequence[Prize]) -> Version:
    """A sealed set beside the one it supersedes. sealed: with who sealed it, when and at which ledger position."""
    items = sealed.content.items
    earlier = before.content.items if before else ()
    return Version(
        sealed=sealed,
        rows=rows_of(earlier, items, {each.entry_id: (each.code, "") for each in (*earlier, *items)}, prizes),
        correction=correction,
    )


def needs_second(is_locked: bool, is_released: bool, is_sealed: bool, is_on_paper: bool) -> bool:
    """What was locked, shown, sealed or read from paper by two people is changed by two people."""
    return is_locked or is_released or is_sealed or is_on_paper


def check_proposal(correction: Correction, is_locked: bool, is_judging: bool) -> None:
    """Raises Refused: correction_without_reason, stage_not_locked, correction_judge_not_assigned, correction_changes_nothing."""
    if not correction.reason.strip():
        raise Refused("correction_without_reason", field="reason")
    match correction.change:
        case Reopening() if not is_locked:
            raise Refused("stage_not_locked")
        case CorrectedSheet() if not is_judging:
            raise Refused("correction_judge_not_assigned")
        case CorrectedSheet(marks=marks, was=was) if marks == was:
            raise Refused("correction_changes_nothing")
        case _:
            return


def check_open(correction: Correction) -> None:
    """Raises Conflict: correction_withdrawn."""
    if correction.state == "withdrawn":
        raise Conflict("correction_withdrawn")


def check_fresh(position: int, *seen: int | None) -> None:
    """Everybody has looked at the ledger as it stands. Raises Conflict: correction_stale."""
    if any(each != position for each in seen):
        raise Conflict("correction_stale")


def check_current(is_current: bool) -> None:
    """Raises Conflict: correction_overtaken."""
    if not is_current:
        raise Conflict("correction_overtaken")


def check_second(correction: Correction, by: UUID) -> None:
    """Raises Refused: correction_not_asked. NotAllowed: second_person_needed."""
    if correction.asked_by is None:
        raise Refused("correction_not_asked")
    if correction.asked_by == by:
        raise NotAllowed("second_person_needed")


def as_body(correction: Correction, found: Difference, cites: Sequence[int], score_set_id: UUID | None) -> dict[str, object]:
    """The body of its ledger entry: why, which entries it consists of, and how the ranks moved."""
    return {
        "appeal": str(correction.appeal_id) if correction.appeal_id else None,
        "cites": list(cites),
        "correction": str(correction.id),
        "ground": correction.ground,
        "kind": correction.kind,
        "moved": [
            {
                "entry": str(row.entry_id),
                "rank": [row.before.rank, row.after.rank],
                "shown": [row.before.shown, row.after.shown],
            }
            for row in found.changed
        ],
        "reason": correction.reason,
        "score_set": str(score_set_id) if score_set_id else None,
        "seen": found.position,
        "stage": correction.stage,
        "supersedes": str(correction.supersedes) if correction.supersedes else None,
    }
