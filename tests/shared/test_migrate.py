"""Which migrations a database still misses."""

from shared.db import transaction
from shared.migrate import behind, folders
from tests.conftest import Database


async def missing(database: Database) -> list[str]:
    async with transaction(database.pool, "registration_gate") as tx:
        return await behind(tx, "registration")


async def test_a_database_that_lacks_migrations_is_told_which(registration_database: Database) -> None:
    every = sorted(file.name.split("_", 1)[0] for folder in folders("registration") for file in folder.glob("*.sql"))
    assert await missing(registration_database) == []
    await registration_database.execute("DELETE FROM schema_migrations WHERE version = $1", every[-1])
    assert await missing(registration_database) == every[-1:]
    await registration_database.execute("DROP TABLE schema_migrations")
    assert await missing(registration_database) == every
