"""The order in which people read names: numbers by their value, so that 2 comes before 10."""

import re

_NUMBER = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[tuple[str, tuple[int, str]], ...], str]:
    """A sort key: text and numbers in turn; the text itself parts what reads alike ("01" and "1")."""
    pieces = _NUMBER.split(text)
    return tuple(zip(pieces[::2], [*map(_value, pieces[1::2]), (-1, "")], strict=True)), text


def _value(digits: str) -> tuple[int, str]:
    """Sorts as the number does, however long it is."""
    figures = digits.lstrip("0")
    return len(figures), figures
