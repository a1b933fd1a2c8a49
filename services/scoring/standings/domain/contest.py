"""Who sits where, and what they gave, as the arithmetic needs it: sorted, and in points instead of counts."""

from collections.abc import Collection, Iterable
from fractions import Fraction
from functools import cache
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain.facts import Facts
from services.scoring.standings.domain.scopes import Cell

Points = dict[Cell, Fraction]
"""A judge's marks for one entry, in points; what the judge has not marked is absent."""


class Unmarked(Struct, frozen=True, order=True):
    """A mark that an assigned judge has not given. criterion: the mark's key, "criterion" or "criterion.item"."""

    entry_id: UUID
    judge_id: UUID
    part: str
    criterion: str


class Candidate(Struct, frozen=True):
    """One entry: its seats, and what each judge who sits there gave."""

    entry_id: UUID
    seats: tuple[Assigned, ...]
    given: dict[UUID, Points]

    def judging(self, part: str) -> list[UUID]:
        """Who judges this part ("": any), in order of id. Who is recused from it once is out of it."""
        return sorted(self._in(part, "judging") - self._in(part, "recused"))

    def recused(self, part: str) -> list[UUID]:
        return sorted(self._in(part, "recused"))

    def _in(self, part: str, state: str) -> set[UUID]:
        return {
            seat.judge_id for seat in self.seats if seat.state == state and (not part or seat.part in ("", part))
        }


class Contest(Struct, frozen=True):
    """The candidates in order of id, and the facts recorded about them."""

    candidates: tuple[Candidate, ...]
    facts: Facts


def contest(
    rule: Rule, entries: Collection[UUID], assigned: Iterable[Assigned], sheets: Iterable[Marked], facts: Facts
) -> Contest:
    """Sheets of judges who do not sit for the entry are left out, and so are marks that the rule does not know."""
    seats: dict[UUID, list[Assigned]] = {entry: [] for entry in sorted(entries)}
    given: dict[UUID, dict[UUID, Points]] = {entry: {} for entry in seats}
    for seat in assigned:
        if seat.entry_id in seats:
            seats[seat.entry_id].append(seat)
            given[seat.entry_id][seat.judge_id] = {}
    worth = {(part.key, key): cache(item.scale.points) for part in rule.parts for key, item in part.cells.items()}
    for sheet in sheets:
        points = given.get(sheet.entry_id, {}).get(sheet.judge_id)
        if points is not None:
            for key, count in sheet.marks.items():
                if of := worth.get((sheet.part, key)):
                    points[sheet.part, key] = of(count)
    return Contest(tuple(Candidate(entry, tuple(seats[entry]), given[entry]) for entry in seats), facts)


def unmarked(rule: Rule, candidate: Candidate) -> list[Unmarked]:
    """What judges still owe this entry, in a fixed order; parts that only break ties are owed too."""
    return sorted(
        Unmarked(candidate.entry_id, judge, part.key, key)
        for part in rule.parts
        for judge in candidate.judging(part.key)
        for key in part.cells
        if (part.key, key) not in candidate.given[judge]
    )
