"""A file of marks as a contest that the engine can rank: ids for names, counts for marks, who sits where.

A row, even with a blank mark, puts the judge on the entry's panel: for the whole entry, or, where the file has a column
`part`, for that part. What a judge of the panel has no row for, the judge has left unmarked.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from services.scoring.mark_files.domain.cells import Cell, Known, blanks, own_cells, own_parts
from services.scoring.mark_files.domain.difficulties import difficulties
from services.scoring.mark_files.domain.table import Given, MarkFile
from services.scoring.rubrics.domain import Rule, Scale, figures
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Facts, Standings, standings
from shared import exact
from shared.errors import Fault, Refused
from shared.exact import Ratio

FINEST = Fraction(1, 10**9)
"""No mark has more decimals (shared.exact)."""
ENTRIES = UUID("0b7a3a3e-5a0f-5a5c-9f0e-6c61757265e1")
JUDGES = UUID("0b7a3a3e-5a0f-5a5c-9f0e-6c61757265a1")


class Contest(Struct, frozen=True, kw_only=True):
    """rule: with its parts. entries, judges: id -> name. given: where each mark stands, in the order of the file."""

    rule: Rule
    marks: MarkFile
    entries: dict[UUID, str]
    judges: dict[UUID, str]
    given: dict[tuple[UUID, UUID, Cell], Given]
    assigned: frozenset[Assigned]
    sheets: list[Marked]
    facts: Facts

    def ranked(self) -> Standings:
        return standings(self.rule, self.entries.keys(), self.assigned, self.sheets, facts=self.facts)


def contest(rule: Rule, marks: MarkFile, faults: list[Fault]) -> Contest:
    """Read the marks by the rule. Every fault is added; with faults the contest is not to be ranked."""
    if rule.parts:
        cells = _known_cells(rule, marks, faults)
    else:
        faults += blanks(marks)
        cells = own_cells(rule, marks, faults)
        parts = own_parts((cell for _, cell in cells), rule.open_scale or _any_scale(marks))
        rule = msgspec.structs.replace(rule, parts=parts)
    entry, judge = cache(lambda name: uuid5(ENTRIES, name)), cache(lambda name: uuid5(JUDGES, name))
    placed = _placed(marks, [((entry(each.entry), judge(each.judge), cell), each) for each, cell in cells], faults)
    by_part = "part" in marks.columns
    return Contest(
        rule=rule,
        marks=marks,
        entries={entry(each.entry): each.entry for each in marks.rows},
        judges={judge(each.judge): each.judge for each in marks.rows},
        given=placed,
        assigned=frozenset(Assigned(judge, entry, part if by_part else "") for entry, judge, (part, _) in placed),
        sheets=_sheets(rule, marks, placed, faults),
        facts=Facts(difficulties=difficulties(rule, marks, [(e, cell, each) for (e, _, cell), each in placed.items()], faults)),
    )


def _known_cells(rule: Rule, marks: MarkFile, faults: list[Fault]) -> list[tuple[Given, Cell]]:
    known, cells = Known(rule, marks), list[tuple[Given, Cell]]()
    for given in marks.rows:
        cell = known.cell(given)
        if isinstance(cell, Fault):
            faults.append(cell)
        else:
            cells.append((given, cell))
    return cells


def _placed(
    marks: MarkFile, rows: list[tuple[tuple[UUID, UUID, Cell], Given]], faults: list[Fault]
) -> dict[tuple[UUID, UUID, Cell], Given]:
    placed: dict[tuple[UUID, UUID, Cell], Given] = {}
    for key, given in rows:
        if key in placed:
            faults.append(marks.fault("mark_twice", given.row, "mark", given.mark, first=placed[key].row))
        placed.setdefault(key, given)
    return placed


def _sheets(
    rule: Rule, marks: MarkFile, placed: dict[tuple[UUID, UUID, Cell], Given], faults: list[Fault]
) -> list[Marked]:
    read = {(part.key, key): _reader(item.scale) for part in rule.parts for key, item in part.cells.items()}
    sheets: dict[tuple[UUID, UUID, str], dict[str, int]] = {}
    for (entry, judge, (part, key)), given in placed.items():
        if not given.mark:
            continue
        count = read[part, key](given.mark)
        if isinstance(count, Refused):
            values = {name: f"{value}" for name, value in count.values.items() if name != "value"}
            faults.append(marks.fault(count.code, given.row, "mark", given.mark, **values))
        else:
            sheets.setdefault((entry, judge, part), {})[key] = count
    return [
        Marked(judge_id=judge, entry_id=entry, part=part, marks=counts) for (entry, judge, part), counts in sheets.items()
    ]


def _reader(scale: Scale) -> Callable[[str], int | Refused]:
    """Text -> count, or why not; each text is read once."""

    @cache
    def read(text: str) -> int | Refused:
        try:
            return figures.count(scale, text)
        except Refused as refused:
            return refused

    return read


def _any_scale(marks: MarkFile) -> Scale:
    """A scale that all numbers of the file are on, by the finest decimal among them."""
    found = {count for given in marks.rows if given.mark and isinstance(count := _finest(given.mark), int)}
    unit = Fraction(1, 10 ** max((exact.digits(count * FINEST) for count in found), default=0))
    counts = [count * FINEST // unit for count in found]
    return Scale(
        kind="points",
        unit=Ratio.of(unit),
        lowest=min(counts, default=0),
        highest=max(counts, default=0),
        grades=(),
        steps=(),
    )


@cache
def _finest(text: str) -> int | None:
    try:
        return exact.count(text, FINEST)
    except Refused:
        return None
