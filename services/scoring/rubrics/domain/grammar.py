"""The grammar of rules/*.toml. A file says everything that can change a result; what it leaves open comes back as a question.

Every fault is found in one reading, with its line. Names the grammar will grow to are known and refused by name, so that
nobody's rule is quietly read as something else. Rule: services/scoring/README.md#rules
"""

import re
import tomllib
from fractions import Fraction
from typing import Any, get_args

import msgspec

from services.scoring.rubrics.domain import rule as form
from services.scoring.rubrics.domain.lines import Path, line_at, lines_of
from services.scoring.rubrics.domain.rule import Criterion, Drop, Part, RoundingRule, Rule
from shared import exact
from shared.errors import Fault, Refused

Table = dict[str, Any]

_RULE_KEYS = {
    "title", "title_en", "version", "unit", "aggregate", "level", "drop", "fewest_marks", "missing", "recusal", "ties",
    "rank_style", "release", "board", "rounding", "part",
}  # fmt: skip
_PART_KEYS = {"key", "title", "title_en", "when", "criterion"}
_CRITERION_KEYS = {"key", "title", "title_en", "highest", "unit"}
_LATER_KEYS = {
    "scale", "weight", "multiplier", "deduction", "adjustment", "stage", "tolerance", "clamp", "near_tie", "panel",
    "lowest", "grades", "bands", "steps", "item", "shown", "first_k",
}  # fmt: skip
_LATER = {
    "aggregate": {"middle", "clamp", "skating_system"},
    "missing": {"reserve", "mean_of_others", "void"},
    "recusal": {"mean_of_others", "kept_not_counted", "void"},
    "release": {"first_k", "per_group"},
    "at": {"criterion", "part", "judge_total", "element"},
    "ties": {"time", "most_firsts", "head_judge", "more_digits", "highest_single"},
}
_END_STEPS = ("shared", "panel_vote", "lot")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def read(file: str, text: str, faults: list[Fault]) -> Rule | None:
    """Read a rule file. Appends every fault found to `faults`; returns the rule only if there was none.

    file: the name the faults carry. text: the file's content.
    """
    try:
        table = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", f"{error}")
        faults.append(Fault(code="rule_not_toml", file=file, row=int(line[1]) if line else None))
        return None
    found: list[Fault] = []
    rule = _Reading(file, lines_of(text), found).rule(table)
    faults.extend(sorted(found, key=lambda fault: fault.row or 0))
    return rule


class _Reading:
    """One pass over one file, its faults apart. Each method reads one thing, or notes a fault and returns a stand-in."""

    def __init__(self, file: str, lines: dict[Path, int], faults: list[Fault]) -> None:
        self.file, self.lines, self.faults = file, lines, faults

    def rule(self, table: Table) -> Rule | None:
        self.known(table, (), _RULE_KEYS)
        aggregate = self.choice(table, (), "aggregate", "rule_open_aggregate", get_args(form.Aggregate))
        missing = self.choice(table, (), "missing", "rule_open_missing", get_args(form.Missing))
        recusal = self.choice(table, (), "recusal", "rule_open_recusal", get_args(form.Recusal))
        level, drop = self.level(table, aggregate, missing)
        fewest = self.whole(table, (), "fewest_marks", "rule_open_fewest_marks", 1, 99)
        if fewest and fewest <= drop.highest + drop.lowest:
            self.fault("rule_too_few_left", ("fewest_marks",), fewest, dropped=drop.highest + drop.lowest)
        if aggregate == "sum" and "exclude" in (missing, recusal):
            self.fault("rule_sum_needs_every_mark", ("missing" if missing == "exclude" else "recusal",), "exclude")
        parts = self.parts(table)
        values = {
            "title": self.words(table, (), "title"),
            "title_en": self.optional(table, (), "title_en"),
            "version": self.whole(table, (), "version", "rule_open_version", 1, 9999),
            "aggregate": aggregate,
            "level": level,
            "drop": drop,
            "fewest_marks": fewest,
            "missing": missing,
            "recusal": recusal,
            "rounding": self.rounding(table),
            "ties": self.ties(table, {part.key for part in parts}),
            "rank_style": self.choice(table, (), "rank_style", "rule_open_rank_style", get_args(form.RankStyle)),
            "release": self.choice(table, (), "release", "rule_open_release", get_args(form.Release)),
            "board": self.choice(table, (), "board", "rule_open_board", get_args(form.BoardShows)),
            "parts": parts,
        }
        return None if self.faults else msgspec.convert(values, Rule, from_attributes=True)

    def level(self, table: Table, aggregate: str, missing: str) -> tuple[str | None, Drop]:
        """Where judges are put together. A trimmed mean says it in `drop`; otherwise only where it can change a result."""
        none = Drop(0, 0)
        if aggregate == "trimmed_mean":
            if "level" in table:
                self.fault("rule_level_twice", ("level",), table["level"])
            return self.drop(table)
        if "drop" in table:
            self.fault("rule_drop_not_used", ("drop",), aggregate)
        matters = aggregate == "median" or (aggregate == "mean" and missing == "exclude")
        if not matters and "level" not in table:
            return None, none
        return self.choice(table, (), "level", "rule_open_level", get_args(form.Level)) or None, none

    def drop(self, table: Table) -> tuple[str | None, Drop]:
        drop = table.get("drop")
        if not isinstance(drop, dict):
            self.fault("rule_open_drop", ("drop",), "" if drop is None else drop)
            return None, Drop(0, 0)
        self.known(drop, ("drop",), {"level", "highest", "lowest"})
        level = self.choice(drop, ("drop",), "level", "rule_open_level", get_args(form.Level)) or None
        highest = self.whole(drop, ("drop",), "highest", "rule_open_drop", 0, 9)
        lowest = self.whole(drop, ("drop",), "lowest", "rule_open_drop", 0, 9)
        return level, Drop(highest, lowest)

    def rounding(self, table: Table) -> RoundingRule | None:
        rounding = table.get("rounding")
        if not isinstance(rounding, dict):
            self.fault("rule_open_rounding", ("rounding",))
            return None
        here = ("rounding",)
        self.known(rounding, here, {"mode", "digits", "at"})
        mode = self.choice(rounding, here, "mode", "rule_open_rounding_mode", get_args(exact.Rounding))
        digits = self.whole(rounding, here, "digits", "rule_open_rounding_digits", 0, 6)
        at = self.choice(rounding, here, "at", "rule_open_rounding_at", ("result", "ranked"))
        return RoundingRule(mode, digits, at)  # type: ignore[arg-type]  # `choice` gave one of the names, or a fault

    def ties(self, table: Table, parts: set[str]) -> tuple[str, ...]:
        """The tie chain: steps in order. It must say what happens when all of them leave a tie."""
        chain = table.get("ties")
        if not isinstance(chain, list) or not chain:
            self.fault("rule_open_ties", ("ties",))
            return ()
        chain = [f"{step}" for step in chain]
        for position, step in enumerate(chain):
            self.tie_step(step, chain[:position], parts)
        if chain[-1] not in _END_STEPS:
            self.fault("rule_open_last_tie", ("ties",), chain[-1])
        for step in chain[:-1]:
            if step in ("shared", "lot"):
                self.fault("rule_tie_after_end", ("ties",), step)
        if "lot" in chain and "panel_vote" not in chain[: chain.index("lot")]:
            self.fault("rule_lot_without_vote", ("ties",), "lot")
        return tuple(chain)

    def tie_step(self, step: str, before: list[str], parts: set[str]) -> None:
        if step in before:
            self.fault("rule_tie_twice", ("ties",), step)
        if step.startswith("part:"):
            if step.removeprefix("part:") not in parts:
                self.fault("rule_tie_part_unknown", ("ties",), step)
        elif step in _LATER["ties"] or step.startswith("criterion:"):
            self.fault("rule_not_supported", ("ties",), step, key="ties")
        elif step not in (*_END_STEPS, "untrimmed_mean"):
            choices = "part:…, untrimmed_mean, panel_vote, lot, shared"
            self.fault("rule_value_unknown", ("ties",), step, key="ties", choices=choices)

    def parts(self, table: Table) -> tuple[Part, ...]:
        rows = table.get("part")
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.fault("rule_open_parts", ("part",))
            return ()
        unit = self.unit(table, ()) if "unit" in table else None
        parts = [self.part(row, ("part", place), unit) for place, row in enumerate(rows)]
        self.distinct([part.key for part in parts], ("part",))
        return tuple(parts)

    def part(self, row: Table, here: Path, unit: Fraction | None) -> Part:
        self.known(row, here, _PART_KEYS)
        rows = row.get("criterion")
        criteria: list[Criterion] = []
        if not isinstance(rows, list) or not rows or not all(isinstance(each, dict) for each in rows):
            self.fault("rule_open_criteria", (*here, "criterion"), row.get("key", ""))
        else:
            criteria = [self.criterion(each, (*here, "criterion", place), unit) for place, each in enumerate(rows)]
        self.distinct([criterion.key for criterion in criteria], (*here, "criterion"))
        return Part(
            key=self.key(row, here),
            title=self.words(row, here, "title"),
            title_en=self.optional(row, here, "title_en"),
            when=self.choice(row, here, "when", "rule_open_when", get_args(form.When)),  # type: ignore[arg-type]  # one of the names, or a fault
            criteria=tuple(criteria),
        )

    def criterion(self, row: Table, here: Path, unit: Fraction | None) -> Criterion:
        self.known(row, here, _CRITERION_KEYS)
        if "unit" in row:
            unit = self.unit(row, here)
        elif unit is None:
            self.fault("rule_open_unit", here, row.get("key", ""))
        unit = unit or Fraction(1)
        return Criterion(
            key=self.key(row, here),
            title=self.words(row, here, "title"),
            title_en=self.optional(row, here, "title_en"),
            highest=self.highest(row, here, unit),
            unit=exact.Ratio.of(unit),
        )

    def highest(self, row: Table, here: Path, unit: Fraction) -> int:
        if "highest" not in row:
            self.fault("rule_open_highest", here, row.get("key", ""))
            return 0
        try:
            highest = exact.count(f"{row['highest']}", unit)
        except Refused as refused:
            self.fault(refused.code, (*here, "highest"), row["highest"], unit=exact.plain(unit))
            return 0
        if not 0 < highest <= 1_000_000:
            self.fault("rule_highest_out_of_range", (*here, "highest"), row["highest"])
        return highest

    def unit(self, table: Table, here: Path) -> Fraction:
        try:
            unit = exact.fraction(f"{table['unit']}")
            exact.digits(unit)
        except Refused:
            unit = Fraction(0)
        if unit <= 0:
            self.fault("rule_unit_wrong", (*here, "unit"), table["unit"])
        return unit if unit > 0 else Fraction(1)

    def key(self, table: Table, here: Path) -> str:
        key = self.words(table, here, "key")
        if key and not _KEY.fullmatch(key):
            self.fault("rule_key_form", (*here, "key"), key)
        return key

    def choice(self, table: Table, here: Path, key: str, open_code: str, names: tuple[str, ...]) -> str:
        """One of `names`; what is left open is asked by `open_code`; what comes later is refused by name."""
        value = table.get(key)
        if value is None or value == "":
            self.fault(open_code, (*here, key))
        elif isinstance(value, str) and value in _LATER.get(key, ()):
            self.fault("rule_not_supported", (*here, key), value, key=key)
        elif not isinstance(value, str) or value not in names:
            self.fault("rule_value_unknown", (*here, key), value, key=key, choices=", ".join(names))
        else:
            return f"{value}"
        return ""

    def whole(self, table: Table, here: Path, key: str, open_code: str, least: int, most: int) -> int:
        value = table.get(key)
        if value is None:
            self.fault(open_code, (*here, key))
        elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault("rule_not_whole", (*here, key), value, key=key, least=least, most=most)
        else:
            return value
        return 0

    def words(self, table: Table, here: Path, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault("rule_open_text", (*here, key), "" if value is None else value, key=key)
            return ""
        return value.strip()

    def optional(self, table: Table, here: Path, key: str) -> str:
        return self.words(table, here, key) if table.get(key) else ""

    def known(self, table: Table, here: Path, keys: set[str]) -> None:
        for key in table.keys() - keys:
            code = "rule_not_supported" if key in _LATER_KEYS else "rule_key_unknown"
            self.fault(code, (*here, key), key, key=key)

    def distinct(self, keys: list[str], here: Path) -> None:
        for key in {key for key in keys if key and keys.count(key) > 1}:
            self.fault("rule_key_twice", here, key)

    def fault(self, code: str, path: Path, value: object = "", **values: str | int) -> None:
        column = ".".join(f"{step + 1}" if isinstance(step, int) else step for step in path)
        row = line_at(self.lines, path)
        self.faults.append(Fault(code=code, file=self.file, row=row, column=column, value=f"{value}", values=values))
