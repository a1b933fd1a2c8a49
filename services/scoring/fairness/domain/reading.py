"""The rows of a file of marks as ratings: no rule is asked, every number is a mark and every criterion as it is named."""

from fractions import Fraction
from functools import cache

from services.scoring.fairness.domain.table import Rating
from services.scoring.mark_files.domain import MarkFile
from services.scoring.mark_files.domain.cells import blanks
from shared.errors import Fault, Refused
from shared.exact import fraction


def ratings(marks: MarkFile, faults: list[Fault]) -> list[Rating]:
    """The marks that were given. Adds cell_blank, mark_twice, mark_not_number, and what is wrong with rows left out."""
    faults += [*marks.faults, *blanks(marks)]
    seen: dict[tuple[str, str, str], int] = {}
    found: list[Rating] = []
    for given in marks.rows:
        criterion = f"{given.part}/{given.criterion}" if "part" in marks.columns else given.criterion
        place = (given.entry, given.judge, criterion)
        if place in seen:
            faults.append(marks.fault("mark_twice", given.row, "mark", given.mark, first=seen[place]))
        seen.setdefault(place, given.row)
        if not given.mark:
            continue
        mark = _mark(given.mark)
        if mark is None:
            faults.append(marks.fault("mark_not_number", given.row, "mark", given.mark))
        else:
            found.append(Rating(given.entry, given.judge, criterion, mark))
    return found


@cache
def _mark(text: str) -> Fraction | None:
    try:
        return fraction(text)
    except Refused:
        return None
