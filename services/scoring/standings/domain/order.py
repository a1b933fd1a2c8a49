"""Entries in the order of their figures, kept so that one changed figure finds its place without sorting all again.

Entries of one figure stand in the order of their ids here; the tie chain parts them. Near ties hang together from the best
entry down, so they are not looked at.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from uuid import UUID

from msgspec import Struct
from sortedcontainers import SortedList

from services.scoring.rubrics.domain import Better

Key = tuple[Fraction, UUID]
"""Sorts the best figure first."""
LAST = UUID(int=2**128 - 1)


class Place(Struct, frozen=True, kw_only=True):
    """ahead: how many entries are better. tied: how many others have the same figure.

    above, below: the next entry on either side, better, worse or of the same figure.
    """

    ahead: int
    tied: int
    above: UUID | None
    below: UUID | None


class Order:
    """figures: entry -> what ranks."""

    def __init__(self, figures: Mapping[UUID, Fraction], better: Better) -> None:
        self._sign = 1 if better == "lower" else -1
        self._keys: dict[UUID, Key] = {entry: self._key(entry, figure) for entry, figure in figures.items()}
        self._order: SortedList = SortedList(self._keys.values())

    def __iter__(self) -> Iterator[UUID]:
        """The best first."""
        return (entry for _, entry in self._order)

    def change(self, entry: UUID, figure: Fraction) -> Place:
        """Give the entry another figure; where it stands now."""
        self._order.remove(self._keys[entry])
        self._keys[entry] = self._key(entry, figure)
        self._order.add(self._keys[entry])
        return self._place(self._keys[entry])

    def _place(self, key: Key) -> Place:
        at = self._order.bisect_left(key)
        ahead = self._order.bisect_left((key[0],))
        worse = self._order.bisect_right((key[0], LAST))
        return Place(ahead=ahead, tied=worse - ahead - 1, above=self._at(at - 1), below=self._at(at + 1))

    def _at(self, position: int) -> UUID | None:
        return self._order[position][1] if 0 <= position < len(self._order) else None

    def _key(self, entry: UUID, figure: Fraction) -> Key:
        return self._sign * figure, entry
