"""What registration's events leave in scoring: once, whole, and the newest version."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.rolls import consumers
from services.scoring.rolls.consumers import ActivityHeard, RollHeard
from shared.db import Transaction, transaction
from shared.events import decode
from shared.ids import new_id
from shared.inbox import Consumer, apply
from tests.contracts.source import ROOT
from tests.scoring.stage import NOW

GOLDEN: Path = ROOT / "tests" / "contracts" / "golden"


@pytest.fixture
def told() -> list[UUID]:
    return []


@pytest.fixture
def readers(told: list[UUID]) -> dict[str, Consumer]:
    async def after(tx: Transaction, division_id: UUID) -> None:
        told.append(division_id)

    return {each.name: each for each in consumers.consumers(after)}


def golden(subject: str, **changes: Any) -> bytes:
    return msgspec.json.encode(msgspec.json.decode((GOLDEN / f"{subject}.json").read_bytes()) | changes)


async def deliver(database: Any, consumer: Consumer, body: bytes, message_id: str = "1") -> bool:
    return await apply(database.pool, consumer, message_id, consumer.subject, body, NOW)


async def test_an_opened_activity_is_kept_once_and_a_newer_version_replaces_it(
    scoring_database: Any, readers: dict[str, Consumer], told: list[UUID]
) -> None:
    body = golden("registration.activity.opened.v1", version=1)
    event = decode(ActivityHeard, body)
    assert await deliver(scoring_database, readers["scoring_activities"], body)
    assert not await deliver(scoring_database, readers["scoring_activities"], body)
    newer = golden("registration.activity.opened.v1", version=3, title="改名")
    older = golden("registration.activity.opened.v1", version=2, title="迟到")
    assert await deliver(scoring_database, readers["scoring_activities"], newer, "2")
    assert await deliver(scoring_database, readers["scoring_activities"], older, "3")
    rows = await scoring_database.rows("SELECT title, version FROM activities")
    assert [tuple(row.values()) for row in rows] == [("改名", 3)]
    assert await scoring_database.value("SELECT count(*) FROM divisions") == len(event.divisions)
    assert told == [each.division_id for each in event.divisions] * 2


async def test_a_sealed_roll_is_kept_whole_and_its_division_is_seated_in_the_same_transaction(
    scoring_database: Any, readers: dict[str, Consumer], told: list[UUID]
) -> None:
    body = golden("registration.roll.sealed.v1")
    event = decode(RollHeard, body)
    assert await deliver(scoring_database, readers["scoring_rolls"], body)
    assert not await deliver(scoring_database, readers["scoring_rolls"], body)
    assert await deliver(scoring_database, readers["scoring_rolls"], body, "again under another message id")
    assert told == [event.division_id]
    rows = await scoring_database.rows('SELECT entry_id, code, "order", title, unit_id, commitment FROM roll_items')
    stored = {tuple(row.values()) for row in rows}
    assert stored == {(i.entry_id, i.code, i.order, i.title, i.unit_id, i.commitment) for i in event.items}


async def test_a_failed_seating_leaves_no_roll(scoring_database: Any) -> None:
    async def after(tx: Transaction, division_id: UUID) -> None:
        raise RuntimeError("no seats")

    reader = next(each for each in consumers.consumers(after) if each.name == "scoring_rolls")
    with pytest.raises(RuntimeError):
        await deliver(scoring_database, reader, golden("registration.roll.sealed.v1"))
    assert await scoring_database.value("SELECT count(*) FROM rolls") == 0
    assert await scoring_database.value("SELECT count(*) FROM inbox") == 0


async def test_a_roll_without_an_order_is_the_preselections(scoring_database: Any, readers: dict[str, Consumer]) -> None:
    plain = msgspec.json.decode(golden("registration.roll.sealed.v1", stage="preselection", aggregate_id=str(new_id())))
    for item in plain["items"]:
        item["order"] = None
    assert await deliver(scoring_database, readers["scoring_rolls"], msgspec.json.encode(plain))
    async with transaction(scoring_database.pool, "scoring_desk") as tx:
        assert await tx.fetchval('SELECT count(*) FROM roll_lines WHERE "order" IS NULL') == len(plain["items"])
