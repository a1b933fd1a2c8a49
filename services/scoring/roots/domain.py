"""A Merkle tree over ledger entries (RFC 6962): leaf SHA-256(0x00 ‖ entry), node SHA-256(0x01 ‖ left ‖ right). Pure.

The leaves of a competition are the entries of its divisions up to the seal, divisions in the order of their ids. Above the
tree stands how far each division is sealed: SHA-256(0x02 ‖ tree ‖ that as JSON) is the root, so that a seal can be told from
one that was superseded.
Not here: what an entry says (ledger), who may be shown which entry (bundles).
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct


class Root(Struct, frozen=True, kw_only=True):
    """sealed: division (text, in order) -> how many of its entries are leaves; root: hexadecimal."""

    root: str
    size: int
    sealed: dict[str, int]

    def index(self, division_id: UUID, position: int) -> int:
        """Where an entry of a chain stands among all leaves."""
        before = [count for division, count in self.sealed.items() if division < str(division_id)]
        return sum(before) + position - 1


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The tree from its leaves to its root; a node without a neighbour goes up as it is. leaves: not empty."""
    found = [list(leaves)]
    while len(found[-1]) > 1:
        row = found[-1]
        pairs = [_node(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        found.append(pairs + row[2 * len(pairs) :])
    return found


def root_of(tree: Sequence[Sequence[bytes]], sealed: Mapping[str, int]) -> str:
    """The root over a tree, hexadecimal. sealed: division -> how many of its entries are leaves."""
    return hashlib.sha256(b"\2" + tree[-1][0] + _ends(sealed)).hexdigest()


def path(tree: Sequence[Sequence[bytes]], index: int, sealed: Mapping[str, int]) -> list[str]:
    """The neighbours on the way from a leaf to the top of the tree, each with its side ("l" or "r") before its hexadecimal
    text; at last "c" and how far each division is sealed."""
    found = []
    for row in tree[:-1]:
        neighbour = index ^ 1
        if neighbour < len(row):
            found.append(("l" if index % 2 else "r") + row[neighbour].hex())
        index //= 2
    return [*found, "c" + _ends(sealed).decode()]


def _ends(sealed: Mapping[str, int]) -> bytes:
    return msgspec.json.encode(sealed, order="sorted")


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
