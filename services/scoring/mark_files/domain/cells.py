"""Which mark of the rule a row is about: by the rule's own keys and titles, or, where it takes its criteria from the
marks, by whatever the file names.
"""

from collections.abc import Iterable

from services.scoring.mark_files.domain.order import natural
from services.scoring.mark_files.domain.table import Given, MarkFile
from services.scoring.rubrics.domain import Criterion, Item, Part, Rule, Scale
from shared.errors import Fault
from shared.exact import Ratio

Cell = tuple[str, str]
"""A part's key and a mark's key."""
ONLY = "mark"
"""The criterion of a file that names none."""
ONE = Ratio(1, 1)


def own_cells(rule: Rule, marks: MarkFile, faults: list[Fault]) -> list[tuple[Given, Cell]]:
    """The cell of each row, for a rule without parts: as the file names it, where all entries are marked for the same.

    Else each entry has criteria of its own, as divers have their dives: the first of each are one cell, then the second.
    Adds criteria_uneven where an entry has fewer than others. In the skating system everybody dances the same.
    """
    cells = [(given, _named(marks, given)) for given in marks.rows]
    own: dict[str, set[Cell]] = {}
    for given, cell in cells:
        own.setdefault(given.entry, set()).add(cell)
    if rule.judging.aggregate == "skating_system" or all(each == own[given.entry] for each in own.values()):
        return cells
    by_part = "part" in marks.columns
    places = {entry: _places(by_part, each) for entry, each in own.items()}
    full = set().union(*(each.values() for each in places.values()))
    first = {given.entry: given for given in reversed(marks.rows)}
    faults += [
        marks.fault("criteria_uneven", first[entry].row, "entry", entry, has=len(each), most=len(full))
        for entry, each in places.items()
        if set(each.values()) != full and not marks.faults
    ]
    return [(given, places[given.entry][cell]) for given, cell in cells]


def own_parts(cells: Iterable[Cell], scale: Scale) -> tuple[Part, ...]:
    """The parts that these cells make."""
    keys: dict[str, set[str]] = {}
    for part, key in cells:
        keys.setdefault(part, set()).add(key)
    return tuple(_part(part, sorted(keys[part], key=natural), scale) for part in sorted(keys, key=natural))


def _named(marks: MarkFile, given: Given) -> Cell:
    criterion = given.criterion or ONLY
    return (given.part if "part" in marks.columns else criterion), criterion


def _places(by_part: bool, cells: set[Cell]) -> dict[Cell, Cell]:
    """An entry's cells, numbered in their natural order; within each part where the file names parts."""
    found: dict[Cell, Cell] = {}
    for cell in sorted(cells, key=lambda cell: (natural(cell[0]), natural(cell[1]))):
        part = cell[0] if by_part else ""
        number = f"{1 + sum(of == part or not by_part for of, _ in found)}"
        found[cell] = (part or number, number)
    return found


def blanks(marks: MarkFile) -> list[Fault]:
    """Rows that do not say which criterion they mark, in a part where other rows do."""
    named = {given.part for given in marks.rows if given.criterion}
    criteria = [
        marks.fault("cell_blank", given.row, "criterion")
        for given in marks.rows
        if not given.criterion and given.part in named
    ]
    if "part" not in marks.columns:
        return criteria
    return criteria + [marks.fault("cell_blank", given.row, "part") for given in marks.rows if not given.part]


class Known:
    """The cells of a rule that states its parts, found by key or title."""

    def __init__(self, rule: Rule, marks: MarkFile) -> None:
        self._marks, self._rule = marks, rule
        self._parts = {name: part for part in rule.parts for name in (part.title, part.title_en, part.key) if name}
        self._places: dict[str, dict[str, set[Cell]]] = {}
        for part in rule.parts:
            for criterion in part.criteria:
                for key, item in criterion.cells.items():
                    titles = (item.title, item.title_en) if item.key else (criterion.title, criterion.title_en)
                    for name in {key, *titles} - {""}:
                        for of in (part.key, ""):
                            self._places.setdefault(of, {}).setdefault(name, set()).add((part.key, key))

    def cell(self, given: Given) -> Cell | Fault:
        """The cell of a row. Fault: mark_part_unknown, criterion_unknown, criterion_twice, cell_blank."""
        part = ""
        if "part" in self._marks.columns:
            found = self._parts.get(given.part)
            if found is None:
                parts = ", ".join(each.key for each in self._rule.parts)
                return self._marks.fault("mark_part_unknown", given.row, "part", given.part, parts=parts)
            part = found.key
        places = self._places[part]
        cells = places.get(given.criterion, set()) if given.criterion else set().union(*places.values())
        if len(cells) == 1:
            return next(iter(cells))
        if not given.criterion:
            return self._marks.fault("cell_blank", given.row, "criterion")
        code = "criterion_twice" if cells else "criterion_unknown"
        criteria = ", ".join(sorted({key for each in places.values() for _, key in each}))
        return self._marks.fault(code, given.row, "criterion", given.criterion, criteria=criteria)


def _part(key: str, criteria: list[str], scale: Scale) -> Part:
    return Part(
        key=key,
        title=key,
        title_en="",
        when="hall",
        weight=ONE,
        judging=None,
        criteria=tuple(
            Criterion(
                key=each, title=each, title_en="", weight=ONE,
                items=(Item(key="", title=each, title_en="", scale=scale, bands=()),),
            )
            for each in criteria
        ),
    )  # fmt: skip
