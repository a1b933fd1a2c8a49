"""The column `difficulty`: one factor for each entry and scope, said in every row alike."""

from collections.abc import Iterable
from fractions import Fraction
from uuid import UUID

from services.scoring.mark_files.domain.table import Given, MarkFile
from services.scoring.rubrics.domain import Rule
from shared import exact
from shared.errors import Fault, Refused

Difficulties = dict[tuple[UUID, str, str], Fraction]


def difficulties(
    rule: Rule, marks: MarkFile, rows: Iterable[tuple[UUID, tuple[str, str], Given]], faults: list[Fault]
) -> Difficulties:
    """(entry, part, criterion) -> factor, "" where the scope is wider.

    Adds column_absent, difficulty_absent, difficulty_wrong, difficulty_differs.
    """
    if not any(judging.has_difficulty for judging in rule.judgings):
        return {}
    if "difficulty" not in marks.columns:
        faults.append(marks.fault("column_absent", 1, "difficulty"))
        return {}
    said: dict[tuple[UUID, str, str], tuple[Fraction, Given]] = {}
    silent: dict[tuple[UUID, str, str], Given] = {}
    scopes = _scopes(rule)
    for entry, cell, given in rows:
        if cell not in scopes:
            continue
        place = (entry, *scopes[cell])
        factor = _factor(given.difficulty)
        if not given.difficulty:
            silent.setdefault(place, given)
        elif factor is None:
            faults.append(marks.fault("difficulty_wrong", given.row, "difficulty", given.difficulty))
        elif said.setdefault(place, (factor, given))[0] != factor:
            first = said[place][1]
            faults.append(
                marks.fault("difficulty_differs", given.row, "difficulty", given.difficulty, first=first.difficulty, at=first.row)
            )
    faults += [
        marks.fault("difficulty_absent", given.row, "difficulty")
        for place, given in silent.items()
        if place not in said and not marks.faults
    ]
    return {place: factor for place, (factor, _) in said.items()}


def _scopes(rule: Rule) -> dict[tuple[str, str], tuple[str, str]]:
    """Cell -> part and criterion of the scope that its difficulty multiplies; cells without one are not in it."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for part in rule.parts:
        judging = part.judging or rule.judging
        for criterion in part.criteria if judging.has_difficulty else ():
            wide = part.key if judging.level == "part" or part.judging else ""
            scope = (part.key, criterion.key) if judging.level == "criterion" else (wide, "")
            found |= {(part.key, key): scope for key in criterion.cells}
    return found


def _factor(text: str) -> Fraction | None:
    try:
        found = exact.fraction(text)
    except Refused:
        return None
    return found if found > 0 else None
