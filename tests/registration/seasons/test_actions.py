"""Storing a season against PostgreSQL: once, whole, and next year's roster over this year's."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.registration.seasons import actions
from services.registration.seasons.actions import Examined
from shared.db import transaction
from shared.errors import Conflict, Refused
from shared.ids import new_id
from tests.registration.conftest import MEMBER_HEADER, MEMBERS, workbook

SEASONS = Path(__file__).resolve().parents[3] / "deploy" / "seasons"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
BY = UUID(int=1)
KEY = b"installation key of a test, 32 b"


async def keep(pool: Any, examined: Examined) -> UUID:
    async with transaction(pool, "registration_organiser", BY) as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
    async with transaction(pool, "registration_organiser", BY) as tx:
        return (await actions.keep(tx, check.id, examined, BY, KEY, NOW)).id


def files_of(name: str) -> dict[str, bytes]:
    root = SEASONS / name
    return {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*") if each.is_file()}


@pytest.mark.parametrize("name", [each.name for each in SEASONS.iterdir() if (each / "season.toml").exists()])
async def test_a_shipped_season_has_no_fault_and_is_checked_in_seconds(name: str, registration_database: Any) -> None:
    began = time.monotonic()
    examined = await actions.examine(files_of(name))
    assert examined.faults == []
    assert time.monotonic() - began < 5
    await keep(registration_database.pool, examined)
    assert time.monotonic() - began < 20
    persons = await registration_database.value("SELECT count(*) FROM persons WHERE staff_no IS NOT NULL")
    assert persons == examined.summary.persons


async def test_two_at_once_store_one_season(season_files: dict[str, bytes], registration_database: Any) -> None:
    examined = [await actions.examine(season_files) for _ in range(4)]
    ids = await asyncio.gather(*(keep(registration_database.pool, each) for each in examined))
    assert len(set(ids)) == 1
    assert await registration_database.value("SELECT count(*) FROM persons") == 7


async def test_next_years_roster_keeps_ids_and_describes_only_who_changed(
    season_files: dict[str, bytes], registration_database: Any
) -> None:
    await keep(registration_database.pool, await actions.examine(season_files))
    before = await registration_database.rows("SELECT staff_no, id FROM persons ORDER BY id")
    text = season_files["season.toml"].decode()
    text = text.replace("yunhe-2026", "yunhe-2027").replace("teaching-1", "teaching-2")
    promoted = [[*row[:6], "副教授", *row[7:]] if row[0] == "2001" else row for row in MEMBERS]
    later = {"season.toml": text.encode(), "members.xlsx": workbook(MEMBER_HEADER, promoted)}
    later["signups.xlsx"] = workbook(
        ["工号", "活动", "组别", "课程名称", "推荐顺序"], [["2001", "teaching-2", "arts", "写作", 1]]
    )
    await keep(registration_database.pool, await actions.examine({**season_files, **later}))
    assert await registration_database.rows("SELECT staff_no, id FROM persons ORDER BY id") == before
    described = await registration_database.rows(
        "SELECT body FROM outbox WHERE subject LIKE 'members.described.v1.%' ORDER BY id DESC LIMIT 2"
    )
    assert b'"staff_no":"2001"' in described[0]["body"]
    assert b'"version":2' in described[0]["body"]
    assert b'"version":1' in described[1]["body"], "nobody else is described again"


async def test_an_activity_key_of_another_season_is_a_fault(
    season_files: dict[str, bytes], registration_database: Any
) -> None:
    await keep(registration_database.pool, await actions.examine(season_files))
    other = season_files["season.toml"].replace(b"yunhe-2026", b"yunhe-2027")
    examined = await actions.examine({**season_files, "season.toml": other})
    async with transaction(registration_database.pool, "registration_organiser", BY) as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
    assert [each.code for each in check.faults] == ["activity_taken"]
    with pytest.raises(Conflict):
        async with transaction(registration_database.pool, "registration_organiser", BY) as tx:
            await actions.keep(tx, check.id, examined, BY, KEY, NOW)
    assert await registration_database.value("SELECT count(*) FROM seasons") == 1


async def test_a_damaged_archive_is_refused() -> None:
    with pytest.raises(Refused) as told:
        await actions.examine({"season.zip": b"PK\x03\x04 and then nothing"})
    assert told.value.code == "archive_unreadable"


async def test_an_upload_that_was_never_stored_is_forgotten_after_a_day(
    season_files: dict[str, bytes], registration_database: Any
) -> None:
    examined = await actions.examine(season_files)
    async with transaction(registration_database.pool, "registration_organiser", BY) as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
    async with transaction(registration_database.pool, "registration_system") as tx:
        await actions.close_due(tx, NOW.replace(day=4))
    assert await registration_database.value("SELECT content FROM season_checks WHERE id = $1", check.id) is None
    async with transaction(registration_database.pool, "registration_organiser", BY) as tx:
        with pytest.raises(Conflict) as told:
            await actions.content(tx, check)
    assert told.value.code == "check_too_old"
