"""Sealed score sets and opened codes as awards keeps them, and which set counts. Pure: no I/O, no clock, no randomness."""

from uuid import UUID

from msgspec import Struct

from shared.exact import Ratio


class Item(Struct, frozen=True, kw_only=True):
    """One entry's place. result: exact; shown: as the rule writes it; decided_by: the step of the tie chain that was needed."""

    entry_id: UUID
    code: str
    rank: int
    result: Ratio
    shown: str
    decided_by: str = ""


class Sealed(Struct, frozen=True, kw_only=True):
    """The head of a sealed score set, without its items."""

    id: UUID
    version: int
    supersedes: UUID | None
    division_id: UUID
    roll_id: UUID
    roll_version: int
    roll_hash: str
    rule_hash: str
    ledger_position: int
    ledger_head: str
    hash: str


class Title(Struct, frozen=True, kw_only=True):
    """An entry on a sealed roll: code and course title, no name."""

    entry_id: UUID
    code: str
    title: str = ""


class OpenedCode(Struct, frozen=True, kw_only=True):
    """Whose code it was."""

    entry_id: UUID
    code: str
    person_id: UUID


class Line(Struct, frozen=True, kw_only=True):
    """One entry of the set that counts, with what else is known of it."""

    item: Item
    title: str
    person_id: UUID | None


class Results(Struct, frozen=True, kw_only=True):
    """A division as far as its events have arrived. is_opened: the names are known."""

    division_id: UUID | None
    sealed: Sealed | None
    lines: tuple[Line, ...]
    is_opened: bool


def newest(sets: list[Sealed]) -> Sealed | None:
    """The set that no other supersedes; of several the higher version: deliveries may arrive out of order."""
    superseded = {each.supersedes for each in sets}
    heads = [each for each in sets if each.id not in superseded]
    return max(heads, key=lambda each: each.version, default=None)
