"""Score files from a terminal: find the rule, read the marks, write the answer. No database, no service."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from services.scoring.mark_files import domain
from services.scoring.mark_files.domain import Change, MarkFile, Ranking
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Rule
from shared.errors import Fault, Faulty, Refused

STDIN = "-"


def rule(name: str) -> Rule:
    """The rule of a preset's name or of a path.

    Raises Missing: preset_unknown. Refused: rule_from_memory. Faulty: what is wrong with the file.
    """
    found = _from_file(name) if _is_path(name) else rubrics.preset(name).rule
    if found.from_memory:
        raise Refused("rule_from_memory")
    return found


def marks(name: str) -> MarkFile:
    """The rows of a file of marks, or of the standard input. Raises Faulty."""
    faults: list[Fault] = []
    content = sys.stdin.buffer.read() if name == STDIN and sys.stdin else _bytes(name, Path(name), faults)
    found = None if faults else domain.read(name, content, faults)
    if found is None or faults:
        raise Faulty(faults)
    return found


def score(rule: Rule, marks: MarkFile) -> Ranking:
    """The entries in rank order. Raises Faulty."""
    faults: list[Fault] = []
    found = domain.score(rule, marks, faults)
    if found is None:
        raise Faulty(faults)
    return found


def compare(rule: Rule, other: Rule, marks: MarkFile, edges: Sequence[int]) -> Change:
    """What the other rule would change. Raises Faulty, with what is wrong under either rule."""
    faults: list[Fault] = []
    before, after = domain.score(rule, marks, faults), domain.score(other, marks, faults)
    if before is None or after is None:
        raise Faulty(list({msgspec.json.encode(fault): fault for fault in faults}.values()))
    return domain.change(before.lines, after.lines, edges)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV as every program reads it: commas, quotes only where needed, LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def moved(change: Change) -> str:
    """Who moves, as CSV."""
    header = ("entry", "rank_before", "rank_after", "moved", "result_before", "result_after")
    return table(
        header,
        [(m.entry, m.rank_before, m.rank_after, m.moved, m.result_before, m.result_after) for m in change.moves],
    )


def tiers(change: Change) -> str:
    """The tiers that change, as CSV; several names in one cell are parted by semicolons."""
    rows = [
        (
            f"{tier.first}" if tier.first == tier.last else f"{tier.first}-{tier.last}",
            ";".join(tier.enters),
            ";".join(tier.leaves),
        )
        for tier in change.tiers
    ]
    return table(("places", "enters", "leaves"), rows)


def json(answer: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n"


def _is_path(name: str) -> bool:
    """A preset's name comes before a file of the same name; a word that is neither is a preset nobody knows."""
    path = Path(name)
    return name not in rubrics.presets() and (path.is_file() or bool(path.suffix) or len(path.parts) > 1)


def _from_file(name: str) -> Rule:
    faults: list[Fault] = []
    content = _bytes(name, Path(name), faults)
    try:
        found = None if faults else rubrics.read(name, content.decode("utf-8-sig"), faults)
    except UnicodeDecodeError:
        raise Faulty([Fault(code="file_not_utf8", file=name)]) from None
    if found is None:
        raise Faulty(faults)
    return found


def _bytes(name: str, path: Path, faults: list[Fault]) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        faults.append(Fault(code="path_absent", file=name))
    except OSError:
        faults.append(Fault(code="path_unreadable", file=name))
    return b""
