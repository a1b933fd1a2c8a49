"""The running service takes activities and rolls from NATS, past a poisoned one."""

import asyncio
from typing import Any

import msgspec

from shared.bus import Bus
from tests.contracts.source import ROOT

GOLDEN = ROOT / "tests" / "contracts" / "golden"
OPENED, SEALED = "registration.activity.opened.v1", "registration.roll.sealed.v1"


async def test_a_poisoned_roll_does_not_hold_back_the_next(scoring_database: Any, nats_server: Any, client: Any) -> None:
    await client(scoring_database, nats_server)
    bus = Bus.connect(nats_server.url, nats_server.seed_file("registration"), "registration")

    async def buried() -> bool:
        return bool(await scoring_database.value("SELECT count(*) = 2 FROM dead_letters"))

    sealed = (GOLDEN / f"{SEALED}.json").read_bytes()
    try:
        async with asyncio.timeout(10):
            while not bus.is_ready:
                await asyncio.sleep(0.05)
        await bus.publish(OPENED, (GOLDEN / f"{OPENED}.json").read_bytes(), "1")
        await bus.publish(SEALED, b'{"subject": "registration.roll.sealed.v1", "items": 3}', "2")
        await bus.publish(SEALED, sealed.replace(b'"version": 2', b'"version": 1099511627776'), "too large to store")
        await bus.publish(SEALED, sealed, "3")
        await bus.publish(SEALED, sealed, "4")
        async with asyncio.timeout(30):
            while await scoring_database.value("SELECT count(*) FROM inbox") < 3 or not await buried():
                await asyncio.sleep(0.05)
    finally:
        await bus.close()
    items = msgspec.json.decode(sealed)["items"]
    assert await scoring_database.value("SELECT count(*) FROM roll_items") == len(items)
    assert await scoring_database.value("SELECT count(*) FROM rolls") == 1
    letters = await scoring_database.rows("SELECT consumer, message_id FROM dead_letters")
    assert {tuple(row.values()) for row in letters} == {("scoring_rolls", "2"), ("scoring_rolls", "too large to store")}
