"""The grammar of rules/*.toml. A file says everything that can change a result; what it leaves open comes back as a question.

Every fault is found in one reading, with its line. Rule: services/scoring/README.md#rules
"""

import re
from fractions import Fraction
from typing import Any, get_args

import msgspec

from services.scoring.rubrics.domain import chain, judging, scales
from services.scoring.rubrics.domain import rule as form
from services.scoring.rubrics.domain.lines import lines_of
from services.scoring.rubrics.domain.reading import File, Table, distinct
from services.scoring.rubrics.domain.rule import (
    Adjustment,
    Criterion,
    Deduction,
    Item,
    Judging,
    NearTie,
    Part,
    RoundingRule,
    Rule,
    Scale,
    Shown,
)
from shared.errors import Fault
from shared.exact import Ratio, Rounding
from shared.toml import parsed

_RULE_KEYS = {
    "title", "title_en", "version", "source", "from_memory", "unit", "recusal", "better", "correction", "ties",
    "rank_style", "near_tie", "release", "first_k", "board", "rounding", "shown", "adjustment", "deduction", "below_zero",
    "criteria", "part", *judging.KEYS,
}  # fmt: skip
_NAMES = {"key", "title", "title_en"}
_ZERO, _ONE = Fraction(0), Ratio(1, 1)


def read(file: str, text: str, faults: list[Fault]) -> Rule | None:
    """Read a rule file. Appends every fault found to `faults`; returns the rule only if there was none.

    file: the name the faults carry. text: the file's content.
    """
    try:
        values = parsed(text, parse_float=str)
    except ValueError as error:
        line = re.search(r"line (\d+)", f"{error}")
        faults.append(Fault(code="rule_not_toml", file=file, row=int(line[1]) if line else None))
        return None
    reading = File(file, lines_of(text), [])
    found = _rule(Table(values, (), reading))
    faults.extend(sorted(reading.faults, key=lambda fault: fault.row or 0))
    return None if reading.faults else msgspec.convert(found, Rule, from_attributes=True)


def _rule(table: Table) -> dict[str, Any]:
    """The rule's fields; stand-ins where a fault was noted."""
    is_open = "criteria" in table and table.choice("criteria", ("from_marks",)) == "from_marks"
    table.known(_RULE_KEYS | (scales.SCALE_KEYS if is_open else set()))
    recusal = table.choice("recusal", get_args(form.Recusal))
    parts = _parts(table, recusal, is_open)
    open_scale = scales.scale(table, None) if is_open and table.values.keys() & scales.SCALE_KEYS else None
    shared = _shared_judging(table, recusal, parts)
    deductions = _deductions(table)
    adjustment = _adjustment(table)
    found: dict[str, Any] = {
        "title": table.words("title"),
        "title_en": table.optional("title_en"),
        "version": table.whole("version", 1, 9999),
        "source": table.optional("source"),
        "from_memory": "from_memory" in table and table.flag("from_memory"),
        "judging": shared,
        "recusal": recusal,
        "better": _better(table, parts, open_scale),
        "correction": _correction(table, shared, parts),
        "parts": parts,
        "open_scale": open_scale,
        "deductions": deductions,
        "below_zero": _below_zero(table, bool(deductions or adjustment)),
        "adjustment": adjustment,
        "roundings": _roundings(table, shared, parts),
        "shown": _shown(table),
        "ties": chain.ties(table, shared, parts, deductions),
        "rank_style": table.choice("rank_style", get_args(form.RankStyle)),
        "near_tie": _near_tie(table),
        "release": table.choice("release", get_args(form.Release)),
        "first_k": _first_k(table),
        "board": table.choice("board", get_args(form.BoardShows)),
    }
    _check_skating(table, shared, parts, open_scale, found["better"])
    return found


def _parts(table: Table, recusal: str, is_open: bool) -> tuple[Part, ...]:
    if is_open:
        table.unused(["part"], "from_marks")
        return ()
    rows = table.tables("part", "rule_open_parts")
    unit = table.unit() if "unit" in table else None
    weights = _weights(rows, _ZERO)
    parts = [_part(row, unit, weight, recusal) for row, weight in zip(rows, weights, strict=True)]
    distinct(rows, [part.key for part in parts])
    if parts and not any(weight.n for weight in weights):
        table.fault("rule_weights_zero", "part")
    return tuple(parts)


def _part(row: Table, unit: Fraction | None, weight: Ratio, recusal: str) -> Part:
    row.known(_NAMES | judging.KEYS | {"when", "weight", "criterion"})
    rows = row.tables("criterion", "rule_open_criteria")
    weights = _weights(rows, None)
    criteria = [_criterion(each, unit, share) for each, share in zip(rows, weights, strict=True)]
    distinct(rows, [criterion.key for criterion in criteria])
    return Part(
        key=row.key(),
        title=row.words("title"),
        title_en=row.optional("title_en"),
        when=row.choice("when", get_args(form.When)),
        weight=weight,
        judging=judging.judging(row, recusal) if row.values.keys() & judging.KEYS else None,
        criteria=tuple(criteria),
    )


def _weights(rows: list[Table], least: Fraction | None) -> list[Ratio]:
    """Each row's weight: all of them say one, or none does. least: 0 where a weight may be 0."""
    if not any("weight" in row for row in rows):
        return [_ONE] * len(rows)
    above = _ZERO if least is None else None
    return [Ratio.of(row.amount("weight", above=above, least=least)) for row in rows]


def _criterion(row: Table, unit: Fraction | None, weight: Ratio) -> Criterion:
    row.known(_NAMES | scales.SCALE_KEYS | {"weight", "bands", "item"})
    key, title, title_en = row.key(), row.words("title"), row.optional("title_en")
    if "item" in row.values:
        row.unused(sorted((scales.SCALE_KEYS | {"bands"}) & row.values.keys()), "item")
        rows = row.tables("item", "rule_open_items")
        items = [_item(each, unit, each.key(), each.words("title"), each.optional("title_en")) for each in rows]
        distinct(rows, [item.key for item in items])
        for each in rows:
            each.known(_NAMES | scales.SCALE_KEYS | {"bands"})
    else:
        items = [_item(row, unit, "", title, title_en)]
    return Criterion(key=key, title=title, title_en=title_en, weight=weight, items=tuple(items))


def _item(row: Table, unit: Fraction | None, key: str, title: str, title_en: str) -> Item:
    scale = scales.scale(row, unit)
    return Item(key=key, title=title, title_en=title_en, scale=scale, bands=scales.bands(row, scale))


def _shared_judging(table: Table, recusal: str, parts: tuple[Part, ...]) -> Judging:
    """The rule's own judging; where every part is judged apart nothing is left for it, and the first part's stands in."""
    apart = [part.judging for part in parts if part.judging]
    if apart and len(apart) == len(parts):
        table.unused(sorted(judging.KEYS & table.values.keys()), "part")
        return apart[0]
    return judging.judging(table, recusal)


def _better(table: Table, parts: tuple[Part, ...], open_scale: Scale | None) -> str:
    """Asked only where a small mark may be the good one: places, and measured values that are not turned into points."""
    marked = [part for part in parts if part.weight.n]
    found = [item.scale for part in marked for item in part.cells.values()] + ([open_scale] if open_scale else [])
    if any(scale.kind == "place" or (scale.kind == "measurement" and not scale.steps) for scale in found):
        better: str = table.choice("better", get_args(form.Better))
        return better
    table.unused(["better"], "points")
    return "higher"


def _correction(table: Table, shared: Judging, parts: tuple[Part, ...]) -> str:
    found: str = table.choice("correction", get_args(form.Correction))
    is_fit = (shared.aggregate, shared.level) == ("mean", "judge_total") and not any(part.judging for part in parts)
    if found == "additive" and not is_fit:
        table.fault("rule_correction_unfit", "correction", found)
    return found


def _deductions(table: Table) -> tuple[Deduction, ...]:
    if table.values.get("deduction") == "none":
        return ()
    rows = table.tables("deduction", "rule_open_deduction")
    found = [_deduction(row) for row in rows]
    distinct(rows, [each.key for each in found])
    return tuple(found)


def _deduction(row: Table) -> Deduction:
    row.known(_NAMES | {"points", "each", "measured_in", "most"})
    each = row.amount("each", above=_ZERO) if "each" in row else Fraction(1)
    if "each" in row and "measured_in" not in row:
        row.fault("rule_open_measured_in", "measured_in")
    elif "each" not in row:
        row.unused(["measured_in"], "each")
    return Deduction(
        key=row.key(),
        title=row.words("title"),
        title_en=row.optional("title_en"),
        points=Ratio.of(row.amount("points", above=_ZERO)),
        each=Ratio.of(each),
        measured_in=row.optional("measured_in"),
        most=None if row.values.get("most") == "none" else Ratio.of(row.amount("most", above=_ZERO)),
    )


def _adjustment(table: Table) -> Adjustment | None:
    found = table.none_or_table("adjustment")
    if found is None:
        return None
    found.known({"lowest", "highest", "unit"})
    unit = found.unit("rule_open_adjustment_unit")
    lowest = found.amount("lowest", "rule_open_adjustment_lowest")
    highest = found.amount("highest", "rule_open_adjustment_highest")
    if {"lowest", "highest"} <= found.values.keys() and not (lowest <= 0 <= highest and lowest < highest):
        found.fault("rule_adjustment_bounds", "", f"{found.values['lowest']} … {found.values['highest']}")
    if any((bound / unit).denominator != 1 for bound in (lowest, highest)):
        found.fault("rule_adjustment_multiple", "unit", found.values.get("unit", ""))
    return Adjustment(Ratio.of(lowest), Ratio.of(highest), Ratio.of(unit))


def _below_zero(table: Table, is_changed: bool) -> bool | None:
    """Asked only where something is deducted or adjusted."""
    if is_changed:
        return table.flag("below_zero")
    if "deduction" in table and "adjustment" in table:
        table.unused(["below_zero"], "none")
    return None


def _roundings(table: Table, shared: Judging, parts: tuple[Part, ...]) -> tuple[RoundingRule, ...]:
    if table.values.get("rounding") == "never":
        return ()
    found: list[RoundingRule] = []
    for row in table.tables("rounding", "rule_open_rounding"):
        row.known({"at", "part", "mode", "digits"})
        each = RoundingRule(
            at=row.choice("at", get_args(form.RoundingPoint), "rule_open_rounding_at"),
            part=row.optional("part"),
            mode=row.choice("mode", get_args(Rounding), "rule_open_rounding_mode"),
            digits=row.whole("digits", 0, 9, "rule_open_rounding_digits"),
        )
        if any(other.at == each.at and (not (other.part and each.part) or other.part == each.part) for other in found):
            row.fault("rule_rounding_twice", "at", each.at)
        _check_rounding(row, each, shared, parts)
        found.append(each)
    return tuple(found)


def _check_rounding(row: Table, each: RoundingRule, shared: Judging, parts: tuple[Part, ...]) -> None:
    """A rounding must happen somewhere: under `judge_total` a part judged with the others has no figure of its own."""
    alone = {part.key for part in parts if part.judging or shared.level != "judge_total"}
    if each.part and each.at == "ranked":
        row.unused(["part"], "ranked")
    elif each.part and each.part not in {part.key for part in parts}:
        row.fault("rule_part_unknown", "part", each.part)
    elif (each.part and each.part not in alone) or (each.at == "part" and not alone and parts):
        row.fault("rule_rounding_no_part", "part" if each.part else "at", each.part or each.at)


def _shown(table: Table) -> Shown:
    found = table.table("shown")
    if found is None:
        return Shown("half_up", 0)
    found.known({"mode", "digits"})
    mode = found.choice("mode", get_args(Rounding), "rule_open_shown_mode")
    return Shown(mode, found.whole("digits", 0, 9, "rule_open_shown_digits"))


def _near_tie(table: Table) -> NearTie | None:
    found = table.none_or_table("near_tie")
    if found is None:
        return None
    found.known({"band", "of"})
    if "ties" in table and table.values["ties"] != ["shared"]:
        table.fault("rule_near_tie_chain", "ties", "near_tie")
    of = found.choice("of", ("first", "neighbour"), "rule_open_near_tie_of")
    return NearTie(Ratio.of(found.amount("band", "rule_open_near_tie_band", above=_ZERO)), of)


def _first_k(table: Table) -> int:
    if table.values.get("release") == "first_k":
        return table.whole("first_k", 1, 99)
    if "release" in table:
        table.unused(["first_k"], f"{table.values['release']}")
    return 0


def _check_skating(
    table: Table, shared: Judging, parts: tuple[Part, ...], open_scale: Scale | None, better: str
) -> None:
    """The skating system ranks places, the lowest first, and nothing beside them is added."""
    if shared.aggregate != "skating_system":
        return
    found = [item.scale for part in parts for item in part.cells.values()] + ([open_scale] if open_scale else [])
    if not found or any(scale.kind != "place" for scale in found):
        table.fault("rule_skating_places", "aggregate", "skating_system")
    if better == "higher" and "better" in table:
        table.fault("rule_skating_better", "better", better)
    weights = [part.weight for part in parts] + [criterion.weight for part in parts for criterion in part.criteria]
    if any(weight != _ONE for weight in weights) or any(part.judging for part in parts):
        table.fault("rule_skating_weights", "aggregate", "skating_system")
