"""From judges' values to each entry's figure: aggregates, factors and weights, deductions and adjustment, rounding.

All but the skating system and the additive correction looks at one entry at a time.
"""

from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Rule
from services.scoring.standings.domain import correction, skating
from services.scoring.standings.domain.contest import Contest
from services.scoring.standings.domain.facts import Facts, deducted
from services.scoring.standings.domain.judging import Outcome, judged
from services.scoring.standings.domain.scopes import Scope, scopes
from services.scoring.standings.domain.tally import Tallied, tallied
from services.scoring.standings.domain.values import Values, rounded, values
from shared.exact import Ratio

FEWEST = 8
"""Fewer entries are added up sooner in fractions than in arrays."""


class Sum(Struct, frozen=True):
    """exact: the result before the last rounding; figure: what ranks. counted: scope -> judges whose values are in it."""

    exact: Fraction
    figure: Fraction
    deducted: Fraction
    counted: dict[str, tuple[UUID, ...]]


class Spread(Struct, frozen=True, order=True):
    """Judges lie further apart at this scope of an entry than the rule tolerates."""

    entry_id: UUID
    scope: str
    spread: Ratio


class Judged(Struct, frozen=True):
    """One scope, all entries. sheets: entry -> judges' values, also of entries that wait for a re-mark.

    found: entry -> aggregate. linked: the groups of entries that share judges, where the rule corrects strictness.
    """

    scope: Scope
    sheets: dict[UUID, Values]
    found: dict[UUID, Outcome]
    remarks: tuple[Spread, ...]
    alerts: tuple[Spread, ...]
    linked: list[tuple[UUID, ...]]


class Totals(Struct, frozen=True):
    """sums: entries that have a result."""

    sums: dict[UUID, Sum]
    judged: tuple[Judged, ...]


def totals(rule: Rule, contest: Contest) -> Totals:
    """Every entry's figure by the rule. Rule: services/scoring/README.md#arithmetic"""
    known = tallied(rule, contest) if len(contest.candidates) >= FEWEST else {}
    others = Contest(tuple(each for each in contest.candidates if each.entry_id not in known), contest.facts)
    found = [_judged(rule, scope, others) for scope in scopes(rule)]
    for candidate in others.candidates:
        if each := _totalled(rule, found, candidate.entry_id, contest.facts):
            known[candidate.entry_id] = each
    off = deducted(rule, contest.facts)
    sums: dict[UUID, Sum] = {}
    for entry, each in known.items():
        taken = off.get(entry, Fraction(0))
        exact = _with_facts(rule, contest.facts, entry, each.total, taken)
        sums[entry] = Sum(exact, rounded(rule.roundings, exact, "ranked", ""), taken, each.counted)
    return Totals(sums, tuple(found))


def _totalled(rule: Rule, judged: list[Judged], entry: UUID, facts: Facts) -> Tallied | None:
    """An entry's total before deductions; None while a scope has no result."""
    terms = [(each.scope, term) for each in judged if (term := _term(rule, each, entry, facts)) is not None]
    if len(terms) < len(judged):
        return None
    return Tallied(_added(rule, terms), {each.scope.name: each.found[entry].counted for each in judged})


def _judged(rule: Rule, scope: Scope, contest: Contest) -> Judged:
    sheets = {each.entry_id: given for each in contest.candidates if (given := values(rule, scope, each))}
    found = {entry: judged(scope.judging, given) for entry, given in sheets.items()}
    wide = [
        Spread(entry, scope.name, Ratio.of(each.spread)) for entry, each in found.items() if each.spread is not None
    ]
    then = scope.judging.tolerance.then if scope.judging.tolerance else ""
    remarks = tuple(wide) if then == "remark" else ()
    for each in remarks:
        del found[each.entry_id]
    across, linked = _across(rule, scope, {entry: sheets[entry] for entry in found})
    if across is not None:
        found = {entry: Outcome(across[entry], found[entry].counted, found[entry].spread) for entry in across}
    return Judged(scope, sheets, found, remarks, tuple(wide) if then == "alert" else (), linked)


def _across(
    rule: Rule, scope: Scope, sheets: dict[UUID, Values]
) -> tuple[dict[UUID, Fraction] | None, list[tuple[UUID, ...]]]:
    """What is found by looking at all entries at once, instead of the aggregate of each; None where that stands."""
    if scope.judging.aggregate == "skating_system":
        judges = {judge for given in sheets.values() for judge in given}
        return skating.danced({entry: list(given.values()) for entry, given in sheets.items()}, len(judges)), []
    if rule.correction == "additive" and sheets:
        linked = correction.groups(sheets)
        return (correction.corrected(sheets) if len(linked) == 1 else {}), linked
    return None, []


def _term(rule: Rule, judged: Judged, entry: UUID, facts: Facts) -> Fraction | None:
    """What one scope brings to an entry's total."""
    scope, outcome = judged.scope, judged.found.get(entry)
    difficulty = Fraction(1)
    if scope.judging.has_difficulty:
        given = facts.difficulties.get((entry, scope.part, scope.criterion))
        if given is None:
            return None
        difficulty = given
    if outcome is None:
        return None
    value = rounded(rule.roundings, outcome.value, "aggregate", scope.part)
    term = value * scope.judging.factor.fraction * difficulty * scope.weight
    return rounded(rule.roundings, term, "term", scope.part)


def _added(rule: Rule, terms: list[tuple[Scope, Fraction]]) -> Fraction:
    parts: dict[str, Fraction] = {}
    for scope, term in terms:
        parts[scope.part] = parts.get(scope.part, Fraction(0)) + term
    return sum(
        (rounded(rule.roundings, total, "part", part) if part else total for part, total in parts.items()), Fraction(0)
    )


def _with_facts(rule: Rule, facts: Facts, entry: UUID, total: Fraction, off: Fraction) -> Fraction:
    total += off if rule.better == "lower" else -off
    if rule.adjustment:
        total += facts.adjustments.get(entry, Fraction(0))
    return max(total, Fraction(0)) if rule.below_zero is False else total
