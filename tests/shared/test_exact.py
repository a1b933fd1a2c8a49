"""Exact numbers against an independent oracle: Python's decimal with its own rounding modes."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared import exact
from shared.errors import Refused

MODES = {"half_up": ROUND_HALF_UP, "truncate": ROUND_DOWN, "half_even": ROUND_HALF_EVEN}


@given(some.integers(-10**9, 10**9), some.integers(0, 6), some.integers(0, 4), some.sampled_from(sorted(MODES)))
def test_rounding_equals_decimals_rounding(count: int, places: int, digits: int, mode: str) -> None:
    with localcontext(prec=60):
        expected = Decimal(count).scaleb(-places).quantize(Decimal(1).scaleb(-digits), rounding=MODES[mode])
    if expected == 0:
        expected = abs(expected)
    assert exact.rounded(Fraction(count, 10**places), digits, mode) == f"{expected:f}"


@pytest.mark.parametrize(
    ("value", "mode", "shown"),
    [
        (Fraction(2675, 1000), "half_up", "2.68"),  # binary floats give 2.67
        (Fraction(1, 3), "half_up", "0.33"),
        (Fraction(-1, 200), "half_up", "-0.01"),
        (Fraction(-1, 300), "half_up", "0.00"),
        (Fraction(11, 3), "truncate", "3.66"),
        (Fraction(125, 1000), "half_even", "0.12"),
    ],
)
def test_a_value_is_rounded_once_by_the_named_mode(value: Fraction, mode: exact.Rounding, shown: str) -> None:
    assert exact.rounded(value, 2, mode) == shown


@given(some.integers(-10**6, 10**6), some.sampled_from(["1", "0.1", "0.5", "0.25", "0.01"]))
def test_a_count_survives_its_text(count: int, unit: str) -> None:
    assert exact.count(exact.text(count, Fraction(unit)), Fraction(unit)) == count


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1E+999", "1e3", "", "12,5", "１２", "0x10", "--1", "1_000"])
def test_what_is_no_plain_decimal_is_no_mark(text: str) -> None:
    with pytest.raises(Refused) as told:
        exact.count(text, Fraction(1, 10))
    assert told.value.code == "mark_not_number"


def test_a_mark_that_is_no_multiple_of_the_unit_is_refused() -> None:
    with pytest.raises(Refused) as told:
        exact.count("18.55", Fraction(1, 10))
    assert (told.value.code, told.value.values) == ("mark_not_multiple", {"value": "18.55", "unit": "0.1"})


@pytest.mark.parametrize(("text", "value"), [("2/3", Fraction(2, 3)), ("85", Fraction(85)), ("0.1", Fraction(1, 10))])
def test_a_ratio_is_read_exactly(text: str, value: Fraction) -> None:
    assert exact.fraction(text) == value


@pytest.mark.parametrize("text", ["1/0", "half", "1/2/3", "60%"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        exact.fraction(text)
