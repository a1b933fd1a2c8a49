"""The skating system of ballroom dancing: judges give places, and a majority of them decides, never their mean.

Rules 5 to 8 place the couples of one dance, 10 and 11 those whose dances add up alike. Source: the skating system of the
World Dance Council, rules 1 to 11, as printed by national dance sport federations.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

Places = dict[UUID, Fraction]
"""Entry -> place in one dance; who could not be told apart has the mean of the places."""
Order = tuple[tuple[int, Fraction], ...]


def danced(marks: Mapping[UUID, Sequence[Fraction]], judges: int) -> Places:
    """Rules 5 to 8: the places of one dance. marks: entry -> the judges' places for it."""
    places: Places = {}
    for tied in by_majority(marks, 1, judges):
        places |= dict.fromkeys(tied, len(places) + Fraction(len(tied) + 1, 2))
    return places


def by_majority(marks: Mapping[UUID, Sequence[Fraction]], first: int, judges: int) -> list[list[UUID]]:
    """Classes in order: more than half of the judges with place k or better, k rising from `first`.

    In one column the larger majority goes first, then the lower sum of these places, then the next columns in turn.
    """
    last = max((mark for of in marks.values() for mark in of), default=Fraction(first))
    left, found = sorted(marks), list[list[UUID]]()
    for column in range(first, int(last) + 1):
        orders = {
            entry: tuple(_standing(marks[entry], later) for later in range(column, int(last) + 1))
            for entry in left
            if 2 * sum(mark <= column for mark in marks[entry]) > judges
        }
        found += _classes(orders)
        left = [entry for entry in left if entry not in orders]
    return [*found, left] if left else found


def tied(
    group: Sequence[UUID], place: int, dances: Sequence[Places], marks: Mapping[UUID, Sequence[Fraction]]
) -> list[list[UUID]]:
    """Rules 10 and 11 for a group that competes for `place`: classes in order.

    Rule 10: most dances at this place or better, then the lower sum of these. Who is still tied is placed by rule 11,
    all judges' marks of all dances as one dance, before anybody whom rule 10 put behind; these go on with rule 10.
    """
    found: list[list[UUID]] = []
    left = sorted(group)
    while left:
        best = _classes({entry: (_standing([dance[entry] for dance in dances], place),) for entry in left})[0]
        found += [best] if len(best) == 1 else by_majority({entry: marks[entry] for entry in best}, place, len(marks[best[0]]))
        left = [entry for entry in left if entry not in best]
        place += len(best)
    return found


def _standing(marks: Sequence[Fraction], place: int) -> tuple[int, Fraction]:
    """How many marks are at this place or better (more comes first), and their sum (less comes first)."""
    better = [mark for mark in marks if mark <= place]
    return -len(better), sum(better, Fraction(0))


def _classes(orders: Mapping[UUID, Order]) -> list[list[UUID]]:
    """Who has the same order is in one class, the lowest order first."""
    found: dict[Order, list[UUID]] = {}
    for entry in sorted(orders):
        found.setdefault(orders[entry], []).append(entry)
    return [found[order] for order in sorted(found)]
