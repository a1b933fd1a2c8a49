"""What is recorded about an entry beside its marks, and whether the rule allows it. Pure.

Numbers are decimal text, exactly as they stand in the ledger. Not here: what they do to a result (standings).
"""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Adjustment as AdjustmentRule
from services.scoring.rubrics.domain import Rule
from shared import exact
from shared.errors import Refused

KINDS = ("deducted", "deduction_withdrawn", "adjusted", "difficulty_set")
"""Kinds of ledger entries that change a result beside the marks."""


class Deduction(Struct, frozen=True, kw_only=True):
    """quantity: how often, or how much in the rule's measure. withdrawn: the reason it was withdrawn for, or ""."""

    id: UUID
    entry_id: UUID
    key: str
    quantity: str
    reason: str
    ledger_position: int
    withdrawn: str = ""


class Adjustment(Struct, frozen=True, kw_only=True):
    """What the panel's leader adds to a result."""

    id: UUID
    entry_id: UUID
    amount: str
    reason: str
    ledger_position: int


class Difficulty(Struct, frozen=True, kw_only=True):
    """The factor of an entry for a scope. criterion: "" where the scope is wider; part: "" where it is the whole."""

    id: UUID
    entry_id: UUID
    part: str
    criterion: str
    value: str
    ledger_position: int


class Records(Struct, frozen=True, kw_only=True):
    """All that was recorded for a division and stage, in ledger order."""

    deductions: tuple[Deduction, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()

    @property
    def standing(self) -> tuple[Deduction, ...]:
        """The deductions that were not withdrawn."""
        return tuple(each for each in self.deductions if not each.withdrawn)

    @property
    def adjusted(self) -> dict[UUID, Adjustment]:
        """Entry -> the adjustment that holds."""
        return {each.entry_id: each for each in self.adjustments}

    @property
    def difficulty(self) -> dict[tuple[UUID, str, str], Difficulty]:
        """(Entry, part, criterion) -> the difficulty that holds."""
        return {(each.entry_id, each.part, each.criterion): each for each in self.difficulties}


def check_open(is_locked: bool) -> None:
    """After the lock nothing is recorded any more. Raises Refused: deduction_after_lock."""
    if is_locked:
        raise Refused("deduction_after_lock")


def quantity(rule: Rule, key: str, text: str) -> str:
    """The recorded quantity as it will stand in the ledger.

    Raises Refused: deduction_unknown, not_a_number, deduction_nothing (none off, or a count that is not whole).
    """
    kind = next((each for each in rule.deductions if each.key == key), None)
    if kind is None:
        raise Refused("deduction_unknown", field="key", key=key)
    value = _number(text, "quantity")
    if value <= 0 or (not kind.measured_in and value.denominator != 1):
        raise Refused("deduction_nothing", field="quantity")
    return exact.plain(value)


def amount(rule: Rule, text: str) -> str:
    """The leader's adjustment as it will stand in the ledger.

    Raises Refused: adjustment_none, not_a_number, adjustment_outside.
    """
    bounds = rule.adjustment
    if bounds is None:
        raise Refused("adjustment_none")
    value = _number(text, "amount")
    in_steps = (value / bounds.unit.fraction).denominator == 1
    if not in_steps or not bounds.lowest.fraction <= value <= bounds.highest.fraction:
        raise Refused("adjustment_outside", field="amount", **bounds_of(bounds))
    return exact.plain(value)


def bounds_of(adjustment: AdjustmentRule) -> dict[str, str]:
    """The bounds in decimal text: lowest, highest, unit."""
    values = {"lowest": adjustment.lowest, "highest": adjustment.highest, "unit": adjustment.unit}
    return {name: exact.plain(value.fraction) for name, value in values.items()}


def difficulty(rule: Rule, part: str, criterion: str, text: str) -> str:
    """The factor as it will stand in the ledger. Raises Refused: difficulty_unknown, not_a_number, difficulty_not_positive."""
    if (part, criterion) not in difficult(rule):
        raise Refused("difficulty_unknown", field="part")
    value = _number(text, "value")
    if value <= 0:
        raise Refused("difficulty_not_positive", field="value")
    return exact.plain(value)


def reason(text: str) -> str:
    """Raises Refused: deduction_reason_missing."""
    if not text.strip():
        raise Refused("deduction_reason_missing", field="reason")
    return text.strip()


def difficult(rule: Rule) -> list[tuple[str, str]]:
    """(Part, criterion) of every scope that a difficulty multiplies; "" where the scope is wider."""
    found: list[tuple[str, str]] = []
    for part in rule.parts:
        judging = part.judging or rule.judging
        if not judging.has_difficulty or not part.weight.n:
            continue
        if judging.level == "criterion":
            found += [(part.key, each.key) for each in part.criteria]
        elif judging.level == "part" or part.judging:
            found.append((part.key, ""))
        elif ("", "") not in found:
            found.append(("", ""))
    return found


def timed(rule: Rule) -> list[str]:
    """Keys of the deductions that are measured in seconds: a clock's log can say how many."""
    return [each.key for each in rule.deductions if {"秒", "seconds"} & set(each.measured_in.lower().split())]


def points(rule: Rule, deductions: Sequence[Deduction]) -> str:
    """What deductions of one kind and entry take off together, in decimal text."""
    kind = next(each for each in rule.deductions if each.key == deductions[0].key)
    each = kind.each.fraction
    total = sum((Fraction(one.quantity) // each * kind.points.fraction for one in deductions), Fraction(0))
    return exact.plain(min(total, kind.most.fraction) if kind.most else total)


def _number(text: str, field: str) -> Fraction:
    """Decimal text; a ratio such as "2/3" is none. Raises Refused: not_a_number."""
    if "/" in text:
        raise Refused("not_a_number", field=field, value=text)
    return exact.fraction(text)
