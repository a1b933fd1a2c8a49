"""能不能开始: what an activity still needs, line by line. Pure.

A line is *ready*; or *missing*, because its time has come; or *later*, because its time has not. Nothing here is
decided: every line is read from the slice that owns it.
"""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.registration.activities.domain import Phase

State = Literal["ready", "missing", "later"]
ORDER: tuple[Phase, ...] = ("announced", "signup", "review", "admission", "promotion", "drawn", "hall")


class DivisionFacts(Struct, frozen=True, kw_only=True):
    """pending: entries that are neither admitted, waiting nor ended. preselected: None where none is held."""

    id: UUID
    title: str
    title_en: str
    places: int
    admitted: int
    waiting: int
    pending: int
    preselected: bool | None
    is_drawn: bool
    is_sealed: bool
    is_outdated: bool


class Facts(Struct, frozen=True, kw_only=True):
    phase: Phase
    persons: int
    accounts_without_code: int
    supervisors: int
    branches_without_officer: tuple[str, ...]
    divisions: tuple[DivisionFacts, ...]


class Line(Struct, frozen=True, kw_only=True):
    """One thing that must be there. key: its text in the catalogue."""

    key: str
    state: State
    values: dict[str, int | str] = {}


class Group(Struct, frozen=True, kw_only=True):
    """The lines of one division, or those that concern all (division_id None)."""

    division_id: UUID | None = None
    title: str = ""
    title_en: str = ""
    lines: tuple[Line, ...]


def groups(facts: Facts) -> tuple[Group, ...]:
    """What concerns all first, then each division in its order, its lines in the order of the timetable."""
    absent = facts.branches_without_officer
    everywhere = (
        _line(facts, "roster", "announced", facts.persons > 0, count=facts.persons),
        _line(facts, "codes", "signup", not facts.accounts_without_code, count=facts.accounts_without_code),
        _line(facts, "officers", "signup", not absent, count=len(absent), names="、".join(absent)),
        _line(facts, "supervisor", "drawn", facts.supervisors > 0, count=facts.supervisors),
    )
    return (Group(lines=everywhere), *(_group(facts, each) for each in facts.divisions))


def missing(groups: tuple[Group, ...]) -> int:
    """How many lines are not ready; at 0 we can start."""
    return sum(line.state != "ready" for group in groups for line in group.lines)


def _group(facts: Facts, division: DivisionFacts) -> Group:
    decided = division.pending == 0 and division.admitted > 0
    counts = {"admitted": division.admitted, "places": division.places, "waiting": division.waiting}
    found = [
        _line(facts, "admitted", "promotion", decided, pending=division.pending, **counts),
        _line(facts, "drawn", "drawn", division.is_drawn),
        _line(facts, "sealed", "drawn", division.is_sealed and not division.is_outdated),
    ]
    if division.preselected is not None:
        found.insert(0, _line(facts, "preselected", "promotion", division.preselected))
    if division.is_outdated:
        found.append(_line(facts, "outdated", "announced", False))
    return Group(division_id=division.id, title=division.title, title_en=division.title_en, lines=tuple(found))


def _line(facts: Facts, key: str, due: Phase, is_ready: bool, **values: int | str) -> Line:
    is_due = ORDER.index(facts.phase) >= ORDER.index(due)
    return Line(key=key, state="ready" if is_ready else "missing" if is_due else "later", values=values)
