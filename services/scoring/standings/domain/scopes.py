"""What one aggregate is taken over: a criterion ("lesson/content"), a part ("lesson"), or a judge's total ("").

Parts with a judging of their own are each a group of their own; all others together are one group. A part of weight 0
makes no scope: only the tie chain looks at it.
"""

from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from services.scoring.rubrics.domain import Criterion, Judging, Part, Rule

Cell = tuple[str, str]
"""A part's key and a mark's key."""
Weighed = tuple[Fraction, tuple[Cell, ...]]
"""Cells whose points are added, and the weight of their sum."""


class Scope(Struct, frozen=True, kw_only=True):
    """lines: what a judge's value is the sum of. weight: what is left to multiply the aggregate with.

    group: the cells of all scopes that are judged together with this one.
    """

    name: str
    part: str
    criterion: str
    judging: Judging
    weight: Fraction
    lines: tuple[Weighed, ...]
    group: frozenset[Cell]

    @property
    def parts(self) -> set[str]:
        """The parts it reaches over: who judges one of them is of its panel."""
        return {part for part, _ in self.cells}

    @property
    def cells(self) -> list[Cell]:
        return [cell for _, cells in self.lines for cell in cells]


def scopes(rule: Rule) -> list[Scope]:
    """The rule's scopes, in its order."""
    groups: dict[str, list[Part]] = {}
    for part in rule.parts:
        if part.weight.n:
            groups.setdefault(part.key if part.judging else "", []).append(part)
    return [scope for parts in groups.values() for scope in _of_group(parts[0].judging or rule.judging, parts)]


def totalled(rule: Rule) -> tuple[Weighed, ...]:
    """What a judge's whole total is the sum of: all parts that are not judged apart."""
    return _weighed(part for part in rule.parts if part.weight.n and not part.judging)


def cells_of(part: Part, criterion: Criterion) -> tuple[Cell, ...]:
    return tuple((part.key, key) for key in criterion.cells)


def lines_of(part: Part) -> tuple[Weighed, ...]:
    """What a judge's value of one part is the sum of."""
    return tuple((criterion.weight.fraction, cells_of(part, criterion)) for criterion in part.criteria)


def _of_group(judging: Judging, parts: list[Part]) -> list[Scope]:
    group = frozenset(cell for part in parts for criterion in part.criteria for cell in cells_of(part, criterion))
    one = Fraction(1)
    if judging.level == "criterion":
        return [
            Scope(
                name=f"{part.key}/{criterion.key}",
                part=part.key,
                criterion=criterion.key,
                judging=judging,
                weight=part.weight.fraction * criterion.weight.fraction,
                lines=((one, cells_of(part, criterion)),),
                group=group,
            )
            for part in parts
            for criterion in part.criteria
        ]
    if judging.level == "part" or parts[0].judging:
        return [
            Scope(
                name=part.key,
                part=part.key,
                criterion="",
                judging=judging,
                weight=part.weight.fraction,
                lines=lines_of(part),
                group=group,
            )
            for part in parts
        ]
    return [Scope(name="", part="", criterion="", judging=judging, weight=one, lines=_weighed(parts), group=group)]


def _weighed(parts: Iterable[Part]) -> tuple[Weighed, ...]:
    return tuple(
        (part.weight.fraction * criterion.weight.fraction, cells_of(part, criterion))
        for part in parts
        for criterion in part.criteria
    )
