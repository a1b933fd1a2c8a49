"""The sealed roll names nobody, and binds everybody."""

from hashlib import sha256
from uuid import UUID

import pytest

from services.registration.events import RollLine
from services.registration.rolls.domain import arranged, check_size, checked, commitment, is_open, opened_by, roll_hash
from shared.errors import NotAllowed, Refused

DIVISION, UNIT, ONE, TWO = (UUID(int=n) for n in range(1, 5))


def item(n: int, order: int | None = None, salted: str = "00") -> RollLine:
    return RollLine(entry_id=UUID(int=n), code=str(900 - n), order=order, title="课", unit_id=UNIT, commitment=salted)


def test_the_commitment_is_the_hash_of_salt_and_person() -> None:
    assert commitment(b"s" * 32, ONE) == sha256(b"s" * 32 + ONE.bytes).hexdigest()


def test_the_hash_does_not_depend_on_the_order_in_which_rows_are_read() -> None:
    items = [item(10, 2), item(11, 1)]
    assert roll_hash(DIVISION, "final", 1, items) == roll_hash(DIVISION, "final", 1, items[::-1])
    assert roll_hash(DIVISION, "final", 1, items) != roll_hash(DIVISION, "final", 2, items)


def test_items_stand_in_the_order_of_appearance_before_the_draw_by_code() -> None:
    assert [i.order for i in arranged([item(10, 2), item(11, 1)])] == [1, 2]
    assert [i.code for i in arranged([item(10), item(11)])] == ["889", "890"]


def test_a_roll_without_anybody_is_refused() -> None:
    with pytest.raises(Refused, match="roll_empty"):
        checked([], None)


def test_a_version_that_changes_nothing_is_refused_whatever_its_salts() -> None:
    with pytest.raises(Refused, match="roll_unchanged"):
        checked([item(10, 1, "aa")], [item(10, 1, "bb")])


def test_a_withdrawal_leaves_the_number_empty() -> None:
    sealed = checked([item(10, 1), item(12, 3)], [item(10, 1), item(11, 2), item(12, 3)])
    assert [i.order for i in sealed] == [1, 3]


def test_two_people_open_a_roll() -> None:
    one = opened_by({}, "organiser", ONE)
    assert not is_open(one)
    assert is_open(opened_by(one, "supervisor", TWO))
    with pytest.raises(NotAllowed, match="two_people_open"):
        opened_by(one, "supervisor", ONE)


def test_a_roll_that_cannot_travel_is_refused() -> None:
    check_size(512 * 1024)
    with pytest.raises(Refused, match="roll_too_large"):
        check_size(512 * 1024 + 1)
