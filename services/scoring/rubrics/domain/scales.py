"""Reading what a mark may be: the scale of a criterion or item, and the bands that guide a judge.

Rule: services/scoring/README.md#rules
"""

from fractions import Fraction
from typing import get_args

from services.scoring.rubrics.domain.reading import Table, distinct
from services.scoring.rubrics.domain.rule import Band, Grade, MeasuredStep, Scale, ScaleKind
from shared.exact import Ratio, plain

KEYS = {
    "points": {"unit", "lowest", "highest"},
    "grade": {"worth", "grades"},
    "judgement": {"worth", "levels", "levels_en"},
    "measurement": {"unit", "highest", "steps"},
    "place": {"highest"},
    "pass_fail": {"worth"},
}
SCALE_KEYS = {"scale", *(key for keys in KEYS.values() for key in keys)}
MOST = 1_000_000
LEVELS = 4
_ONE = Fraction(1)
_UNKNOWN = Scale(kind="points", unit=Ratio(1, 1), lowest=0, highest=MOST, grades=(), steps=())


def scale(table: Table, unit: Fraction | None) -> Scale:
    """The scale that this table states. unit: the rule's, for a table without its own."""
    kind = _kind(table)
    if kind is None:
        return _UNKNOWN
    table.unused((SCALE_KEYS - {"scale"} - KEYS[kind]) & table.values.keys(), kind)
    if kind in ("points", "measurement"):
        step = table.unit() if "unit" in table or unit is None else unit
        return _counted(table, kind, step)
    if kind == "place":
        highest = table.count("highest", _ONE, "rule_open_place_highest")
        if highest is not None and not 2 <= highest <= MOST:
            table.fault("rule_places_too_few", "highest", table.values["highest"])
        return Scale(kind="place", unit=Ratio(1, 1), lowest=1, highest=highest or MOST, grades=(), steps=())
    worth = table.amount("worth", above=Fraction(0))
    grades = {"grade": _grades, "judgement": _levels, "pass_fail": _pass_fail}[kind](table, worth)
    return Scale(kind=kind, unit=Ratio(1, 1), lowest=0, highest=len(grades) - 1, grades=grades, steps=())


def bands(table: Table, scale: Scale) -> tuple[Band, ...]:
    """The bands of the table, in its order; none may lie outside the scale or touch another."""
    if "bands" not in table.values:
        return ()
    if scale.grades or scale.kind == "place":
        table.unused(["bands"], scale.kind)
        return ()
    found: list[Band] = []
    for row in table.tables("bands", "rule_open_bands"):
        row.known({"title", "title_en", "from", "to"})
        unit = scale.unit.fraction
        lowest, highest = row.count("from", unit, "rule_open_band_from"), row.count("to", unit, "rule_open_band_to")
        title, title_en = row.words("title"), row.optional("title_en")
        if lowest is None or highest is None:
            continue
        if not scale.lowest <= lowest <= highest <= scale.highest:
            row.fault("rule_band_outside", "", title)
        if any(lowest <= other.highest and other.lowest <= highest for other in found):
            row.fault("rule_bands_overlap", "", title)
        found.append(Band(title, title_en, lowest, highest))
    return tuple(found)


def _kind(table: Table) -> ScaleKind | None:
    """What the table says, or "points" where nothing in it belongs to another kind; None: the question is noted."""
    if "scale" in table:
        return table.choice("scale", get_args(ScaleKind)) or None
    if table.values.keys() & (SCALE_KEYS - KEYS["points"]):
        table.fault("rule_open_scale", "scale", table.values.get("key", ""))
        return None
    return "points"


def _counted(table: Table, kind: ScaleKind, unit: Fraction) -> Scale:
    highest = table.count("highest", unit, "rule_open_highest")
    lowest = table.count("lowest", unit, "") if "lowest" in table else 0
    if highest is not None and not 0 < highest <= MOST:
        table.fault("rule_highest_out_of_range", "highest", table.values["highest"])
    elif highest is not None and lowest is not None and not -MOST <= lowest < highest:
        table.fault("rule_lowest_out_of_range", "lowest", table.values["lowest"])
    steps = _steps(table, unit, highest) if kind == "measurement" and "steps" in table.values else ()
    return Scale(
        kind=kind,
        unit=Ratio.of(unit),
        lowest=-MOST if lowest is None else lowest,
        highest=MOST if highest is None else highest,
        grades=(),
        steps=steps,
    )


def _steps(table: Table, unit: Fraction, highest: int | None) -> tuple[MeasuredStep, ...]:
    steps: list[MeasuredStep] = []
    for row in table.tables("steps", "rule_open_steps"):
        row.known({"to", "points"})
        to = row.count("to", unit, "rule_open_step_to")
        points = row.amount("points", "rule_open_step_points", least=Fraction(0))
        if steps and to is not None and to <= steps[-1].to:
            row.fault("rule_steps_not_rising", "to", row.values["to"])
        elif to is not None:
            steps.append(MeasuredStep(to, Ratio.of(points)))
    if steps and highest is not None and steps[-1].to != highest:
        table.fault("rule_steps_end", "steps", plain(steps[-1].to * unit), highest=plain(highest * unit))
    return tuple(steps)


def _grades(table: Table, worth: Fraction) -> tuple[Grade, ...]:
    rows = table.tables("grades", "rule_open_grades")
    grades = []
    for row in rows:
        row.known({"key", "title", "title_en", "coefficient"})
        share = row.amount("coefficient", least=Fraction(0))
        grades.append(Grade(row.words("key"), row.words("title"), row.optional("title_en"), Ratio.of(worth * share)))
    distinct(rows, [grade.key for grade in grades])
    if len(rows) == 1:
        table.fault("rule_grades_too_few", "grades")
    return tuple(grades)


def _levels(table: Table, worth: Fraction) -> tuple[Grade, ...]:
    titles, english = _texts(table, "levels"), _texts(table, "levels_en") if "levels_en" in table else [""] * LEVELS
    return tuple(
        Grade(f"{level}", title, title_en, Ratio.of(worth * level / (LEVELS - 1)))
        for level, (title, title_en) in enumerate(zip(titles, english, strict=True))
    )


def _texts(table: Table, key: str) -> list[str]:
    """The four descriptions of a judgement."""
    found = table.values.get(key)
    if key not in table:
        table.fault("rule_open_levels", key, table.values.get("key", ""))
    elif (
        not isinstance(found, list) or len(found) != LEVELS or not all(isinstance(f, str) and f.strip() for f in found)
    ):
        table.fault("rule_levels_not_four", key, len(found) if isinstance(found, list) else found)
    else:
        return [each.strip() for each in found]
    return [""] * LEVELS


def _pass_fail(table: Table, worth: Fraction) -> tuple[Grade, ...]:
    return Grade("fail", "不合格", "Fail", Ratio(0, 1)), Grade("pass", "合格", "Pass", Ratio.of(worth))
