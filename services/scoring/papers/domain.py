"""A sheet on paper: its code, who may type it, and when what was typed counts. Pure.

The rule: a sheet counts as soon as the last typings of two different people are equal. Where two differ, the items that
differ are named and no number is; each may look again at the paper and at the own typing, or a third person types, from a
sheet whose scan is attached. So a third look decides by being equal to one of the two, and nobody ever picks a number.
What an item's typing says: a count of its unit, or nothing where the judge ticked 未评 (never 0).
Not here: what a typed sheet becomes (sheets), who reads a typing (row security, migrations/2120_papers.sql).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.materials.domain import media_type
from services.scoring.panels.domain import Assignment, Panel
from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import ActivityRule, Part, Stage, figures
from services.scoring.sheets.domain import OnPaper, Revision, Sent, Sheet, SheetKey
from shared.errors import NotAllowed, Refused

MARK = "L1"
"""What the code of a printed sheet begins with: ours, first form."""
RULE_DIGITS = 8
UNMARKED = ("-", "－", "—", "未评", "/")
"""What a typist writes for an item whose 未评 is ticked on the paper. An empty field is never that."""
LOOKS_ALONE = 2
"""So many people may type a sheet without its scan."""
State = Literal["blank", "first", "differs", "counted"]
URGENT: tuple[State, ...] = ("differs", "first", "blank", "counted")
"""What the desk looks at first."""


class Code(Struct, frozen=True, kw_only=True):
    """What the QR of a printed sheet says. rule: the first digits of the rule's hash."""

    sheet: SheetKey
    rule: str

    @property
    def text(self) -> str:
        key = self.sheet
        return f"{MARK}.{key.judge_id.hex}.{key.entry_id.hex}.{key.part}.{self.rule}"


class Typing(Struct, frozen=True, kw_only=True):
    """What one person typed from a sheet. paper_position: since when the sheet is on paper."""

    id: UUID
    division_id: UUID
    sheet: SheetKey
    paper_position: int
    typist_id: UUID
    marks: dict[str, int]
    comment: str
    typed_at: datetime


class Progress(Struct, frozen=True, kw_only=True):
    """How far a sheet is typed: by how many people, which items differ between them, and whether the asker is one of them."""

    judge_id: UUID
    entry_id: UUID
    part: str
    typists: int
    differing: tuple[str, ...]
    is_mine: bool

    @property
    def sheet(self) -> SheetKey:
        return SheetKey(self.judge_id, self.entry_id, self.part)


class Agreement(Struct, frozen=True, kw_only=True):
    """The earlier of two equal typings."""

    id: UUID
    typist_id: UUID
    comment: str


class Scan(Struct, frozen=True, kw_only=True):
    """The picture of a filled sheet; the content lies under its SHA-256."""

    sheet: SheetKey
    sha256: str
    media_type: str
    bytes: int
    ledger_position: int


class Line(Struct, frozen=True, kw_only=True):
    """A sheet on paper as the desk lists it. state: counted from paper since it went there; held: a tablet sent one meanwhile."""

    sheet: SheetKey
    code: str
    judge: str
    seat: int
    title: str
    title_en: str
    stage: Stage
    text: str
    state: State
    differing: tuple[str, ...]
    is_mine: bool
    position: int | None
    held: int | None
    scans: tuple[Scan, ...]


def read(text: str) -> Code:
    """The code of a printed sheet, as a scanner types it. Raises Refused: paper_code_wrong."""
    pieces = text.strip().split(".")
    try:
        mark, judge, entry, part, rule = pieces
        found = Code(sheet=SheetKey(UUID(judge), UUID(entry), part), rule=rule.lower())
    except ValueError:
        raise Refused("paper_code_wrong", field="sheet") from None
    if mark.upper() != MARK or not part or len(rule) != RULE_DIGITS:
        raise Refused("paper_code_wrong", field="sheet")
    return found


def code_of(sheet: SheetKey, rule_hash: str) -> Code:
    return Code(sheet=sheet, rule=rule_hash[:RULE_DIGITS])


def marks(part: Part, typed: Mapping[str, str]) -> dict[str, int]:
    """A sheet as it was typed, an item left out where 未评 was written for it. Raises Faulty, as `figures.counts`."""
    return figures.counts(part, typed, UNMARKED)


def paper_of(paper: Sequence[OnPaper], sheet: SheetKey) -> OnPaper:
    """By what this sheet is on paper, the earliest. Raises Refused: paper_not_on_paper."""
    found = [each for each in paper if each.holds(sheet)]
    if not found:
        raise Refused("paper_not_on_paper")
    return min(found, key=lambda each: each.ledger_position)


def check_to_paper(paper: Sequence[OnPaper], entry_id: UUID, judge_id: UUID | None, part: str, is_locked: bool) -> None:
    """Raises Refused: paper_after_lock, paper_already."""
    if is_locked:
        raise Refused("paper_after_lock")
    if any(
        each.entry_id == entry_id and each.judge_id in (None, judge_id) and each.part in ("", part) for each in paper
    ):
        raise Refused("paper_already")


def check_from_paper(paper: Sequence[OnPaper], entry_id: UUID, judge_id: UUID | None, part: str) -> None:
    """A whole entry comes back whole. Raises Refused: paper_not_on_paper, paper_whole_entry."""
    of_entry = [each for each in paper if each.entry_id == entry_id]
    if judge_id and any(each.judge_id is None for each in of_entry):
        raise Refused("paper_whole_entry")
    if not [each for each in of_entry if judge_id is None or (each.judge_id, each.part) == (judge_id, part)]:
        raise Refused("paper_not_on_paper")


def check_typist(typist_id: UUID, judges: Collection[UUID], progress: Progress | None, has_scan: bool) -> None:
    """Whoever judges in the division types none of its sheets; a third person looks at the scan.

    Raises NotAllowed: paper_judge_types. Refused: paper_scan_needed.
    """
    if typist_id in judges:
        raise NotAllowed("paper_judge_types")
    if progress and not progress.is_mine and progress.typists >= LOOKS_ALONE and not has_scan:
        raise Refused("paper_scan_needed")


def kind_of(content: bytes) -> str:
    """The media type of a scan by its first bytes, whatever its name says. Raises Refused: paper_scan_kind."""
    kind = media_type(content)
    if not kind:
        raise Refused("paper_scan_kind", field="scan")
    return kind


def revision(typing: Typing, agreed: Agreement, sheet: Sheet | None, reason: str, rubric_version: int) -> Revision:
    """The sheet as two people typed it: the second typing's id, the first one's in the place of a device, after what counts.

    reason: why the sheet went to paper, said where the sheet had counted before.
    """
    head = sheet.head if sheet else None
    return Revision(
        id=typing.id,
        device_id=agreed.id,
        seq=1,
        base=head.revision_id if head else None,
        sheet=typing.sheet,
        rubric_version=rubric_version,
        marks=typing.marks,
        comment=typing.comment or agreed.comment or (head.comment if head else ""),
        reason=reason if head else "",
        source="paper",
    )


def key_of(sheet: Sheet) -> SheetKey:
    return SheetKey(sheet.judge_id, sheet.entry_id, sheet.part)


def state(progress: Progress | None, sheet: Sheet | None, paper: OnPaper) -> State:
    """counted: from paper, since the sheet went there, and nobody has typed it again."""
    if progress:
        return "differs" if progress.differing else "first"
    head = sheet.head if sheet else None
    return "counted" if head and head.source == "paper" and head.ledger_position > paper.ledger_position else "blank"


def lines(
    roll: Roll, panel: Panel, attached: ActivityRule, paper: Sequence[OnPaper], assignments: Sequence[Assignment],
    sheets: Sequence[Sheet], progress: Sequence[Progress], scans: Sequence[Scan], held: Mapping[SheetKey, Sent],
) -> tuple[Line, ...]:  # fmt: skip
    """Every sheet that is on paper: what waits for somebody first, then by entry in the roll's order, part and seat."""
    names = {seat.judge_id: seat.name for seat in panel.seats}
    sent, typed = {key_of(each): each for each in sheets}, {each.sheet: each for each in progress}
    seats = {(each.judge_id, each.entry_id): each.seat for each in assignments if each.is_marking}
    keys = [
        (item, part, SheetKey(judge_id, item.entry_id, part.key))
        for item in roll.items
        for part in attached.rule.parts
        for judge_id, entry_id in sorted(seats, key=lambda each: seats[each])
        if entry_id == item.entry_id
    ]
    found = []
    for item, part, key in keys:
        by = [each for each in paper if each.holds(key)]
        if not by:
            continue
        sheet, half = sent.get(key), typed.get(key)
        line = Line(
            sheet=key,
            code=item.code,
            judge=names[key.judge_id],
            seat=seats[key.judge_id, key.entry_id],
            title=part.title,
            title_en=part.title_en,
            stage=attached.stage_of(part.key),
            text=code_of(key, attached.hash).text,
            state=state(half, sheet, paper_of(by, key)),
            differing=half.differing if half else (),
            is_mine=half is not None and half.is_mine,
            position=sheet.head.ledger_position if sheet and sheet.head else None,
            held=held[key].ledger_position if key in held else None,
            scans=tuple(each for each in scans if each.sheet == key),
        )
        found.append(line)
    return tuple(sorted(found, key=lambda each: URGENT.index(each.state)))
