"""What is recorded about an entry beside its marks: deductions, the leader's adjustment, difficulties."""

from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Deduction, Rule


class Deducted(Struct, frozen=True, order=True):
    """One recorded deduction. quantity: how many, or how much in the rule's measure (seconds over time)."""

    entry_id: UUID
    key: str
    quantity: Fraction


class Facts(Struct, frozen=True, kw_only=True):
    """adjustments: entry -> points. difficulties: (entry, part, criterion) -> factor; "" where the scope is wider."""

    deductions: tuple[Deducted, ...] = ()
    adjustments: dict[UUID, Fraction] = {}
    difficulties: dict[tuple[UUID, str, str], Fraction] = {}


NO_FACTS = Facts()


def deducted(rule: Rule, facts: Facts) -> dict[UUID, Fraction]:
    """Entry -> all points taken off it; an entry that is not in it lost none."""
    kinds = {kind.key: kind for kind in rule.deductions}
    by_kind: dict[tuple[UUID, str], Fraction] = {}
    for each in facts.deductions:
        if kind := kinds.get(each.key):
            place = each.entry_id, each.key
            by_kind[place] = by_kind.get(place, Fraction(0)) + each.quantity // kind.each.fraction * kind.points.fraction
    found: dict[UUID, Fraction] = {}
    for (entry, key), points in by_kind.items():
        found[entry] = found.get(entry, Fraction(0)) + _at_most(kinds[key], points)
    return found


def _at_most(kind: Deduction, points: Fraction) -> Fraction:
    return min(points, kind.most.fraction) if kind.most else points
