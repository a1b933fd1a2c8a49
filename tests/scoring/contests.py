"""A whole contest in one value, given to the engine and to the verifier's second implementation alike.

`golden` reads the cases of tests/scoring/presets/*.json, whose results were worked out from the rules' own words, not by
the engine. A cell is "part/criterion", its text holds one mark per judge: a mark, "." none given, "-" not on this panel,
"R" recused.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.rubrics.domain import Criterion, Item, Part, Rule, Scale, canonical, read
from services.scoring.rubrics.domain.figures import count
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Deducted, Facts, Standings, TieLot, TieVote, standings
from shared.exact import Ratio
from shared.verifier.verify import recompute

PRESETS = Path("services/scoring/presets")
GOLDEN = Path("tests/scoring/presets")
NAMES = sorted(file.stem for file in PRESETS.glob("*.toml"))

Line = tuple[int, UUID, str, Fraction, str]
"""Rank, entry, the result as shown, the result, what decided."""


@dataclass
class Contest:
    """marks: (judge, entry, part) -> mark key -> count. votes: (tied entries, [(judge, entry named)])."""

    rule: Rule
    entries: list[UUID]
    seats: list[Assigned]
    marks: dict[tuple[UUID, UUID, str], dict[str, int]]
    facts: Facts = field(default_factory=Facts)
    votes: list[tuple[frozenset[UUID], list[tuple[UUID, UUID]]]] = field(default_factory=list)
    lots: list[tuple[frozenset[UUID], bytes]] = field(default_factory=list)

    def by_engine(self) -> Standings:
        sheets = [Marked(judge_id=j, entry_id=e, part=p, marks=marks) for (j, e, p), marks in self.marks.items()]
        votes = [TieVote(entries=tied, votes=tuple(named), minutes="1") for tied, named in self.votes]
        lots = [TieLot(entries=tied, seed=seed) for tied, seed in self.lots]
        return standings(self.rule, self.entries, self.seats, sheets, votes, lots, self.facts)

    def by_verifier(self) -> tuple[list[Line], set[tuple[frozenset[UUID], str]]]:
        """The lines in order and the ties that wait for people, from the program that anybody can run."""
        facts = {
            "deductions": [(f"{each.entry_id}", each.key, f"{each.quantity}") for each in self.facts.deductions],
            "adjustments": {f"{entry}": f"{points}" for entry, points in self.facts.adjustments.items()},
            "difficulties": {(f"{e}", p, c): f"{value}" for (e, p, c), value in self.facts.difficulties.items()},
        }
        found = recompute(
            _canonical(self.rule),
            [f"{entry}" for entry in self.entries],
            [(f"{each.judge_id}", f"{each.entry_id}", each.part, each.state) for each in self.seats],
            {(f"{j}", f"{e}", p): marks for (j, e, p), marks in self.marks.items()},
            [([f"{e}" for e in tied], [(f"{j}", f"{e}") for j, e in named]) for tied, named in self.votes],
            [([f"{e}" for e in tied], seed) for tied, seed in self.lots],
            facts,
        )
        lines = [(x["rank"], UUID(x["entry"]), x["shown"], x["result"], x["decided_by"]) for x in found["lines"]]
        return lines, {(frozenset(map(UUID, tied)), step) for tied, step in found["pending"]}


@lru_cache(maxsize=4096)
def _canonical(rule: Rule) -> str:
    return canonical(rule).decode()


def lines_of(found: Standings) -> list[Line]:
    return [(x.rank, x.entry_id, x.shown, x.result.fraction, x.decided_by) for x in found.lines]


def pending_of(found: Standings) -> set[tuple[frozenset[UUID], str]]:
    return {(frozenset(each.entries), each.step) for each in found.pending}


@cache
def preset(name: str) -> Rule:
    """A preset's rule, whether or not it is confirmed."""
    faults: list[Any] = []
    rule = read(f"{name}.toml", (PRESETS / f"{name}.toml").read_text(encoding="utf-8"), faults)
    assert rule is not None, faults
    return rule


def entry(name: str) -> UUID:
    return UUID(int=0xE0000 + int.from_bytes(name.encode()))


def judge(number: int) -> UUID:
    return UUID(int=0xA0000 + number)


def opened(rule: Rule, cells: Iterable[tuple[str, str]]) -> Rule:
    """A rule that takes its criteria from the marks, with these. Any other rule as it is."""
    if rule.parts:
        return rule
    scale = rule.open_scale or Scale(kind="points", unit=Ratio(1, 100), lowest=0, highest=10**6, grades=(), steps=())
    named = dict.fromkeys(cells)
    parts = [
        msgspec.structs.replace(
            _PART, key=part, criteria=tuple(_criterion(key, scale) for of, key in named if of == part)
        )
        for part in dict.fromkeys(part for part, _ in named)
    ]
    return msgspec.structs.replace(rule, parts=tuple(parts))


_PART = Part(key="", title="", title_en="", when="hall", weight=Ratio(1, 1), judging=None, criteria=())


def _criterion(key: str, scale: Scale) -> Criterion:
    item = Item(key="", title=key, title_en="", scale=scale, bands=())
    return Criterion(key=key, title=key, title_en="", weight=Ratio(1, 1), items=(item,))


def golden(rule: Rule, case: dict[str, Any]) -> Contest:
    """The contest of a golden case."""
    rule = opened(rule, [_place(cell) for texts in case["marks"].values() for cell in texts])
    contest = Contest(rule, [entry(name) for name in case["marks"]], [], {})
    for name, texts in case["marks"].items():
        _enter(contest, entry(name), {_place(cell): text.split() for cell, text in texts.items()})
    contest.facts = Facts(
        deductions=tuple(Deducted(entry(name), key, Fraction(each)) for name, key, each in case.get("deductions", [])),
        adjustments={entry(name): Fraction(each) for name, each in case.get("adjustments", {}).items()},
        difficulties={
            (entry(name), *_place(cell)): Fraction(each)
            for name, cells in case.get("difficulties", {}).items()
            for cell, each in cells.items()
        },
    )
    for vote in case.get("votes", []):
        named = [(judge(number), entry(each)) for number, each in enumerate(vote["named"].split(), start=1)]
        contest.votes.append((frozenset(map(entry, vote["of"])), named))
    contest.lots = [(frozenset(map(entry, lot["of"])), bytes.fromhex(lot["seed"])) for lot in case.get("lots", [])]
    return contest


def _enter(contest: Contest, who: UUID, texts: dict[tuple[str, str], list[str]]) -> None:
    """Seat the judges part by part as the texts say, and enter what they gave."""
    for part in contest.rule.parts:
        own = {key: texts[part.key, key] for key in part.cells if (part.key, key) in texts}
        for place in range(max(map(len, own.values()), default=0)):
            given = {key: row[place] for key, row in own.items() if place < len(row)}
            if set(given.values()) == {"-"}:
                continue
            state = "recused" if "R" in given.values() else "judging"
            contest.seats.append(Assigned(judge(place + 1), who, part.key, state))  # type: ignore[arg-type]  # one of two words
            marks = {key: count(part.cells[key].scale, text) for key, text in given.items() if text not in (".", "R")}
            if marks:
                contest.marks[judge(place + 1), who, part.key] = marks


def _place(cell: str) -> tuple[str, str]:
    part, _, criterion = cell.partition("/")
    return part, criterion


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


def names_of(entries: Iterable[UUID], case: dict[str, Any]) -> list[str]:
    """The names that a case gives these entries, in order."""
    return sorted(name for name in case["marks"] if entry(name) in set(entries))
