"""A season made for the storm: panels, contestants and a plain rule, played through the public interfaces up to the marks.

The rule is a mean of judges' totals that leaves out who has not marked, so that a stage can be locked in the middle and
anybody can count the results again with a pencil.
"""

import io
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from xlsxwriter import Workbook

from deploy.demo.play import Place, Play
from deploy.demo.rehearsal import plan
from deploy.demo.screen import Bars
from deploy.demo.season import Season, moment
from deploy.demo.stages import hall, judging
from deploy.installation import Installation

ACTIVITY = "storm"
HIGHEST = {"lesson": {"content": 120, "delivery": 60}, "reflection": {"reflection": 20}}
"""part -> item -> the highest count of its unit."""
STAFF = 8
MEMBERS = (
    "工号", "姓名", "性别", "出生日期", "单位", "分工会", "职称", "用工形式", "是否会员", "入职日期", "任教起始"
)  # fmt: skip
RULE = """\
title = "评分办法"
version = 1
unit = "0.5"
aggregate = "mean"
level = "judge_total"
fewest_marks = 1
missing = "exclude"
recusal = "exclude"
tolerance = "none"
multiplier = "none"
factor = "1"
correction = "none"
ties = ["shared"]
rank_style = "1224"
near_tie = "none"
release = "ceremony"
board = "progress"
adjustment = "none"
deduction = "none"
rounding = "never"

[shown]
mode = "half_up"
digits = 2

[[part]]
key = "lesson"
title = "课堂教学"
when = "hall"

[[part.criterion]]
key = "content"
title = "教学内容"
highest = "60"

[[part.criterion]]
key = "delivery"
title = "语言教态"
highest = "30"

[[part]]
key = "reflection"
title = "教学反思"
when = "after"

[[part.criterion]]
key = "reflection"
title = "教学反思"
highest = "10"
"""
SEASON = """\
key = "storm-2026"
title = "2026 年度"
language = "zh-CN"
organisation = "工会"
as_of = 2026-03-01

{outsiders}
[roles]
organiser = ["M01"]
usher = []
scorekeeper = ["M02"]
timekeeper = ["M02"]
supervisor = ["M03"]
committee = ["M04", "M05", "M06"]
teller = ["M07"]

[[activity]]
key = "storm"
kind = "competition"
title = "公开课评比"
rule = "rules/storm.toml"
call_at = 2026-03-02T09:00:00
signup_opens = 2026-03-03T08:00:00
signup_closes = 2026-03-06T17:00:00
review_closes = 2026-03-09T17:00:00
admission_at = 2026-03-10T09:00:00
draw_at = 2026-03-11T15:00:00
hall_at = 2026-03-12T08:00:00
admission = "arrival"
entries_per_person = {divisions}

[[activity.eligibility]]
kind = "member"

{tables}
[activity.notice]
starts = 2026-03-16
days = 3
unit = "workday"
count_first_day = true
contact = "校工会，电话 0000-0000"

[activity.approval]
body = "学校党总支"
on = 2026-03-20
document_no = "党纪要〔2026〕1号"

[activity.commendation]
document_no = "工〔2026〕1号"
on = 2026-03-20
"""


class Shape(Struct, frozen=True):
    """How large the hall is."""

    divisions: int
    judges: int
    entries: int

    def accounts(self, division: int) -> list[str]:
        """The sign-in names of a division's judges."""
        return [f"J{division}{number:02}" for number in range(1, self.judges + 1)]


async def opened(installation: Installation, folder: Path, shape: Shape) -> Play:
    """Write the season into the folder and play it until the judges may begin."""
    write(folder, shape)
    play = Play(Season(folder), installation, Bars(Console(file=StringIO())))
    plan(play)
    for step in play.agenda.steps():
        if step.stage == judging.RESULTS:
            break
        if step.stage != hall.TABLETS:  # the judges here have real ones
            play.move_clock(step.at)
            await step.run()
    play.move_clock(moment(play.season.activities[0]["hall_at"]) + timedelta(minutes=30))
    return play


def place(division: int) -> Place:
    return ACTIVITY, f"d{division}"


def write(folder: Path, shape: Shape) -> None:
    """The season folder."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "storm.toml").write_text(RULE)
    judges = [account for division in range(shape.divisions) for account in shape.accounts(division)]
    outsiders = "\n".join(f'[[outsider]]\naccount = "{a}"\nname = "评委{a[1:]}"\nunit = "外校"\n' for a in judges)
    tables = "\n".join(_division(number, shape) for number in range(shape.divisions))
    (folder / "season.toml").write_text(SEASON.format(outsiders=outsiders, tables=tables, divisions=shape.divisions))
    (folder / "branches.csv").write_text("分工会代码,分工会,类别,单位,经办人\n01,教学分工会,教学,教务处,M08\n")
    staff = [f"M{number:02}" for number in range(1, STAFF + 1)]
    contestants = [f"C{number:02}" for number in range(1, shape.entries + 1)]
    roster = [
        (each, f"会员{each}", "女", "1985-05-02", "教务处", "教学分工会", "", "在编", "是", "2010-07-01", "2010-09-01")
        for each in (*staff, *contestants)
    ]
    signups = [
        (each, "公开课评比", f"第{number}组", f"课{each}", "")
        for each in contestants
        for number in range(shape.divisions)
    ]
    (folder / "members.xlsx").write_bytes(_book(MEMBERS, roster))
    (folder / "signups.xlsx").write_bytes(_book(("工号", "活动", "组别", "课程名称", "推荐顺序"), signups))


def _division(number: int, shape: Shape) -> str:
    judges = "\n".join(
        f'[[activity.division.judge]]\naccount = "{account}"\n{"leader = true" * (not at)}\n'
        for at, account in enumerate(shape.accounts(number))
    )
    return (
        f'[[activity.division]]\nkey = "d{number}"\ntitle = "第{number}组"\nplaces = {shape.entries}\n'
        f'tiers = [{{ name = "一等奖", count = 1 }}, {{ name = "优秀奖", rest = true }}]\ntier_ties = "expand"\n\n{judges}'
    )


def _book(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> bytes:
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([header, *rows]):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()
