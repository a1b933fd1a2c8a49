"""Posting, and the clock on the real calendar."""

from datetime import date, datetime

import msgspec
import pytest

from services.awards.notices import actions as notices
from shared.clock import ZONE
from shared.db import transaction
from shared.errors import Conflict, Refused
from shared.files import Files
from tests.awards import competition
from tests.awards.competition import OFFICE, OPENING, PLAN, POSTED
from tests.conftest import Database

YEAR = b"""
year = 2027
source = "invented for the test"
holidays = [2027-01-01, 2027-10-01]
workdays = []
"""


async def test_a_notice_from_5_26_ends_on_6_01(awards_database: Database) -> None:
    edition_id, notice = await competition.posted(awards_database)
    assert (notice.terms.starts_on, notice.ends_on) == (date(2026, 5, 26), date(2026, 6, 1))
    assert await awards_database.value("SELECT ends_on FROM notices WHERE edition_id = $1", edition_id) == date(
        2026, 6, 1
    )


async def test_posting_twice_is_posting_once(awards_database: Database) -> None:
    edition_id, notice = await competition.posted(awards_database)
    async with transaction(awards_database.pool, "awards_office") as tx:
        assert (await notices.post(tx, edition_id, OFFICE, POSTED)).id == notice.id


async def test_a_list_posted_late_counts_from_the_day_it_was_posted(awards_database: Database) -> None:
    _, notice = await competition.posted(awards_database, at=datetime(2026, 5, 28, 9, tzinfo=ZONE))
    assert (notice.terms.starts_on, notice.ends_on) == (date(2026, 5, 28), date(2026, 6, 3))


async def test_a_notice_from_12_28_stops_the_clock_until_2027_is_known(
    awards_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = msgspec.structs.replace(PLAN, notice=msgspec.structs.replace(PLAN.notice, starts=date(2026, 12, 28)))
    edition_id, notice = await competition.posted(
        awards_database, msgspec.structs.replace(OPENING, plan=plan), datetime(2026, 12, 28, 9, tzinfo=ZONE)
    )
    assert notice.ends_on is None
    much_later = datetime(2027, 3, 1, 9, tzinfo=ZONE)
    async with transaction(awards_database.pool, "awards_office") as tx:
        face = await notices.face(tx, notice, much_later)
        assert (face.running, face.unknown_year) == ("stopped", 2027)
        with pytest.raises(Refused, match="notice_stopped"):
            await notices.ended_on(tx, notice, much_later)
    with pytest.raises(Refused, match="notice_stopped"):
        await competition.approved(
            awards_database, edition_id, Files(tmp_path_factory.mktemp("files").as_uri()), much_later
        )
    async with transaction(awards_database.pool, "awards_office") as tx:
        await notices.learn_year(tx, YEAR, OFFICE, much_later)
        assert await notices.ended_on(tx, notice, much_later) == date(2027, 1, 4)
    async with transaction(awards_database.pool, "awards_system") as tx:
        await notices.close_due(tx)
        await notices.close_due(tx)
    assert await awards_database.value("SELECT ends_on FROM notices") == date(2027, 1, 4)


async def test_a_year_is_learnt_once_and_a_known_one_not_at_all(awards_database: Database) -> None:
    async with transaction(awards_database.pool, "awards_office") as tx:
        await notices.learn_year(tx, YEAR, OFFICE, POSTED)
        for content, code in ((YEAR, "calendar_year_known"), (YEAR.replace(b"2027", b"2026"), "calendar_year_known")):
            with pytest.raises(Conflict, match=code):
                await notices.learn_year(tx, content, OFFICE, POSTED)
        with pytest.raises(Refused, match="calendar_file_wrong"):
            await notices.learn_year(tx, b"year = ", OFFICE, POSTED)


async def test_the_posted_bytes_are_kept_as_proof_and_hold_no_rank(awards_database: Database) -> None:
    _, notice = await competition.posted(awards_database)
    async with transaction(awards_database.pool, "awards_public") as tx:
        content = await notices.posted(tx, notice.id)
    posted = msgspec.json.decode(content)
    assert {line["name"] for line in posted["lines"]} == {"林若溪", "顾承泽", "陈知远"}
    assert not any({"rank", "result", "code"} & line.keys() for line in posted["lines"])
