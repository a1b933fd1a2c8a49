"""Reading how judges are put together: of a whole rule, or of a part that is judged apart.

Rule: services/scoring/README.md#rules
"""

from fractions import Fraction
from typing import get_args

from services.scoring.rubrics.domain.reading import Table
from services.scoring.rubrics.domain.rule import (
    Aggregate,
    Drop,
    Judging,
    Level,
    Middle,
    Missing,
    Others,
    Tolerance,
)
from shared.exact import Ratio, Rounding

KEYS = {
    "aggregate", "level", "drop", "middle", "margin", "fewest_marks", "missing", "others", "tolerance", "factor",
    "multiplier",
}  # fmt: skip
_OWN = {"drop": ("trimmed_mean", "trimmed_sum"), "middle": ("middle_mean",), "margin": ("clamped_mean",)}
_LEAVES_OUT = ("exclude", "void", "kept_not_counted")


def judging(table: Table, recusal: str) -> Judging:
    """What this table says about judges. recusal: the rule's; a mean of the others needs its unit here."""
    aggregate = table.choice("aggregate", get_args(Aggregate))
    missing = table.choice("missing", get_args(Missing))
    for key, kinds in _OWN.items():
        if aggregate and aggregate not in kinds:
            table.unused([key], aggregate)
    drop = _drop(table) if aggregate in _OWN["drop"] else Drop(0, 0)
    middle = _middle(table) if aggregate == "middle_mean" else None
    fewest = table.whole("fewest_marks", 1, 99)
    if fewest and fewest <= drop.highest + drop.lowest:
        table.fault("rule_too_few_left", "fewest_marks", fewest, dropped=drop.highest + drop.lowest)
    if fewest and middle and fewest < middle.marks:
        table.fault("rule_middle_too_many", "fewest_marks", fewest, marks=middle.marks)
    for key, value in (("missing", missing), ("recusal", recusal)):
        if aggregate in ("sum", "trimmed_sum") and value in _LEAVES_OUT:
            table.fault("rule_sum_needs_every_mark", key, value)
    found = Judging(
        aggregate=aggregate or "mean",
        level=table.choice("level", get_args(Level)),
        drop=drop,
        middle=middle,
        margin=Ratio.of(table.amount("margin", above=Fraction(0))) if aggregate == "clamped_mean" else None,
        fewest_marks=fewest,
        missing=missing,
        others=_others(table, missing, recusal),
        tolerance=_tolerance(table),
        factor=Ratio.of(table.amount("factor", above=Fraction(0))),
        has_difficulty=table.choice("multiplier", ("none", "difficulty")) == "difficulty",
    )
    if aggregate == "skating_system":
        _check_skating(table, found)
    return found


def _drop(table: Table) -> Drop:
    drop = table.table("drop")
    if drop is None:
        return Drop(0, 0)
    drop.known({"highest", "lowest"})
    return Drop(
        drop.whole("highest", 0, 9, "rule_open_drop_highest"), drop.whole("lowest", 0, 9, "rule_open_drop_lowest")
    )


def _middle(table: Table) -> Middle | None:
    middle = table.table("middle")
    if middle is None:
        return None
    middle.known({"marks", "odd"})
    odd = middle.choice("odd", ("highest", "lowest"), "rule_open_middle_odd")
    return Middle(middle.whole("marks", 1, 99, "rule_open_middle_marks"), odd)


def _others(table: Table, missing: str, recusal: str) -> Others | None:
    if "mean_of_others" not in (missing, recusal):
        if missing and recusal:
            table.unused(["others"], missing)
        return None
    others = table.table("others")
    if others is None:
        return None
    others.known({"unit", "mode"})
    unit = others.unit("rule_open_others_unit")
    return Others(Ratio.of(unit), others.choice("mode", get_args(Rounding), "rule_open_others_mode"))


def _tolerance(table: Table) -> Tolerance | None:
    tolerance = table.none_or_table("tolerance")
    if tolerance is None:
        return None
    tolerance.known({"of", "spread", "then"})
    return Tolerance(
        tolerance.choice("of", ("given", "counted"), "rule_open_tolerance_of"),
        Ratio.of(tolerance.amount("spread", "rule_open_tolerance_spread", least=Fraction(0))),
        tolerance.choice("then", ("remark", "mean_of_all", "alert"), "rule_open_tolerance_then"),
    )


def _check_skating(table: Table, found: Judging) -> None:
    """Places are counted, not averaged: each dance by itself, from every judge, with nothing multiplied."""
    if len(table.path):
        table.fault("rule_skating_apart", "aggregate", table.values.get("key", ""))
    if found.level and found.level != "criterion":
        table.fault("rule_skating_level", "level", found.level)
    if found.missing and found.missing not in ("no_lock", "reserve"):
        table.fault("rule_skating_missing", "missing", found.missing)
    for key, is_set in (("factor", found.factor != Ratio(1, 1)), ("multiplier", found.has_difficulty)):
        if is_set and key in table:
            table.fault("rule_skating_multiplied", key, table.values[key])
