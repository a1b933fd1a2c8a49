"""Two rankings of the same marks compared: who moves, and who crosses the edge of a tier."""

from collections.abc import Sequence

from msgspec import Struct

from services.scoring.mark_files.domain.order import natural


class Scored(Struct, frozen=True):
    """One entry's place and its result as the rule shows it."""

    entry: str
    rank: int
    result: str


class Move(Struct, frozen=True, kw_only=True):
    """moved: places gained (+) or lost (-)."""

    entry: str
    rank_before: int
    rank_after: int
    moved: int
    result_before: str
    result_after: str


class Tier(Struct, frozen=True):
    """The places `first` to `last`, and who comes in or falls out."""

    first: int
    last: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


class Change(Struct, frozen=True):
    """moves: in the order of the new ranks. tiers: those that are not the same people any more."""

    moves: tuple[Move, ...]
    tiers: tuple[Tier, ...]


def change(before: Sequence[Scored], after: Sequence[Scored], edges: Sequence[int]) -> Change:
    """edges: the last place of each tier, rising."""
    was = {each.entry: each for each in before}
    moves = tuple(
        Move(
            entry=now.entry,
            rank_before=was[now.entry].rank,
            rank_after=now.rank,
            moved=was[now.entry].rank - now.rank,
            result_before=was[now.entry].result,
            result_after=now.result,
        )
        for now in after
        if was[now.entry].rank != now.rank
    )
    tiers = (
        _tier(before, after, first + 1, last) for first, last in zip((0, *edges[:-1]), edges, strict=True)
    )
    return Change(moves, tuple(tier for tier in tiers if tier.enters or tier.leaves))


def _tier(before: Sequence[Scored], after: Sequence[Scored], first: int, last: int) -> Tier:
    was, now = ({each.entry for each in some if first <= each.rank <= last} for some in (before, after))
    return Tier(first, last, tuple(sorted(now - was, key=natural)), tuple(sorted(was - now, key=natural)))
