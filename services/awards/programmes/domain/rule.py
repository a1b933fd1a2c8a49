"""The Structs of a programme's rule; ratios are pairs of integers, points are counts of the scorecard's unit."""

import hashlib
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from pypinyin import lazy_pinyin

from shared.clock import local
from shared.errors import Fault
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
    """One award of one edition. Instants are aware UTC; deadlines are end-exclusive.

    absent, recused (account names) and the offices' replies are facts of a rehearsal: no part of the published rule.
    """

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

    def stratum_of(self, category: str) -> Stratum | None:
        return next((stratum for stratum in self.strata if category in stratum.categories), None)


def published(programme: Programme) -> Programme:
    """The rule as it is stored and shown: without the rehearsal's facts, which name people and hold reasons."""
    offices = tuple(msgspec.structs.replace(office, replies=()) for office in programme.offices)
    return msgspec.structs.replace(programme, offices=offices, absent=(), recused=())


def digest(programme: Programme) -> str:
    """SHA-256 of the rule as published: the same text for the same rule, whatever the order of the file's lines."""
    return hashlib.sha256(msgspec.json.encode(published(programme), order="deterministic")).hexdigest()


def phase(programme: Programme, now: datetime) -> Phase:
    """Where the programme's timetable stands; a ballot may still be open or undecided in "after"."""
    if now < programme.opens:
        return "announced"
    if now < programme.nominations_close:
        return "nominating"
    if now < programme.ballot_at:
        return "examining"
    return "voting" if now < programme.ballot_closes else "after"


class Branch(Struct, frozen=True, kw_only=True):
    """A branch of the union as this service knows it; its officer nominates it."""

    id: UUID
    code: str
    name: str
    name_key: str
    category: str
    officer_handle: UUID | None


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who is due at the ballot, in the order of the season file."""

    seat: int
    handle: UUID
    account: str
    name: str


def name_key(name: str) -> str:
    """Sorts Chinese names by pinyin, without a collation."""
    return " ".join(lazy_pinyin(name)).lower()


def places(programme: Programme) -> list[tuple[str, int]]:
    """One place for each nomination a stratum may take: stratum key and number."""
    return [(s.key, place) for s in programme.strata for place in range(1, s.nominations + 1)]


def check_references(
    programme: Programme, file: str, categories: dict[str, str], committee: list[str]
) -> list[Fault]:
    """Faults of names that nothing else in the season knows. categories: branch code -> category."""
    faults = []

    def fault(code: str, column: str, value: str, **values: str | int) -> None:
        faults.append(Fault(code=code, file=file, column=column, value=value, values=values))

    if programme.ballot.due != len(committee):
        fault("due_differs", "ballot.due", str(programme.ballot.due), committee=len(committee))
    for field, accounts in (("ballot.absent", programme.absent), ("ballot.recused", programme.recused)):
        for account in accounts:
            if account not in committee:
                fault("member_unknown", field, account)
    for stratum in programme.strata:
        for category in stratum.categories:
            if categories and category not in categories.values():
                fault("category_unknown", "stratum.categories", category)
    for office in programme.offices:
        for reply in office.replies:
            if categories and reply.branch != "*" and reply.branch not in categories:
                fault("branch_unknown", "consultation.reply.branch", reply.branch)
    return faults


def told(at: datetime) -> str:
    """An instant as a refusal tells it, in Asia/Shanghai."""
    return f"{local(at):%Y-%m-%d %H:%M}"
