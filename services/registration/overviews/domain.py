"""能不能开始: what an activity still needs, line by line. Pure.

A line is *ready*; or *missing*, because its time has come; or *later*, because its time has not. Nothing here is
decided: every line is read from the slice that owns it.
"""

from typing import Literal

from msgspec import Struct

from services.registration.activities.domain import Phase

State = Literal["ready", "missing", "later"]
ORDER: tuple[Phase, ...] = ("announced", "signup", "review", "admission", "promotion", "drawn", "hall")


class DivisionFacts(Struct, frozen=True, kw_only=True):
    """pending: entries that are neither admitted, waiting nor ended. preselected: None where none is held."""

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
    """One thing that must be there. key: its text in the catalogue; division: where it belongs to one."""

    key: str
    state: State
    division: str = ""
    division_en: str = ""
    values: dict[str, int | str] = {}


def lines(facts: Facts) -> tuple[Line, ...]:
    """Every line, the installation's first, then each division's in the order of the timetable."""
    return (
        _line(facts, "roster", "announced", facts.persons > 0, count=facts.persons),
        _line(facts, "codes", "signup", not facts.accounts_without_code, count=facts.accounts_without_code),
        _line(
            facts,
            "officers",
            "signup",
            not facts.branches_without_officer,
            count=len(facts.branches_without_officer),
            names="、".join(facts.branches_without_officer),
        ),
        _line(facts, "supervisor", "drawn", facts.supervisors > 0, count=facts.supervisors),
        *(line for division in facts.divisions for line in _of_division(facts, division)),
    )


def may_start(lines: tuple[Line, ...]) -> bool:
    return all(line.state == "ready" for line in lines)


def _of_division(facts: Facts, division: DivisionFacts) -> list[Line]:
    decided = division.pending == 0 and division.admitted > 0
    found = [
        _line(facts, "admitted", "promotion", decided, division, pending=division.pending, waiting=division.waiting,
              admitted=division.admitted, places=division.places),
        _line(facts, "drawn", "drawn", division.is_drawn, division),
        _line(facts, "sealed", "drawn", division.is_sealed and not division.is_outdated, division),
    ]  # fmt: skip
    if division.preselected is not None:
        found.insert(0, _line(facts, "preselected", "promotion", division.preselected, division))
    if division.is_outdated:
        found.append(_line(facts, "outdated", "announced", False, division))
    return found


def _line(
    facts: Facts, key: str, due: Phase, is_ready: bool, division: DivisionFacts | None = None, **values: int | str
) -> Line:
    is_due = ORDER.index(facts.phase) >= ORDER.index(due)
    return Line(
        key=key,
        state="ready" if is_ready else "missing" if is_due else "later",
        division=division.title if division else "",
        division_en=(division.title_en or division.title) if division else "",
        values=values,
    )
