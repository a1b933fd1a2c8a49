"""Identifiers and the order of a lot."""

import hashlib
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from shared.ids import lot, new_id, opaque, secret_id


def test_a_new_id_is_a_uuid7_and_sorts_by_time() -> None:
    first, *rest = ids = [new_id() for _ in range(200)]
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {"specified in RFC 4122"}
    assert all(each.int >> 80 >= first.int >> 80 for each in rest)
    assert len(set(ids)) == 200


def test_a_secret_id_tells_no_time() -> None:
    assert secret_id().version == 4


def test_the_same_name_is_the_same_opaque_id_only_with_the_same_key_and_kind() -> None:
    assert opaque(b"k", "unit", "外国语学院") == opaque(b"k", "unit", "外国语学院")
    others = [(b"k", "unit", "a"), (b"k", "account", "a"), (b"j", "unit", "a"), (b"k", "unit", "b")]
    assert len({opaque(*each) for each in others}) == 4
    assert opaque(*others[0]).version == 8


def test_the_lot_is_the_order_of_the_published_hashes() -> None:
    ids = [UUID(int=number) for number in range(5)]
    by_hand = sorted(ids, key=lambda each: hashlib.sha256(b"\x01" * 32 + b":" + str(each).encode()).hexdigest())
    assert lot(b"\x01" * 32, ids) == by_hand


@given(some.binary(min_size=32, max_size=32), some.permutations([UUID(int=number) for number in range(8)]))
def test_the_lot_does_not_depend_on_the_order_of_the_list(seed: bytes, ids: list[UUID]) -> None:
    assert lot(seed, ids) == lot(seed, sorted(ids))
