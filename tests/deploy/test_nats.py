"""A service can publish its own events and read its own consumers, and nothing else: the server refuses it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NoAnswer

from deploy.embedded.nats import permissions
from deploy.streams import Consumer, provision, read_streams
from tests.conftest import NatsServer


@asynccontextmanager
async def signed_in(server: NatsServer, service: str) -> AsyncIterator[tuple[Client, list[str]]]:
    refusals: list[str] = []

    async def failed(error: Exception) -> None:
        refusals.append(str(error))

    client = Client()
    await client.connect(
        server.url, nkeys_seed=str(server.seed_file(service)), inbox_prefix=f"_INBOX_{service}".encode(), error_cb=failed
    )
    try:
        yield client, refusals
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("service", "subject"),
    [
        ("scoring", "registration.roll.sealed.v1"),
        ("awards", "scoring.score_set.sealed.v1"),
        ("registration", "awards.commendation.decided.v1"),
        ("scoring", "members.described.v1.0198c0de"),
    ],
)
async def test_publishing_another_services_event_is_refused(nats_server: NatsServer, service: str, subject: str) -> None:
    async with signed_in(nats_server, service) as (client, refusals):
        with pytest.raises(NoAnswer):
            await client.jetstream(timeout=1).publish(subject, b"{}")
        assert refusals == [f'nats: permissions violation for publish to "{subject}"']


@pytest.mark.parametrize(
    ("service", "subject", "stream"),
    [
        ("registration", "registration.roll.sealed.v1", "REGISTRATION"),
        ("registration", "members.described.v1.0198c0de", "MEMBERS"),
        ("scoring", "scoring.score_set.sealed.v1", "SCORING"),
        ("awards", "awards.commendation.decided.v1", "AWARDS"),
    ],
)
async def test_its_own_event_is_stored(nats_server: NatsServer, service: str, subject: str, stream: str) -> None:
    async with signed_in(nats_server, service) as (client, refusals):
        stored = await client.jetstream().publish(subject, b"{}")
        assert (stored.stream, stored.seq, refusals) == (stream, 1, [])


async def test_listening_to_another_services_answers_is_refused(nats_server: NatsServer) -> None:
    async with signed_in(nats_server, "scoring") as (client, refusals):
        for subject in ("_INBOX_registration.>", "registration.>", ">"):
            await client.subscribe(subject)
        await client.flush()
        await asyncio.sleep(0.1)
        assert len(refusals) == 3


async def test_a_service_cannot_change_streams_or_delete_messages(nats_server: NatsServer) -> None:
    async with signed_in(nats_server, "registration") as (client, refusals):
        for what in ("STREAM.DELETE.REGISTRATION", "STREAM.PURGE.REGISTRATION", "CONSUMER.CREATE.SCORING"):
            with pytest.raises(NoAnswer):
                await client.request(f"$JS.API.{what}", b"", timeout=0.5)
        assert len(refusals) == 3


async def test_nobody_without_a_key_is_let_in(nats_server: NatsServer) -> None:
    client = Client()
    with pytest.raises(Exception, match="(?i)authorization|nkey"):
        await client.connect(nats_server.url, allow_reconnect=False, connect_timeout=1)
    await client.close()


async def test_scoring_alone_may_read_single_messages_of_the_people_stream() -> None:
    reads = "$JS.API.DIRECT.GET.MEMBERS.>"
    assert [each for each in ("registration", "scoring", "awards") if reads in permissions(each, [])[0]] == ["scoring"]


def test_a_service_fetches_only_from_its_own_consumers() -> None:
    mine, other = (
        Consumer(name=f"{service}_score_sets", stream="SCORING", subject="scoring.score_set.sealed.v1", service=service)
        for service in ("awards", "registration")
    )
    publish, _ = permissions("awards", [mine, other])
    assert [subject for subject in publish if subject.startswith("$JS.")] == [
        "$JS.API.CONSUMER.MSG.NEXT.SCORING.awards_score_sets",
        "$JS.ACK.SCORING.awards_score_sets.>",
    ]


async def test_provisioning_twice_changes_nothing(nats_server: NatsServer) -> None:
    await provision(nats_server.url, nats_server.admin_seed)
    client = Client()
    await client.connect(nats_server.url, nkeys_seed_str=nats_server.admin_seed)
    streams, consumers = read_streams()
    found = {info.config.name: info for info in await client.jetstream().streams_info()}
    assert set(found) == {stream.name for stream in streams}
    for stream in streams:
        config = found[stream.name].config
        assert (config.deny_delete, config.duplicate_window, config.subjects) == (stream.deny_delete, 600, stream.subjects)
    durables = [info.name for stream in streams for info in await client.jetstream().consumers_info(stream.name)]
    assert sorted(durables) == sorted(consumer.name for consumer in consumers)
    await client.close()
