"""The chain: each entry's canonical JSON and hash = SHA-256(previous ‖ entry), positions gapless from 1.

People stand in it as salted commitments; whoever forgets the salt forgets the person, and the chain still verifies.
Not here: what an entry means (the slice that appends it knows), who holds a commitment (store).
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

GENESIS = bytes(32)
"""What the first entry of each chain follows."""


class Entry(Struct, frozen=True, kw_only=True):
    """Something to append. actor: who did it, None for the installation itself; subjects: name -> person it concerns.

    body: what the entry's kind says, ids as UUIDs or as their text, without names and without ids of people.
    """

    division_id: UUID
    kind: str
    actor: UUID | None
    body: dict[str, Any]
    subjects: dict[str, UUID] = {}


class Head(Struct, frozen=True):
    """The last position of a chain and its hash; position 0 is an empty chain."""

    position: int
    hash: bytes


class Recorded(Struct, frozen=True, kw_only=True):
    """An entry as it stands in the chain. body: its canonical JSON text, of which the hash is taken."""

    division_id: UUID
    position: int
    kind: str
    at: datetime
    body: str
    hash: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The entry's JSON, read back."""
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


def commitment(salt: bytes, subject: UUID) -> str:
    """What stands for a person: SHA-256(salt ‖ id in its usual text form), hexadecimal."""
    return hashlib.sha256(salt + str(subject).encode()).hexdigest()


def canonical(fields: dict[str, Any]) -> str:
    """JSON with sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(fields, order="sorted").decode()


def link(head: Head, entry: Entry, commitments: dict[UUID, str], at: datetime) -> Recorded:
    """The entry as the next one of the chain. at: aware; written in UTC to the microsecond."""
    position = head.position + 1
    fields = {
        "actor": commitments[entry.actor] if entry.actor else None,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "body": entry.body,
        "division": entry.division_id,
        "kind": entry.kind,
        "position": position,
        "subjects": {name: commitments[subject] for name, subject in entry.subjects.items()},
    }
    body = canonical(fields)
    digest = hashlib.sha256(head.hash + body.encode()).digest()
    return Recorded(division_id=entry.division_id, position=position, kind=entry.kind, at=at, body=body, hash=digest)


def chain(
    heads: dict[UUID, Head], entries: Sequence[Entry], commitments: dict[UUID, str], at: datetime
) -> list[Recorded]:
    """Link entries of any divisions to their heads, in the order given."""
    heads, recorded = dict(heads), []
    for entry in entries:
        made = link(heads[entry.division_id], entry, commitments, at)
        heads[entry.division_id] = Head(made.position, made.hash)
        recorded.append(made)
    return recorded


def first_break(recorded: Iterable[Recorded]) -> int | None:
    """The first position at which a chain does not hold, None if it holds whole."""
    head = Head(0, GENESIS)
    for entry in recorded:
        digest = hashlib.sha256(head.hash + entry.body.encode()).digest()
        if entry.position != head.position + 1 or entry.hash != digest or entry.fields["position"] != entry.position:
            return head.position + 1
        head = Head(entry.position, entry.hash)
    return None


def people_of(entries: Iterable[Entry]) -> set[UUID]:
    """Everybody who will stand in these entries."""
    return {who for entry in entries for who in (entry.actor, *entry.subjects.values()) if who}
