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
from shared.errors import Fault, Faulty

STDIN = "-"


def rule(name: str) -> Rule:
    """The rule of a preset's name or of a path.

    Raises Missing: preset_unknown. Faulty: rule_from_memory, what is wrong with the file.
    """
    found = _from_file(name) if _is_path(name) else rubrics.preset(name).rule
    if found.from_memory:
        raise Faulty([Fault(code="rule_from_memory", file=name)])
    return found


def marks(name: str) -> MarkFile:
    """The rows of a file of marks, or of the standard input. Raises Faulty."""
    faults: list[Fault] = []
    content = sys.stdin.buffer.read() if name == STDIN and sys.stdin else _bytes(name, Path(name), faults)
    found = None if faults else domain.read(name, content, faults)
    if found is None or faults:
        raise Faulty(faults)
    return found


def opened(rules: Sequence[str], file: str) -> tuple[dict[str, Rule], MarkFile]:
    """The rules by name, and the marks. Raises Missing: preset_unknown. Faulty: what is wrong with any of the files."""
    read: dict[str, Rule] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(rules):
        try:
            read[name] = rule(name)
        except Faulty as faulty:
            faults += faulty.faults
    try:
        found = marks(file)
    except Faulty as faulty:
        raise Faulty(faults + faulty.faults) from None
    if faults:
        raise Faulty([*faults, *found.faults])
    return read, found


def score(rule: Rule, marks: MarkFile) -> Ranking:
    """The entries in rank order. Raises Faulty."""
    faults: list[Fault] = []
    found = domain.score(rule, marks, faults)
    if found is None:
        raise Faulty(faults)
    return found


def compare(rule: tuple[str, Rule], other: tuple[str, Rule], marks: MarkFile, edges: Sequence[int]) -> Change:
    """What the other rule would change; each comes with the name it was asked by. Raises Faulty.

    What is wrong under one rule only names that rule beside the file of marks.
    """
    wrong: tuple[list[Fault], list[Fault]] = ([], [])
    before, after = domain.score(rule[1], marks, wrong[0]), domain.score(other[1], marks, wrong[1])
    if before is None or after is None:
        here, there = ({msgspec.json.encode(each): each for each in faults} for faults in wrong)
        both = [fault for key, fault in here.items() if key in there]
        own = [_under(rule[0], fault) for key, fault in here.items() if key not in there]
        raise Faulty([*both, *own, *(_under(other[0], fault) for key, fault in there.items() if key not in here)])
    return domain.change(before.lines, after.lines, edges)


def _under(name: str, fault: Fault) -> Fault:
    return msgspec.structs.replace(fault, file=f"{fault.file} [{name}]")


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
