"""Reading a file of marks, scoring it by a rule, comparing two rules on it. Pure: bytes in, lines or faults out.

From below: rows (table), which cell of the rule each is about (cells), the contest they make (contest, difficulties),
what keeps it from a result (checks), the comparison (moves). Not here: what marks add up to (standings), files (actions).
"""

from msgspec import Struct

from services.scoring.mark_files.domain import checks
from services.scoring.mark_files.domain.contest import contest
from services.scoring.mark_files.domain.moves import Change, Move, Scored, Tier, change
from services.scoring.mark_files.domain.order import natural
from services.scoring.mark_files.domain.table import Given, MarkFile, read
from services.scoring.rubrics.domain import Rule
from shared.errors import Fault

__all__ = ["Change", "Given", "MarkFile", "Move", "Ranking", "Scored", "Tier", "change", "natural", "read", "score"]


class Ranking(Struct, frozen=True):
    """lines: in rank order, equal ranks by name. waiting: tied entries whom only a vote or a lot can part.

    alerts: entries whose judges lie further apart than the rule likes.
    """

    lines: tuple[Scored, ...]
    waiting: tuple[tuple[str, ...], ...]
    alerts: tuple[str, ...]


def score(rule: Rule, marks: MarkFile, faults: list[Fault]) -> Ranking | None:
    """Rank the entries of the file; None and every fault, in order of the rows, where it cannot be done."""
    found = [*marks.faults]
    made = contest(rule, marks, found)
    found += checks.places(made)
    standings = made.ranked() if not found else None
    found += checks.without_result(made, standings) if standings else checks.blank(made)
    faults += sorted(found, key=lambda fault: fault.row or 0)
    if found or standings is None:
        return None
    lines = [Scored(made.entries[line.entry_id], line.rank, line.shown) for line in standings.lines]
    return Ranking(
        tuple(sorted(lines, key=lambda line: (line.rank, natural(line.entry)))),
        tuple(tuple(checks.names(made, tie.entries)) for tie in standings.pending),
        tuple(checks.names(made, {each.entry_id for each in standings.alerts})),
    )
