"""The one module that speaks NATS. Streams and consumers exist already: here they are only bound.

A forbidden publish is a bare timeout in the client; the server's reason arrives at `error`, is logged, and makes the
process not ready.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

log = structlog.get_logger()


class Bus:
    """One connection of one service, signed in with its nkey."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stream = client.jetstream(timeout=5)
        self._connecting: asyncio.Task[None] | None = None
        self._listening: list[asyncio.Task[None]] = []
        self.refusal = ""

    @classmethod
    def connect(cls, url: str, seed_file: Path, service: str) -> "Bus":
        """Begin to connect, and keep trying for ever: a service answers its browsers while NATS is away."""
        client = Client()
        bus = cls(client)

        async def failed(error: Exception) -> None:
            if "permissions violation" in str(error).lower():
                bus.refusal = str(error)
            log.warning("nats", error=str(error) or type(error).__name__)

        connecting = client.connect(
            url,
            nkeys_seed=str(seed_file),
            name=service,
            inbox_prefix=f"_INBOX_{service}".encode(),
            error_cb=failed,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # seconds, a fraction is accepted
            ping_interval=5,
            pending_size=0,
            allow_reconnect=True,
        )
        bus._connecting = asyncio.create_task(connecting, name="nats")
        return bus

    @property
    def is_ready(self) -> bool:
        return self._client.is_connected and not self.refusal

    async def publish(self, subject: str, body: bytes, message_id: str) -> None:
        """Store one message in its stream and wait for the stream's word. Raises NatsError."""
        self._require_connection()
        await self._stream.publish(subject, body, headers={"Nats-Msg-Id": message_id})

    async def messages(self, stream: str, durable: str, batch: int = 64) -> AsyncIterator[Msg]:
        """The messages of a provisioned pull consumer, for ever, in stream order; trouble is logged and retried.

        An idle consumer asks for one message: asked for more, the client holds the first back until its time is over.
        """
        while True:
            try:
                self._require_connection()
                consumer = await self._stream.pull_subscribe_bind(durable=durable, stream=stream)
                wanted = 1
                while True:
                    try:
                        fetched = await consumer.fetch(wanted, timeout=5 if wanted == 1 else 0.1)
                    except TimeoutError:
                        wanted = 1
                        continue
                    wanted = batch
                    for message in fetched:
                        yield message
            except (NatsError, OSError) as error:
                log.info("consumer waits for NATS", consumer=durable, error=str(error) or type(error).__name__)
                await asyncio.sleep(0.5)

    async def last(self, stream: str, subject: str) -> bytes | None:
        """The newest stored message on a subject, or None. Raises NatsError."""
        self._require_connection()
        try:
            found = await self._stream.get_last_msg(stream, subject, direct=True)
        except NotFoundError:
            return None
        return found.data

    async def send_live(self, subject: str, body: bytes) -> None:
        """Tell every process at once, without storing. A lost frame is replaced by the next one."""
        if self._client.is_connected:
            await self._client.publish(subject, body)

    async def on_live(self, subject: str, tell: Callable[[str, bytes], Awaitable[None]]) -> None:
        async def heard(message: Msg) -> None:
            await tell(message.subject, message.data)

        async def listen() -> None:
            if self._connecting:
                await asyncio.shield(self._connecting)
            await self._client.subscribe(subject, cb=heard)

        self._listening.append(asyncio.create_task(listen(), name=f"live {subject}"))

    async def close(self) -> None:
        for task in (*self._listening, self._connecting):
            if task and not task.done():
                task.cancel()
        await self._client.close()

    def _require_connection(self) -> None:
        if not self._client.is_connected:
            raise ConnectionClosedError


__all__ = ["Bus", "Msg", "NatsError"]
