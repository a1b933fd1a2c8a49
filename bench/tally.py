"""The exact tally in integers against pure Decimal, and one changed sheet ranked again among many entries and among few.

Both sides of the tally begin with the marks as each likes them best (an array of counts, lists of Decimal), do the same
rule and must come to the same totals.
"""

import argparse
import sys
import tracemalloc
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np

from bench.pairs import compare, machine, repeated, timed
from services.scoring.rubrics.domain import Rule, read
from services.scoring.standings.domain.order import Order
from services.scoring.standings.domain.tally import Integers, Plan, plan, tally
from shared.errors import Fault

TALLY_GOAL, CHANGE_GOAL = 1 / 100, 3
MEMORY_BOUND = 2
"""The tally's own arrays take at most so many times what the marks take."""
JUDGES, CRITERIA, HIGHEST = 7, 10, 1000
CHANGES = 300
REPEATS = 10
"""So many tallies in a turn: one in Decimal takes as long as a hundred in integers."""
CENT = Decimal("0.01")

RULE = """
title = "Each criterion without its highest and lowest mark, half up to 0.01, added up"
version = 1
unit = "0.1"
aggregate = "trimmed_mean"
level = "criterion"
drop = { highest = 1, lowest = 1 }
fewest_marks = 5
missing = "no_lock"
recusal = "reserve"
tolerance = "none"
multiplier = "none"
factor = "1"
correction = "none"
ties = ["shared"]
rank_style = "1224"
near_tie = "none"
release = "ceremony"
board = "progress"
adjustment = "none"
deduction = "none"
[[rounding]]
at = "aggregate"
mode = "half_up"
digits = 2
[shown]
mode = "half_up"
digits = 2
[[part]]
key = "all"
title = "all"
when = "hall"
"""


def run(words: list[str]) -> dict[str, Any]:
    """words: what follows `bench tally` on the command line."""
    parser = argparse.ArgumentParser(prog="laurel bench tally", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="entries of the tally; the ranking has 10 times as many")
    parser.add_argument("--pairs", type=int, default=15, help="pairs of turns, at least 5")
    options = parser.parse_args(words)
    size, pairs = max(options.size, 10), options.pairs
    made, marks = plan(rule(), JUDGES), _marks(size)
    decimals = _decimals(marks)
    if _figures(made, marks) != [Fraction(each) for each in by_decimals(decimals)]:
        sys.exit("the two sides do not come to the same totals")
    integers = repeated(lambda: by_integers(made, marks), REPEATS)
    others = repeated(lambda: by_decimals(decimals))
    tallies = compare(("integers", "decimals"), integers, others, goal=TALLY_GOAL, pairs=pairs)
    many, few = _Ranked(10 * size), _Ranked(size // 10)
    sides = (f"among_{len(many.ids)}", f"among_{len(few.ids)}")
    return {
        **tallies,
        "equal": True,
        "changed_sheet": compare(sides, many.change, few.change, goal=CHANGE_GOAL, pairs=pairs),
        "new_place_alone": compare(sides, many.move, few.move, goal=CHANGE_GOAL, pairs=pairs),
        "memory": _memory(made, marks),
        "sizes": {"entries": size, "judges": JUDGES, "criteria": CRITERIA, "changes_a_turn": CHANGES},
        "versions": machine("numpy", "sortedcontainers"),
    }


def by_integers(made: Plan, marks: Integers) -> tuple[Integers, int]:
    return tally(made, marks).numerators()


def by_decimals(marks: list[list[list[Decimal]]]) -> list[Decimal]:
    """marks: entry -> criterion -> judges' marks."""
    totals, zero = [], Decimal(0)
    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        for entry in marks:
            total = zero
            for given in entry:
                kept = sorted(given)[1:-1]
                total += (sum(kept, zero) / len(kept)).quantize(CENT)
            totals.append(total)
    return totals


def rule() -> Rule:
    """One part of ten criteria, c0 to c9."""
    faults: list[Fault] = []
    rows = [f'[[part.criterion]]\nkey = "c{at}"\ntitle = "c{at}"\nhighest = "{HIGHEST // 10}"' for at in range(CRITERIA)]
    found = read("bench.toml", RULE + "\n".join(rows), faults)
    if found is None:
        raise ValueError(faults)
    return found


def _marks(entries: int) -> Integers:
    """[judge, entry, criterion]; the same each time."""
    return np.random.default_rng(2026).integers(0, HIGHEST + 1, (JUDGES, entries, CRITERIA), np.int64)


def _decimals(marks: Integers) -> list[list[list[Decimal]]]:
    return [[[Decimal(count) / 10 for count in given] for given in entry] for entry in marks.transpose(1, 2, 0).tolist()]


class _Ranked:
    """Entries in order, of which one sheet after another is changed."""

    def __init__(self, entries: int) -> None:
        ranked, self.marks = rule(), _marks(entries)
        self.plan = plan(ranked, JUDGES)
        self.ids = [UUID(int=at) for at in range(entries)]
        self.figures = _figures(self.plan, self.marks)
        self.order = Order(dict(zip(self.ids, self.figures, strict=True)), ranked.better)
        self.chance = np.random.default_rng(entries)

    def change(self) -> list[int]:
        """The entry's total is tallied again, and the entry finds its place among the others."""
        sheets = self.chance.integers(0, HIGHEST + 1, (CHANGES, CRITERIA), np.int64)
        return [timed(partial(self._change, self._any(), self._any() % JUDGES, sheet)) for sheet in sheets]

    def move(self) -> list[int]:
        """The new place alone, with a figure that was made before."""
        changes = [(self.ids[self._any()], self.figures[self._any()]) for _ in range(CHANGES)]
        return [timed(partial(self.order.change, *each)) for each in changes]

    def _any(self) -> int:
        return int(self.chance.integers(len(self.ids)))

    def _change(self, at: int, judge: int, sheet: Integers) -> None:
        self.marks[judge, at] = sheet
        (figure,) = _figures(self.plan, self.marks[:, at : at + 1])
        self.order.change(self.ids[at], figure)


def _figures(made: Plan, marks: Integers) -> list[Fraction]:
    numerators, denominator = by_integers(made, marks)
    return [Fraction(each, denominator) for each in numerators.tolist()]


def _memory(made: Plan, marks: Integers) -> dict[str, Any]:
    tracemalloc.start()
    by_integers(made, marks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    bound = MEMORY_BOUND * marks.nbytes
    return {"peak_bytes": peak, "bound_bytes": bound, "met": peak <= bound, "marks_bytes": marks.nbytes}
