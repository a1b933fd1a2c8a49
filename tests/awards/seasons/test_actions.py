"""Checking and storing the shipped seasons, as a page would."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from services.awards.seasons import actions
from shared.db import transaction
from shared.errors import Refused
from shared.ids import new_id, opaque
from tests.conftest import Database

SEASONS = Path(__file__).parents[3] / "deploy" / "seasons"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
BY, KEY = UUID(int=1), bytes(32)


def folder(name: str) -> dict[str, bytes]:
    root = SEASONS / name
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


async def stored(database: Database, files: dict[str, bytes]) -> tuple[UUID, str]:
    examined = await actions.examine(files)
    async with transaction(database.pool, "awards_office") as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
        assert check.faults == []
    async with transaction(database.pool, "awards_office") as tx:
        return await actions.keep(tx, check.id, examined, BY, KEY, NOW)


@pytest.mark.parametrize(
    ("name", "editions"),
    [("jianglin-2026", {"competition": 1, "programme": 1}), ("riverside-2026", {"competition": 1, "programme": 1})],
)
async def test_a_shipped_season_is_stored_whole(awards_database: Database, name: str, editions: dict[str, int]) -> None:
    await stored(awards_database, folder(name))
    rows = await awards_database.rows("SELECT kind, count(*) FROM editions GROUP BY kind")
    assert {row["kind"]: row["count"] for row in rows} == editions
    assert await awards_database.value("SELECT count(*) FROM grants WHERE role = 'committee'") > 0


async def test_the_shipped_notice_is_foreseen_from_5_26_to_6_01(awards_database: Database) -> None:
    examined = await actions.examine(folder("jianglin-2026"))
    async with transaction(awards_database.pool, "awards_office") as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
    (activity,) = check.summary["activities"]
    assert (str(activity["notice_starts"]), str(activity["notice_ends"])) == ("2026-05-26", "2026-06-01")


async def test_storing_the_same_season_twice_stores_it_once_and_another_content_is_refused(
    awards_database: Database,
) -> None:
    files = folder("jianglin-2026")
    first = await stored(awards_database, files)
    assert await stored(awards_database, files) == first
    assert await awards_database.value("SELECT count(*) FROM seasons") == 1
    examined = await actions.examine({**files, "signups.xlsx": b"other"})
    async with transaction(awards_database.pool, "awards_office") as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
    assert [fault.code for fault in check.faults] == ["season_exists"]


async def test_a_folder_with_one_fault_stores_nothing(awards_database: Database) -> None:
    files = folder("jianglin-2026")
    files["season.toml"] = files["season.toml"].replace(b"count_first_day = true", b"", 1)
    examined = await actions.examine(files)
    async with transaction(awards_database.pool, "awards_office") as tx:
        check = await actions.record(tx, new_id(), examined, BY, NOW)
        assert [(fault.code, fault.file) for fault in check.faults] == [("first_day_open", "season.toml")]
        with pytest.raises(Refused, match="season_has_faults"):
            await actions.content(tx, check)
    assert await awards_database.value("SELECT count(*) FROM editions") == 0
    assert await awards_database.value("SELECT content FROM season_checks") is None


async def test_a_folder_without_season_toml_and_an_empty_one_are_told(awards_database: Database) -> None:
    for files in ({}, {"branches.csv": b""}):
        examined = await actions.examine(files)
        assert [(fault.code, fault.file) for fault in examined.faults] == [("file_absent", "season.toml")]


async def test_roles_of_the_season_are_granted_by_the_accounts_handle(awards_database: Database) -> None:
    await stored(awards_database, folder("jianglin-2026"))
    handle = opaque(KEY, "account", "1001")
    assert await awards_database.value("SELECT role FROM grants WHERE handle = $1", handle) == "organiser"
