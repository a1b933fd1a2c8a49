"""Which score set a division's awards rest on. Pure: no I/O, no clock, no randomness."""

from uuid import UUID

from msgspec import Struct


class Sealed(Struct, frozen=True, kw_only=True):
    """A sealed score set as far as the choice needs it."""

    id: UUID
    version: int
    supersedes: UUID | None


def newest(sets: list[Sealed]) -> Sealed | None:
    """The set that no other supersedes; the higher version where a link is missing, because deliveries may arrive out of order."""
    superseded = {each.supersedes for each in sets}
    heads = [each for each in sets if each.id not in superseded]
    return max(heads, key=lambda each: each.version, default=None)
