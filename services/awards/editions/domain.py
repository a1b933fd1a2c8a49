"""Which prize each rank brings, and how far an award list has come. Pure: no I/O, no clock, no randomness.

A *tier* is a prize with a count, or the rest. A *standing* is a rank of a sealed score set. An *edition* is one award list
under way. Not here: how a rank comes about (scoring), who won a ballot (ballots).
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.errors import Conflict, Fault, Refused

TierTies = Literal["", "expand", "shrink"]
State = Literal["open", "proposed", "on_notice", "approved", "decided", "issued"]
STATES: tuple[State, ...] = ("open", "proposed", "on_notice", "approved", "decided", "issued")


class Tier(Struct, frozen=True, kw_only=True):
    """count: how many prizes; None: everybody left with a result."""

    name: str
    name_en: str = ""
    count: int | None = None


class Division(Struct, frozen=True, kw_only=True):
    """tier_ties: what becomes of a tie across a tier's edge; empty where the rule's tie chain cannot end shared."""

    key: str
    title: str
    title_en: str = ""
    tiers: tuple[Tier, ...] = ()
    tier_ties: TierTies = ""


class NoticePlan(Struct, frozen=True, kw_only=True):
    """days: counted days; unit: working days or days of the calendar."""

    starts: date | None = None
    days: int
    unit: Literal["workday", "day"]
    count_first_day: bool
    contact: str


class ApprovalPlan(Struct, frozen=True, kw_only=True):
    body: str
    on: date | None = None
    document_no: str = ""


class CommendationPlan(Struct, frozen=True, kw_only=True):
    document_no: str = ""
    on: date | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What the season foresees; what really happens is recorded when it happens."""

    notice: NoticePlan
    approval: ApprovalPlan
    commendation: CommendationPlan


class Opening(Struct, frozen=True, kw_only=True):
    """An edition as the season folder states it."""

    key: str
    kind: Literal["competition", "programme"]
    title: str
    title_en: str = ""
    organisation: str
    language: str
    divisions: tuple[Division, ...]
    plan: Plan


class Edition(Struct, frozen=True, kw_only=True):
    id: UUID
    season_id: UUID
    kind: str
    key: str
    title: str
    title_en: str
    organisation: str
    language: str
    divisions: tuple[Division, ...]
    plan: Plan
    state: State
    proposal_id: UUID | None

    def division(self, key: str) -> Division:
        """Raises Refused: division_unknown."""
        for each in self.divisions:
            if each.key == key:
                return each
        raise Refused("division_unknown", division=key)


class Standing(Struct, frozen=True):
    entry_id: UUID
    rank: int


class ProposedAward(Struct, frozen=True, kw_only=True):
    """One line of a proposed list. subject_id: the entry, branch or person; result: as shown, never posted."""

    subject_kind: Literal["entry", "branch", "person"]
    subject_id: UUID
    person_id: UUID | None = None
    name: str
    name_key: str
    unit: str = ""
    division_key: str
    division: str
    division_en: str = ""
    work: str = ""
    code: str = ""
    rank: int | None = None
    result: str = ""
    tier: str
    tier_en: str = ""
    tier_position: int = 1


class ExtraPrize(Struct, frozen=True):
    """More prizes of a tier, by a minute of the leading group."""

    division_key: str
    tier: str
    more: int
    minute: str


def enlarged(division: Division, extras: Iterable[ExtraPrize]) -> tuple[Tier, ...]:
    """The division's tiers with the prizes that recorded minutes added."""
    added = [each for each in extras if each.division_key == division.key]
    return tuple(
        tier if tier.count is None
        else msgspec.structs.replace(tier, count=tier.count + sum(e.more for e in added if e.tier == tier.name))
        for tier in division.tiers
    )  # fmt: skip


def assign(standings: Sequence[Standing], tiers: Sequence[Tier], ties: TierTies) -> dict[UUID, int]:
    """The tier of each entry, as its place (0 first) in `tiers`; who is left over is absent from the answer.

    Entries of one rank share one tier. Where a tie reaches over a tier's edge, "expand" gives all of them the higher tier and
    "shrink" gives none of them that tier; the lower tiers keep their own counts.
    Raises Refused: tie_at_tier_edge (the rule names no policy).
    Rule: services/awards/README.md#tiers
    """
    groups = [[s.entry_id for s in group] for _, group in groupby(sorted(standings, key=lambda s: s.rank), lambda s: s.rank)]
    given: dict[UUID, int] = {}
    for place, tier in enumerate(tiers):
        free = len(standings) if tier.count is None else tier.count
        while groups and free > 0:
            if len(groups[0]) > free and ties != "expand":
                if not ties:
                    raise Refused("tie_at_tier_edge", tier=tier.name, tied=len(groups[0]), left=free)
                break
            group = groups.pop(0)
            given |= dict.fromkeys(group, place)
            free -= len(group)
    return given


def check_extra(division: Division, extra: ExtraPrize, is_opened: bool) -> None:
    """One more first prize: only with a minute of the leading group, only while nobody knows the names.

    Raises Refused: minute_required, codes_already_open, tier_unknown.
    """
    if not extra.minute.strip():
        raise Refused("minute_required", tier=extra.tier)
    if is_opened:
        raise Refused("codes_already_open", division=division.title)
    if not any(tier.name == extra.tier and tier.count is not None for tier in division.tiers):
        raise Refused("tier_unknown", tier=extra.tier)


def check_proposal(state: State, items: Sequence[ProposedAward]) -> None:
    """Raises Conflict: edition_on_notice (the list was posted); Refused: award_list_empty, award_twice."""
    if state not in ("open", "proposed"):
        raise Conflict("edition_on_notice")
    if not items:
        raise Refused("award_list_empty")
    seen: set[tuple[UUID, str]] = set()
    for each in items:
        if (each.subject_id, each.tier) in seen:
            raise Refused("award_twice", name=each.name)
        seen.add((each.subject_id, each.tier))


def list_hash(items: Sequence[ProposedAward]) -> str:
    """SHA-256 of the list in its order: equal lists have equal hashes."""
    return hashlib.sha256(msgspec.json.encode(list(items))).hexdigest()


def further(state: State, reached: State) -> State:
    """The later of two states: an edition never goes back."""
    return max(state, reached, key=STATES.index)


def _text(table: dict[str, Any], name: str, place: str, file: str, faults: list[Fault], needed: bool = True) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        faults.append(Fault(code="text_needed", file=file, column=f"{place}.{name}", value=str(value)))
        return ""
    return value.strip()


def _day(table: dict[str, Any], name: str, place: str, file: str, faults: list[Fault]) -> date | None:
    value = table.get(name)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    faults.append(Fault(code="day_needed", file=file, column=f"{place}.{name}", value=str(value)))
    return None


def _section(table: dict[str, Any], name: str, prefix: str, allowed: set[str], file: str, faults: list[Fault]) -> dict[str, Any] | None:
    found = table.get(name)
    if not isinstance(found, dict):
        faults.append(Fault(code="section_absent", file=file, column=f"{prefix}{name}"))
        return None
    faults += [Fault(code="key_unknown", file=file, column=f"{prefix}{name}.{key}") for key in found if key not in allowed]
    return found


def _notice(table: dict[str, Any], prefix: str, file: str, faults: list[Fault]) -> NoticePlan | None:
    place = f"{prefix}notice"
    found = _section(table, "notice", prefix, {"starts", "days", "unit", "count_first_day", "contact"}, file, faults)
    if found is None:
        return None
    before = len(faults)
    days, unit, first = found.get("days"), found.get("unit"), found.get("count_first_day")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 90:
        faults.append(Fault(code="notice_days_wrong", file=file, column=f"{place}.days", value=str(days)))
    if unit not in ("workday", "day"):
        faults.append(Fault(code="notice_unit_wrong", file=file, column=f"{place}.unit", value=str(unit)))
    if not isinstance(first, bool):
        faults.append(Fault(code="first_day_open", file=file, column=f"{place}.count_first_day", value=str(first)))
    starts = _day(found, "starts", place, file, faults)
    contact = _text(found, "contact", place, file, faults)
    if len(faults) > before:
        return None
    return msgspec.convert(
        {"starts": starts, "days": days, "unit": unit, "count_first_day": first, "contact": contact}, NoticePlan
    )


def plan_of(table: dict[str, Any], file: str, prefix: str, faults: list[Fault]) -> Plan | None:
    """Read the tables notice, approval and commendation; every fault is added, nothing has a silent default.

    prefix: what stands before the tables' names in the file, e.g. "activity 1."; None if there was a fault.
    """
    before = len(faults)
    notice = _notice(table, prefix, file, faults)
    approval = _section(table, "approval", prefix, {"body", "on", "document_no"}, file, faults)
    commendation = _section(table, "commendation", prefix, {"document_no", "on"}, file, faults)
    body = _text(approval, "body", f"{prefix}approval", file, faults) if approval is not None else ""
    numbers = [
        (_text(t, "document_no", f"{prefix}{n}", file, faults, needed=False), _day(t, "on", f"{prefix}{n}", file, faults))
        for n, t in (("approval", approval or {}), ("commendation", commendation or {}))
    ]
    if len(faults) > before or notice is None:
        return None
    return Plan(
        notice=notice,
        approval=ApprovalPlan(body=body, document_no=numbers[0][0], on=numbers[0][1]),
        commendation=CommendationPlan(document_no=numbers[1][0], on=numbers[1][1]),
    )
