"""Heads of scoring's ledgers are kept for good by two services; what contradicts a kept one is told to the supervisor."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from shared.db import transaction
from shared.events import encode
from shared.ids import new_id
from shared.inbox import apply
from shared.web import gate
from shared.witness import LedgerHeaded
from tests.conftest import Database
from tests.contracts.source import plan

DIVISION = UUID(int=0xD1)
AT = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
FRONTS = {"registration": "/registration/overview", "awards": "/awards/"}
"""Service -> the page on which the supervisor is warned."""


@pytest.fixture(params=sorted(FRONTS))
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


async def told(database: Database, position: int, hash: str, minute: int) -> None:
    at = AT + timedelta(minutes=minute)
    event = LedgerHeaded(
        aggregate_id=DIVISION, version=position, ledger_position=position, ledger_head=hash * 32, headed_at=at
    )
    (consumer,) = (each for each in plan(database.service).consumers if each.subject == "scoring.ledger.headed.v1")
    await apply(database.pool, consumer, str(new_id()), consumer.subject, encode(event), at)


async def stored(database: Database) -> list[tuple[Any, ...]]:
    rows = await database.rows("SELECT position, left(hash, 2) FROM ledger_heads ORDER BY position")
    return [tuple(row.values()) for row in rows]


async def doubts(database: Database) -> list[tuple[Any, ...]]:
    rows = await database.rows(
        "SELECT position, left(hash, 2), kind, kept_position FROM ledger_doubts ORDER BY position"
    )
    return [tuple(row.values()) for row in rows]


async def test_heads_are_kept_by_position_and_the_same_head_again_changes_nothing(database: Database) -> None:
    for position, hash, minute in ((3, "aa", 1), (9, "bb", 2), (9, "bb", 2)):
        await told(database, position, hash, minute)
    assert await stored(database) == [(3, "aa"), (9, "bb")] and await doubts(database) == []


async def test_another_hash_at_a_kept_position_is_a_doubt_and_replaces_nothing(database: Database) -> None:
    for position, hash, minute in ((4, "aa", 1), (9, "bb", 2), (9, "cc", 3), (4, "dd", 4)):
        await told(database, position, hash, minute)
    assert await stored(database) == [(4, "aa"), (9, "bb")]
    assert await doubts(database) == [(4, "dd", "other_hash", 4), (9, "cc", "other_hash", 9)]


async def test_a_ledger_that_goes_back_is_a_doubt_but_a_late_message_is_not(database: Database) -> None:
    await told(database, 9, "bb", 5)
    await told(database, 4, "aa", 2)
    assert await doubts(database) == []
    await told(database, 7, "dd", 6)
    assert await stored(database) == [(4, "aa"), (9, "bb")]
    assert await doubts(database) == [(7, "dd", "went_back", 9)]


async def test_nobody_may_change_or_remove_a_kept_head(database: Database) -> None:
    await told(database, 9, "bb", 1)
    for statement in ("UPDATE ledger_heads SET position = 1", "DELETE FROM ledger_heads"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(database.pool, f"{database.service}_system") as tx:
                await tx.execute(statement)
    assert await stored(database) == [(9, "bb")]


async def test_the_supervisor_sees_heads_and_contradictions_and_nobody_else_does(
    database: Database, client: Callable[[Database], Awaitable[httpx.AsyncClient]]
) -> None:
    await told(database, 9, "bb", 1)
    await told(database, 9, "cc", 2)
    service = database.service
    http = await client(database)
    answers, fronts = {}, {}
    for role in ("supervisor", "organiser"):
        handle = new_id()
        async with transaction(database.pool, f"{service}_gate") as tx:
            await gate.grant(tx, handle, role)
            token = await gate.start(tx, new_id(), handle)
        for accept in ("application/json", "text/html"):
            headers = {"Accept": accept, "Cookie": f"laurel_{service}={token}"}
            answers[role, accept] = await http.get(f"/{service}/ledger-heads", headers=headers)
            fronts[role] = (await http.get(FRONTS[service], headers=headers)).text
    assert answers["organiser", "application/json"].status_code == 403
    found = answers["supervisor", "application/json"].json()
    assert [(each["position"], each["hash"]) for each in found["heads"]] == [(9, "bb" * 32)]
    assert [(each["kind"], each["head"]["hash"]) for each in found["doubts"]] == [("other_hash", "cc" * 32)]
    assert (
        "bbbb bbbb" in answers["supervisor", "text/html"].text
        and "cccc cccc" in answers["supervisor", "text/html"].text
    )
    assert "评分账本出现 1 处矛盾" in fronts["supervisor"] and "处矛盾" not in fronts["organiser"]
