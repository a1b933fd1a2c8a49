"""Statements with their paths to the root, and the bundles made of them: canonical JSON. Pure.

The other side of this is shared/verifier/verify.py. Rule: services/scoring/README.md#bundles
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.ledger.domain import Recorded
from services.scoring.prizes.domain import Prize, tier_of
from services.scoring.roots.domain import Root, path
from services.scoring.rubrics.domain import Stage

FORMAT = "laurel-bundle-1"
SEALED, STATED, MARKS_STATED, RELEASED = "score_set_sealed", "stated", "marks_stated", "released"


class Statement(Struct, frozen=True, kw_only=True):
    """An entry of a ledger, and its path to the root. entry_id: whose it is, None for the seal itself."""

    division_id: UUID
    position: int
    root: str
    stage: Stage
    kind: str
    entry_id: UUID | None
    rule_hash: str
    body: str
    path: tuple[str, ...]


class Bundle(Struct, frozen=True):
    """A file and its SHA-256, hexadecimal."""

    content: bytes
    hash: str

    @classmethod
    def of(cls, content: bytes) -> "Bundle":
        return cls(content, hashlib.sha256(content).hexdigest())


class Shelved(Struct, frozen=True, kw_only=True):
    """An activity of which there are bundles for a reader. own: the reader's entries."""

    key: str
    title: str
    title_en: str
    root: str
    is_public: bool = False
    own: tuple[UUID, ...] = ()


def proved(root: Root, tree: Sequence[Sequence[bytes]], seal: Recorded, told: Iterable[Recorded]) -> list[Statement]:
    """A seal and what it states, each with its path. tree: of the root."""
    body = seal.fields["body"]
    return [
        Statement(
            division_id=each.division_id,
            position=each.position,
            root=root.root,
            stage=body["stage"],
            kind=each.kind,
            entry_id=None if each is seal else UUID(each.fields["body"]["entry"]),
            rule_hash=body["rule_hash"],
            body=each.body,
            path=tuple(path(tree, root.index(each.division_id, each.position), root.sealed)),
        )
        for each in [*told, seal]
    ]


def winners(statements: Sequence[Statement], prizes: Sequence[Prize]) -> list[Statement]:
    """Of one final, the results that its prizes reach, who ties at the edge included; all where no number is foreseen."""
    ranks = {each.position: msgspec.json.decode(each.body)["body"]["rank"] for each in statements if each.kind == STATED}
    return [
        each
        for each in statements
        if each.kind == SEALED
        or (each.kind == STATED and (not prizes or tier_of(ranks[each.position], ranks.values(), prizes) is not None))
    ]


def is_out(statements: Iterable[Statement], releases: Iterable[Recorded]) -> bool:
    """Whether the hall has seen every result of a final: a place among all tells of those who still wait."""
    shown = {
        UUID(item[0])
        for body in (each.fields["body"] for each in releases)
        if body["stage"] == "final"
        for item in body["items"]
    }
    return {each.entry_id for each in statements if each.kind == STATED} <= shown


def of_entry(statements: Iterable[Statement]) -> list[Statement]:
    """Of one entry's statements and its division's seals, those that belong together."""
    found = list(statements)
    stages = {each.stage for each in found if each.entry_id}
    return [each for each in found if each.stage in stages]


def bundle(kind: str, root: str, statements: Iterable[Statement], rules: Mapping[str, str]) -> bytes:
    """A public or own bundle. rules: hash -> canonical text, of all statements."""
    told = sorted(statements, key=lambda each: (str(each.division_id), each.position))
    rows = [{"entry": each.body, "path": each.path} for each in told]
    return encoded(kind, root, rules={each.rule_hash: rules[each.rule_hash] for each in told}, statements=rows)


def encoded(kind: str, root: str, **content: Any) -> bytes:
    """A bundle as a file."""
    return msgspec.json.encode({"format": FORMAT, "kind": kind, "root": root, **content}, order="sorted")


def differing(one: Collection[Statement], other: Collection[Statement]) -> int:
    """How many statements stand in one only, or otherwise in both."""
    return len({(each.division_id, each.position) for each in set(one) ^ set(other)})
