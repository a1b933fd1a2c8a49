"""The codec of events: facts in the past tense, one frozen Struct per subject and version.

The Struct's tag is the subject: `class RollSealed(Event, frozen=True, kw_only=True, tag="registration.roll.sealed.v1")`.
Within a version fields are only added, with defaults. A reader declares its own narrow Struct with the same tag.
A subject that ends in `.*` (the people's stream) gets the aggregate's id as its last token.
"""

from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

E = TypeVar("E", bound="Event")
MOST_BYTES = 512 * 1024


class Event(Struct, frozen=True, kw_only=True, tag_field="subject"):
    """A whole public state of one aggregate; an older version may be ignored by a reader."""

    aggregate_id: UUID
    version: int


def subject(event: Event) -> str:
    """The NATS subject this event is published on."""
    return subject_of(type(event)).replace("*", str(event.aggregate_id))


def subject_of(kind: type[Event]) -> str:
    return str(kind.__struct_config__.tag)


def encode(event: Event) -> bytes:
    """The event's JSON. Raises ValueError over 512 KiB: an aggregate that large is refused at its opening."""
    body = msgspec.json.encode(event)
    if len(body) > MOST_BYTES:
        raise ValueError(f"{subject(event)} has {len(body)} bytes, at most {MOST_BYTES} may travel")
    return body


def decode(kind: type[E], body: bytes) -> E:
    """Raises msgspec.DecodeError or ValidationError; unknown fields are skipped."""
    return msgspec.json.decode(body, type=kind)
