"""Where in a TOML text a key stands, for faults that name their line. A reader's aid, not a TOML parser."""

import re

Path = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w.\-]+)\s*=")


def lines_of(text: str) -> dict[Path, int]:
    """Path of each table and key -> its line, the first is 1. ("part", 0, "title") is the title of the first part."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = _table(header[2].split("."), header[1] == "[[", counts)
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            steps = key[1].split(".")
            for length in range(1, len(steps) + 1):
                found.setdefault((*here, *steps[:length]), number)
    return found


def line_at(lines: dict[Path, int], path: Path) -> int:
    """The line of this path, or of the nearest table that holds it; what should stand above all tables: the first."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _table(names: list[str], is_array: bool, counts: dict[Path, int]) -> Path:
    here: Path = ()
    for position, name in enumerate(names, start=1):
        here = (*here, name)
        if position == len(names) and is_array:
            counts[here] = counts.get(here, 0) + 1
        if here in counts:
            here = (*here, counts[here] - 1)
    return here
