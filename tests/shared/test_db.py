"""Which errors say that the server is away, and which are ours."""

import asyncpg
import pytest

from shared.db import is_away, pool, savepoint, transaction
from tests.conftest import Database


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (asyncpg.DiskFullError("could not extend file"), True),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), True),
        (asyncpg.AdminShutdownError("terminating connection"), True),
        (ConnectionRefusedError(), True),
        (asyncpg.UniqueViolationError("duplicate key"), False),
        (asyncpg.DataError("invalid input"), False),
        (KeyError("a bug"), False),
    ],
)
def test_a_full_disk_is_waited_out_and_a_bug_is_not(error: Exception, away: bool) -> None:
    assert is_away(error) is away


async def test_a_connection_comes_back_as_it_was_whoever_was_interrupted(registration_database: Database) -> None:
    async with await pool(registration_database.url, size=1) as made:
        async with transaction(made, "registration_system") as tx:
            assert await tx.fetchval("SELECT current_user") == "registration_system"
        async with made.acquire() as connection:
            assert await connection.fetchval("SELECT current_user") != "registration_system"
            await connection.execute("BEGIN; SET LOCAL ROLE registration_system")
        async with made.acquire() as connection:
            assert not connection.is_in_transaction()
            assert await connection.fetchval("SELECT current_user") != "registration_system"


async def test_what_fails_behind_a_savepoint_is_undone_alone(registration_database: Database) -> None:
    async with await pool(registration_database.url, size=1) as made, transaction(made, "registration_system") as tx:
        await tx.execute("SET LOCAL laurel.handle = 'kept'")
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with savepoint(tx):
                await tx.execute("SET LOCAL laurel.handle = 'outer'")
                with pytest.raises(asyncpg.UndefinedTableError):
                    async with savepoint(tx):
                        await tx.execute("SELECT * FROM nowhere")
                await tx.execute("SELECT 1 / 0")
        async with savepoint(tx):
            await tx.execute("SET LOCAL laurel.actor = 'kept too'")
        said = await tx.fetchrow("SELECT current_setting('laurel.handle') AS h, current_setting('laurel.actor') AS a")
    assert (said["h"], said["a"]) == ("kept", "kept too")


async def test_a_transaction_whose_error_was_swallowed_does_not_end_as_if_it_had_been_committed(
    registration_database: Database,
) -> None:
    async with await pool(registration_database.url, size=1) as made:
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            async with transaction(made, "registration_system") as tx:
                with pytest.raises(asyncpg.UndefinedTableError):
                    await tx.execute("SELECT * FROM nowhere")
        async with transaction(made, "registration_system") as tx:
            assert await tx.fetchval("SELECT 1") == 1
