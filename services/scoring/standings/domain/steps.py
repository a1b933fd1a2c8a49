"""What each step of the tie chain compares, for every entry at once. Rule: services/scoring/README.md#ties"""

from fractions import Fraction
from uuid import UUID

import msgspec

from services.scoring.rubrics.domain import Judging, Rule
from services.scoring.standings.domain import skating
from services.scoring.standings.domain.contest import Contest
from services.scoring.standings.domain.facts import deducted
from services.scoring.standings.domain.scopes import totalled
from services.scoring.standings.domain.totals import Totals, totals
from services.scoring.standings.domain.values import worth
from shared.exact import Ratio

Compared = dict[UUID, Fraction]
"""Entry -> what is compared, the greatest goes first; an entry that is not in it goes last."""


class Steps:
    """Values of a step, found when the chain first asks for them."""

    def __init__(self, rule: Rule, contest: Contest, found: Totals) -> None:
        self._rule, self._contest, self._found = rule, contest, found
        self._compared: dict[str, Compared] = {}

    def value(self, step: str, entry: UUID) -> tuple[bool, Fraction]:
        """Sorts by what the step compares, the greatest first; who has nothing to compare goes last."""
        if step not in self._compared:
            self._compared[step] = compared(self._rule, self._contest, step)
        found = self._compared[step].get(entry)
        return found is not None, found or Fraction(0)

    def skate(self, group: list[UUID], place: int) -> list[list[UUID]]:
        """The group that competes for this place, in classes, by rules 10 and 11 of the skating system."""
        dances = [
            {entry: outcome.value for entry, outcome in each.found.items()} for each in self._found.judged
        ]
        marks = {entry: [mark for each in self._found.judged for mark in each.sheets[entry].values()] for entry in group}
        return skating.tied(group, place, dances, marks)


def compared(rule: Rule, contest: Contest, step: str) -> Compared:
    """What the step compares. step: one that looks at marks and facts, not a vote, a lot or a dance."""
    name, _, rest = step.partition(":")
    if name == "fewest_deductions":
        off = deducted(rule, contest.facts)
        return {each.entry_id: -off.get(each.entry_id, Fraction(0)) for each in contest.candidates}
    if name == "most_firsts":
        return _firsts(rule, contest)
    is_lowest = (rule.better == "lower") != rest.endswith(":lowest")
    found = _figures(rule, contest, name, rest.removesuffix(":lowest"))
    return {entry: -value for entry, value in found.items()} if is_lowest else found


def part_results(rule: Rule, contest: Contest, part: str) -> Compared:
    """One part's own result: the same judging over this part's marks alone, before the result is rounded."""
    return {entry: each.exact for entry, each in totals(rule.alone(part), contest).sums.items()}


def untrimmed(rule: Rule) -> Rule:
    """The rule with the mean of all given marks for each aggregate; nothing rounded, deducted or corrected."""
    parts = tuple(
        msgspec.structs.replace(part, judging=_mean_of_all(part.judging)) if part.judging else part for part in rule.parts
    )
    return msgspec.structs.replace(
        rule, judging=_mean_of_all(rule.judging), parts=parts, roundings=(), deductions=(), below_zero=None,
        adjustment=None, correction="none",
    )  # fmt: skip


def _figures(rule: Rule, contest: Contest, name: str, of: str) -> Compared:
    if name == "part":
        return part_results(rule, contest, of)
    if name == "criterion":
        part, _, criterion = of.partition("/")
        return part_results(_of_criterion(rule, part, criterion), contest, part)
    if name == "highest_mark":
        return _highest(rule, contest)
    changed = untrimmed(rule) if name == "untrimmed_mean" else msgspec.structs.replace(rule, roundings=())
    return {entry: each.exact for entry, each in totals(changed, contest).sums.items()}


def _of_criterion(rule: Rule, part_key: str, criterion_key: str) -> Rule:
    """The rule whose part has this one criterion, of weight 1."""
    one = Ratio(1, 1)
    parts = tuple(
        msgspec.structs.replace(
            part,
            criteria=tuple(
                msgspec.structs.replace(each, weight=one) for each in part.criteria if each.key == criterion_key
            ),
        )
        if part.key == part_key
        else part
        for part in rule.parts
    )
    return msgspec.structs.replace(rule, parts=parts)


def _mean_of_all(judging: Judging) -> Judging:
    return msgspec.structs.replace(judging, aggregate="mean", tolerance=None)


def _judge_totals(rule: Rule, contest: Contest) -> dict[UUID, Compared]:
    """Judge -> entry -> the judge's own total, where the judge marked all that is not judged apart."""
    lines = totalled(rule)
    parts = {part for _, cells in lines for part, _ in cells}
    found: dict[UUID, Compared] = {}
    for candidate in contest.candidates if lines else ():
        for judge in candidate.judging(parts):
            total = worth(lines, candidate.given[judge])
            if total is not None:
                found.setdefault(judge, {})[candidate.entry_id] = total
    return found


def _firsts(rule: Rule, contest: Contest) -> Compared:
    best = min if rule.better == "lower" else max
    found = {each.entry_id: Fraction(0) for each in contest.candidates}
    for own in _judge_totals(rule, contest).values():
        first = best(own.values())
        for entry in own:
            found[entry] += own[entry] == first
    return found


def _highest(rule: Rule, contest: Contest) -> Compared:
    best = min if rule.better == "lower" else max
    found: Compared = {}
    for own in _judge_totals(rule, contest).values():
        for entry, total in own.items():
            found[entry] = best(found.get(entry, total), total)
    return found
