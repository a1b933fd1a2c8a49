"""A programme file as a secretary writes it: the shipped rule, for the tests of every awards slice."""

import tomllib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.awards.ballots import actions as ballots
from services.awards.ballots.domain import Ballot
from services.awards.consultations import actions as consultations
from services.awards.editions.actions import SeasonFacts
from services.awards.nominations import actions as nominations
from services.awards.programmes import actions as programmes
from services.awards.programmes.domain import Programme, read
from services.awards.scorecards import actions as scorecards
from shared.db import transaction
from shared.errors import Fault
from shared.ids import new_id, opaque
from shared.tables import Folder
from tests.conftest import Database

TEXT = """
key = "model-home-2026"
title = "模范教工之家"
title_en = "Model Staff Home"
subject = "branch"
edition = "2026"
document_no = "江大工〔2026〕31号"
opens = 2026-11-16T09:00:00
nominations_close = 2026-12-04T17:00:00
ballot_at = 2026-12-11T14:00:00
ballot_closes = 2026-12-11T17:00:00
tier = "模范教工之家"
tier_en = "Model Staff Home"

[[stratum]]
key = "faculty"
title = "院系"
title_en = "Faculties"
categories = ["院系"]
nominations = 5
seats = 4
[[stratum]]
key = "office"
title = "机关"
title_en = "Offices"
categories = ["机关"]
nominations = 2
seats = 1
[[stratum]]
key = "service"
title = "直属后勤"
title_en = "Services"
categories = ["直属", "后勤附属"]
nominations = 2
seats = 1

[scorecard]
pass = "85"
unit = "1"
zero_category_fails = true
[[scorecard.category]]
key = "organisation"
title = "组织建设"
[[scorecard.category.item]]
key = "congress"
title = "按期换届"
highest = "30"
[[scorecard.category.item]]
key = "records"
title = "台账规范"
highest = "20"
[[scorecard.category]]
key = "democracy"
title = "民主管理"
[[scorecard.category.item]]
key = "meeting"
title = "二级教代会"
highest = "50"

[[consultation]]
office = "纪检监察室"
office_en = "Discipline inspection"
due = 2026-12-09
[[consultation.reply]]
branch = "*"
opinion = "none"
reference = "江大纪函〔2026〕41号"
reason = ""
on = 2026-12-08
[[consultation]]
office = "计划财务处"
due = 2026-12-09

[ballot]
due = 9
quorum = "2/3"
quorum_of = "due"
majority = "1/2"
majority_of = "due"
compare = "more_than"
supports = "seats"
tie = "revote_tied"
shortfall = "leave_empty"
rounds = 3
absent = ["1015"]
recused = ["1016"]

[notice]
starts = 2026-12-21
days = 5
unit = "workday"
count_first_day = true
contact = "校工会办公室 0000-0000"
[approval]
body = "校党委会"
on = 2026-12-28
document_no = "江大党纪要〔2026〕33号"
[commendation]
document_no = "江大工〔2026〕45号"
on = 2026-12-29
"""


def data() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def faults_of(table: dict[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    read(table, "programmes/p.toml", faults)
    return faults


def programme() -> Programme:
    return read(data(), "programmes/p.toml", [])


KEY = b"k" * 32
SOMEBODY = UUID(int=7)
SECRETARY = nominations.Actor(person=SOMEBODY, is_secretary=True)
NOMINATING = datetime(2026, 11, 30, 2, tzinfo=UTC)
EXAMINING = datetime(2026, 12, 8, 2, tzinfo=UTC)
MEETING = datetime(2026, 12, 11, 6, 5, tzinfo=UTC)
ACCOUNTS = [str(number) for number in range(1011, 1020)]
PRESENT = [account for account in ACCOUNTS if account != "1015"]
FACULTIES = ["01", "02", "03", "04", "05"]
OFFICES = ["17", "18"]
SERVICES = ["20", "24"]
FULL = {"congress": "30", "records": "20", "meeting": "50"}
SEASON = f"""
key = "s"
[roles]
committee = {ACCOUNTS}
[[outsider]]
account = "1011"
name = "梁致和"
unit = "校工会"
"""
BRANCHES = "分工会代码,分工会,类别,经办人\n" + "".join(
    f"{code},第{code}分工会,{category},2{code}\n"
    for codes, category in ((FACULTIES, "院系"), (["06"], "院系"), (OFFICES, "机关"), (["20"], "直属"), (["24"], "后勤附属"))
    for code in codes
)


def handle(account: str) -> UUID:
    return opaque(KEY, "account", account)


def folder(text: str = TEXT) -> Folder:
    files = {"season.toml": SEASON, "programmes/p.toml": text, "branches.csv": BRANCHES}
    return Folder({name: content.encode() for name, content in files.items()})


async def install(database: Database, text: str = TEXT) -> UUID:
    """A season with the sample programme, as the seasons slice stores it."""
    season_id, faults = new_id(), list[Fault]()
    await database.execute(
        """INSERT INTO seasons (id, key, title, organisation, language, content_hash, stored_by, stored_at)
           VALUES ($1, 's', '季', '工会', 'zh-CN', $2, $3, $4)""",
        season_id, b"0" * 32, SOMEBODY, NOMINATING,
    )  # fmt: skip
    known = programmes.check(folder(text), ["programmes/p.toml"], faults)
    assert faults == []
    async with transaction(database.pool, "awards_office") as tx:
        facts = SeasonFacts(key="s", title="季", organisation="工会", language="zh-CN")
        await programmes.store_programmes(tx, season_id, facts, known, KEY, NOMINATING)
        ((programme_id, _),) = await programmes.listed(tx)
    return programme_id


async def nominate(database: Database, programme_id: UUID, codes: list[str]) -> dict[str, UUID]:
    """These branches nominated and scored full marks by themselves: code -> nomination."""
    made = {}
    async with transaction(database.pool, "awards_member") as tx:
        for code in codes:
            nomination = await nominations.nominate(tx, new_id(), programme_id, code, "理由", SECRETARY, NOMINATING)
            await scorecards.record(tx, new_id(), nomination.id, "self", FULL, "", SECRETARY, NOMINATING)
            made[code] = nomination.id
    return made


async def examine(database: Database, programme_id: UUID, made: dict[str, UUID]) -> None:
    """Every scorecard audited with full marks, every office content."""
    async with transaction(database.pool, "awards_committee") as tx:
        for nomination_id in made.values():
            await scorecards.record(tx, new_id(), nomination_id, "audited", FULL, "", SECRETARY, EXAMINING)
        for office in ("纪检监察室", "计划财务处"):
            await consultations.reply(
                tx, programme_id, office, "*", "none", "函1号", "", date(2026, 12, 8), SOMEBODY, EXAMINING
            )


async def ready(database: Database) -> tuple[UUID, dict[str, UUID]]:
    """The programme on the afternoon of its ballot, nine branches standing."""
    programme_id = await install(database)
    made = await nominate(database, programme_id, [*FACULTIES, *OFFICES, *SERVICES])
    await examine(database, programme_id, made)
    return programme_id, made


async def open_round(
    database: Database, programme_id: UUID, present: list[str] = PRESENT, recused: tuple[str, ...] = ("1016",)
) -> Ballot:
    async with transaction(database.pool, "awards_committee") as tx:
        return await ballots.open_round(tx, new_id(), programme_id, present, [*recused], None, SOMEBODY, MEETING)


async def cast(database: Database, ballot: Ballot, account: str, yes: list[UUID]) -> None:
    """One paper: yes to these, no to all others."""
    choices = {c: "yes" if c in yes else "no" for contest in ballot.contests for c in contest.candidates}
    async with transaction(database.pool, "awards_committee", None, handle(account)) as tx:
        await ballots.cast(tx, ballot.id, handle(account), choices, MEETING)  # type: ignore[arg-type]  # literals


async def close(database: Database, ballot: Ballot) -> Ballot:
    async with transaction(database.pool, "awards_committee") as tx:
        return await ballots.close(tx, ballot.id, SOMEBODY, MEETING)
