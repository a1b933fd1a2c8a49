"""A freeze: what the public goes on seeing of a division until the freeze ends. Pure."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

KINDS = ("frozen", "thawed")


class Kept(Struct, frozen=True, kw_only=True):
    """One result that had been released."""

    entry_id: UUID
    code: str
    rank: int
    shown: str


class Freeze(Struct, frozen=True, kw_only=True):
    """position: of its ledger entry; thawed_position: of the entry that ended it."""

    id: UUID
    division_id: UUID
    kept: tuple[Kept, ...]
    position: int
    at: datetime
    thawed_position: int | None = None
