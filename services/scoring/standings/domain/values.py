"""Each judge's value of one scope for one entry: who counts, what stands for a missing mark, rounding."""

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from services.scoring.rubrics.domain import Others, Recusal, RoundingPoint, RoundingRule, Rule
from services.scoring.standings.domain.contest import Candidate, Points
from services.scoring.standings.domain.scopes import Scope, Weighed
from shared.exact import multiple

Values = dict[UUID, Fraction]
"""Judge -> value, in points."""


def values(rule: Rule, scope: Scope, candidate: Candidate) -> Values:
    """What the judges' values are, by id; empty where the entry cannot have a result.

    Rule: services/scoring/README.md#arithmetic
    """
    missing = scope.judging.missing
    given = {judge: candidate.given[judge] for judge in candidate.judging(scope.parts)}
    if missing == "void":
        given = {judge: points for judge, points in given.items() if points.keys() >= scope.group}
    whole = {judge: value for judge, points in given.items() if (value := worth(scope.lines, points)) is not None}
    if len(whole) < fewest(scope) or (missing in ("no_lock", "reserve") and len(whole) < len(given)):
        return {}
    for judge, points in _to_fill(rule.recusal, scope, candidate, given, whole).items():
        value = worth(scope.lines, _filled(scope, points, [each for other, each in given.items() if other != judge]))
        if value is None:
            return {}
        whole[judge] = value
    return {judge: rounded(rule.roundings, whole[judge], "judge", scope.part) for judge in sorted(whole)}


def worth(lines: tuple[Weighed, ...], points: Mapping[tuple[str, str], Fraction]) -> Fraction | None:
    """The weighed sum of the points; None while one of them is missing."""
    total = Fraction(0)
    for weight, cells in lines:
        for cell in cells:
            if cell not in points:
                return None
            total += points[cell] if weight == 1 else weight * points[cell]
    return total


def fewest(scope: Scope) -> int:
    """How many judges must have marked the scope whole themselves."""
    judging = scope.judging
    left = 1
    if judging.aggregate in ("trimmed_mean", "trimmed_sum"):
        left = judging.drop.highest + judging.drop.lowest + 1
    elif judging.aggregate == "middle_mean" and judging.middle:
        left = judging.middle.marks
    return max(judging.fewest_marks, left)


def rounded(roundings: tuple[RoundingRule, ...], value: Fraction, at: RoundingPoint, part: str) -> Fraction:
    """The value as the rule rounds it at this point; itself where the rule does not. part: "" beyond a single part."""
    for each in roundings:
        if each.at == at and each.part in ("", part):
            value = multiple(value, Fraction(1, 10**each.digits), each.mode)
    return value


def _to_fill(
    recusal: Recusal, scope: Scope, candidate: Candidate, given: dict[UUID, Points], whole: Values
) -> dict[UUID, Points]:
    """Judges for whom the others' means stand in, with the marks they did give."""
    absent: dict[UUID, Points] = {}
    if scope.judging.missing == "mean_of_others":
        absent = {judge: points for judge, points in given.items() if judge not in whole}
    if recusal == "mean_of_others":
        absent |= {judge: {} for judge in candidate.recused(scope.parts)}
    return absent


def _filled(scope: Scope, points: Points, others: list[Points]) -> Points:
    """The points, and for each missing one the mean of the others who gave it; it stays missing where nobody did."""
    filled = dict(points)
    for cell in scope.cells:
        theirs = [each[cell] for each in others if cell in each]
        if cell not in points and theirs:
            filled[cell] = _mean_to_unit(theirs, scope.judging.others)
    return filled


def _mean_to_unit(theirs: list[Fraction], others: Others | None) -> Fraction:
    mean = sum(theirs, Fraction(0)) / len(theirs)
    return multiple(mean, others.unit.fraction, others.mode) if others else mean
