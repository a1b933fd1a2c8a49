"""A season folder as the demo's actors know it: who signs up, what each judge gives, how the committee votes.

The services check the folder themselves; here it is only read, so that everybody can be played. Accounts are 工号 or the
sign-in names of outsiders. Marks stay decimal text until they are sent.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from shared.clock import instant
from shared.errors import Fault
from shared.exact import count
from shared.tables import Column, Folder, Row

Table = dict[str, Any]

SIGNUPS = (
    Column("staff_no", ("工号",)),
    Column("activity", ("活动",)),
    Column("division", ("组别",)),
    Column("course", ("课程名称",), required=False),
    Column("order", ("推荐顺序",), "int", required=False),
    Column("code", ("评审号",), required=False),
)
MARKS = tuple(Column(name) for name in ("activity", "division", "entry", "judge", "part", "criterion")) + (
    Column("mark", required=False),
)
NOMINATIONS = (
    Column("programme", ("评选项目",)),
    Column("branch", ("分工会代码",)),
    Column("reason", ("理由",), required=False),
)
SCORES = (
    Column("programme", ("评选项目",)),
    Column("branch", ("分工会代码",)),
    Column("item", ("考核项",)),
    Column("self_score", ("自评分",), required=False),
    Column("audited_score", ("审核分",), required=False),
)
VOTES = (Column("programme"), Column("round", (), "int"), Column("voter"), Column("candidate"), Column("choice"))
BRANCHES = (
    Column("code", ("分工会代码",)),
    Column("name", ("分工会",)),
    Column("officer", ("经办人",), required=False),
)
MEMBERS = (Column("staff_no", ("工号",)), Column("name", ("姓名",)), Column("branch", ("分工会",), required=False))


class SeasonUnreadable(ValueError):
    """The folder cannot even be read; the services would say so with every place."""


class Signup(Struct, frozen=True):
    """One row of signups.xlsx, in order of arrival; activity and division are keys."""

    staff_no: str
    activity: str
    division: str
    course: str
    order: int | None


class SheetKey(Struct, frozen=True, order=True):
    """One judge, one contestant (工号), one part."""

    activity: str
    division: str
    entry: str
    judge: str
    part: str


class Vote(Struct, frozen=True):
    programme: str
    round: int
    voter: str
    candidate: str
    choice: str


class Season:
    """The whole folder, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~")))
        self.files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}
        self._read = Folder(self.files)
        self.data = self._toml("season.toml")
        self.key: str = self.data["key"]
        self.title: str = self.data["title"]
        self.activities: list[Table] = self.data.get("activity", [])
        self.rules: dict[str, Table] = {each["key"]: self._toml(each["rule"]) for each in self.activities}
        self.programmes: list[Table] = [self._toml(each["file"]) for each in self.data.get("programme", [])]
        self.branches = list(self._rows("branches.csv", BRANCHES))
        self.names = {row["staff_no"]: row["name"] for row in self._rows("members.xlsx", MEMBERS)}
        self.names |= {each["account"]: each["name"] for each in self.data.get("outsider", [])}
        self._branch_of = self._read_branches()
        self._codes: dict[tuple[str, str, str], str] = {}
        self.signups = list(self._read_signups())
        self.marks = self._read_marks()

    def role(self, role: str) -> list[str]:
        """Accounts that hold a role of `[roles]`."""
        return list(self.data["roles"].get(role, []))

    def officer(self, branch_code: str) -> str:
        """The account that acts for a branch."""
        row = next(each for each in self.branches if each["code"] == branch_code)
        return str(row["officer"]).replace(";", "；").split("；")[0].strip()

    def branch(self, staff_no: str) -> str:
        """The code of somebody's branch; "" for an outsider."""
        return self._branch_of.get(staff_no, "")

    def incidents(self, kind: str, activity: str | None = None) -> list[Table]:
        found: list[Table] = [each for each in self.data.get("incident", []) if each["kind"] == kind]
        return [each for each in found if activity is None or each.get("activity") == activity]

    def units(self, activity: str, part: str) -> dict[str, Fraction]:
        """criterion -> its unit."""
        rule = self.rules[activity]
        found = next(each for each in rule["part"] if each["key"] == part)
        return {each["key"]: Fraction(each.get("unit", rule.get("unit"))) for each in found["criterion"]}

    def counts(self, sheet: SheetKey) -> dict[str, int]:
        """criterion -> count of the criterion's unit, for the marks that were given."""
        return as_counts(self.marks[sheet], self.units(sheet.activity, sheet.part))

    def votes(self, programme: str) -> list[Vote]:
        if "votes.csv" not in self.files:
            return []
        rows = self._rows("votes.csv", VOTES)
        return [Vote(*(row[column.name] for column in VOTES)) for row in rows if row["programme"] == programme]

    def nominations(self, programme: str) -> list[Row]:
        rows = self._rows("nominations.xlsx", NOMINATIONS, self._sheet("推荐", "nominations"))
        return [row for row in rows if row["programme"] == programme]

    def scores(self, programme: str) -> dict[str, list[Row]]:
        """branch code -> its rows of the scorecard sheet."""
        scores: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows("nominations.xlsx", SCORES, self._sheet("考核", "scorecards")):
            if row["programme"] == programme:
                scores[row["branch"]].append(row)
        return dict(scores)

    def actors(self) -> set[str]:
        """Everybody who does something in this season."""
        accounts = {signup.staff_no for signup in self.signups}
        for activity in self.activities:
            for division in activity["division"]:
                accounts |= {each["account"] for each in (*division.get("judge", []), *division.get("reserve", []))}
        for held in self.data["roles"].values():
            accounts |= set(held)
        return accounts

    def _toml(self, name: str) -> Table:
        faults: list[Fault] = []
        found = self._read.toml(name, faults)
        if found is None:
            raise SeasonUnreadable(f"{self.folder / name}: {faults[0].code} {faults[0].value}")
        return found

    def _rows(self, name: str, columns: tuple[Column, ...], sheet: str | None = None) -> Iterator[Row]:
        faults: list[Fault] = []
        yield from self._read.table(name, columns, faults, sheet)

    def _sheet(self, *names: str) -> str:
        """The name of a sheet in the language this workbook is kept in."""
        for name in names:
            faults: list[Fault] = []
            self._read.table("nominations.xlsx", (), faults, name)
            if not faults:
                return name
        return names[0]

    def _read_branches(self) -> dict[str, str]:
        codes = {row["code"]: row["code"] for row in self.branches} | {
            row["name"]: row["code"] for row in self.branches
        }
        return {row["staff_no"]: codes.get(row["branch"] or "", "") for row in self._rows("members.xlsx", MEMBERS)}

    def _read_signups(self) -> Iterator[Signup]:
        if "signups.xlsx" not in self.files:
            return
        for row in self._rows("signups.xlsx", SIGNUPS):
            activity = next(each for each in self.activities if row["activity"] in (each["key"], each["title"]))
            division = next(each for each in activity["division"] if row["division"] in (each["key"], each["title"]))
            if row["code"]:
                self._codes[activity["key"], division["key"], row["code"]] = row["staff_no"]
            yield Signup(row["staff_no"], activity["key"], division["key"], row["course"] or "", row["order"])

    def _read_marks(self) -> dict[SheetKey, dict[str, str]]:
        marks: dict[SheetKey, dict[str, str]] = defaultdict(dict)
        if "marks.csv" in self.files:
            for row in self._rows("marks.csv", MARKS):
                place = row["activity"], row["division"]
                entry = self._codes.get((*place, row["entry"]), row["entry"])
                marks[SheetKey(*place, entry, row["judge"], row["part"])][row["criterion"]] = row["mark"] or ""
        return dict(marks)


def as_counts(marks: Mapping[str, str], units: Mapping[str, Fraction]) -> dict[str, int]:
    """Decimal text to counts of each criterion's unit; a blank is left out."""
    return {criterion: count(mark, units[criterion]) for criterion, mark in marks.items() if mark}


def moment(value: date | datetime) -> datetime:
    """A time of the folder as an aware UTC instant."""
    return instant(value)
