"""Whether a head of a ledger can stand beside those kept before. Pure: no I/O, no clock, no randomness."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct


class Head(Struct, frozen=True, kw_only=True):
    """Where a division's ledger stood: position and hash (hexadecimal), told at `headed_at`."""

    division_id: UUID
    position: int
    hash: str
    headed_at: datetime


class Doubt(Struct, frozen=True, kw_only=True):
    """A head told to us that contradicts one we kept."""

    head: Head
    kind: Literal["other_hash", "went_back"]
    kept: Head


def doubt(head: Head, same: Head | None, newest: Head | None) -> Doubt | None:
    """What speaks against the head, if anything does. same: kept for its position; newest: the furthest one kept.

    A lower position told before the newest one is only late; told after it, the ledger has gone back.
    """
    if same and same.hash != head.hash:
        return Doubt(head=head, kind="other_hash", kept=same)
    if same is None and newest and newest.position > head.position and newest.headed_at < head.headed_at:
        return Doubt(head=head, kind="went_back", kept=newest)
    return None
