"""The order of appearance and the blind codes of a division, drawn by lot. Pure: the seeds come in.

An *order* is the place in the hall, 1 first, drawn from a recorded seed that everybody at the meeting sees. A *code*
(评审号) stands for the entry while marks are given; its seed is sealed until the roll is opened, so that nobody can
work out who is behind a code. The two lots know nothing of each other.
Not here: who may take part (slice `admissions`), the sealed roll (slice `rolls`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from shared.errors import Fault, Faulty, Refused
from shared.ids import lot

LOWEST_CODE, HIGHEST_CODE = 101, 9999


class Draw(Struct, frozen=True, kw_only=True):
    """A meeting that was held: its seed, and the names on its presence list."""

    id: UUID
    division_id: UUID
    seed: bytes
    held_at: datetime
    held_by: UUID
    present: tuple[str, ...]


def present_names(lines: Iterable[str]) -> tuple[str, ...]:
    """The names of who is present, each once, blanks trimmed. Raises Faulty: present_absent (nobody watched)."""
    names = tuple(dict.fromkeys(name.strip()[:80] for line in lines for name in line.splitlines() if name.strip()))
    if not names:
        raise Faulty([Fault(code="present_absent", field="present")])
    return names


def order(seed: bytes, entries: Iterable[UUID]) -> dict[UUID, int]:
    """Entry id -> place in the order, from 1, gapless. Raises Refused: nobody_to_draw."""
    drawn = lot(seed, entries)
    if not drawn:
        raise Refused("nobody_to_draw")
    return {entry_id: n for n, entry_id in enumerate(drawn, start=1)}


def codes(seed: bytes, entries: Sequence[UUID], taken: frozenset[str]) -> dict[UUID, str]:
    """Entry id -> blind code: numbers drawn from a pool, none twice, none of those already given.

    The pool is 101…999, so that no code looks like a place in the order; it grows tenfold when more than half of it
    would be used, so that a code tells nothing about how many others there are.
    """
    highest = 999 if 2 * (len(entries) + len(taken)) <= 899 else HIGHEST_CODE
    pool = [str(n) for n in range(LOWEST_CODE, highest + 1) if str(n) not in taken]
    drawn = sorted(pool, key=lambda code: sha256(seed + b":code:" + code.encode()).digest())
    return dict(zip(lot(seed, entries), drawn, strict=False))
