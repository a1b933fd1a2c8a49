"""What one judge sees: the own entries and the own sheets, in words and decimal text. Pure.

Only the judge's own marks come in here. No total is made while a part is missing. 未评 is an empty text, never "0".
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.materials.domain import Material
from services.scoring.remarks.domain import Request, is_open
from services.scoring.rolls.domain import Roll, RollItem
from services.scoring.rubrics.domain import Band, Criterion, Item, Part, Rule, Scale, Stage, figures
from services.scoring.sheets.domain import OnPaper, Sent, Sheet
from shared import exact
from shared.exact import Ratio

Own = Mapping[tuple[UUID, str], Sheet]
NO_BREAK = "\N{NO-BREAK SPACE}"
OF_ONE_SHEET = ("count", "value", "earlier")
"""What of a criterion the tablet knows better itself: the mark, and the marks given to others."""
State = Literal["todo", "partly", "done", "held", "locked"]


class Desk(Struct, frozen=True, kw_only=True):
    """Everything a judge's page of one division is made of. entries: assigned to this judge and not recused, in order.

    remarks: where this judge was asked to look again. is_sealed: the final's results stand, tablets may be wiped.
    states: what the hall knows of an entry: waiting, called, late, absent. materials: what may be read beside the mark.
    """

    division_id: UUID
    activity: str
    division: str
    venue: str
    judge: str
    seat: int
    rule: Rule
    stage: Stage
    preselection_part: str | None
    locked: frozenset[Stage]
    entries: tuple[RollItem, ...]
    own: Own
    is_leader: bool = False
    is_rehearsal: bool = False
    remarks: tuple[Request, ...] = ()
    is_sealed: bool = False
    states: Mapping[UUID, str] = {}
    paper: tuple[OnPaper, ...] = ()
    materials: Mapping[UUID, Sequence[Material]] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that are marked in this stage."""
        if self.stage == "preselection":
            return tuple(part for part in self.rule.parts if part.key == self.preselection_part)
        return self.rule.parts

    def is_locked(self, part: str) -> bool:
        stage: Stage = "preselection" if part == self.preselection_part else "final"
        return stage in self.locked or "final" in self.locked

    def is_on_paper(self, entry_id: UUID, part: str) -> bool:
        """paper holds what concerns this judge."""
        return any(each.entry_id == entry_id and each.part in ("", part) for each in self.paper)


class ChoiceView(Struct, frozen=True, kw_only=True):
    """One step of a grade, judgement or pass/fail scale. points: decimal text, "" where a judge need not see them."""

    key: str
    title: str
    points: str
    checked: bool


class BandView(Struct, frozen=True, kw_only=True):
    """Guidance: marks from lowest to highest (counts) mean `title`. text: the same range as decimal text."""

    title: str
    text: str
    lowest: int
    highest: int


class CriterionView(Struct, frozen=True, kw_only=True):
    """What one mark is given for, with the mark that counts.

    group, group_key, group_highest, group_digits: the criterion it is an item of, "" where it is marked as a whole.
    lowest, highest: decimal text; *_count: counts of the unit, which is unit_n/unit_d. earlier: "code:mark code:mark".
    worth: what a mark is worth, as ratios: one per choice or step ("1/2 1/1"), or one per unit. steps: the counts up to
    which a step reaches. weight: a ratio the points are multiplied with in the part's sum.
    """

    key: str
    title: str
    kind: str
    group: str
    group_key: str
    group_highest: str
    group_digits: int
    lowest: str
    highest: str
    lowest_count: int
    highest_count: int
    unit: str
    unit_n: int
    unit_d: int
    digits: int
    worth: str
    steps: str
    weight: str
    choices: tuple[ChoiceView, ...]
    bands: tuple[BandView, ...]
    count: int | None
    value: str
    earlier: str


class PartView(Struct, frozen=True, kw_only=True):
    """highest: "" where places are given: a sum of places has no highest. digits: decimals of the sum."""

    key: str
    title: str
    highest: str
    digits: int
    shown: str
    state: State
    current: bool
    criteria: tuple[CriterionView, ...] = ()


class EntryView(Struct, frozen=True, kw_only=True):
    entry_id: UUID
    code: str
    shown: str
    state: State
    current: bool


class CountedView(Struct, frozen=True, kw_only=True):
    position: int
    at: datetime
    shown: str


class ChangedView(Struct, frozen=True, kw_only=True):
    title: str
    value: str
    changed: bool


class HeldView(Struct, frozen=True, kw_only=True):
    position: int
    at: datetime
    disposition: str
    rows: tuple[ChangedView, ...]


class SheetView(Struct, frozen=True, kw_only=True):
    """One sheet as the page shows it. base: the revision that counts; total: only when no part is missing.

    asked_again: judges lie too far apart, and this one has not answered yet.
    """

    division_id: UUID
    activity: str
    division: str
    venue: str
    judge: str
    seat: int
    entry_id: UUID
    code: str
    order: int | None
    title: str
    rubric_version: int
    part: PartView
    parts: tuple[PartView, ...]
    entries: tuple[EntryView, ...]
    done: int
    base: UUID | None
    marks: dict[str, int]
    comment: str
    counted: CountedView | None
    held: HeldView | None
    locked: bool
    on_paper: bool
    asked_again: bool
    total: str
    total_highest: str
    next: EntryView | None


def told(desk: Desk, language: str) -> dict[str, Any]:
    """A desk as the tablet keeps it: everything to mark with, and what the server holds of each sheet."""
    return {
        "division_id": desk.division_id,
        "activity": desk.activity,
        "division": desk.division,
        "venue": desk.venue,
        "seat": desk.seat,
        "is_leader": desk.is_leader,
        "stage": desk.stage,
        "rubric_version": desk.rule.version,
        "is_rehearsal": desk.is_rehearsal,
        "sealed": desk.is_sealed,
        "release": desk.rule.release,
        "total_digits": figures.digits(desk.parts),
        "parts": [_told_part(desk, part, language) for part in desk.parts],
        "entries": [_told_entry(desk, item) for item in desk.entries],
    }


def _told_part(desk: Desk, part: Part, language: str) -> dict[str, Any]:
    cells = [(criterion, key, item) for criterion in part.criteria for key, item in criterion.cells.items()]
    views = [msgspec.to_builtins(_criterion(part, *each, None, "", language)) for each in cells]
    return {
        "key": part.key,
        "title": figures.named(part.title, part.title_en, language),
        "when": part.when,
        "weight": f"{part.weight.n}/{part.weight.d}",
        "highest": "" if _has_places(part) else exact.plain(figures.most(part)),
        "digits": figures.digits([part]),
        "locked": desk.is_locked(part.key),
        "criteria": [{name: value for name, value in view.items() if name not in OF_ONE_SHEET} for view in views],
    }


def _told_entry(desk: Desk, item: RollItem) -> dict[str, Any]:
    return {
        "entry_id": item.entry_id,
        "code": item.code,
        "order": item.order,
        "title": item.title,
        "materials": [
            {"id": each.id, "name": each.name, "bytes": each.bytes, "media_type": each.media_type}
            for each in desk.materials.get(item.entry_id, ())
        ],
        "state": desk.states.get(item.entry_id, "waiting"),
        "sheets": {part.key: _told_sheet(desk, item.entry_id, part.key) for part in desk.parts},
    }


def _told_sheet(desk: Desk, entry_id: UUID, part: str) -> dict[str, Any]:
    held = desk.own.get((entry_id, part))
    asked_again = not desk.is_locked(part) and is_open(desk.remarks, entry_id, part, held)
    return {
        "head": told_sent(held.head) if held and held.head else None,
        "last": told_sent(held.last) if held else None,
        "asked_again": asked_again,
        "on_paper": desk.is_on_paper(entry_id, part),
    }


def told_sent(sent: Sent) -> dict[str, Any]:
    """One submitted sheet as its judge's tablet shows it."""
    return {name: value for name, value in msgspec.structs.asdict(sent).items() if name != "chain_hash"}


class Kept(Struct, frozen=True, kw_only=True):
    """What a tablet keeps of the page so that it starts without a network. files: address -> SHA-256."""

    version: str
    page: str
    files: dict[str, str]


def kept(page: str, shell: str, files: Mapping[str, bytes]) -> Kept:
    """The list of the worker; its version changes with any byte of the shell or of a file."""
    hashes = {address: hashlib.sha256(content).hexdigest() for address, content in files.items()}
    told = msgspec.json.encode([shell, hashes], order="sorted")
    return Kept(version=hashlib.sha256(told).hexdigest()[:16], page=page, files=hashes)


def seen(roll: Roll | None, judging: set[UUID]) -> tuple[RollItem, ...]:
    """The entries of the roll that this judge marks, in order.

    A recused one is not in the list, unless the rule keeps such marks.
    """
    return tuple(item for item in roll.items if item.entry_id in judging) if roll else ()


def sheet(desk: Desk, item: RollItem, part: Part, language: str) -> SheetView:
    """Put the page of one sheet together."""
    held = desk.own.get((item.entry_id, part.key))
    head = held.head if held else None
    entries = tuple(_entry(desk, each, part, each.entry_id == item.entry_id) for each in desk.entries)
    parts = tuple(_part(desk, item.entry_id, each, language, each.key == part.key) for each in desk.parts)
    is_complete = all(each.state in ("done", "locked") and each.shown for each in parts)
    return SheetView(
        division_id=desk.division_id,
        activity=desk.activity,
        division=desk.division,
        venue=desk.venue,
        judge=desk.judge,
        seat=desk.seat,
        entry_id=item.entry_id,
        code=item.code,
        order=item.order,
        title=item.title,
        rubric_version=desk.rule.version,
        part=next(each for each in parts if each.current),
        parts=parts,
        entries=entries,
        done=sum(bool(each.shown) for each in entries),
        base=head.revision_id if head else None,
        marks=head.marks if head else {},
        comment=head.comment if head else "",
        counted=_counted(head, part),
        held=_held(desk, held, part, language),
        locked=desk.is_locked(part.key) or desk.is_on_paper(item.entry_id, part.key),
        on_paper=desk.is_on_paper(item.entry_id, part.key),
        asked_again=not desk.is_locked(part.key) and is_open(desk.remarks, item.entry_id, part.key, held),
        total=_total(desk, item.entry_id) if is_complete and len(parts) > 1 else "",
        total_highest=exact.plain(sum((each.weight.fraction * figures.most(each) for each in desk.parts), Fraction(0))),
        next=_next(entries),
    )


def points(part: Part, marks: Mapping[str, int]) -> str:
    """The part's sum in decimal text; empty while a mark is missing."""
    return figures.total([part], {part.key: marks})


def _total(desk: Desk, entry_id: UUID) -> str:
    sheets = {part.key: desk.own.get((entry_id, part.key)) for part in desk.parts}
    return figures.total(desk.parts, {key: each.head.marks for key, each in sheets.items() if each and each.head})


def _has_places(part: Part) -> bool:
    return any(item.scale.kind == "place" for item in part.cells.values())


def _next(entries: Sequence[EntryView]) -> EntryView | None:
    """The next entry after the current one that is not marked yet, else the next one."""
    here = next(at for at, each in enumerate(entries) if each.current)
    after = [*entries[here + 1 :], *entries[:here]]
    return next((each for each in after if each.state in ("todo", "partly")), after[0] if after else None)


def _entry(desk: Desk, item: RollItem, part: Part, is_current: bool) -> EntryView:
    sheet = desk.own.get((item.entry_id, part.key))
    shown = points(part, sheet.head.marks) if sheet and sheet.head else ""
    return EntryView(
        entry_id=item.entry_id,
        code=item.code,
        shown=shown,
        state=_state(desk, sheet, part, shown),
        current=is_current,
    )


def _part(desk: Desk, entry_id: UUID, part: Part, language: str, is_current: bool) -> PartView:
    sheet = desk.own.get((entry_id, part.key))
    marks = sheet.head.marks if sheet and sheet.head else {}
    shown = points(part, marks) if marks else ""
    return PartView(
        key=part.key,
        title=figures.named(part.title, part.title_en, language),
        highest="" if _has_places(part) else exact.plain(figures.most(part)),
        digits=figures.digits([part]),
        shown=shown,
        state=_state(desk, sheet, part, shown),
        current=is_current,
        criteria=_criteria(desk, entry_id, part, marks, language) if is_current else (),
    )


def _criteria(
    desk: Desk, entry_id: UUID, part: Part, marks: Mapping[str, int], language: str
) -> tuple[CriterionView, ...]:
    return tuple(
        _criterion(
            part, criterion, key, item, marks.get(key), _earlier(desk, entry_id, part, key, item, language), language
        )
        for criterion in part.criteria
        for key, item in criterion.cells.items()
    )


def _criterion(
    part: Part, criterion: Criterion, key: str, item: Item, count: int | None, earlier: str, language: str
) -> CriterionView:
    scale, unit, is_item = item.scale, item.scale.unit.fraction, bool(item.key)
    own = item if is_item else criterion
    worth = scale.worth or [unit]
    alone = msgspec.structs.replace(part, criteria=(msgspec.structs.replace(criterion, weight=Ratio(1, 1)),))
    most = sum((each.scale.most for each in criterion.items), Fraction(0))
    return CriterionView(
        key=key,
        title=figures.named(own.title, own.title_en, language),
        kind=scale.kind,
        group=figures.named(criterion.title, criterion.title_en, language) if is_item else "",
        group_key=criterion.key if is_item else "",
        group_highest=exact.plain(most) if is_item else "",
        group_digits=figures.digits([alone]),
        lowest=exact.plain(scale.lowest * unit),
        highest=exact.plain(scale.most if scale.grades else scale.highest * unit),
        lowest_count=scale.lowest,
        highest_count=scale.highest,
        unit=exact.plain(unit),
        unit_n=unit.numerator,
        unit_d=unit.denominator,
        digits=exact.digits(unit),
        worth=" ".join(f"{each.numerator}/{each.denominator}" for each in worth),
        steps=" ".join(str(step.to) for step in scale.steps),
        weight=f"{criterion.weight.n}/{criterion.weight.d}",
        choices=tuple(_choice(scale, place, place == count, language) for place in range(len(scale.grades))),
        bands=tuple(_band(each, unit, language) for each in item.bands),
        count=count,
        value="" if count is None else figures.text(scale, count, language),
        earlier=earlier,
    )


def _choice(scale: Scale, place: int, is_checked: bool, language: str) -> ChoiceView:
    grade = scale.grades[place]
    return ChoiceView(
        key=grade.key,
        title=figures.named(grade.title, grade.title_en, language),
        points=exact.plain(grade.points.fraction) if scale.kind == "grade" else "",
        checked=is_checked,
    )


def _band(band: Band, unit: Fraction, language: str) -> BandView:
    text = f"{exact.plain(band.lowest * unit)}–{exact.plain(band.highest * unit)}"
    return BandView(
        title=figures.named(band.title, band.title_en, language), text=text, lowest=band.lowest, highest=band.highest
    )


def _earlier(desk: Desk, entry_id: UUID, part: Part, key: str, item: Item, language: str) -> str:
    """What this judge gave to the others for this, in their order."""
    found = []
    for other in desk.entries:
        sheet = desk.own.get((other.entry_id, part.key))
        if other.entry_id != entry_id and sheet and sheet.head and key in sheet.head.marks:
            mark = sheet.head.marks[key]
            shown = str(mark) if item.scale.kind == "judgement" else figures.text(item.scale, mark, language)
            found.append(f"{other.code}:{shown.replace(' ', NO_BREAK)}")
    return " ".join(found)


def _state(desk: Desk, sheet: Sheet | None, part: Part, shown: str) -> State:
    if sheet and _is_held(sheet):
        return "held"
    if desk.is_locked(part.key):
        return "locked"
    if shown:
        return "done"
    return "partly" if sheet and sheet.head else "todo"


def _is_held(sheet: Sheet) -> bool:
    return sheet.last.disposition.startswith("held") and (
        sheet.head is None or sheet.last.ledger_position > sheet.head.ledger_position
    )


def _counted(head: Sent | None, part: Part) -> CountedView | None:
    if head is None:
        return None
    return CountedView(position=head.ledger_position, at=head.at, shown=points(part, head.marks))


def _held(desk: Desk, sheet: Sheet | None, part: Part, language: str) -> HeldView | None:
    """The last change, where it did not count and still could not: once unlocked, the page is for marking again."""
    if sheet is None or not _is_held(sheet):
        return None
    is_open = not desk.is_locked(part.key) and not desk.is_on_paper(sheet.entry_id, part.key)
    if sheet.last.disposition == "held_locked" and is_open:
        return None
    counted = sheet.head.marks if sheet.head else {}
    rows = tuple(
        ChangedView(
            title=figures.named(*figures.titles(part)[key], language),
            value=figures.text(item.scale, sheet.last.marks[key], language) if key in sheet.last.marks else "",
            changed=sheet.last.marks.get(key) != counted.get(key),
        )
        for key, item in part.cells.items()
    )
    return HeldView(
        position=sheet.last.ledger_position, at=sheet.last.at, disposition=sheet.last.disposition, rows=rows
    )
