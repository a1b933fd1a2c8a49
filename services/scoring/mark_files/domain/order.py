"""The order in which people read names: numbers by their value, so that 2 comes before 10."""

import re

_NUMBER = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """A sort key: text and numbers in turn; the text itself parts what reads alike ("01" and "1")."""
    pieces = _NUMBER.split(text)
    return tuple(zip(pieces[::2], [*map(int, pieces[1::2]), -1], strict=True)), text
