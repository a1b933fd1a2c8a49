"""A small season folder as a union office would write it, and an organiser who is signed in."""

import hashlib
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
import pytest_asyncio

from tests.registration.small_season import Season

SEASON = """
key = "yunhe-2026"
title = "云河学院 2026 年度"
language = "zh-CN"
organisation = "云河学院工会"
as_of = 2026-03-01

[[outsider]]
account = "W01"
name = "周明远"
unit = "北川师范大学"

[roles]
organiser = ["1001"]
supervisor = ["1004"]
scorekeeper = ["1002"]

[[activity]]
key = "teaching-1"
kind = "competition"
title = "第一届教学竞赛"
edition = 1
rule = "rules/teaching.toml"
call_at = 2026-03-09T09:00:00
signup_opens = 2026-03-16T08:00:00
signup_closes = 2026-04-10T17:00:00
review_closes = 2026-04-17T17:00:00
admission_at = 2026-04-19T09:00:00
draw_at = 2026-05-14T15:00:00
hall_at = 2026-05-16T08:00:00
admission = "ranked"
order = ["recommendation"]
entries_per_person = 1
entries_per_course = 1
quota_base = "young_teachers"
quota = [{ below = 15, entries = 1 }, { entries = 2 }]

[[activity.eligibility]]
kind = "member"
[[activity.eligibility]]
kind = "born_after"
date = 1985-05-31
sex = "男"
[[activity.waiver]]
staff_no = "2001"
rule = "born_after"
reason = "产假，经审定"
[[activity.division]]
key = "arts"
title = "文科组"
places = 2
[[activity.division.judge]]
account = "W01"
[[activity.division]]
key = "special"
title = "专项组"
places = 1
own_quota = [{ branch = "02", entries = 1 }]
"""

BRANCHES = """分工会代码,分工会,类别,单位,经办人(工号),青年教师数
01,文学院分工会,院系,文学院；国际学院,1002,16
02,理学院分工会,院系,理学院,1003,9
"""

MEMBER_HEADER = [
    "工号",
    "姓名",
    "性别",
    "出生日期",
    "单位",
    "分工会",
    "职称",
    "用工形式",
    "是否会员",
    "入职日期",
    "任教起始",
]
MEMBERS = [
    ["1001", "林若溪", "女", "1979-02-03", "文学院", "文学院分工会", "教授", "在编", "是", "2003-07-01", "2003-09-01"],
    ["1002", "陈立", "男", "1980-02-03", "文学院", "文学院分工会", "讲师", "在编", "是", "2005-07-01", "2005-09-01"],
    ["1003", "曾晓", "女", "1981-02-03", "理学院", "02", "讲师", "在编", "是", "2006-07-01", "2006-09-01"],
    ["1004", "郑监", "男", "1970-02-03", "理学院", "02", "", "在编", "是", "1995-07-01", ""],
    ["2001", "王小明", "男", "1990-06-01", "国际学院", "01", "讲师", "在编", "是", "2018-07-01", "2018-09-01"],
    ["2002", "李小红", "女", "1991-06-01", "理学院", "02", "讲师", "劳务派遣", "否", "2019-07-01", "2019-09-01"],
]


def workbook(header: list[str], rows: list[list[Any]]) -> bytes:
    """An .xlsx of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def season_files() -> dict[str, bytes]:
    """A folder without faults, as `{path: content}`; a test changes what it is about."""
    return {
        "season.toml": SEASON.encode(),
        "branches.csv": BRANCHES.encode("utf-8-sig"),
        "members.xlsx": workbook(MEMBER_HEADER, MEMBERS),
        "signups.xlsx": workbook(
            ["工号", "活动", "组别", "课程名称", "推荐顺序"], [["2001", "teaching-1", "文科组", "大学语文", 1]]
        ),
    }


@pytest.fixture
def first_code(secrets: Path) -> str:
    """The one-time code of the terminal; its hash is what registration holds."""
    code = (secrets / "admin" / "first_code").read_text().strip()
    assert hashlib.sha256(code.encode()).hexdigest() == (secrets / "registration" / "first_code").read_text().strip()
    return code


Client = httpx.AsyncClient


async def sent(client: Client, path: str, body: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
    """A JSON write as a program sends it."""
    session = (await client.get("/registration/session", headers={"Accept": "application/json"})).json()
    headers = {"Origin": str(client.base_url).rstrip("/"), "Accept": "application/json"}
    if session["csrf"]:
        headers["X-CSRF-Token"] = session["csrf"]
    if "files" not in more:
        more["json"] = body or {}
    return await client.post(path, headers=headers, **more)


@pytest_asyncio.fixture
async def administrator(
    client: Callable[..., Awaitable[Client]], registration_database: Any, first_code: str
) -> Client:
    """A client that has made the first visit."""
    opened = await client(registration_database)
    answer = await sent(
        opened,
        "/registration/setup",
        {"code": first_code, "account": "admin", "name": "系统管理员", "password": "一句很长很长的密码话"},
    )
    assert answer.status_code == 201, answer.text
    return opened


def uploads(files: dict[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """The parts of a multipart form, as a browser names the files of a folder."""
    return [("files", (f"season/{path}", content)) for path, content in files.items()]


@pytest_asyncio.fixture
async def organiser(administrator: Client, season_files: dict[str, bytes]) -> Client:
    """The administrator, with the small season stored."""
    checked = await sent(administrator, "/registration/seasons/checks", files=uploads(season_files))
    assert checked.json()["faults"] == [], checked.text
    stored = await sent(administrator, f"/registration/seasons/{checked.json()['check_id']}")
    assert stored.status_code == 201, stored.text
    return administrator


@pytest.fixture
def season(registration_database: Any) -> Season:
    """An empty season by SQL; a test opens it with what it needs."""
    return Season(registration_database)
