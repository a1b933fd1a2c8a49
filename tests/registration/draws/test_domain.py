"""The lot for the order can be repeated by anybody; a code tells nothing about the order."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.draws.domain import codes, order
from shared.errors import Refused

PEOPLE = [UUID(int=n) for n in range(1, 21)]
seeds = st.binary(min_size=32, max_size=32)


@given(seeds)
def test_the_order_is_gapless_from_one_and_can_be_repeated_with_the_seed(seed: bytes) -> None:
    drawn = order(seed, PEOPLE)
    assert sorted(drawn.values()) == list(range(1, 21))
    assert order(seed, reversed(PEOPLE)) == drawn


def test_a_draw_without_anybody_is_refused() -> None:
    with pytest.raises(Refused, match="nobody_to_draw"):
        order(bytes(32), [])


@given(seeds, st.integers(0, 20))
def test_no_code_is_given_twice_even_in_a_second_draw(seed: bytes, first: int) -> None:
    early = codes(seed, PEOPLE[:first], frozenset())
    late = codes(seed[::-1], PEOPLE[first:], frozenset(early.values()))
    assert len({*early.values(), *late.values()}) == 20


def test_codes_do_not_follow_the_order() -> None:
    seed, secret = bytes(range(32)), bytes(range(32, 64))
    by_order = sorted(PEOPLE, key=order(seed, PEOPLE).__getitem__)
    given_codes = codes(secret, PEOPLE, frozenset())
    assert [given_codes[e] for e in by_order] != sorted(given_codes.values())


def test_a_division_of_two_thousand_has_codes_enough() -> None:
    many = [UUID(int=n) for n in range(2000)]
    assert len(set(codes(bytes(32), many, frozenset()).values())) == 2000
