"""Why a file of marks has no result: what is owed, what cannot be, who lies too far apart. Each with its row."""

import math
from collections.abc import Iterable
from uuid import UUID

from services.scoring.mark_files.domain.cells import Cell
from services.scoring.mark_files.domain.contest import Contest
from services.scoring.mark_files.domain.order import natural
from services.scoring.rubrics.domain import Rule
from services.scoring.standings.domain import Standings, Unmarked
from shared import exact
from shared.errors import Fault


def places(contest: Contest) -> list[Fault]:
    """In the skating system a judge's places in a dance are 1, 2, … with nobody left out or equal: place_twice, place_beyond.

    With rows left out it is not known how many entries there are.
    """
    if contest.rule.judging.aggregate != "skating_system":
        return []
    faults: list[Fault] = []
    seen: dict[tuple[UUID, Cell, int], int] = {}
    places = {(sheet.entry_id, sheet.judge_id, sheet.part): sheet.marks for sheet in contest.sheets}
    most = len(contest.entries) if not contest.marks.faults else math.inf
    for (entry, judge, cell), given in contest.given.items():
        place = places.get((entry, judge, cell[0]), {}).get(cell[1])
        if place is None:
            continue
        first = seen.setdefault((judge, cell, place), given.row)
        if place > most:
            faults.append(contest.marks.fault("place_beyond", given.row, "mark", given.mark, most=len(contest.entries)))
        elif first != given.row:
            faults.append(
                contest.marks.fault("place_twice", given.row, "mark", given.mark, judge=given.judge, first=first)
            )
    return faults


def blank(contest: Contest) -> list[Fault]:
    """Marks that are owed however the other rows are put right: mark_owed."""
    return [
        contest.marks.fault(
            "mark_owed", given.row, "mark", judge=given.judge, entry=given.entry, criterion=given.criterion or key
        )
        for (_, _, (part, key)), given in contest.given.items()
        if not given.mark and _needs(contest.rule, part)
    ]


def without_result(contest: Contest, found: Standings) -> list[Fault]:
    """Why entries have none: mark_owed, marks_apart, marks_unlinked, entry_thin. Nothing is ranked without them."""
    if not (found.unmarked or found.remarks or found.unlinked or found.thin):
        return []
    rows = _first_rows(contest)
    owed = [each for each in found.unmarked if _needs(contest.rule, each.part)]
    named = {(entry, cell): given.criterion for (entry, _, cell), given in contest.given.items()}
    faults = [_owed(contest, each, rows, named) for each in owed]
    faults += [
        contest.marks.fault(
            "marks_apart", rows[each.entry_id, None], "entry", contest.entries[each.entry_id],
            scope=each.scope, spread=exact.plain(each.spread.fraction),
        )
        for each in found.remarks
    ]  # fmt: skip
    if found.unlinked:
        groups = "; ".join(", ".join(names(contest, group)) for group in found.unlinked)
        return [*faults, contest.marks.fault("marks_unlinked", None, "", groups=groups)]
    told = {each.entry_id for each in owed} | {each.entry_id for each in found.remarks}
    return faults + [
        contest.marks.fault(
            "entry_thin", rows[entry, None], "entry", contest.entries[entry], fewest=contest.rule.fewest_marks
        )
        for entry in found.thin
        if entry not in told
    ]


def names(contest: Contest, entries: Iterable[UUID]) -> list[str]:
    return sorted((contest.entries[entry] for entry in entries), key=natural)


def _needs(rule: Rule, part_key: str) -> bool:
    part = rule.part(part_key)
    judging = (part.judging if part else None) or rule.judging
    return judging.missing in ("no_lock", "reserve")


def _first_rows(contest: Contest) -> dict[tuple[UUID, UUID | None], int]:
    """(entry, judge) and (entry, None) -> the first row that names them."""
    found: dict[tuple[UUID, UUID | None], int] = {}
    for (entry, judge, _), given in contest.given.items():
        found.setdefault((entry, judge), given.row)
        found.setdefault((entry, None), given.row)
    return found


def _owed(
    contest: Contest, owed: Unmarked, rows: dict[tuple[UUID, UUID | None], int], named: dict[tuple[UUID, Cell], str]
) -> Fault:
    """The blank itself, or the judge's first row for the entry where the criterion is not even named."""
    cell = (owed.part, owed.criterion)
    given = contest.given.get((owed.entry_id, owed.judge_id, cell))
    return contest.marks.fault(
        "mark_owed",
        given.row if given else rows[owed.entry_id, owed.judge_id],
        "mark",
        judge=contest.judges[owed.judge_id],
        entry=contest.entries[owed.entry_id],
        criterion=named.get((owed.entry_id, cell)) or owed.criterion,
    )
