"""The frozen rule. A mark is a count of its criterion's `unit`; nothing here is a float, nothing has a default.

The rule's hash is SHA-256 over its canonical JSON, so anybody who has the rule can check what a score set cites.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from shared.exact import Ratio, Rounding

Stage = Literal["preselection", "final"]
Aggregate = Literal["sum", "mean", "trimmed_mean", "median"]
Level = Literal["criterion", "part", "judge_total"]
Missing = Literal["no_lock", "exclude"]
Recusal = Literal["reserve", "exclude"]
When = Literal["before", "hall", "after"]
RankStyle = Literal["1224", "dense"]
Release = Literal["per_entry", "ceremony", "not_in_hall"]
BoardShows = Literal["progress", "results"]


class Criterion(Struct, frozen=True, kw_only=True):
    """highest: count of `unit`. A mark is an integer from 0 to highest; an absent mark is unmarked, never 0."""

    key: str
    title: str
    title_en: str
    highest: int
    unit: Ratio


class Part(Struct, frozen=True, kw_only=True):
    """One sheet's worth of criteria; `when` says whether it is marked before the day, in the hall, or after."""

    key: str
    title: str
    title_en: str
    when: When
    criteria: tuple[Criterion, ...]

    @property
    def highest(self) -> dict[str, int]:
        """Criterion key -> highest mark, count of the criterion's unit."""
        return {criterion.key: criterion.highest for criterion in self.criteria}


class Drop(Struct, frozen=True):
    """How many of the highest and of the lowest are left out."""

    highest: int
    lowest: int


class RoundingRule(Struct, frozen=True):
    """at "result": the rounded figure is only shown, the exact one ranks. at "ranked": the rounded figure ranks."""

    mode: Rounding
    digits: int
    at: Literal["result", "ranked"]


class Rule(Struct, frozen=True, kw_only=True):
    """A whole scoring rule. level: where judges are put together (and, trimmed, left out); None where it cannot matter.

    fewest_marks: judges' marks an entry needs before the highest and lowest are left out.
    """

    title: str
    title_en: str
    version: int
    aggregate: Aggregate
    level: Level | None
    drop: Drop
    fewest_marks: int
    missing: Missing
    recusal: Recusal
    rounding: RoundingRule
    ties: tuple[str, ...]
    rank_style: RankStyle
    release: Release
    board: BoardShows
    parts: tuple[Part, ...]

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)

    def alone(self, key: str) -> "Rule":
        """The same rule for one part alone: its marks, the same aggregate and drop; what is tied stays shared."""
        parts = tuple(part for part in self.parts if part.key == key)
        return msgspec.structs.replace(self, parts=parts, ties=("shared",))


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


def canonical(rule: Rule) -> bytes:
    """The rule as JSON with sorted keys, no spaces, UTF-8: the bytes its hash is taken of."""
    return msgspec.json.encode(rule, order="sorted")


def rule_hash(rule: Rule) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(rule)).hexdigest()
