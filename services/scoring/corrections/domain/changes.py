"""What may be changed, what the standing would rest on then, and how a change is told at the desk. Pure."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.rubrics.domain import Part, Rule, figures
from services.scoring.sheets.domain import Marked, Sheet
from services.scoring.standings.domain import Basis, Deducted

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


class Reopening(Struct, frozen=True, kw_only=True, tag="unlock"):
    """The stage is unlocked; no mark changes by that alone."""

    def applied(self, basis: Basis) -> Basis:
        return basis


Change = CorrectedSheet | WithdrawnDeduction | Reopening


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


class Told(Struct, frozen=True, kw_only=True):
    """A change in words of the desk. marks: what is marked, before, after; text is empty where nothing is."""

    kind: str
    code: str
    judge: str
    part: str
    marks: tuple[tuple[str, str, str], ...]
    is_held: bool


def told(change: Change, rule: Rule, codes: Mapping[UUID, str], judges: Mapping[UUID, str], language: str) -> Told:
    """codes: of entries; judges: names."""
    match change:
        case CorrectedSheet():
            part = rule.part(change.part)
            marks = changed_marks(part, change.was, change.marks, language) if part else ()
            title = figures.named(part.title, part.title_en, language) if part else change.part
            judge = judges.get(change.judge_id, "")
            code, is_held = codes.get(change.entry_id, "?"), change.held is not None
            return Told(kind="sheet", code=code, judge=judge, part=title, marks=marks, is_held=is_held)
        case WithdrawnDeduction():
            kind = next((each for each in rule.deductions if each.key == change.key), None)
            title = figures.named(kind.title, kind.title_en, language) if kind else change.key
            marks = ((title, change.quantity, ""),)
            return Told(kind="deduction", code=codes.get(change.entry_id, "?"), judge="", part="", marks=marks, is_held=False)
        case Reopening():
            return Told(kind="unlock", code="", judge="", part="", marks=(), is_held=False)


def changed_marks(part: Part, was: Mapped, marks: Mapped, language: str) -> tuple[tuple[str, str, str], ...]:
    """(What is marked, before, after) for each mark of the part that differs."""
    titles = figures.titles(part)

    def text(key: str, found: Mapped) -> str:
        return figures.text(part.cells[key].scale, found[key], language) if key in found else ""

    return tuple(
        (figures.named(*titles[key], language), text(key, was), text(key, marks))
        for key in part.cells
        if was.get(key) != marks.get(key)
    )
