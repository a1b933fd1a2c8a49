"""TOML that strangers upload: what is wrong with it is always a ValueError."""

import tomllib
from collections.abc import Callable
from typing import Any

DEEPEST = 50
INTEGERS = range(-(2**63), 2**63)
"""What the TOML standard calls an integer."""


def parsed(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of the text. Raises ValueError, which may hold "(at line …, column …)"."""
    try:
        values = tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(values)
    return values


def _check(values: dict[str, Any]) -> None:
    left: list[tuple[Any, int]] = [(values, 0)]
    while left:
        value, depth = left.pop()
        if isinstance(value, dict | list):
            if depth == DEEPEST:
                raise ValueError("nested too deeply")
            left += [(each, depth + 1) for each in (value.values() if isinstance(value, dict) else value)]
        elif isinstance(value, int) and value not in INTEGERS:
            raise ValueError("an integer beyond 64 bits")
