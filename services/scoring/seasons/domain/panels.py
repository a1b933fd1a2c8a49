"""Panels and desk roles of season.toml, checked against the roster and the activity's rule."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from services.scoring.rubrics.domain import Rule
from services.scoring.seasons.domain.plan import PlannedActivity, PlannedPanel, PlannedPrize, PlannedSeat
from services.scoring.seasons.domain.reading import Table
from shared.tables import Column, Folder

ROLES = ("scorekeeper", "timekeeper", "supervisor", "usher")
ROSTER = "members.xlsx"
ROSTER_COLUMNS = (
    Column("staff_no", ("工号",)),
    Column("name", ("姓名",)),
    Column("unit", ("单位",)),
)
RuleOf = Callable[[str], tuple[str, Rule | None]]


class Known(Struct, frozen=True):
    """Somebody who may hold a role: the name, and the unit that recusal goes by."""

    name: str
    unit: str


def people(folder: Folder, top: Table) -> dict[str, Known]:
    """Account -> name and unit: the roster, and the people from outside."""
    known: dict[str, Known] = {}
    for row in folder.table(ROSTER, ROSTER_COLUMNS, top.faults):
        if row["staff_no"]:
            known[row["staff_no"]] = Known(row["name"] or "", row["unit"] or "")
    for outsider in top.tables("outsider"):
        account = outsider.text("account")
        if account in known:
            outsider.fault("account_twice", "account", account)
        known[account] = Known(outsider.text("name"), outsider.optional("unit"))
    return known


def roles(top: Table, known: dict[str, Known]) -> tuple[tuple[str, str], ...]:
    """(role, account) for the roles that scoring owns; one person is not scorekeeper and supervisor."""
    table = top.table("roles")
    if table is None:
        top.fault("setting_absent", "roles")
        return ()
    granted = [(role, account) for role in ROLES for account in table.texts(role)]
    for role, account in granted:
        if account not in known:
            table.fault("account_unknown", role, account)
    for role in ("scorekeeper", "supervisor"):
        if not table.texts(role):
            table.fault("role_empty", role, role=role)
    for account in set(table.texts("scorekeeper")) & set(table.texts("supervisor")):
        table.fault("supervisor_works_at_desk", "supervisor", account)
    return tuple(granted)


def activities(top: Table, known: dict[str, Known], rule_of: RuleOf) -> tuple[PlannedActivity, ...]:
    """The competitions with their rule and panels; what is not judged has no rule and is left out."""
    planned: list[PlannedActivity] = []
    for table in top.tables("activity"):
        if table.values.get("rule") is None and table.values.get("kind") != "competition":
            continue
        file = table.text("rule")
        text, rule = rule_of(file) if file else ("", None)
        panels = [_panel(division, known, rule) for division in table.tables("division")]
        activity = PlannedActivity(
            key=table.text("key"),
            rule_file=file,
            rule_text=text,
            preselection_part=_preselection_part(table, rule),
            panels=tuple(panels),
            judge_pin=table.flag("judge_pin"),
        )
        _repeated(table, "division", [panel.division_key for panel in panels])
        planned.append(activity)
    _repeated(top, "activity", [activity.key for activity in planned])
    return tuple(planned)


def _repeated(table: Table, key: str, keys: list[str]) -> None:
    for each in sorted({each for each in keys if keys.count(each) > 1}):
        table.fault("key_twice", key, each)


def _preselection_part(activity: Table, rule: Rule | None) -> str | None:
    table = activity.table("preselection")
    if table is None:
        return None
    part = table.text("part")
    if rule and part and rule.part(part) is None:
        table.fault("part_unknown", "part", part, parts="、".join(each.key for each in rule.parts))
    return part


def _panel(division: Table, known: dict[str, Known], rule: Rule | None) -> PlannedPanel:
    judges = _seats(division, "judge", known)
    reserves, shadows = _seats(division, "reserve", known), _seats(division, "shadow", known)
    accounts = [seat.account for seat in judges + reserves + shadows]
    for account in sorted({each for each in accounts if accounts.count(each) > 1}):
        division.fault("judge_twice", "judge", account)
    if sum(seat.leader for seat in judges) > 1:
        division.fault("leaders_too_many", "judge")
    if rule and len(judges) < rule.fewest_marks:
        division.fault("panel_too_small", "judge", len(judges), judges=len(judges), needed=rule.fewest_marks)
    _recusals(division, {seat.account for seat in judges}, {seat.account for seat in reserves}, rule)
    return PlannedPanel(
        division_key=division.text("key"),
        venue=division.optional("venue"),
        seats=tuple(judges + reserves + shadows),
        prizes=_prizes(division),
    )


def _prizes(division: Table) -> tuple[PlannedPrize, ...]:
    """The tiers with a number, up to the first without one. Awards owns and checks them: what it would refuse is left out."""
    found: list[PlannedPrize] = []
    tiers = division.values.get("tiers")
    for each in tiers if isinstance(tiers, list) else []:
        count = each.get("count") if isinstance(each, dict) else None
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            break
        found.append(PlannedPrize(str(each.get("name", "")), str(each.get("name_en", "")), count))
    return tuple(found)


def _seats(division: Table, kind: Literal["judge", "reserve", "shadow"], known: dict[str, Known]) -> list[PlannedSeat]:
    seats: list[PlannedSeat] = []
    for position, table in enumerate(division.tables(kind), start=1):
        account = table.text("account")
        if account and account not in known:
            table.fault("account_unknown", "account", account)
        person = known.get(account, Known("", ""))
        leader = kind == "judge" and table.flag("leader")
        seats.append(
            PlannedSeat(
                account=account, position=position, kind=kind, name=person.name, unit=person.unit, leader=leader
            )
        )
    return seats


def _recusals(division: Table, judges: set[str], reserves: set[str], rule: Rule | None) -> None:
    """Declared relations are checked here and declared on the panel's page, where entries are known."""
    for table in division.tables("recusal"):
        judge, reserve = table.text("judge"), table.optional("reserve")
        table.text("entry"), table.text("relation")
        if judge and judge not in judges:
            table.fault("recusal_judge_unknown", "judge", judge)
        if reserve and reserve not in reserves:
            table.fault("recusal_reserve_unknown", "reserve", reserve)
        if rule and rule.recusal == "reserve" and not reserves:
            table.fault("recusal_without_reserve", "judge", judge)
