"""Takes events from the outbox to NATS: the only place that publishes into a stream.

One relay leads per service: it holds an advisory lock on the very connection that reads the outbox, so a second
process waits and takes over when the first is gone. Rows go in order of id, chosen by `published_at IS NULL` and never
by "id > last", since ids commit out of order. A crash between publish and UPDATE publishes again with the same
message id; the stream's window and the reader's inbox make that one effect.
"""

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from shared.bus import Bus, NatsError
from shared.db import UNAVAILABLE, Transaction

log = structlog.get_logger()
LEADERSHIP = 7_261_001
BATCH = 256


class Relay:
    """service: whose outbox, its role is `<service>_system`."""

    def __init__(self, database_url: str, bus: Bus, service: str) -> None:
        self._database_url = database_url
        self._bus = bus
        self._service = service
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._lead()
            except (*UNAVAILABLE, NatsError, asyncpg.PostgresError) as error:
                log.info("relay waits", error=str(error) or type(error).__name__)
                await asyncio.sleep(0.5)

    async def _lead(self) -> None:
        connection = await asyncpg.connect(self._database_url, timeout=5)
        try:
            await connection.execute(f"SET ROLE {self._service}_system")
            woken = asyncio.Event()
            await connection.add_listener("outbox", lambda *_: woken.set())
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADERSHIP):
                await asyncio.sleep(1)
            while True:
                woken.clear()
                if not await self._pass_on(connection):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), 1)
        finally:
            await connection.close(timeout=2)

    async def _pass_on(self, connection: Transaction) -> int:
        rows = await connection.fetch(
            "SELECT id, message_id, subject, body FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1", BATCH
        )
        sent: list[int] = []
        try:
            for row in rows:
                await self._bus.publish(row["subject"], row["body"], str(row["message_id"]))
                sent.append(row["id"])
        finally:
            if sent:
                await connection.execute(
                    """UPDATE outbox SET published_at = clock_timestamp(),
                              body = CASE WHEN subject LIKE 'members.%' THEN ''::bytea ELSE body END
                        WHERE id = ANY($1)""",
                    sent,
                )
        return len(rows)
