"""A service's login role sees its own database only, and there only what an audience may see."""

import asyncpg
import pytest

from deploy.embedded.postgres import Postgres
from tests.conftest import APP_PASSWORD, Database


async def test_opening_another_services_database_is_refused(
    postgres: Postgres, registration_database: Database, scoring_database: Database
) -> None:
    url = postgres.url(scoring_database.name, "registration_app", APP_PASSWORD)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        await asyncpg.connect(url)


async def test_the_servers_own_databases_are_closed_too(postgres: Postgres, registration_database: Database) -> None:
    for name in ("postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(postgres.url(name, "registration_app", APP_PASSWORD))


async def test_the_login_role_itself_reads_nothing(
    registration_database: Database, scoring_database: Database, awards_database: Database
) -> None:
    for database in (registration_database, scoring_database, awards_database):
        tables = await database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables
        async with database.pool.acquire() as connection:
            for row in tables:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f'SELECT 1 FROM "{row["tablename"]}"')
