"""What a change would do: the standing before and after, who moves, which prize edges change. Pure.

Words: a *change* is what is proposed (a corrected sheet, a reopened stage, a deduction taken back); a *difference* is what
it does to the ranks; an *edge* is the rank with which the prizes of a tier end. Prize numbers are awards' business: here
they only say where to look. Not here: the standing itself (standings). Rule: services/scoring/README.md#corrections
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.appeals.domain import Ground
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets.domain import ScoreItem, ScoreSet
from services.scoring.sheets.domain import Marked, Sheet
from services.scoring.standings.domain import Basis, Deducted, Line, Standings
from shared.errors import Conflict, NotAllowed, Refused

Mapped = dict[str, int]


class CorrectedSheet(Struct, frozen=True, kw_only=True, tag="sheet"):
    """The whole sheet as it shall count. revision_id: the revision this becomes. was: the marks it was typed against.

    held: the judge's own revision that a lock held back, when its marks are these.
    """

    revision_id: UUID
    judge_id: UUID
    entry_id: UUID
    part: str
    marks: Mapped
    was: Mapped
    held: UUID | None = None

    def applied(self, basis: Basis) -> Basis:
        """The basis with this sheet in the place of the one that counts."""
        sheet = Marked(judge_id=self.judge_id, entry_id=self.entry_id, part=self.part, marks=self.marks)
        key = (self.judge_id, self.entry_id, self.part)
        others = tuple(each for each in basis.sheets if (each.judge_id, each.entry_id, each.part) != key)
        return msgspec.structs.replace(basis, sheets=(*others, sheet))


class Reopening(Struct, frozen=True, kw_only=True, tag="unlock"):
    """The stage is unlocked; no mark changes by that alone."""

    def applied(self, basis: Basis) -> Basis:
        return basis


class WithdrawnDeduction(Struct, frozen=True, kw_only=True, tag="deduction"):
    """A recorded deduction is taken back. quantity: as recorded."""

    deduction_id: UUID
    entry_id: UUID
    key: str
    quantity: str

    def applied(self, basis: Basis) -> Basis:
        left = list(basis.facts.deductions)
        left.remove(Deducted(self.entry_id, self.key, Fraction(self.quantity)))
        return msgspec.structs.replace(basis, facts=msgspec.structs.replace(basis.facts, deductions=tuple(left)))


Change = CorrectedSheet | WithdrawnDeduction | Reopening


class Prize(Struct, frozen=True):
    """A tier's name and how many there are."""

    name: str
    name_en: str
    count: int


class Side(Struct, frozen=True, kw_only=True):
    """An entry before or after. rank: None without a result. tier: place of its tier from 0, None without one."""

    rank: int | None
    shown: str
    decided_by: str
    tier: int | None
    is_tied: bool


class Row(Struct, frozen=True, kw_only=True):
    entry_id: UUID
    code: str
    title: str
    before: Side
    after: Side

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def rise(self) -> int:
        """Ranks gained; negative where it falls."""
        return (self.before.rank or 0) - (self.after.rank or 0) if self.before.rank and self.after.rank else 0


class Edge(Struct, frozen=True, kw_only=True):
    """The last rank of a tier: who comes in and who drops out. tied: codes that share the rank across it afterwards."""

    tier: int
    limit: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    tied: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        return bool(self.entering or self.leaving)


class Waiting(Struct, frozen=True):
    """A tie that would wait for people."""

    codes: tuple[str, ...]
    step: str


class Difference(Struct, frozen=True, kw_only=True):
    """position: of the ledger when it was computed; nothing may have been added since, or it must be looked at again.

    owed: how many marks would be missing; without: codes without a result.
    """

    position: int
    rows: tuple[Row, ...]
    edges: tuple[Edge, ...]
    waiting: tuple[Waiting, ...]
    owed: int
    without: tuple[str, ...]

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_changed)


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
    """A sealed score set as the page of versions shows it: what it changed, and for what reason."""

    sealed: ScoreSet
    rows: tuple[Row, ...]
    correction: Correction | None

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_changed)


def difference(
    before: Standings, after: Standings, codes: Mapping[UUID, tuple[str, str]], prizes: Sequence[Prize], position: int
) -> Difference:
    """codes: entry -> code and title. Rows in the order of the new ranks; those without a result at the end."""
    rows = _rows(before.lines, after.lines, codes, prizes)
    return Difference(
        position=position,
        rows=rows,
        edges=tuple(edges(rows, prizes)),
        waiting=tuple(Waiting(tuple(sorted(codes[e][0] for e in tie.entries)), tie.step) for tie in after.pending),
        owed=len(after.unmarked),
        without=tuple(sorted(codes[entry][0] for entry in after.thin)),
    )


def version(sealed: ScoreSet, before: ScoreSet | None, correction: Correction | None, prizes: Sequence[Prize]) -> Version:
    """A sealed set beside the one it supersedes. sealed: with who sealed it, when and at which ledger position."""
    items = sealed.content.items
    earlier = before.content.items if before else ()
    return Version(
        sealed=sealed,
        rows=_rows(earlier, items, {each.entry_id: (each.code, "") for each in (*earlier, *items)}, prizes),
        correction=correction,
    )


def _rows(
    before: Sequence[Line | ScoreItem], after: Sequence[Line | ScoreItem], codes: Mapping[UUID, tuple[str, str]],
    prizes: Sequence[Prize],
) -> tuple[Row, ...]:  # fmt: skip
    left, right = _sides(before, codes, prizes), _sides(after, codes, prizes)
    rows = [
        Row(entry_id=entry, code=code, title=title, before=left[entry], after=right[entry])
        for entry, (code, title) in codes.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.after.rank is None, row.after.rank or 0, row.code)))


def _sides(lines: Sequence[Line | ScoreItem], codes: Iterable[UUID], prizes: Sequence[Prize]) -> dict[UUID, Side]:
    ranks = {line.entry_id: line.rank for line in lines}
    known = {
        line.entry_id: Side(
            rank=line.rank, shown=line.shown, decided_by=line.decided_by, tier=tier_of(line.rank, ranks.values(), prizes),
            is_tied=list(ranks.values()).count(line.rank) > 1,
        )
        for line in lines
    }  # fmt: skip
    nothing = Side(rank=None, shown="", decided_by="", tier=None, is_tied=False)
    return {entry: known.get(entry, nothing) for entry in codes}


def tier_of(rank: int, ranks: Iterable[int], prizes: Sequence[Prize]) -> int | None:
    """The tier that a rank reaches, from 0: the first whose end lies at or behind the places of all who are ahead."""
    ahead, limit = sum(each < rank for each in ranks), 0
    for place, prize in enumerate(prizes):
        limit += prize.count
        if ahead < limit:
            return place
    return None


def edges(rows: Sequence[Row], prizes: Sequence[Prize]) -> list[Edge]:
    """For the end of each tier, who comes in above it and who drops below."""
    found, limit = [], 0
    for place, prize in enumerate(prizes):
        limit += prize.count
        inside = [_inside(rows, limit, lambda row: row.before), _inside(rows, limit, lambda row: row.after)]
        held = sum(row.after.rank is not None and row.code in inside[1] for row in rows)
        last = max((row.after.rank or 0 for row in rows if row.code in inside[1]), default=0)
        found.append(
            Edge(
                tier=place,
                limit=limit,
                entering=tuple(sorted(inside[1] - inside[0])),
                leaving=tuple(sorted(inside[0] - inside[1])),
                tied=tuple(sorted(row.code for row in rows if row.after.rank == last)) if held > limit else (),
            )
        )
    return found


def _inside(rows: Sequence[Row], limit: int, side: Callable[[Row], Side]) -> set[str]:
    """Codes with fewer than `limit` entries ahead of them."""
    ranks = [rank for row in rows if (rank := side(row).rank) is not None]
    return {
        row.code for row in rows if (rank := side(row).rank) is not None and sum(each < rank for each in ranks) < limit
    }


def held_back(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Sheets whose last revision came after a lock and does not count."""
    return [each for each in sheets if each.last.disposition == "held_locked"]


def if_sent_again(basis: Basis, held: Iterable[Sheet]) -> Basis:
    """The basis if every sheet that a lock held back would count: what reopening may lead to."""
    for each in held:
        change = CorrectedSheet(
            revision_id=each.last.revision_id, judge_id=each.judge_id, entry_id=each.entry_id, part=each.part,
            marks=each.last.marks, was={},
        )  # fmt: skip
        basis = change.applied(basis)
    return basis


def needs_second(is_locked: bool, is_released: bool, is_sealed: bool) -> bool:
    """What was locked, shown or sealed by two people is changed by two people."""
    return is_locked or is_released or is_sealed


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
