"""Outbox to inbox over a real NATS: each fact takes effect once, nothing waits behind a poisoned one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared import outbox
from shared.bus import Bus
from shared.clock import Clock
from shared.db import Transaction, transaction
from shared.events import Event
from shared.ids import new_id
from shared.inbox import Consumer, Inbox, NotYet, apply, replay
from shared.relay import Relay
from tests.conftest import Database, NatsServer

NOW = datetime(2026, 5, 16, tzinfo=UTC)


class Sealed(Event, frozen=True, kw_only=True, tag="registration.roll.sealed.v1"):
    """A stand-in for the roll, with a flag that makes its reader fail."""

    kind: str = "fine"


class Reader:
    """Notes what took effect in the reader's own database, and fails as the event asks."""

    def __init__(self) -> None:
        self.waits = 2

    async def handle(self, tx: Transaction, event: Sealed, now: datetime) -> None:
        if event.kind == "poisoned":
            raise RuntimeError("this event cannot be handled")
        if event.kind == "early" and self.waits:
            self.waits -= 1
            raise NotYet("something else has not arrived")
        await tx.execute("INSERT INTO outbox (subject, body) VALUES ('effect', $1)", str(event.aggregate_id).encode())


def consumer(reader: Reader) -> Consumer:
    return Consumer(
        name="scoring_rolls", stream="REGISTRATION", subject="registration.roll.sealed.v1", reads=Sealed,
        handle=reader.handle, audience="scoring_system",
    )  # fmt: skip


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for an awaitable condition to hold."""
    async with asyncio.timeout(seconds):
        while not await condition():  # type: ignore[misc]  # the condition is a coroutine function
            await asyncio.sleep(0.05)


async def effects(database: Database) -> list[str]:
    rows = await database.rows("SELECT body FROM outbox WHERE subject = 'effect' ORDER BY id")
    return [row["body"].decode() for row in rows]


@asynccontextmanager
async def sending(database: Database, server: NatsServer) -> AsyncIterator[Bus]:
    bus = Bus.connect(server.url, server.seed_file("registration"), "registration")
    relay = Relay(database.url, bus, "registration")
    relay.start()
    try:
        yield bus
    finally:
        await relay.stop()
        await bus.close()


@asynccontextmanager
async def receiving(database: Database, server: NatsServer, reader: Reader) -> AsyncIterator[None]:
    bus = Bus.connect(server.url, server.seed_file("scoring"), "scoring")
    inbox = Inbox(database.pool, bus, Clock(), [consumer(reader)])
    inbox.start()
    try:
        yield
    finally:
        await inbox.stop()
        await bus.close()


async def publish(database: Database, *kinds: str) -> list[str]:
    events = [Sealed(aggregate_id=new_id(), version=1, kind=kind) for kind in kinds]
    async with transaction(database.pool, "registration_system") as tx:
        await outbox.add(tx, *events)
    return [str(event.aggregate_id) for event in events]


async def test_an_event_takes_effect_once_in_order_and_a_poisoned_one_stops_nothing(
    registration_database: Database, scoring_database: Database, nats_server: NatsServer
) -> None:
    ids = await publish(registration_database, "fine", "poisoned", "fine", "fine")
    async with sending(registration_database, nats_server), receiving(scoring_database, nats_server, Reader()):
        await until(lambda: scoring_database.value("SELECT EXISTS (SELECT FROM dead_letters)"), 20)
        await until(lambda: registration_database.value("SELECT bool_and(published_at IS NOT NULL) FROM outbox"))
        assert await effects(scoring_database) == [ids[0], ids[2], ids[3]]
    letter = (await scoring_database.rows("SELECT consumer, subject, reason FROM dead_letters"))[0]
    assert tuple(letter) == ("scoring_rolls", "registration.roll.sealed.v1", "RuntimeError")


async def test_an_event_that_is_too_early_is_delivered_again_and_never_dies(
    registration_database: Database, scoring_database: Database, nats_server: NatsServer
) -> None:
    ids = await publish(registration_database, "early")
    async with sending(registration_database, nats_server), receiving(scoring_database, nats_server, Reader()):
        await until(lambda: effects(scoring_database), 15)
    assert await effects(scoring_database) == ids
    assert await scoring_database.value("SELECT count(*) FROM dead_letters") == 0


async def test_an_undecodable_message_goes_to_the_dead_letters_at_once(
    registration_database: Database, scoring_database: Database, nats_server: NatsServer
) -> None:
    async with sending(registration_database, nats_server) as bus, receiving(scoring_database, nats_server, Reader()):
        await until(lambda: _ready(bus))
        await bus.publish("registration.roll.sealed.v1", b"{not json", "broken-1")
        await until(lambda: scoring_database.value("SELECT EXISTS (SELECT FROM dead_letters)"))
    assert await scoring_database.value("SELECT message_id FROM dead_letters") == "broken-1"


async def _ready(bus: Bus) -> bool:
    return bus.is_ready


async def test_the_same_message_twice_is_one_effect(scoring_database: Database) -> None:
    reader, body = consumer(Reader()), b'{"subject":"registration.roll.sealed.v1","aggregate_id":"%s","version":1}' % str(new_id()).encode()
    outcomes = [await apply(scoring_database.pool, reader, "m-1", reader.subject, body, NOW) for _ in range(2)]
    assert outcomes == [True, False]
    assert len(await effects(scoring_database)) == 1


async def test_a_failed_handler_leaves_no_trace_so_the_message_can_come_again(scoring_database: Database) -> None:
    reader = consumer(Reader())
    body = b'{"subject":"registration.roll.sealed.v1","aggregate_id":"%s","version":1,"kind":"poisoned"}' % str(new_id()).encode()
    with pytest.raises(RuntimeError):
        await apply(scoring_database.pool, reader, "m-1", reader.subject, body, NOW)
    assert await scoring_database.value("SELECT count(*) FROM inbox") == 0


async def test_a_dead_letter_is_replayed_to_its_consumer_and_marked(scoring_database: Database) -> None:
    event_id: UUID = new_id()
    body = b'{"subject":"registration.roll.sealed.v1","aggregate_id":"%s","version":1}' % str(event_id).encode()
    letter = await scoring_database.value(
        """INSERT INTO dead_letters (consumer, message_id, subject, body, reason)
           VALUES ('scoring_rolls', 'm-9', 'registration.roll.sealed.v1', $1, 'RuntimeError') RETURNING id""",
        body,
    )
    assert await replay(scoring_database.pool, [consumer(Reader())], letter, "scoring_system", NOW)
    assert await effects(scoring_database) == [str(event_id)]
    assert await scoring_database.value("SELECT replayed_at IS NOT NULL FROM dead_letters")


async def test_the_relay_takes_over_what_a_killed_one_left_and_a_rolled_back_event_never_leaves(
    registration_database: Database, scoring_database: Database, nats_server: NatsServer
) -> None:
    with pytest.raises(RuntimeError):
        async with transaction(registration_database.pool, "registration_system") as tx:
            await outbox.add(tx, Sealed(aggregate_id=new_id(), version=1))
            raise RuntimeError("the business transaction fails")
    ids = await publish(registration_database, "fine")
    async with sending(registration_database, nats_server):
        await until(lambda: registration_database.value("SELECT bool_and(published_at IS NOT NULL) FROM outbox"))
    await registration_database.execute("UPDATE outbox SET published_at = NULL")  # as if killed before the mark
    async with sending(registration_database, nats_server), receiving(scoring_database, nats_server, Reader()):
        await until(lambda: registration_database.value("SELECT bool_and(published_at IS NOT NULL) FROM outbox"))
        await until(lambda: effects(scoring_database))
        await asyncio.sleep(0.5)
    assert await effects(scoring_database) == ids


async def test_a_persons_description_is_blanked_in_the_outbox_after_it_left(
    registration_database: Database, nats_server: NatsServer
) -> None:
    async with transaction(registration_database.pool, "registration_system") as tx:
        await tx.execute("INSERT INTO outbox (subject, body) VALUES ('members.described.v1.x', '{\"name\":\"林若溪\"}')")
    async with sending(registration_database, nats_server):
        await until(lambda: registration_database.value("SELECT published_at IS NOT NULL FROM outbox"))
    assert await registration_database.value("SELECT body FROM outbox") == b""
