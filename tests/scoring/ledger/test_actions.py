"""The ledger in PostgreSQL: gapless under concurrency, append-only by role and by trigger, people can be forgotten."""

import asyncio
import hashlib
from typing import Any

import asyncpg
import msgspec
import pytest

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Head, canonical, first_break, link
from shared.db import transaction
from shared.ids import new_id
from tests.scoring.samples import judge
from tests.scoring.stage import NOW

DIVISION = new_id()


def entry(number: int = 0, actor: Any = None) -> Entry:
    return Entry(division_id=DIVISION, kind="test", actor=actor, body={"n": number})


async def append(pool: Any, *entries: Entry) -> None:
    async with transaction(pool, "scoring_desk") as tx:
        await ledger.append(tx, list(entries), NOW)


async def test_a_chain_is_gapless_whoever_appends_at_once(scoring_database: Any) -> None:
    await asyncio.gather(*(append(scoring_database.pool, entry(n), entry(n), entry(n)) for n in range(20)))
    async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
        chain = await ledger.chain(tx, DIVISION)
        head = await ledger.head(tx, DIVISION)
    assert [each.position for each in chain] == list(range(1, 61))
    assert first_break(chain) is None
    assert (head.position, head.hash) == (60, chain[-1].hash)


@pytest.mark.parametrize("audience", ["writer", "desk", "supervisor", "system", "judge", "public"])
@pytest.mark.parametrize("sql", ["UPDATE ledger SET kind = 'x'", "DELETE FROM ledger", "TRUNCATE ledger CASCADE"])
async def test_no_role_may_change_the_ledger(scoring_database: Any, audience: str, sql: str) -> None:
    await append(scoring_database.pool, entry())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scoring_database.pool, f"scoring_{audience}") as tx:
            await tx.execute(sql)


@pytest.mark.parametrize("sql", ["UPDATE ledger SET kind = 'x'", "DELETE FROM ledger", "TRUNCATE ledger CASCADE"])
async def test_not_even_the_owner_changes_the_ledger_by_mistake(scoring_database: Any, sql: str) -> None:
    await append(scoring_database.pool, entry())
    with pytest.raises(asyncpg.RestrictViolationError):
        await scoring_database.execute(sql)


async def test_the_database_refuses_an_entry_that_does_not_follow(scoring_database: Any) -> None:
    await append(scoring_database.pool, entry())
    for position in (2, 3):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await scoring_database.execute(
                "INSERT INTO ledger (division_id, position, kind, at, body, hash) VALUES ($1, $2, 'x', $3, '{}', $4)",
                DIVISION, position, NOW, bytes(32),
            )  # fmt: skip


@pytest.mark.parametrize("audience", ["writer", "desk", "supervisor", "system", "member"])
@pytest.mark.parametrize("column", ["kind", "at", "position", "division"])
async def test_an_entry_whose_columns_say_something_else_than_its_text_is_refused(
    scoring_database: Any, audience: str, column: str
) -> None:
    await append(scoring_database.pool, entry())
    head = Head(1, await scoring_database.value("SELECT hash FROM ledger"))
    good = link(head, entry(), {}, NOW)
    said = good.fields | {column: {"at": "2026-05-16T00:00:00+00:00", "position": 3}.get(column, "other")}
    text = canonical(said)
    for body in (text, good.body):
        is_true = body is good.body
        values = (DIVISION, 2, "test", NOW, body, hashlib.sha256(head.hash + body.encode()).digest())
        try:
            async with transaction(scoring_database.pool, f"scoring_{audience}") as tx:
                await tx.execute("INSERT INTO ledger (division_id, position, kind, at, body, hash) VALUES ($1, $2, $3, $4, $5, $6)", *values)
        except asyncpg.IntegrityConstraintViolationError:
            assert not is_true
        else:
            assert is_true


@pytest.mark.parametrize("audience", ["writer", "desk", "supervisor", "system", "member"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_heads SET position = position + 1",
        "UPDATE ledger_heads SET position = position + 1, hash = sha256('x')",
        "INSERT INTO ledger_heads VALUES (gen_random_uuid(), 1, sha256('x'))",
        "INSERT INTO ledger_heads VALUES (gen_random_uuid(), 0, sha256('x'))",
    ],
)
async def test_a_head_that_is_no_entry_is_refused(scoring_database: Any, audience: str, sql: str) -> None:
    await append(scoring_database.pool, entry())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with transaction(scoring_database.pool, f"scoring_{audience}") as tx:
            await tx.execute(sql)


async def test_a_head_never_moves_back(scoring_database: Any) -> None:
    await append(scoring_database.pool, entry(), entry())
    with pytest.raises(asyncpg.RestrictViolationError):
        await scoring_database.execute("UPDATE ledger_heads SET position = 1")


async def test_a_person_can_be_forgotten_and_the_chain_still_holds(scoring_database: Any) -> None:
    await append(scoring_database.pool, entry(1, judge(1)), entry(2, judge(1)), entry(3, judge(2)))
    await scoring_database.execute("DELETE FROM ledger_people WHERE subject_id = $1", judge(1))
    async with transaction(scoring_database.pool, "scoring_system") as tx:
        chain, people = await ledger.chain(tx, DIVISION), await ledger.people(tx)
    assert first_break(chain) is None
    assert [people.get(each.fields["actor"]) for each in chain] == [None, None, judge(2)]
    assert str(judge(1)) not in "".join(each.body for each in chain)


async def test_one_person_has_one_commitment_whoever_writes_first(scoring_database: Any) -> None:
    await asyncio.gather(*(append(scoring_database.pool, entry(n, judge(1))) for n in range(8)))
    async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
        actors = {each.fields["actor"] for each in await ledger.chain(tx, DIVISION)}
    assert len(actors) == 1


async def told(database: Any) -> list[dict[str, Any]]:
    """Every head that left for the other services, in order."""
    rows = await database.rows("SELECT body FROM outbox WHERE subject = 'scoring.ledger.headed.v1' ORDER BY id")
    return [msgspec.json.decode(row["body"]) for row in rows]


async def test_each_minute_the_other_services_are_told_the_head_of_a_chain_that_has_grown(
    scoring_database: Any,
) -> None:
    for appended in (2, 0, 1, 0):
        await append(scoring_database.pool, *(entry(n) for n in range(appended)))
        async with transaction(scoring_database.pool, "scoring_system") as tx:
            await ledger.tell_heads(tx, NOW)
    async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
        chain = await ledger.chain(tx, DIVISION)
    heads = [
        (each["aggregate_id"], each["version"], each["ledger_position"], each["ledger_head"])
        for each in await told(scoring_database)
    ]
    assert heads == [(str(DIVISION), at, at, chain[at - 1].hash.hex()) for at in (2, 3)]


async def test_a_head_leaves_only_with_the_transaction_that_tells_it(scoring_database: Any) -> None:
    await append(scoring_database.pool, entry())
    with pytest.raises(RuntimeError):
        async with transaction(scoring_database.pool, "scoring_system") as tx:
            await ledger.tell_heads(tx, NOW)
            raise RuntimeError
    assert await told(scoring_database) == []
    assert await scoring_database.value("SELECT count(*) FROM ledger_told") == 0
