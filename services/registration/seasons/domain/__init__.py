"""The check of a season folder, as far as registration owns it: every fault at once, or what is to be stored. Pure.

Owned: season.toml (organisation, people, roles of this service, activities with divisions), branches.csv, members.xlsx.
signups.xlsx is checked and not stored: sign-ups are sent by people. The grammar stands in deploy/seasons/README.md.
"""

import hashlib
from uuid import UUID

from services.registration.activities.domain import Activity
from services.registration.seasons.domain import roster
from services.registration.seasons.domain.activities import MakeId, activities
from services.registration.seasons.domain.incidents import Known, incidents
from services.registration.seasons.domain.outline import Outline, lines_of, repeated
from services.registration.seasons.domain.plan import (
    BranchRow,
    Check,
    MemberRow,
    Outsider,
    RoleRow,
    Season,
    Stored,
    Summary,
)
from shared.errors import Fault
from shared.tables import Column, Folder

__all__ = [
    "BranchRow",
    "Check",
    "MemberRow",
    "Outsider",
    "RoleRow",
    "Season",
    "Stored",
    "Summary",
    "check",
    "content_hash",
]

SEASON, SIGNUPS = "season.toml", "signups.xlsx"
OWN_ROLES = ("organiser", "usher", "supervisor")
NEEDED_ROLES = ("organiser", "supervisor")
OTHER_ROLES = ("scorekeeper", "timekeeper", "committee", "teller")
SIGNUP_COLUMNS = (
    Column("staff_no", ("工号",)),
    Column("activity", ("活动",)),
    Column("division", ("组别",)),
    Column("course", ("课程名称", "课程")),
    Column("order", ("推荐顺序",), kind="int", required=False, may_be_blank=True),
)


def content_hash(files: dict[str, bytes]) -> bytes:
    """SHA-256 over the files' paths and contents, in the order of the paths."""
    lines = (f"{path}\x00{hashlib.sha256(content).hexdigest()}\n" for path, content in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).digest()


def check(folder: Folder, make_id: MakeId) -> tuple[Season | None, Summary, list[Fault]]:
    """The season to store, or None and every fault. make_id: called for each new id."""
    faults: list[Fault] = []
    rows = roster.branch_rows(folder, faults)
    branches = roster.branches(rows, faults)
    members = roster.members(folder, branches, faults)
    values = folder.toml(SEASON, faults)
    if values is None:
        return None, Summary(), faults
    text = folder.files[SEASON].decode("utf-8-sig", errors="replace")
    top = Outline(SEASON, values, faults, lines_of(text))
    season = _season(top, branches, members, make_id(), make_id)
    if members:
        roster.officers_known(rows, _accounts(season), faults)
    signups = _signups(folder, season, faults) if folder.files.keys() & {SIGNUPS} else 0
    return (None if faults else season), _summary(season, signups), faults


def _season(top: Outline, branches: list[BranchRow], members: list[MemberRow], id: UUID, make_id: MakeId) -> Season:
    staff_nos = {each.staff_no for each in members}
    outsiders = _outsiders(top, staff_nos)
    roles = _roles(top, staff_nos | {each.account for each in outsiders} if staff_nos else set())
    officers = tuple(
        RoleRow(account=officer, role="branch_officer", scope=branch.code)
        for branch in branches
        for officer in branch.officers
    )
    season = Season(
        id=id,
        key=top.text("key"),
        title=top.text("title"),
        title_en=top.text("title_en", ""),
        language=top.choice("language", ("zh-CN", "en")),
        organisation=top.text("organisation"),
        as_of=top.day("as_of"),
        outsiders=outsiders,
        branches=tuple(branches),
        members=tuple(members),
        roles=roles + officers,
        activities=activities(top.tables("activity"), id, branches, staff_nos, make_id),
    )
    incidents(top.tables("incident", "name"), Known(season.activities, staff_nos, _accounts(season)))
    top.others("programme")
    top.close()
    return season


def _outsiders(top: Outline, staff_nos: set[str]) -> tuple[Outsider, ...]:
    outlines = top.tables("outsider", "account")
    found = []
    for each in outlines:
        outsider = Outsider(account=each.text("account"), name=each.text("name"), unit=each.text("unit", ""))
        if outsider.account in staff_nos:
            each.fault("account_is_staff_no", "account")
        each.close()
        found.append(outsider)
    repeated(outlines, lambda each: each.text("account"), "account", "account_twice")
    return tuple(found)


def _roles(top: Outline, accounts: set[str]) -> tuple[RoleRow, ...]:
    """accounts: who signs in; empty: the roster could not be read, and nobody is missed here."""
    table = top.table("roles")
    if table is None:
        top.fault("setting_absent", "roles")
        return ()
    table.others(*OTHER_ROLES)
    found = []
    for role in OWN_ROLES:
        for account in table.texts(role, required=role != "usher"):
            if accounts and account not in accounts:
                table.fault("role_account_unknown", role, found=account, account=account)
            found.append(RoleRow(account=account, role=role))
        if role in NEEDED_ROLES and table.has(role) and not any(each.role == role for each in found):
            table.fault("role_empty", role)
    table.close()
    return tuple(found)


def _accounts(season: Season) -> set[str]:
    return {each.staff_no for each in season.members} | {each.account for each in season.outsiders}


def _signups(folder: Folder, season: Season, faults: list[Fault]) -> int:
    """Adds staff_no_unknown, activity_unknown, division_unknown, signup_twice, cell_blank (an order that decides)."""
    staff_nos = {each.staff_no for each in season.members}
    by_name: dict[str, Activity] = {}
    for activity in season.activities:
        by_name |= {activity.key: activity, activity.title: activity}
    rows = folder.table(SIGNUPS, SIGNUP_COLUMNS, faults)
    seen: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row["staff_no"] and staff_nos and row["staff_no"] not in staff_nos:
            faults.append(row.fault("staff_no_unknown", "staff_no"))
        found = by_name.get(row["activity"] or "")
        if row["activity"] and not found:
            faults.append(row.fault("activity_unknown", "activity"))
        if found and row["staff_no"]:
            earlier = seen.setdefault((row["staff_no"], found.key), [])
            if len(earlier) >= found.entries_per_person:
                faults.append(row.fault("signup_twice", "staff_no", first=earlier[0]))
            earlier.append(row.number)
        if found and "recommendation" in found.order and row["order"] is None and not row.text.get("order"):
            faults.append(row.fault("cell_blank", "order"))
        if found and row["division"] and not any(row["division"] in (d.key, d.title) for d in found.divisions):
            faults.append(row.fault("division_unknown", "division", known="、".join(d.title for d in found.divisions)))
    return len(rows)


def _summary(season: Season, signups: int) -> Summary:
    divisions = [division for activity in season.activities for division in activity.divisions]
    return Summary(
        key=season.key,
        title=season.title,
        organisation=season.organisation,
        branches=len(season.branches),
        persons=len(season.members),
        members=sum(each.is_member for each in season.members),
        outsiders=len(season.outsiders),
        activities=tuple(each.title for each in season.activities),
        divisions=len(divisions),
        places=sum(each.places for each in divisions),
        signups=signups,
    )
