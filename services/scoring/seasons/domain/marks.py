"""marks.csv: what judges will send in a rehearsal. Checked row by row against rule and panel, never stored."""

from services.scoring.rubrics.domain import Rule, Scale, figures
from services.scoring.seasons.domain.plan import PlannedActivity
from shared.errors import Fault, Refused
from shared.tables import Column, Folder, Row

MARKS, SIGNUPS = "marks.csv", "signups.xlsx"
COLUMNS = (
    Column("activity", ("活动",)),
    Column("division", ("组别",)),
    Column("entry", ("参赛",)),
    Column("judge", ("评委",)),
    Column("part", ("部分",)),
    Column("criterion", ("评分项",)),
    Column("mark", ("分",), may_be_blank=True),
)
SIGNUP_COLUMNS = (Column("staff_no", ("工号",)), Column("code", ("评审号",), required=False))
Judges = dict[tuple[str, str], frozenset[str]]


def check_marks(
    folder: Folder, planned: tuple[PlannedActivity, ...], rules: dict[str, Rule | None], faults: list[Fault]
) -> int:
    """How many marks the file holds. Adds a fault for every row that no judge could send."""
    if MARKS not in folder.files:
        return 0
    found = {activity.key: rules.get(activity.rule_file) for activity in planned}
    judges = {
        (activity.key, panel.division_key): frozenset(seat.account for seat in panel.seats)
        for activity in planned
        for panel in activity.panels
    }
    before = len(faults)
    rows = folder.table(MARKS, COLUMNS, faults)
    if any(each.code.startswith("column_") for each in faults[before:]):
        return 0
    entries = _entries(folder)
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text[each.name] for each in COLUMNS[:-1])
        if key in seen:
            faults.append(row.fault("mark_twice", "mark", first=seen[key]))
        seen.setdefault(key, row.number)
        fault = _fault(row, found, judges)
        if fault is None and entries and row.text["entry"] not in entries:
            fault = row.fault("mark_entry_unknown", "entry")
        if fault:
            faults.append(fault)
    return sum(row["mark"] is not None for row in rows)


def _entries(folder: Folder) -> set[str]:
    """What a mark may call a contestant: 工号 or 评审号 of signups.xlsx, whose own faults registration tells."""
    rows = folder.table(SIGNUPS, SIGNUP_COLUMNS, [])
    return {text for row in rows for text in (row["staff_no"], row["code"]) if text}


def _fault(row: Row, rules: dict[str, Rule | None], judges: Judges) -> Fault | None:
    activity, division = row.text["activity"], row.text["division"]
    if activity not in rules:
        return row.fault("mark_activity_unknown", "activity")
    if (activity, division) not in judges:
        return row.fault("mark_division_unknown", "division")
    if row.text["judge"] not in judges[activity, division]:
        return row.fault("judge_not_on_panel", "judge")
    rule = rules[activity]
    if rule is None:
        return None
    part = rule.part(row.text["part"])
    if part is None:
        return row.fault("mark_part_unknown", "part", parts="、".join(each.key for each in rule.parts))
    item = part.cells.get(row.text["criterion"])
    if item is None:
        return row.fault("criterion_unknown", "criterion", criteria="、".join(part.cells))
    return _mark_fault(row, item.scale)


def _mark_fault(row: Row, scale: Scale) -> Fault | None:
    text = row.text["mark"]
    if not text:
        return None
    try:
        figures.count(scale, text)
    except Refused as refused:
        values = {key: str(value) for key, value in refused.values.items() if key != "value"}
        return row.fault(refused.code, "mark", **values)
    return None
