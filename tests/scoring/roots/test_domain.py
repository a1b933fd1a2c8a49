from hashlib import sha256

import pytest

from services.scoring.roots.domain import Root, levels, path, root_of
from shared.verifier.verify import climb
from tests.scoring.samples import entry

VECTORS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Of the test vectors of Certificate Transparency (RFC 6962), for its first leaves."""


def leaf(content: bytes) -> bytes:
    return sha256(b"\0" + content).digest()


@pytest.mark.parametrize("size", ROOTS)
def test_the_tree_is_that_of_rfc_6962(size: int) -> None:
    leaves = [leaf(bytes.fromhex(each)) for each in VECTORS[:size]]
    assert levels(leaves)[-1][0].hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_path_leads_to_the_root_and_to_no_other(size: int) -> None:
    leaves = [leaf(bytes([at])) for at in range(size)]
    tree, ends = levels(leaves), {"division": size}
    root = root_of(tree, ends)
    for at, each in enumerate(leaves):
        assert climb(each, path(tree, at, ends)) == root
        assert climb(leaf(b"another"), path(tree, at, ends)) != root
        assert climb(each, path(tree, at, {"division": size + 1})) != root
        assert size == 1 or climb(each, path(tree, (at + 1) % size, ends)) != root


def test_an_entry_stands_behind_those_of_the_divisions_before_its_own() -> None:
    one, two = sorted((entry(1), entry(2)))
    root = Root(root="", size=7, sealed={f"{one}": 3, f"{two}": 4})
    assert [root.index(one, 1), root.index(one, 3), root.index(two, 1), root.index(two, 4)] == [0, 2, 3, 6]
