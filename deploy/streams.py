"""Streams and durable pull consumers: read from `streams.toml`, made or brought up to date with the admin key."""

import asyncio
import tomllib
from pathlib import Path

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

FILE = Path(__file__).resolve().with_name("streams.toml")
DUPLICATE_WINDOW_SECONDS = 600
ACK_WAIT_SECONDS = 30


class Stream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stream. Messages are kept for the season; `deny_delete` is off only where a person can be forgotten."""

    name: str
    subjects: list[str]
    deny_delete: bool
    max_msgs_per_subject: int = -1
    allow_direct: bool = False


class Consumer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One durable pull consumer of a service."""

    name: str
    stream: str
    subject: str
    service: str


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    stream: list[Stream]
    consumer: list[Consumer] = []


def read_streams() -> tuple[list[Stream], list[Consumer]]:
    """What `streams.toml` asks for."""
    plan = msgspec.convert(tomllib.loads(FILE.read_text()), Plan)
    return plan.stream, plan.consumer


async def provision(url: str, seed: str, replicas: int = 1, patience_seconds: float = 20) -> None:
    """Make or update every stream and consumer. Running it again changes nothing."""
    client = await _connect(url, seed, patience_seconds)
    try:
        jetstream = client.jetstream(timeout=10)
        streams, consumers = read_streams()
        for stream in streams:
            await _make_stream(jetstream, stream, replicas)
        for consumer in consumers:
            await jetstream.add_consumer(
                consumer.stream,
                ConsumerConfig(
                    durable_name=consumer.name,
                    filter_subject=consumer.subject,
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=ACK_WAIT_SECONDS,
                    max_deliver=-1,
                    deliver_policy=DeliverPolicy.ALL,
                ),
            )
    finally:
        await client.close()


async def _connect(url: str, seed: str, patience_seconds: float) -> Client:
    deadline = asyncio.get_running_loop().time() + patience_seconds
    while True:
        client = Client()
        try:
            await client.connect(url, nkeys_seed_str=seed, allow_reconnect=False, connect_timeout=2)
            await client.jetstream(timeout=2).account_info()
        except (NatsError, OSError, TimeoutError):
            await client.close()
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return client


async def _make_stream(jetstream: JetStreamContext, stream: Stream, replicas: int) -> None:
    config = StreamConfig(
        name=stream.name,
        subjects=stream.subjects,
        storage=StorageType.FILE,
        num_replicas=replicas,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        deny_delete=stream.deny_delete,
        max_msgs_per_subject=stream.max_msgs_per_subject,
        allow_direct=stream.allow_direct,
    )
    try:
        await jetstream.stream_info(stream.name)
    except NotFoundError:
        await jetstream.add_stream(config)
    else:
        await jetstream.update_stream(config)
