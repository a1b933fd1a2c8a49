"""What each database role may see and do with entries, asked by SQL: row security holds whatever a page does."""

import asyncpg
import pytest

from services.registration.entries.domain import Entry
from shared.db import transaction
from tests.registration.small_season import ADMISSION, ORGANISER, Season

DENIED = asyncpg.InsufficientPrivilegeError


async def two(season: Season) -> tuple[Entry, Entry]:
    await season.open(places=2, eligibility=())
    first, second = await season.signs_up("2001"), await season.signs_up("2002", branch="12")
    await season.recommends("05", first)
    await season.recommends("12", second)
    await season.admits(now=ADMISSION)
    return first, second


async def test_a_participant_reads_the_own_entry_and_its_steps_only(season: Season) -> None:
    first, _ = await two(season)
    async with transaction(season.pool, "registration_member", first.person_id) as tx:
        assert [row["id"] for row in await tx.fetch("SELECT id FROM entries")] == [first.id]
        assert {row["entry_id"] for row in await tx.fetch("SELECT entry_id FROM entry_steps")} == {first.id}
    with pytest.raises(DENIED):
        async with transaction(season.pool, "registration_member", first.person_id) as tx:
            await tx.execute("UPDATE entries SET state = 'admitted'")


async def test_an_officer_reads_and_moves_the_own_branches_entries_only(season: Season) -> None:
    first, second = await two(season)
    await season.database.execute(
        "INSERT INTO accounts (person_id, account, handle) VALUES ($1, '2001', $2)", first.person_id, first.id
    )
    await season.database.execute(
        "INSERT INTO grants (handle, role, scope) VALUES ($1, 'branch_officer', '05')", first.id
    )
    async with transaction(season.pool, "registration_officer", first.person_id) as tx:
        assert [row["id"] for row in await tx.fetch("SELECT id FROM entries")] == [first.id]
        assert await tx.execute("UPDATE entries SET version = version WHERE id = $1", second.id) == "UPDATE 0"
    with pytest.raises(DENIED):
        async with transaction(season.pool, "registration_officer", first.person_id) as tx:
            await tx.execute("UPDATE admission_places SET freed_at = given_at")


async def test_the_public_counts_and_reads_nobody(season: Season) -> None:
    await two(season)
    async with transaction(season.pool, "registration_public") as tx:
        rows = await tx.fetch("SELECT key, places, admitted, waiting FROM division_counts ORDER BY position")
    assert [tuple(row) for row in rows] == [("work", 2, 2, 0), ("politics", 2, 0, 0)]
    for table in ("entries", "entry_steps", "prizes", "codes", "roll_items", "admission_places", "quota_counts"):
        with pytest.raises(DENIED):
            async with transaction(season.pool, "registration_public") as tx:
                await tx.fetch(f"SELECT * FROM {table}")


async def test_nobody_can_edit_or_delete_what_has_happened(season: Season) -> None:
    await two(season)
    for audience in ("member", "officer", "organiser", "supervisor", "system"):
        for sql in (
            "DELETE FROM entries", "DELETE FROM entry_steps", "UPDATE entry_steps SET state = 'refused'",
            "DELETE FROM admission_places", "UPDATE admission_positions SET position = 1", "UPDATE draws SET seed = seed",
            "DELETE FROM draws", "UPDATE rolls SET hash = hash", "DELETE FROM roll_items", "UPDATE roll_signatures SET role = role",
        ):  # fmt: skip
            with pytest.raises(DENIED):
                async with transaction(season.pool, f"registration_{audience}", ORGANISER) as tx:
                    await tx.execute(sql)


async def test_the_login_role_itself_reads_nothing(season: Season) -> None:
    await two(season)
    async with season.pool.acquire() as connection:
        for table in ("entries", "admission_places", "draws", "rolls", "quotas"):
            with pytest.raises(DENIED):
                await connection.fetch(f"SELECT * FROM {table}")
