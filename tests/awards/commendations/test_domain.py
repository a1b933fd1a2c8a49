"""Numbers of certificates and the date of a decision."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.awards.commendations.domain import Award, check_decision, is_number, number
from shared.errors import Refused


@given(st.integers(2000, 2099), st.integers(1, 9999))
def test_every_number_proves_itself(year: int, serial: int) -> None:
    assert is_number(number(year, serial).lower())


@given(st.integers(1, 9999), st.integers(0, 3), st.integers(1, 9))
def test_one_wrong_digit_is_found(serial: int, place: int, shift: int) -> None:
    text = number(2026, serial)
    at = 5 + place
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    assert not is_number(wrong)


@given(st.integers(1, 9999), st.integers(0, 2))
def test_two_neighbours_swapped_are_found(serial: int, place: int) -> None:
    text = number(2026, serial)
    at = 5 + place
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert swapped == text or not is_number(swapped)


@pytest.mark.parametrize("text", ["", "2026", "2026-0001", "2026-0001-", "二〇二六-0001-K", "²⁰²⁶-0001-0"])
def test_other_text_is_no_number(text: str) -> None:
    assert not is_number(text)


def test_a_decision_follows_the_approval() -> None:
    award = Award(
        id=UUID(int=1),
        subject_kind="entry",
        subject_id=UUID(int=2),
        tier="一等奖",
        position=1,
        approved_on=date(2026, 6, 3),
    )
    check_decision([award], date(2026, 6, 5), date(2026, 6, 5))
    for awards, on, code in (
        ([], date(2026, 6, 5), "nothing_to_decide"),
        ([award], date(2026, 6, 2), "decision_before_approval"),
        ([award], date(2026, 6, 6), "date_ahead"),
    ):
        with pytest.raises(Refused, match=code):
            check_decision(awards, on, date(2026, 6, 5))
