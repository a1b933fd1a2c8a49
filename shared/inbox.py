"""Where an event takes effect: message id and change in one transaction, then the acknowledgement.

Redelivery and reorder change nothing: an id already in the inbox is only acknowledged, and an older `version` is the
handler's to ignore. What cannot be decoded, or fails `TRIES` times, goes to the dead letters, where an operator sees
and replays it; the next message goes on. A database that is away is no failure of the message.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from shared.bus import Bus, Msg, NatsError
from shared.clock import Clock
from shared.db import Pool, Transaction, is_away, transaction
from shared.events import Event, decode

log = structlog.get_logger()
TRIES = 5
Handle = Callable[[Transaction, Any, datetime], Awaitable[None]]


class NotYet(Exception):
    """The event is sound, but what it rests on has not arrived from another stream: it will be delivered again."""


class Consumer(Struct, frozen=True, kw_only=True):
    """One reader of one subject. name: the durable's name, `<service>_<plural noun>`; audience: its database role."""

    name: str
    stream: str
    subject: str
    reads: type[Event]
    handle: Handle
    audience: str


async def apply(pool: Pool, consumer: Consumer, message_id: str, subject: str, body: bytes, now: datetime) -> bool:
    """Let one message take effect once. False if it had already. Raises what the handler raises, and then nothing stays."""
    event = decode(consumer.reads, body)
    async with transaction(pool, consumer.audience) as tx:
        fresh = await tx.fetchval(
            """INSERT INTO inbox (consumer, message_id, subject) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING RETURNING true""",
            consumer.name, message_id, subject,
        )  # fmt: skip
        if fresh:
            await consumer.handle(tx, event, now)
        return bool(fresh)


class Inbox:
    """Runs the consumers of one service, each as a task that handles one message at a time, in stream order."""

    def __init__(self, pool: Pool, bus: Bus, clock: Clock, consumers: list[Consumer]) -> None:
        self._pool, self._bus, self._clock, self._consumers = pool, bus, clock, consumers
        self._failures: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(each), name=each.name) for each in self._consumers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, consumer: Consumer) -> None:
        async for message in self._bus.messages(consumer.stream, consumer.name):
            with suppress(NatsError):  # an acknowledgement that is lost only brings the message again
                await self._receive(consumer, message)

    async def _receive(self, consumer: Consumer, message: Msg) -> None:
        message_id = (message.headers or {}).get("Nats-Msg-Id") or f"{consumer.stream}:{message.metadata.sequence.stream}"
        while True:
            try:
                await apply(self._pool, consumer, message_id, message.subject, message.data, self._clock.now())
                break
            except NotYet as waits:
                log.info("event waits", consumer=consumer.name, reason=str(waits))
                await message.nak(delay=1)
                return
            except Exception as error:  # noqa: BLE001 - a failure of the message's own must not stop those behind it
                if is_away(error):
                    log.info("consumer waits for the database", consumer=consumer.name, error=type(error).__name__)
                    await asyncio.sleep(0.5)
                    await message.in_progress()
                    continue
                key = f"{consumer.name} {message_id}"
                self._failures[key] += 1
                undecodable = isinstance(error, msgspec.DecodeError)
                log.warning("event failed", consumer=consumer.name, subject=message.subject, error=repr(error)[:300])
                if not undecodable and self._failures[key] < TRIES:
                    await message.nak(delay=0.2 * 2 ** self._failures[key])
                    return
                await self._bury(consumer, message_id, message, type(error).__name__)
                break
        await message.ack()

    async def _bury(self, consumer: Consumer, message_id: str, message: Msg, reason: str) -> None:
        async with transaction(self._pool, consumer.audience) as tx:
            await tx.execute(
                """INSERT INTO dead_letters (consumer, message_id, subject, body, reason) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT DO NOTHING""",
                consumer.name, message_id, message.subject, message.data, reason,
            )  # fmt: skip


async def replay(pool: Pool, consumers: list[Consumer], letter_id: int, audience: str, now: datetime) -> bool:
    """Hand a dead letter to its consumer again; its mark and its effect are separate, the inbox keeps it to one effect."""
    async with transaction(pool, audience) as tx:
        row = await tx.fetchrow("SELECT consumer, message_id, subject, body FROM dead_letters WHERE id = $1", letter_id)
    if row is None:
        return False
    consumer = next(each for each in consumers if each.name == row["consumer"])
    await apply(pool, consumer, row["message_id"], row["subject"], row["body"], now)
    async with transaction(pool, audience) as tx:
        await tx.execute("UPDATE dead_letters SET replayed_at = clock_timestamp() WHERE id = $1", letter_id)
    return True
