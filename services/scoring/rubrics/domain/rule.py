"""The frozen rule. A mark is a count of its scale's unit; nothing here is a float, nothing has a default.

Words: a *criterion* is what the rule names; a judge gives one mark for each of its *items* (one, unless it has sub-items).
The rule's hash is SHA-256 over its canonical JSON, so anybody who has the rule can check what a score set cites.
Not here: what marks add up to (standings). Rule: services/scoring/README.md#rules
"""

import hashlib
from fractions import Fraction
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from shared.exact import Ratio, Rounding

Stage = Literal["preselection", "final"]
ScaleKind = Literal["points", "grade", "judgement", "measurement", "place", "pass_fail"]
Aggregate = Literal[
    "sum", "mean", "trimmed_mean", "trimmed_sum", "middle_mean", "median", "clamped_mean", "skating_system"
]
Level = Literal["criterion", "part", "judge_total"]
Missing = Literal["no_lock", "reserve", "mean_of_others", "exclude", "void"]
Recusal = Literal["reserve", "mean_of_others", "exclude", "kept_not_counted", "void"]
When = Literal["before", "hall", "after"]
Better = Literal["higher", "lower"]
Correction = Literal["none", "additive"]
RankStyle = Literal["1224", "dense"]
Release = Literal["per_entry", "first_k", "per_group", "ceremony", "not_in_hall"]
BoardShows = Literal["progress", "results"]
RoundingPoint = Literal["judge", "aggregate", "term", "part", "ranked"]


class Grade(Struct, frozen=True):
    """One step of a grade, judgement or pass/fail scale: what a sheet shows, and the points it is worth."""

    key: str
    title: str
    title_en: str
    points: Ratio


class MeasuredStep(Struct, frozen=True):
    """A measurement up to and including `to` (a count of the unit) is worth `points`."""

    to: int
    points: Ratio


class Band(Struct, frozen=True):
    """Guidance for a judge: marks from `lowest` to `highest` (counts of the unit) mean `title`. Changes no result."""

    title: str
    title_en: str
    lowest: int
    highest: int


class Scale(Struct, frozen=True, kw_only=True):
    """A mark is an integer from lowest to highest; an absent mark is unmarked, never 0.

    grades: for grade, judgement and pass_fail, one for each count from 0. steps: for a measurement, in rising order, the
    last reaches `highest`; empty where the measured value itself is the points.
    """

    kind: ScaleKind
    unit: Ratio
    lowest: int
    highest: int
    grades: tuple[Grade, ...]
    steps: tuple[MeasuredStep, ...]

    def points(self, count: int) -> Fraction:
        """What a mark is worth, exact. count: from lowest to highest."""
        if self.grades:
            return self.grades[count].points.fraction
        if self.steps:
            return next(step.points.fraction for step in self.steps if count <= step.to)
        return count * self.unit.fraction

    def has(self, count: int) -> bool:
        """Whether the count is a mark of this scale."""
        return self.lowest <= count <= self.highest

    @property
    def most(self) -> Fraction:
        """The most points a mark can be worth."""
        return max(self.worth) if self.worth else self.highest * self.unit.fraction

    @property
    def worth(self) -> list[Fraction]:
        """The points of the grades or steps; nothing where the count itself is worth its units."""
        return [grade.points.fraction for grade in self.grades] + [step.points.fraction for step in self.steps]


class Item(Struct, frozen=True, kw_only=True):
    """What a judge gives one mark for. key: "" where the criterion itself is marked."""

    key: str
    title: str
    title_en: str
    scale: Scale
    bands: tuple[Band, ...]


class Criterion(Struct, frozen=True, kw_only=True):
    """One line of the rubric; its value is the sum of its items' points, times `weight`."""

    key: str
    title: str
    title_en: str
    weight: Ratio
    items: tuple[Item, ...]

    @property
    def cells(self) -> dict[str, Item]:
        """Mark key -> item: the criterion's own key, or "criterion.item"."""
        return {f"{self.key}.{item.key}" if item.key else self.key: item for item in self.items}


class Drop(Struct, frozen=True):
    """How many of the highest and of the lowest are left out."""

    highest: int
    lowest: int


class Middle(Struct, frozen=True):
    """Keep the `marks` in the middle; where the rest cannot be halved, one more goes from the `odd` end."""

    marks: int
    odd: Literal["highest", "lowest"]


class Others(Struct, frozen=True):
    """A missing mark is the mean of the others' points for that item, to a multiple of `unit`."""

    unit: Ratio
    mode: Rounding


class Tolerance(Struct, frozen=True):
    """What happens when judges lie further apart than `spread`, looking at all marks given or only at those counted."""

    of: Literal["given", "counted"]
    spread: Ratio
    then: Literal["remark", "mean_of_all", "alert"]


class Judging(Struct, frozen=True, kw_only=True):
    """How judges are put together. level: at which scope.

    fewest_marks: judges who must have marked a scope whole before any is left out. factor: constant; has_difficulty: an
    entry's difficulty of that scope multiplies too.
    """

    aggregate: Aggregate
    level: Level
    drop: Drop
    middle: Middle | None
    margin: Ratio | None
    fewest_marks: int
    missing: Missing
    others: Others | None
    tolerance: Tolerance | None
    factor: Ratio
    has_difficulty: bool


class Part(Struct, frozen=True, kw_only=True, dict=True):
    """One sheet's worth of criteria; `when` says whether it is marked before the day, in the hall, or after.

    judging: the part's own, apart from the rule's; weight: 0 for what is recorded only to break ties.
    """

    key: str
    title: str
    title_en: str
    when: When
    weight: Ratio
    judging: Judging | None
    criteria: tuple[Criterion, ...]

    @cached_property
    def cells(self) -> dict[str, Item]:
        """Mark key -> item, in the order of the rule."""
        return {key: item for criterion in self.criteria for key, item in criterion.cells.items()}


class Deduction(Struct, frozen=True, kw_only=True):
    """Points off for a recorded quantity: `points` for each full `each`, at most `most` for one entry."""

    key: str
    title: str
    title_en: str
    points: Ratio
    each: Ratio
    measured_in: str
    most: Ratio | None


class Adjustment(Struct, frozen=True):
    """What the panel's leader may add to a result, once per entry, with a reason: a multiple of `unit` in the bounds."""

    lowest: Ratio
    highest: Ratio
    unit: Ratio


class RoundingRule(Struct, frozen=True):
    """Rounds a value that ranks. part: "" for every part. Rule: services/scoring/README.md#arithmetic"""

    at: RoundingPoint
    part: str
    mode: Rounding
    digits: int


class Shown(Struct, frozen=True):
    """How a result is written; what ranks is the value itself."""

    mode: Rounding
    digits: int


class NearTie(Struct, frozen=True):
    """Results within `band` of the group's first, or of the one before, share a rank."""

    band: Ratio
    of: Literal["first", "neighbour"]


class Rule(Struct, frozen=True, kw_only=True):
    """A whole scoring rule. parts: empty where the criteria are taken from the marks (`open_scale` is theirs).

    below_zero: None where nothing is deducted. first_k: 0 unless the first K are held. from_memory: its source was not
    read, so it may not be used.
    """

    title: str
    title_en: str
    version: int
    source: str
    from_memory: bool
    judging: Judging
    recusal: Recusal
    better: Better
    correction: Correction
    parts: tuple[Part, ...]
    open_scale: Scale | None
    deductions: tuple[Deduction, ...]
    below_zero: bool | None
    adjustment: Adjustment | None
    roundings: tuple[RoundingRule, ...]
    shown: Shown
    ties: tuple[str, ...]
    rank_style: RankStyle
    near_tie: NearTie | None
    release: Release
    first_k: int
    board: BoardShows

    @property
    def judgings(self) -> tuple[Judging, ...]:
        """Every way of putting judges together that this rule uses."""
        shared = () if self.parts and all(part.judging for part in self.parts) else (self.judging,)
        return (*shared, *(part.judging for part in self.parts if part.judging))

    @property
    def fewest_marks(self) -> int:
        """The fewest judges an entry needs."""
        return max(each.fewest_marks for each in self.judgings)

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)

    def alone(self, key: str) -> "Rule":
        """The same rule for one part alone, its weight 1; nothing is deducted or adjusted, what is tied stays shared."""
        one = Ratio(1, 1)
        parts = tuple(msgspec.structs.replace(part, weight=one) for part in self.parts if part.key == key)
        return msgspec.structs.replace(
            self, parts=parts, ties=("shared",), deductions=(), below_zero=None, adjustment=None, correction="none",
            near_tie=None, roundings=tuple(each for each in self.roundings if each.part in ("", key)),
        )  # fmt: skip


class ActivityRule(Struct, frozen=True, kw_only=True):
    """The rule an activity is marked by. preselection_part: the part whose marks decide who is admitted, if any."""

    activity_key: str
    rule: Rule
    hash: str
    preselection_part: str | None

    def stage_of(self, part: str) -> Stage:
        """The stage whose lock closes the sheets of this part."""
        return "preselection" if part == self.preselection_part else "final"

    def of_stage(self, stage: Stage) -> Rule:
        """The rule a stage is ranked by: the pre-selection by one part alone, the final by the whole."""
        if stage == "preselection" and self.preselection_part:
            return self.rule.alone(self.preselection_part)
        return self.rule


def refusal(rule: Rule) -> str:
    """Why no activity may be marked by this rule: rule_from_memory, rule_from_marks, or "" where one may."""
    if rule.from_memory:
        return "rule_from_memory"
    return "" if rule.parts else "rule_from_marks"


def canonical(rule: Rule) -> bytes:
    """The rule as JSON with sorted keys, no spaces, UTF-8: the bytes its hash is taken of."""
    return msgspec.json.encode(rule, order="sorted")


def rule_hash(rule: Rule) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(rule)).hexdigest()
