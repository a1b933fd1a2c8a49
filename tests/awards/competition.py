"""A small competition on its way through awards: four contestants, one division, an invented union."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from services.awards.approvals import actions as approvals
from services.awards.certificates import actions as certificates
from services.awards.commendations import actions as commendations
from services.awards.editions import actions as editions
from services.awards.notices import actions as notices
from services.awards.people import consumers as people
from services.awards.score_sets import consumers as score_sets
from services.awards.seasons import store as seasons
from services.awards.seasons.domain import SeasonLine
from shared.clock import ZONE
from shared.db import transaction
from shared.events import encode
from shared.files import Files
from shared.ids import new_id
from shared.inbox import apply
from shared.web import gate
from tests.conftest import Database

OFFICE = UUID(int=0xA1)
SEALED = datetime(2026, 5, 25, 9, 0, tzinfo=ZONE)
POSTED = datetime(2026, 5, 26, 9, 0, tzinfo=ZONE)
ENDED = datetime(2026, 6, 2, 9, 0, tzinfo=ZONE)
APPROVED = datetime(2026, 6, 3, 15, 0, tzinfo=ZONE)
DECIDED = datetime(2026, 6, 5, 10, 0, tzinfo=ZONE)
SCAN = b"%PDF-1.7 the scan of a minute"
MINUTE = editions.Minute(title="领导小组会议纪要", document_no="江大工纪〔2026〕3号", dated=date(2026, 5, 20))
NAMES = ("林若溪", "顾承泽", "陈知远", "欧阳静姝")
ENTRIES = tuple(UUID(int=0xE0 + n) for n in range(4))
PERSONS = tuple(UUID(int=0xB0 + n) for n in range(4))
ACTIVITY, DIVISION, ROLL, SCORES = UUID(int=0xAC), UUID(int=0xD1), UUID(int=0xF1), UUID(int=0x5E)

PLAN = editions.Plan(
    notice=editions.NoticePlan(
        starts=date(2026, 5, 26), days=5, unit="workday", count_first_day=True, contact="校工会办公室 0000-0000"
    ),
    approval=editions.ApprovalPlan(body="校党委会", on=date(2026, 6, 3), document_no="江大党纪要〔2026〕11号"),
    commendation=editions.CommendationPlan(document_no="江大工〔2026〕15号", on=date(2026, 6, 5)),
)
ARTS = editions.Division(
    key="arts", title="文科组", title_en="Humanities",
    tiers=(editions.Tier(name="一等奖", name_en="First prize", count=1), editions.Tier(name="二等奖", name_en="Second prize", count=2)),
)  # fmt: skip
OPENING = editions.Opening(
    key="teaching-9", kind="competition", title="第九届青年教师教学竞赛", title_en="9th Teaching Competition",
    organisation="江临大学工会", language="zh-CN", divisions=(ARTS,), plan=PLAN,
)  # fmt: skip


async def opened(database: Database, opening: editions.Opening = OPENING) -> UUID:
    """An edition that waits for its results."""
    season = SeasonLine(
        key="jianglin-2026", title="江临大学", title_en="", organisation="江临大学工会", language="zh-CN", roles={}, activities=(),
        programme_files=(),
    )  # fmt: skip
    async with transaction(database.pool, "awards_office") as tx:
        season_id = new_id()
        await seasons.insert(tx, season_id, season, bytes(32), OFFICE, SEALED)
        return await editions.open_edition(tx, season_id, opening)


async def one_more(
    database: Database, files: Files, edition_id: UUID, minute: editions.Minute = MINUTE, more: int = 1, scan: bytes = SCAN
) -> editions.ExtraPrize:
    """One more first prize in the division, as the office records it."""
    async with transaction(database.pool, "awards_office") as tx:
        return await editions.add_prize(
            tx, files, edition_id, "arts", "一等奖", more, minute, ("纪要.pdf", scan), OFFICE, SEALED
        )


async def delivered(database: Database, name: str, event: dict[str, object] | Struct, message: str = "") -> bool:
    """One event through its consumer, as NATS would bring it."""
    consumer = next(each for each in (*people.CONSUMERS, *score_sets.CONSUMERS) if each.name == name)
    body = encode(event) if not isinstance(event, dict) else msgspec.json.encode({"subject": consumer.subject, **event})
    return await apply(database.pool, consumer, message or str(new_id()), consumer.subject, body, SEALED)


def score_set(
    ranks: tuple[int, ...] = (1, 2, 3, 4), id: UUID = SCORES, version: int = 1, supersedes: UUID | None = None
) -> dict[str, object]:
    """A sealed score set of the division."""
    return {
        "aggregate_id": id, "version": version, "supersedes": supersedes, "division_id": DIVISION, "stage": "final",
        "roll_id": ROLL, "roll_version": 1, "roll_hash": "r", "rule_hash": "u", "ledger_position": 12, "ledger_head": "h", "hash": "s",
        "items": [
            {"entry_id": entry, "code": f"0{n + 1}", "rank": rank, "result": {"n": 9000 - n, "d": 100}, "shown": f"{90 - n}.00"}
            for n, (entry, rank) in enumerate(zip(ENTRIES, ranks, strict=True))
        ],
    }  # fmt: skip


def activity() -> dict[str, object]:
    return {
        "aggregate_id": ACTIVITY, "version": 1, "key": "teaching-9", "title": "第九届青年教师教学竞赛",
        "divisions": [{"division_id": DIVISION, "key": "arts", "title": "文科组"}],
    }  # fmt: skip


def roll_opened() -> dict[str, object]:
    return {
        "aggregate_id": ROLL, "version": 1, "division_id": DIVISION,
        "items": [
            {"entry_id": e, "code": f"0{n + 1}", "person_id": p, "salt": "00"} for n, (e, p) in enumerate(zip(ENTRIES, PERSONS, strict=True))
        ],
    }  # fmt: skip


async def named(database: Database) -> None:
    """The people's stream."""
    for person, name in zip(PERSONS, NAMES, strict=True):
        described = {"aggregate_id": person, "version": 1, "name": name, "name_key": name, "unit": "外国语学院"}
        await delivered(database, "awards_members", described)


async def scored(database: Database) -> None:
    """Everything registration and scoring tell, up to the opened codes and names."""
    await delivered(database, "awards_activities", activity())
    titles = [{"entry_id": e, "code": f"0{n + 1}", "title": f"课程{n + 1}"} for n, e in enumerate(ENTRIES)]
    await delivered(database, "awards_rolls", {"aggregate_id": ROLL, "version": 1, "stage": "final", "items": titles})
    await delivered(database, "awards_score_sets", score_set())
    await delivered(database, "awards_openings", roll_opened())
    await named(database)


async def proposed(database: Database, opening: editions.Opening = OPENING) -> UUID:
    """An edition with a confirmed list: one first prize, two second prizes, one without."""
    edition_id = await opened(database, opening)
    await scored(database)
    async with transaction(database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    return edition_id


async def posted(
    database: Database, opening: editions.Opening = OPENING, at: datetime = POSTED
) -> tuple[UUID, notices.Notice]:
    edition_id = await proposed(database, opening)
    async with transaction(database.pool, "awards_office") as tx:
        return edition_id, await notices.post(tx, edition_id, OFFICE, at)


async def approved(database: Database, edition_id: UUID, files: Files, at: datetime = APPROVED) -> approvals.Approval:
    async with transaction(database.pool, "awards_office") as tx:
        return await approvals.approve(
            tx,
            files,
            edition_id,
            "校党委会",
            date(2026, 6, 3),
            "江大党纪要〔2026〕11号",
            ("纪要.pdf", SCAN),
            OFFICE,
            at,
        )


async def decided(database: Database, edition_id: UUID, at: datetime = DECIDED) -> commendations.Commendation:
    async with transaction(database.pool, "awards_office") as tx:
        return await commendations.decide(tx, edition_id, "江大工〔2026〕15号", date(2026, 6, 5), OFFICE, at)


async def issued(database: Database, edition_id: UUID, files: Files, secrets: Path, at: datetime = DECIDED) -> int:
    private = (secrets / "awards" / "certificate.key").read_text()
    async with transaction(database.pool, "awards_office") as tx:
        return await certificates.issue(tx, files, edition_id, private, "http://laurel.test", OFFICE, at)


async def states(database: Database, edition_id: UUID) -> list[editions.AwardState]:
    async with transaction(database.pool, "awards_office") as tx:
        return await editions.award_states(tx, edition_id)


async def signed_in(
    database: Database, client: Callable[..., Awaitable[httpx.AsyncClient]], *roles: str, person: UUID = OFFICE
) -> httpx.AsyncClient:
    """A browser with a session of an account that holds these roles."""
    http = await client(database)
    handle = new_id()
    async with transaction(database.pool, "awards_gate") as tx:
        token = await gate.start(tx, person, handle)
        for role in roles:
            await gate.grant(tx, handle, role)
    http.cookies.set("laurel_awards", token, path="/awards/")
    http.headers.update(
        {"Origin": "http://laurel.test", "X-CSRF-Token": gate.csrf(token), "Accept": "application/json"}
    )
    return http


NOW = datetime(2026, 6, 8, tzinfo=UTC)
