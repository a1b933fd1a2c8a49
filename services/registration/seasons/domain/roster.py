"""branches.csv and members.xlsx: the organisation as a union office keeps it. Pure."""

import csv
import re

from msgspec import structs

from services.registration.seasons.domain.plan import BranchRow, MemberRow
from shared.errors import Fault
from shared.tables import Column, Folder, Row

BRANCHES, MEMBERS = "branches.csv", "members.xlsx"
SEXES = {"男": "male", "male": "male", "m": "male", "女": "female", "female": "female", "f": "female"}
NUMBERS = {"青年教师数": "young_teachers", "青年教师": "young_teachers", "会员数": "members", "教职工数": "staff"}

BRANCH_COLUMNS = (
    Column("code", ("分工会代码", "代码")),
    Column("name", ("分工会", "分工会名称")),
    Column("category", ("类别",)),
    Column("units", ("单位",)),
    Column("officer", ("经办人(工号)", "经办人（工号）", "经办人"), may_be_blank=True),
)
MEMBER_COLUMNS = (
    Column("staff_no", ("工号",)),
    Column("name", ("姓名",)),
    Column("sex", ("性别",)),
    Column("born", ("出生日期",), kind="date", may_be_blank=True),
    Column("unit", ("单位",)),
    Column("branch", ("分工会",)),
    Column("title", ("职称",), may_be_blank=True),
    Column("employment", ("用工形式",), may_be_blank=True),
    Column("member", ("是否会员",), kind="flag"),
    Column("employed_on", ("入职日期",), kind="date", may_be_blank=True),
    Column("teaching_since", ("任教起始",), kind="date", may_be_blank=True),
)


def branch_rows(folder: Folder, faults: list[Fault]) -> list[Row]:
    """The rows of branches.csv; every column the file has beyond the known ones is a head-count."""
    return folder.table(BRANCHES, BRANCH_COLUMNS + _number_columns(folder), faults)


def branches(rows: list[Row], faults: list[Fault]) -> list[BranchRow]:
    """Branches in the file's order. Adds branch_code_twice, branch_name_twice, unit_twice."""
    _twice(rows, "code", "branch_code_twice", faults)
    _twice(rows, "name", "branch_name_twice", faults)
    found = [_branch(row) for row in rows]
    seen: dict[str, str] = {}
    for row, branch in zip(rows, found, strict=True):
        for unit in branch.units:
            if unit in seen:
                faults.append(row.fault("unit_twice", "units", unit=unit, branch=seen[unit]))
            seen.setdefault(unit, branch.name)
    return found


def members(folder: Folder, branches: list[BranchRow], faults: list[Fault]) -> list[MemberRow]:
    """The roster; a branch may be written by name or by code. Without branches there is nothing to look up.

    Adds staff_no_twice, sex_unknown, branch_unknown, unit_unknown.
    """
    rows = folder.table(MEMBERS, MEMBER_COLUMNS, faults)
    _twice(rows, "staff_no", "staff_no_twice", faults)
    codes = {each.name: each.code for each in branches} | {each.code: each.code for each in branches}
    units = {unit for each in branches for unit in each.units}
    for row in rows:
        if row["sex"] and row["sex"].lower() not in SEXES:
            faults.append(row.fault("sex_unknown", "sex"))
        if codes and row["branch"] and row["branch"] not in codes:
            faults.append(row.fault("branch_unknown", "branch"))
        if codes and row["unit"] and row["unit"] not in units:
            faults.append(row.fault("unit_unknown", "unit"))
    return [_member(row, codes) for row in rows]


def officers_known(rows: list[Row], known: set[str], faults: list[Fault]) -> None:
    """Adds account_unknown for an officer who is neither on the roster nor an outsider."""
    for row in rows:
        for officer in _split(row["officer"]):
            if officer not in known:
                faults.append(structs.replace(row.fault("account_unknown", "officer"), value=officer))


def _number_columns(folder: Folder) -> tuple[Column, ...]:
    text = folder.files.get(BRANCHES, b"").decode("utf-8-sig", errors="replace")
    header = next(csv.reader(text.splitlines()), [])
    known = {title for column in BRANCH_COLUMNS for title in (column.name, *column.aliases)}
    return tuple(
        Column(NUMBERS.get(title.strip(), title.strip()), (title.strip(),), kind="int")
        for title in header
        if title.strip() and title.strip() not in known
    )


def _branch(row: Row) -> BranchRow:
    known = {column.name for column in BRANCH_COLUMNS}
    return BranchRow(
        code=row["code"] or "",
        name=row["name"] or "",
        category=row["category"] or "",
        units=_split(row["units"]),
        officers=_split(row["officer"]),
        numbers={name: number or 0 for name, number in row.values.items() if name not in known},
    )


def _member(row: Row, codes: dict[str, str]) -> MemberRow:
    return MemberRow(
        staff_no=row["staff_no"] or "",
        name=row["name"] or "",
        sex=SEXES.get((row["sex"] or "").lower(), ""),
        born=row["born"],
        unit=row["unit"] or "",
        branch=codes.get(row["branch"] or "", ""),
        title=row["title"] or "",
        employment=row["employment"] or "",
        is_member=bool(row["member"]),
        employed_on=row["employed_on"],
        teaching_since=row["teaching_since"],
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[；;]", text or "") if part.strip())


def _twice(rows: list[Row], column: str, code: str, faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row[column] and row[column] in first:
            faults.append(row.fault(code, column, first=first[row[column]]))
        elif row[column]:
            first[row[column]] = row.number
