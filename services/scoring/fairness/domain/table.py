"""Ratings as numpy arrays. Advisory only: figures here are floats and never come back into a result.

Equality of marks stays exact: `level` numbers the distinct marks in rising order. Not here: reading files (mark_files).
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from services.scoring.mark_files.domain import natural
from shared.errors import Refused

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Name = TypeVar("Name")
MOST_NAMED = 20


class Rating(Struct, frozen=True):
    """One mark that was given; criterion is "" where there is one only."""

    entry: str
    judge: str
    criterion: str
    mark: Fraction


class Table(Struct, frozen=True, kw_only=True):
    """Marks in long form: row m is mark `levels[level[m]]` for entries[entry[m]] by judges[judge[m]] in one criterion."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    criteria: tuple[str, ...]
    levels: tuple[Fraction, ...]
    entry: Integers
    judge: Integers
    criterion: Integers
    level: Integers

    @property
    def marks(self) -> Floats:
        return np.array([float(level) for level in self.levels])[self.level]

    def only(self, rows: NDArray[np.bool_]) -> "Table":
        """These rows alone; what is not in them any more is left out of the names too."""
        entries, entry = _kept(self.entries, self.entry[rows])
        judges, judge = _kept(self.judges, self.judge[rows])
        criteria, criterion = _kept(self.criteria, self.criterion[rows])
        levels, level = _kept(self.levels, self.level[rows])
        return Table(
            entries=entries, judges=judges, criteria=criteria, levels=levels,
            entry=entry, judge=judge, criterion=criterion, level=level,
        )  # fmt: skip


class Group(Struct, frozen=True):
    """Judges and contestants that are linked with one another and with nobody else."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]


def table(ratings: Iterable[Rating]) -> Table:
    """The ratings in arrays; names in natural order, so the order of the input is not seen."""
    rows = list(ratings)
    entries, entry = _numbered([row.entry for row in rows])
    judges, judge = _numbered([row.judge for row in rows])
    criteria, criterion = _numbered([row.criterion for row in rows])
    marks = [row.mark for row in rows]
    levels = sorted(set(marks))
    place = {mark: at for at, mark in enumerate(levels)}
    return Table(
        entries=entries, judges=judges, criteria=criteria, levels=tuple(levels),
        entry=entry, judge=judge, criterion=criterion, level=np.array([place[mark] for mark in marks], dtype=np.int64),
    )  # fmt: skip


def totals(ratings: Sequence[Rating]) -> list[Rating]:
    """Each judge's exact sum over the criteria, for entries that the judge has marked in all of them."""
    criteria = {row.criterion for row in ratings}
    sums: dict[tuple[str, str], tuple[int, Fraction]] = {}
    for row in ratings:
        given, total = sums.get((row.entry, row.judge), (0, Fraction(0)))
        sums[row.entry, row.judge] = given + 1, total + row.mark
    return [Rating(e, j, "", total) for (e, j), (given, total) in sums.items() if given == len(criteria)]


def groups(table: Table) -> list[Group]:
    """Contestants and judges linked by marks, the largest group first. One group: everybody can be compared."""
    entries, judges = len(table.entries), len(table.judges)
    links = coo_array(
        (np.ones(len(table.entry)), (table.entry, table.judge + entries)), shape=(entries + judges, entries + judges)
    )
    count, label = connected_components(links, directed=False)
    found = [
        Group(
            tuple(table.entries[at] for at in np.flatnonzero(label[:entries] == each)),
            tuple(table.judges[at] for at in np.flatnonzero(label[entries:] == each)),
        )
        for each in range(count)
    ]
    return sorted(found, key=lambda group: (-len(group.entries), group.entries, group.judges))


def check_linked(table: Table) -> None:
    """Raises Refused: panels_not_linked (groups: their judges and contestants, one group a line)."""
    found = groups(table)
    if len(found) > 1:
        named = [f"  {', '.join(group.judges)}: {_few(group.entries)}" for group in found]
        raise Refused("panels_not_linked", groups="\n".join(named))


def is_complete(table: Table) -> bool:
    """Whether every judge has marked every contestant in every criterion, once."""
    shape = (len(table.entries), len(table.judges), len(table.criteria))
    if len(table.entry) != math.prod(shape) or not table.entries:
        return False
    return len(np.unique(np.ravel_multi_index((table.entry, table.judge, table.criterion), shape))) == math.prod(shape)


def _few(names: tuple[str, ...]) -> str:
    more = f" … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _numbered(values: list[str]) -> tuple[tuple[str, ...], Integers]:
    names = sorted(set(values), key=natural)
    place = {name: at for at, name in enumerate(names)}
    return tuple(names), np.array([place[value] for value in values], dtype=np.int64)


def _kept(names: tuple[Name, ...], places: Integers) -> tuple[tuple[Name, ...], Integers]:
    used, renumbered = np.unique(places, return_inverse=True)
    return tuple(names[at] for at in used), renumbered.astype(np.int64)
