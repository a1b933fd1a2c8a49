"""The number of prizes of each tier, and whom they reach. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct


class Prize(Struct, frozen=True):
    """A tier's name and how many there are."""

    name: str
    name_en: str
    count: int


def tier_of(rank: int, ranks: Iterable[int], prizes: Sequence[Prize]) -> int | None:
    """The tier that a rank reaches, from 0: the first whose end lies at or behind the places of all who are ahead."""
    ahead, limit = sum(each < rank for each in ranks), 0
    for place, prize in enumerate(prizes):
        limit += prize.count
        if ahead < limit:
            return place
    return None
