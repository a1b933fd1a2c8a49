"""Exact numbers: a mark is a count of its unit, a total a ratio of integers, and rounding happens here, once.

Decimal text stands only in files and on pages; `count` and `text` convert at that edge. No float is used.
"""

import re
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from shared.errors import Refused

Rounding = Literal["half_up", "truncate", "half_even"]
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?")
_RATIO = re.compile(r"([0-9]{1,12})/([0-9]{1,12})")


class Ratio(Struct, frozen=True):
    """A rational number in lowest terms, as it travels: n over d, d > 0."""

    n: int
    d: int

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.n, self.d)

    @classmethod
    def of(cls, value: Fraction) -> "Ratio":
        return cls(value.numerator, value.denominator)


def fraction(text: str) -> Fraction:
    """Read "0.1", "85" or "2/3". Raises Refused: not_a_number."""
    text = text.strip()
    if ratio := _RATIO.fullmatch(text):
        if int(ratio[2]) == 0:
            raise Refused("not_a_number", value=text)
        return Fraction(int(ratio[1]), int(ratio[2]))
    if not _DECIMAL.fullmatch(text):
        raise Refused("not_a_number", value=text)
    return Fraction(text)


def count(text: str, unit: Fraction) -> int:
    """How many units the decimal text is: count("18.5", 1/10) = 185. Raises Refused: mark_not_number, mark_not_multiple."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise Refused("mark_not_number", value=text)
    units = Fraction(text.strip()) / unit
    if units.denominator != 1:
        raise Refused("mark_not_multiple", value=text, unit=plain(unit))
    return units.numerator


def text(count: int, unit: Fraction) -> str:
    """The decimal text of a count: text(185, 1/10) = "18.5", with as many digits as the unit has."""
    return rounded(count * unit, digits(unit), "half_up")


def digits(unit: Fraction) -> int:
    """Decimal places needed to write any multiple of the unit. Raises Refused: not_a_number for 1/3."""
    for places in range(10):
        if (unit * 10**places).denominator == 1:
            return places
    raise Refused("not_a_number", value=str(unit))


def plain(value: Fraction) -> str:
    """A terminating decimal without padding ("0.1", "20"); any other ratio as "n/d"."""
    try:
        return rounded(value, digits(value), "half_up")
    except Refused:
        return f"{value.numerator}/{value.denominator}"


def rounded(value: Fraction, digits: int, mode: Rounding) -> str:
    """Write the value with that many digits. half_up rounds away from zero at the half, truncate towards zero."""
    whole = _whole(abs(value) * 10**digits, mode)
    sign = "-" if value < 0 and whole else ""
    figures = str(whole).rjust(digits + 1, "0")
    return f"{sign}{figures[:-digits]}.{figures[-digits:]}" if digits else f"{sign}{figures}"


def multiple(value: Fraction, unit: Fraction, mode: Rounding) -> Fraction:
    """The value rounded to a multiple of the unit, in the same ways as `rounded`."""
    whole = _whole(abs(value) / unit, mode)
    return (-whole if value < 0 else whole) * unit


def _whole(value: Fraction, mode: Rounding) -> int:
    whole, rest = divmod(value.numerator, value.denominator)
    twice = 2 * rest
    up = twice > value.denominator or (twice == value.denominator and (mode == "half_up" or whole % 2 == 1))
    return whole + 1 if mode != "truncate" and up else whole
