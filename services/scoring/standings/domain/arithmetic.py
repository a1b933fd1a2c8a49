"""From one entry's marks to its exact result, and which judges counted in it. Fractions only.

Rule: services/scoring/README.md#arithmetic
"""

from collections.abc import Collection, Iterable
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Drop, Item, Rule
from services.scoring.sheets.domain import Assigned, Marked

Cell = tuple[str, str]
"""A part's key and a mark's key."""


class Unmarked(Struct, frozen=True, order=True):
    """A mark that a assigned judge has not given."""

    entry_id: UUID
    judge_id: UUID
    part: str
    criterion: str


class Sum(Struct, frozen=True):
    """One entry's figures. counted: scope -> judges whose marks are in the result, after the drop."""

    result: Fraction
    counted: dict[str, tuple[UUID, ...]]


Grid = dict[UUID, dict[Cell, int]]
"""One entry's marks: judge -> cell -> count of the criterion's unit. Each assigned judge is in it, perhaps empty."""


def grids(entries: Collection[UUID], assigned: Iterable[Assigned], sheets: Iterable[Marked]) -> dict[UUID, Grid]:
    """The marks by entry and assigned judge; sheets of anybody else are left out."""
    found: dict[UUID, Grid] = {entry: {} for entry in entries}
    for each in assigned:
        if each.entry_id in found:
            found[each.entry_id].setdefault(each.judge_id, {})
    for sheet in sheets:
        cells = found.get(sheet.entry_id, {}).get(sheet.judge_id)
        if cells is not None:
            cells.update({(sheet.part, criterion): count for criterion, count in sheet.marks.items()})
    return found


def cells_of(rule: Rule) -> dict[Cell, Item]:
    """Every cell of the rule -> what is marked."""
    return {(part.key, key): item for part in rule.parts for key, item in part.cells.items()}


def scopes(rule: Rule) -> dict[str, list[Cell]]:
    """Scope -> its cells, at the rule's level."""
    found: dict[str, list[Cell]] = {}
    for part, criterion in cells_of(rule):
        name = {"criterion": f"{part}/{criterion.partition('.')[0]}", "part": part}.get(rule.judging.level, "")
        found.setdefault(name, []).append((part, criterion))
    return found


def unmarked(rule: Rule, grid: Grid, entry_id: UUID) -> list[Unmarked]:
    """What assigned judges still owe this entry, in a fixed order."""
    cells = cells_of(rule)
    return sorted(
        Unmarked(entry_id, judge, part, criterion)
        for judge, given in grid.items()
        for part, criterion in cells
        if (part, criterion) not in given
    )


def result(rule: Rule, grid: Grid, drop: Drop | None = None) -> Sum | None:
    """The entry's exact result by the rule; None while marks are missing that the rule needs.

    drop: instead of the rule's own, for the untrimmed mean. A judge counts in a scope with all its cells or not at all.
    """
    items, judging = cells_of(rule), rule.judging
    dropped = drop or judging.drop
    total, counted = Fraction(0), {}
    for scope, cells in scopes(rule).items():
        given = {
            judge: sum((items[cell].scale.points(marks[cell]) for cell in cells), Fraction(0))
            for judge, marks in grid.items()
            if all(cell in marks for cell in cells)
        }
        if len(given) < judging.fewest_marks or (judging.missing == "no_lock" and len(given) < len(grid)):
            return None
        kept = left(given, dropped)
        total += aggregate("mean" if drop else judging.aggregate, [given[judge] for judge in kept])
        counted[scope] = tuple(sorted(kept))
    return Sum(total, counted)


def left(given: dict[UUID, Fraction], drop: Drop) -> list[UUID]:
    """The judges left after the highest and lowest are taken out; among equal values the id decides, not the order."""
    order = sorted(given, key=lambda judge: (given[judge], judge))
    return order[drop.lowest : len(order) - drop.highest]


def aggregate(kind: str, values: list[Fraction]) -> Fraction:
    """Put judges' values together. values: not empty."""
    if kind == "sum":
        return sum(values, Fraction(0))
    if kind == "median":
        ordered, middle = sorted(values), len(values) // 2
        return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return sum(values, Fraction(0)) / len(values)
