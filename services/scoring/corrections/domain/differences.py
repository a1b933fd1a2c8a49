"""The standing before and after, who moves, and which prize edges change. Pure.

An *edge* is the rank with which the prizes of a tier end. Who gets a prize is awards' business: a tie across an edge is shown,
not decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from services.scoring.prizes.domain import Prize, tier_of
from services.scoring.score_sets.domain import ScoreItem
from services.scoring.standings.domain import Line, Standings
from shared.errors import Refused

MOST_PRIZES = 999


class Side(Struct, frozen=True, kw_only=True):
    """An entry before or after. rank: None without a result. tier: place of its tier from 0, None without one."""

    rank: int | None
    shown: str
    decided_by: str
    tier: int | None
    is_tied: bool


class Row(Struct, frozen=True, kw_only=True):
    entry_id: UUID
    code: str
    title: str
    before: Side
    after: Side

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    @property
    def rise(self) -> int:
        """Ranks gained; negative where it falls."""
        return (self.before.rank or 0) - (self.after.rank or 0) if self.before.rank and self.after.rank else 0


class Edge(Struct, frozen=True, kw_only=True):
    """The last rank of a tier: who comes in and who drops out. tied: codes that share the rank across it afterwards."""

    tier: int
    limit: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    tied: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        return bool(self.entering or self.leaving)


class Waiting(Struct, frozen=True):
    """A tie that would wait for people."""

    codes: tuple[str, ...]
    step: str


class Difference(Struct, frozen=True, kw_only=True):
    """position: of the ledger when it was computed; nothing may have been added since, or it must be looked at again.

    owed: how many marks would be missing; without: codes without a result.
    """

    position: int
    rows: tuple[Row, ...]
    edges: tuple[Edge, ...]
    waiting: tuple[Waiting, ...]
    owed: int
    without: tuple[str, ...]

    @property
    def changed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_changed)


def difference(
    before: Standings, after: Standings, codes: Mapping[UUID, tuple[str, str]], prizes: Sequence[Prize], position: int
) -> Difference:
    """codes: entry -> code and title. Rows in the order of the new ranks; those without a result at the end."""
    rows = rows_of(before.lines, after.lines, codes, prizes)
    return Difference(
        position=position,
        rows=rows,
        edges=tuple(edges(rows, prizes)),
        waiting=tuple(Waiting(tuple(sorted(codes[e][0] for e in tie.entries)), tie.step) for tie in after.pending),
        owed=len(after.unmarked),
        without=tuple(sorted(codes[entry][0] for entry in after.thin)),
    )


def rows_of(
    before: Sequence[Line | ScoreItem], after: Sequence[Line | ScoreItem], codes: Mapping[UUID, tuple[str, str]],
    prizes: Sequence[Prize],
) -> tuple[Row, ...]:  # fmt: skip
    left, right = _sides(before, codes, prizes), _sides(after, codes, prizes)
    rows = [
        Row(entry_id=entry, code=code, title=title, before=left[entry], after=right[entry])
        for entry, (code, title) in codes.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.after.rank is None, row.after.rank or 0, row.code)))


def _sides(lines: Sequence[Line | ScoreItem], codes: Iterable[UUID], prizes: Sequence[Prize]) -> dict[UUID, Side]:
    ranks = {line.entry_id: line.rank for line in lines}
    known = {
        line.entry_id: Side(
            rank=line.rank, shown=line.shown, decided_by=line.decided_by, tier=tier_of(line.rank, ranks.values(), prizes),
            is_tied=list(ranks.values()).count(line.rank) > 1,
        )
        for line in lines
    }  # fmt: skip
    nothing = Side(rank=None, shown="", decided_by="", tier=None, is_tied=False)
    return {entry: known.get(entry, nothing) for entry in codes}


def edges(rows: Sequence[Row], prizes: Sequence[Prize]) -> list[Edge]:
    """For the end of each tier, who comes in above it and who drops below."""
    found, limit = [], 0
    for place, prize in enumerate(prizes):
        limit += prize.count
        inside = [_inside(rows, limit, lambda row: row.before), _inside(rows, limit, lambda row: row.after)]
        held = sum(row.after.rank is not None and row.code in inside[1] for row in rows)
        last = max((row.after.rank or 0 for row in rows if row.code in inside[1]), default=0)
        found.append(
            Edge(
                tier=place,
                limit=limit,
                entering=tuple(sorted(inside[1] - inside[0])),
                leaving=tuple(sorted(inside[0] - inside[1])),
                tied=tuple(sorted(row.code for row in rows if row.after.rank == last)) if held > limit else (),
            )
        )
    return found


def _inside(rows: Sequence[Row], limit: int, side: Callable[[Row], Side]) -> set[str]:
    """Codes with fewer than `limit` entries ahead of them."""
    ranks = [rank for row in rows if (rank := side(row).rank) is not None]
    return {
        row.code for row in rows if (rank := side(row).rank) is not None and sum(each < rank for each in ranks) < limit
    }


def prizes_of(text: str) -> tuple[Prize, ...]:
    """Prize numbers as somebody types them: "2, 4, 5". Raises Refused: prizes_wrong."""
    words = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    counts = [word for word in words if word]
    if not all(word.isdecimal() and 0 < int(word) <= MOST_PRIZES for word in counts) or len(counts) > MOST_PRIZES:
        raise Refused("prizes_wrong", field="prizes")
    return tuple(Prize("", "", int(word)) for word in counts)
