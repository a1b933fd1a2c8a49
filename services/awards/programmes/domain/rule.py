"""The Structs of a programme's rule; ratios are pairs of integers, points are counts of the scorecard's unit."""

import hashlib
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shared.exact import Ratio

Base = Literal["due", "present", "issued", "valid"]
BASES: tuple[Base, ...] = ("due", "present", "issued", "valid")
Opinion = Literal["none", "veto"]
Phase = Literal["announced", "nominating", "examining", "voting", "after"]


class Stratum(Struct, frozen=True, kw_only=True):
    """A group of branch categories that has its own nominations and its own seats."""

    key: str
    title: str
    title_en: str = ""
    categories: tuple[str, ...]
    nominations: int
    seats: int


class Item(Struct, frozen=True, kw_only=True):
    """One line of the scorecard; `highest` counts the scorecard's unit."""

    key: str
    title: str
    title_en: str = ""
    highest: int


class Category(Struct, frozen=True, kw_only=True):
    """A heading of the scorecard (大项): the sum of its items."""

    key: str
    title: str
    title_en: str = ""
    items: tuple[Item, ...]

    @property
    def highest(self) -> int:
        return sum(item.highest for item in self.items)


class Scorecard(Struct, frozen=True, kw_only=True):
    """unit: one count is worth this much; pass_mark: counts needed, that number included."""

    unit: Ratio
    pass_mark: int
    zero_category_fails: bool
    categories: tuple[Category, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for category in self.categories for item in category.items)

    @property
    def highest(self) -> int:
        return sum(category.highest for category in self.categories)


class Reply(Struct, frozen=True, kw_only=True):
    """An office's answer about one branch ("*" = every nominated branch that no other reply of the office names)."""

    branch: str
    opinion: Opinion
    reference: str
    reason: str
    on: date


class Office(Struct, frozen=True, kw_only=True):
    """A consulted office; `replies` stand in a file for the rehearsal only."""

    office: str
    office_en: str = ""
    due: date
    replies: tuple[Reply, ...] = ()


class BallotRule(Struct, frozen=True, kw_only=True):
    """The ballot's rule, with no question left open.

    quorum: at least this share of `quorum_of` must be present. majority: `compare` says whether a candidate needs more
    than, or at least, this share of `majority_of`. supports: the most yes a voter may give in one stratum.
    rounds: how many votes are held at most; seats still open after the last stay empty.
    """

    due: int
    quorum: Ratio
    quorum_of: Base
    majority: Ratio
    majority_of: Base
    compare: Literal["more_than", "at_least"]
    supports: Literal["seats", "any"]
    tie: Literal["revote_tied", "fewer_no"]
    shortfall: Literal["leave_empty", "revote_rest"]
    rounds: int


class Programme(Struct, frozen=True, kw_only=True):
    """One award of one edition. Instants are aware UTC; deadlines are end-exclusive."""

    key: str
    title: str
    title_en: str = ""
    subject: Literal["branch"]
    edition: str
    document_no: str = ""
    opens: datetime
    nominations_close: datetime
    ballot_at: datetime
    ballot_closes: datetime
    tier: str
    tier_en: str = ""
    strata: tuple[Stratum, ...]
    scorecard: Scorecard
    offices: tuple[Office, ...]
    ballot: BallotRule
    absent: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    notice: dict[str, Any] = {}
    approval: dict[str, Any] = {}
    commendation: dict[str, Any] = {}

    def stratum_of(self, category: str) -> Stratum | None:
        return next((stratum for stratum in self.strata if category in stratum.categories), None)


def digest(programme: Programme) -> str:
    """SHA-256 of the rule as published: the same text for the same rule, whatever the order of the file's lines."""
    return hashlib.sha256(msgspec.json.encode(programme, order="deterministic")).hexdigest()


def phase(programme: Programme, now: datetime) -> Phase:
    """Where the programme's timetable stands; a ballot may still be open or undecided in "after"."""
    if now < programme.opens:
        return "announced"
    if now < programme.nominations_close:
        return "nominating"
    if now < programme.ballot_at:
        return "examining"
    return "voting" if now < programme.ballot_closes else "after"
