"""The batch writer against a real database: grouped, in order, and a poisoned command fails its own caller only."""

import asyncio

import pytest

from shared.batching import Batching
from shared.db import Transaction
from tests.conftest import Database


async def insert(tx: Transaction, commands: list[str]) -> list[int]:
    """Add outbox rows; a blank subject breaks the batch with an error of the database."""
    if "" in commands:
        await tx.execute("SELECT 1 / 0")
    await tx.executemany("INSERT INTO outbox (subject, body) VALUES ($1, '')", [(each,) for each in commands])
    return [len(commands)] * len(commands)


@pytest.fixture
async def writer(registration_database: Database):  # type: ignore[no-untyped-def]  # an async generator fixture
    made = Batching(registration_database.pool, "registration_system", insert, limit=64)
    made.start()
    yield made
    await made.stop()


async def test_commands_that_arrive_together_share_a_transaction(
    writer: Batching[str, int], registration_database: Database
) -> None:
    sizes = await asyncio.gather(*(writer.submit(f"a.{number}") for number in range(100)))
    assert max(sizes) > 1
    stored = await registration_database.rows("SELECT subject FROM outbox ORDER BY id")
    assert [row["subject"] for row in stored] == [f"a.{number}" for number in range(100)]


async def test_a_poisoned_command_fails_its_own_caller_only(writer: Batching[str, int], registration_database: Database) -> None:
    outcomes = await asyncio.gather(*(writer.submit(each) for each in ("a", "", "b")), return_exceptions=True)
    assert [type(each).__name__ for each in outcomes] == ["int", "DivisionByZeroError", "int"]
    assert await registration_database.value("SELECT count(*) FROM outbox") == 2


async def test_a_stopped_writer_tells_every_waiter_at_once(registration_database: Database) -> None:
    made = Batching(registration_database.pool, "registration_system", insert)
    made.start()
    await made.stop()
    with pytest.raises(ConnectionError):
        await made.submit("late")
