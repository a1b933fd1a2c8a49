"""The supervision bundle: canonical JSON in which nothing stands that the root, a chain or a hash does not cover. Pure.

Every entry of every chain; the public and the own bundle are made in proofs. The other side is shared/verifier/verify.py.
Rule: services/scoring/README.md#bundles
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import structs

from services.scoring.ledger.domain import Recorded
from services.scoring.proofs.domain import Shelved, encoded
from services.scoring.rolls.domain import Roll
from services.scoring.roots.domain import Root


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
    return encoded("supervision", root.root, size=root.size, divisions=divisions, rules=rules, rolls=rolls, score_sets=score_sets)


def roll_text(roll: Roll) -> str:
    """The text that registration took a roll's hash of: its items in order of appearance, before the draw by code."""
    items = sorted(roll.items, key=lambda item: (item.order or 0, item.code))
    body = {"division_id": roll.division_id, "stage": roll.stage, "version": roll.version, "items": items}
    return msgspec.json.encode(body, order="sorted").decode()


def merged(shelves: Iterable[Shelved]) -> list[Shelved]:
    """One line per activity, with all that any of the shelves has of it."""
    found: dict[str, Shelved] = {}
    for each in shelves:
        stands = found.setdefault(each.key, each)
        found[each.key] = structs.replace(stands, is_public=stands.is_public or each.is_public, own=stands.own or each.own)
    return sorted(found.values(), key=lambda each: each.key)
