"""Every event has a golden file that its producer and each of its readers decode; wiring and provisioning agree."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.streams import read_streams
from shared.events import decode, subject_of
from tests.contracts.source import SERVICES, events, plan

GOLDEN = Path(__file__).parent / "golden"
SUBJECT = re.compile(r"[a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*|members\.described\.v1\.\*")
FORBIDDEN = {"password", "mark", "marks", "role", "phone", "id_number", "born", "salt_key"}
PRODUCED = [event for service in SERVICES for event in events(service)]
CONSUMED = [(service, consumer) for service in SERVICES for consumer in plan(service).consumers]


def golden(subject: str) -> bytes:
    return (GOLDEN / f"{subject.removesuffix('.*')}.json").read_bytes()


@pytest.mark.parametrize("event", PRODUCED, ids=subject_of)
def test_the_producer_decodes_its_golden_file_and_writes_it_equal(event: type[Any]) -> None:
    body = golden(subject_of(event))
    assert msgspec.json.decode(msgspec.json.encode(decode(event, body))) == msgspec.json.decode(body)


@pytest.mark.parametrize(("service", "consumer"), CONSUMED, ids=lambda each: getattr(each, "name", each))
def test_the_reader_decodes_the_producers_golden_file(service: str, consumer: Any) -> None:
    body = golden(consumer.subject)
    assert isinstance(decode(consumer.reads, body), consumer.reads)


@pytest.mark.parametrize(("service", "consumer"), CONSUMED, ids=lambda each: getattr(each, "name", each))
def test_a_reader_skips_fields_it_does_not_know(service: str, consumer: Any) -> None:
    grown = msgspec.json.decode(golden(consumer.subject)) | {"added_later": [1, 2]}
    assert isinstance(decode(consumer.reads, msgspec.json.encode(grown)), consumer.reads)


def test_every_subject_is_a_fact_of_its_service() -> None:
    for service in SERVICES:
        for event in events(service):
            subject = subject_of(event)
            assert SUBJECT.fullmatch(subject), subject
            assert subject.startswith(f"{service}.") or (service == "registration" and subject.startswith("members."))


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {subject_of(event).removesuffix(".*") for event in PRODUCED}


@pytest.mark.parametrize("event", PRODUCED, ids=subject_of)
def test_no_role_mark_or_secret_crosses(event: type[Any]) -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for each in value.values() for name in names(each)}
        if isinstance(value, list):
            return {name for each in value for name in names(each)}
        return set()

    assert not names(msgspec.json.decode(golden(subject_of(event)))) & FORBIDDEN


def test_wired_consumers_are_exactly_the_provisioned_ones() -> None:
    _, provisioned = read_streams()
    wired = sorted((each.name, each.stream, each.subject, service) for service, each in CONSUMED)
    assert wired == sorted((each.name, each.stream, each.subject, each.service) for each in provisioned)


def test_a_durable_is_named_after_its_service() -> None:
    assert not [consumer.name for service, consumer in CONSUMED if not re.fullmatch(rf"{service}_[a-z_]+", consumer.name)]


def test_every_consumed_subject_is_produced() -> None:
    assert {consumer.subject for _, consumer in CONSUMED} <= {subject_of(event) for event in PRODUCED}
