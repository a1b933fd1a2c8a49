"""Who may read a person: row security is a property of the data, whatever a route forgets."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registration.people import actions
from services.registration.units import actions as units
from shared.db import transaction
from tests.registration.conftest import Client


async def person_of(database: Any, staff_no: str) -> UUID:
    found: UUID = await database.value("SELECT id FROM persons WHERE staff_no = $1", staff_no)
    return found


async def test_a_member_reads_no_person_but_oneself(organiser: Client, registration_database: Any) -> None:
    own = await person_of(registration_database, "2001")
    async with transaction(registration_database.pool, "registration_member", own) as tx:
        everybody = ["1001", "1002", "1003", "1004", "2001", "2002"]
        assert set(await actions.by_staff_no(tx, everybody)) == {"2001"}


async def test_a_branch_officer_reads_the_persons_of_the_own_branch(
    organiser: Client, registration_database: Any
) -> None:
    officer = await person_of(registration_database, "1003")
    async with transaction(registration_database.pool, "registration_officer", officer) as tx:
        assert [each.code for each in await units.acting_branches(tx)] == ["02"]
        assert {each.staff_no for each in await actions.page(tx, "", 1)} == {"1003", "1004", "2002"}


async def test_somebody_without_the_role_is_officer_of_nothing(organiser: Client, registration_database: Any) -> None:
    other = await person_of(registration_database, "2001")
    async with transaction(registration_database.pool, "registration_officer", other) as tx:
        assert await units.acting_branches(tx) == []
        assert await actions.page(tx, "", 1) == []


@pytest.mark.parametrize(
    ("audience", "statement"),
    [
        ("registration_public", "SELECT name FROM persons"),
        ("registration_member", "SELECT password_hash FROM accounts"),
        ("registration_organiser", "SELECT password_hash FROM accounts"),
        ("registration_organiser", "SELECT first_code_hash FROM accounts"),
        ("registration_organiser", "DELETE FROM persons"),
        ("registration_supervisor", "UPDATE activities SET title = ''"),
        ("registration_gate", "SELECT born FROM persons"),
        ("registration_member", "UPDATE persons SET is_member = true"),
        ("registration_system", "SELECT content_hash FROM season_checks"),
    ],
)
async def test_an_audience_reads_and_writes_only_what_is_its_own(
    registration_pool: Any, audience: str, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(registration_pool, audience) as tx:
            await tx.execute(statement)


async def test_the_login_role_itself_reads_nothing(registration_pool: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with registration_pool.acquire() as connection:
            await connection.execute("SELECT * FROM activities")


async def test_the_roster_is_found_by_number_name_and_pinyin(organiser: Client) -> None:
    for wanted in ("2001", "王小", "wang xiao"):
        found = await organiser.get(
            "/registration/people", params={"q": wanted}, headers={"Accept": "application/json"}
        )
        assert [each["staff_no"] for each in found.json()["people"]] == ["2001"]
