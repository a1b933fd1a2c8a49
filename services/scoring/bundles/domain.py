"""A bundle: canonical JSON in which nothing stands that the root, a chain or a hash does not cover. Pure.

public: what was released, each statement with its path to the root · own: one entry's statements and marks, judges by
random number · supervision: every entry of every chain. The other side of this is shared/verifier/verify.py.
Rule: services/scoring/README.md#bundles
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.ledger.domain import Recorded
from services.scoring.rolls.domain import Roll
from services.scoring.roots.domain import Root, path

FORMAT = "laurel-bundle-1"


class Seal(Struct, frozen=True, kw_only=True):
    """A seal as the ledger says it, with what it stated before."""

    entry: Recorded
    rule_hash: str
    stated: tuple[Recorded, ...]

    def of(self, entry_id: UUID | None, kinds: Sequence[str]) -> list[Recorded]:
        """What it states of an entry, or of all (None), and itself where it states anything."""
        found = [
            each
            for each in self.stated
            if each.kind in kinds and (entry_id is None or each.fields["body"]["entry"] == str(entry_id))
        ]
        return [*found, self.entry] if found else []


def statements(
    kind: str, root: Root, tree: Sequence[Sequence[bytes]], seals: Iterable[tuple[Seal, list[Recorded]]], rules: Mapping[str, str]
) -> bytes:
    """A public or own bundle. seals: each with what is shown of it; rules: hash -> canonical text, of all seals."""
    shown = [(seal, told) for seal, told in seals if told]
    leaves = sorted((root.index(each.division_id, each.position), each.body) for _, told in shown for each in told)
    return _encoded(
        kind,
        root,
        rules={seal.rule_hash: rules[seal.rule_hash] for seal, _ in shown},
        statements=[
            {"entry": body, "path": path(tree, index)} for index, body in leaves
        ],
    )


def supervision(
    root: Root,
    chains: Mapping[UUID, Sequence[Recorded]],
    rules: Mapping[str, str],
    rolls: Mapping[str, str],
    score_sets: Mapping[str, str],
) -> bytes:
    """The whole: chains up to their seals; rules, rolls and score sets by hash."""
    divisions = [
        {"division": str(division), "entries": [[each.hash.hex(), each.body] for each in chains[division]]}
        for division in sorted(chains, key=str)
    ]
    return _encoded("supervision", root, size=root.size, divisions=divisions, rules=rules, rolls=rolls, score_sets=score_sets)


def roll_text(roll: Roll) -> str:
    """The text that registration took a roll's hash of: its items in order of appearance, before the draw by code."""
    items = sorted(roll.items, key=lambda item: (item.order or 0, item.code))
    body = {"division_id": roll.division_id, "stage": roll.stage, "version": roll.version, "items": items}
    return msgspec.json.encode(body, order="sorted").decode()


def _encoded(kind: str, root: Root, **content: Any) -> bytes:
    bundle = {"format": FORMAT, "kind": kind, "root": root.root, **content}
    return msgspec.json.encode(bundle, order="sorted")
