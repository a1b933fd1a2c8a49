"""Who sits where, and what they gave, as the arithmetic needs it: sorted, as counts and as points."""

from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from functools import cache, cached_property
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain.facts import Facts
from services.scoring.standings.domain.scopes import Cell

Counts = dict[Cell, int]
"""A judge's marks for one entry; what the judge has not marked is absent."""
Points = dict[Cell, Fraction]
"""The same, each worth so many points."""


class Unmarked(Struct, frozen=True, order=True):
    """A mark that an assigned judge has not given. criterion: the mark's key, "criterion" or "criterion.item"."""

    entry_id: UUID
    judge_id: UUID
    part: str
    criterion: str


class Candidate(Struct, frozen=True, dict=True):
    """One entry: its seats, what each judge who sits there gave, and what a count of a mark is worth."""

    entry_id: UUID
    seats: tuple[Assigned, ...]
    counts: dict[UUID, Counts]
    worth: Mapping[Cell, Callable[[int], Fraction]]

    @cached_property
    def given(self) -> dict[UUID, Points]:
        """Each judge's marks in points; made when they are first asked for."""
        return {
            judge: {cell: self.worth[cell](count) for cell, count in counts.items()}
            for judge, counts in self.counts.items()
        }

    def judging(self, parts: Collection[str]) -> list[UUID]:
        """Who judges one of these parts, in order of id. Who is recused from one of them is out of it."""
        return sorted(self._in(parts, "judging") - self._in(parts, "recused"))

    def recused(self, parts: Collection[str]) -> list[UUID]:
        return sorted(self._in(parts, "recused"))

    def _in(self, parts: Collection[str], state: str) -> set[UUID]:
        return {seat.judge_id for seat in self.seats if seat.state == state and (not seat.part or seat.part in parts)}


class Contest(Struct, frozen=True):
    """The candidates in order of id, and the facts recorded about them."""

    candidates: tuple[Candidate, ...]
    facts: Facts


def contest(
    rule: Rule, entries: Collection[UUID], assigned: Iterable[Assigned], sheets: Iterable[Marked], facts: Facts
) -> Contest:
    """Sheets of judges who do not sit for the entry are left out, and so are marks that the rule does not know."""
    seats: dict[UUID, list[Assigned]] = {entry: [] for entry in sorted(entries)}
    given: dict[UUID, dict[UUID, Counts]] = {entry: {} for entry in seats}
    for seat in assigned:
        if seat.entry_id in seats:
            seats[seat.entry_id].append(seat)
            given[seat.entry_id][seat.judge_id] = {}
    worth = {(part.key, key): cache(item.scale.points) for part in rule.parts for key, item in part.cells.items()}
    for sheet in sheets:
        counts = given.get(sheet.entry_id, {}).get(sheet.judge_id)
        if counts is not None:
            counts |= {cell: count for key, count in sheet.marks.items() if (cell := (sheet.part, key)) in worth}
    return Contest(tuple(Candidate(entry, tuple(seats[entry]), given[entry], worth) for entry in seats), facts)


def unmarked(rule: Rule, candidate: Candidate) -> list[Unmarked]:
    """What judges still owe this entry, in a fixed order; parts that only break ties are owed too."""
    return sorted(
        Unmarked(candidate.entry_id, judge, part.key, key)
        for part in rule.parts
        for keys in [tuple(part.cells)]
        for judge in candidate.judging([part.key])
        for key in keys
        if (part.key, key) not in candidate.counts[judge]
    )
