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


class AwardState(Struct, frozen=True, kw_only=True):
    """An award of the list that counts and where it stands. suspended: a named objection waits; struck: one was upheld."""

    id: UUID
    edition_id: UUID
    subject_kind: str
    subject_id: UUID
    person_id: UUID | None
    name: str
    name_key: str
    unit: str
    division_key: str
    division: str
    division_en: str
    work: str
    code: str
    rank: int | None
    result: str
    tier: str
    tier_en: str
    tier_position: int
    position: int
    suspended: bool
    struck: bool
    approval_id: UUID | None
    commendation_id: UUID | None
    certificate_no: str | None
    certificate_id: UUID | None


class SeasonFacts(Struct, frozen=True, kw_only=True):
    """The season as an edition quotes it."""

    key: str
    title: str
    organisation: str
    language: str


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
    groups = [
        [s.entry_id for s in group] for _, group in groupby(sorted(standings, key=lambda s: s.rank), lambda s: s.rank)
    ]
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


def ties_of(text: str) -> TierTies:
    """The named policy of a checked text; anything else is none."""
    return "expand" if text == "expand" else "shrink" if text == "shrink" else ""


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


def _section(
    table: dict[str, Any], name: str, prefix: str, allowed: set[str], file: str, faults: list[Fault]
) -> dict[str, Any] | None:
    found = table.get(name)
    if not isinstance(found, dict):
        faults.append(Fault(code="section_absent", file=file, column=f"{prefix}{name}"))
        return None
    faults += [
        Fault(code="key_unknown", file=file, column=f"{prefix}{name}.{key}") for key in found if key not in allowed
    ]
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
        (
            _text(t, "document_no", f"{prefix}{n}", file, faults, needed=False),
            _day(t, "on", f"{prefix}{n}", file, faults),
        )
        for n, t in (("approval", approval or {}), ("commendation", commendation or {}))
    ]
    if len(faults) > before or notice is None:
        return None
    return Plan(
        notice=notice,
        approval=ApprovalPlan(body=body, document_no=numbers[0][0], on=numbers[0][1]),
        commendation=CommendationPlan(document_no=numbers[1][0], on=numbers[1][1]),
    )


class Ranked(Struct, frozen=True, kw_only=True):
    """An entry of a sealed score set with the person behind it, once known."""

    entry_id: UUID
    code: str
    rank: int
    shown: str
    decided_by: str
    work: str
    person_id: UUID | None = None
    name: str = ""
    name_key: str = ""
    unit: str = ""


class PreviewRow(Struct, frozen=True, kw_only=True):
    """A line of the list to be confirmed. tied: shares its rank; position: the tier's place, 0 without a prize."""

    entry_id: UUID
    code: str
    rank: int
    shown: str
    decided_by: str
    name: str
    unit: str
    work: str
    tier: str
    tier_en: str
    position: int
    tied: bool


class DivisionPreview(Struct, frozen=True, kw_only=True):
    """missing: the code of what stands in the way, empty when ready."""

    key: str
    title: str
    title_en: str
    score_set_id: UUID | None
    ready: bool
    missing: str
    rows: tuple[PreviewRow, ...]
    extras: tuple[ExtraPrize, ...]
    tiers: tuple[Tier, ...]


class Preview(Struct, frozen=True, kw_only=True):
    edition: Edition
    divisions: tuple[DivisionPreview, ...]
    ready: bool
    confirmed: bool


def preview_division(
    division: Division, score_set_id: UUID | None, ranked: Sequence[Ranked], extras: Sequence[ExtraPrize]
) -> DivisionPreview:
    """What the committee would confirm now, or what it waits for.

    missing: score_set_waited, opening_waited, names_waited or tie_at_tier_edge.
    """
    tiers = enlarged(division, extras)
    given: dict[UUID, int] = {}
    missing = _missing(score_set_id, ranked)
    try:
        given = assign([Standing(each.entry_id, each.rank) for each in ranked], tiers, division.tier_ties)
    except Refused as refused:
        missing = missing or refused.code
    ranks = [each.rank for each in ranked]
    rows = tuple(
        PreviewRow(
            entry_id=e.entry_id, code=e.code, rank=e.rank, shown=e.shown, decided_by=e.decided_by, name=e.name, unit=e.unit,
            work=e.work, tier=tiers[given[e.entry_id]].name if e.entry_id in given else "",
            tier_en=tiers[given[e.entry_id]].name_en if e.entry_id in given else "",
            position=given.get(e.entry_id, -1) + 1, tied=ranks.count(e.rank) > 1,
        )
        for e in ranked
    )  # fmt: skip
    return DivisionPreview(
        key=division.key, title=division.title, title_en=division.title_en, score_set_id=score_set_id, ready=not missing,
        missing=missing, rows=rows, extras=tuple(e for e in extras if e.division_key == division.key), tiers=tiers,
    )  # fmt: skip


def _missing(score_set_id: UUID | None, ranked: Sequence[Ranked]) -> str:
    if score_set_id is None:
        return "score_set_waited"
    if any(each.person_id is None for each in ranked):
        return "opening_waited"
    return "names_waited" if any(not each.name for each in ranked) else ""


def awards_of(preview: DivisionPreview, ranked: Sequence[Ranked]) -> list[ProposedAward]:
    """The lines with a prize, in rank order."""
    known = {each.entry_id: each for each in ranked}
    return [
        ProposedAward(
            subject_kind="entry", subject_id=row.entry_id, person_id=known[row.entry_id].person_id, name=row.name,
            name_key=known[row.entry_id].name_key, unit=row.unit, division_key=preview.key, division=preview.title,
            division_en=preview.title_en, work=row.work, code=row.code, rank=row.rank, result=row.shown, tier=row.tier,
            tier_en=row.tier_en, tier_position=row.position,
        )
        for row in preview.rows
        if row.tier
    ]  # fmt: skip


def check_seen(seen: Sequence[UUID], divisions: Sequence[DivisionPreview]) -> None:
    """The committee confirms what it saw. Raises Refused with what is missing; Conflict: score_set_newer."""
    for each in divisions:
        if not each.ready:
            raise Refused(each.missing, division=each.title, tier="", tied=0, left=0)
    if {each.score_set_id for each in divisions} != set(seen):
        raise Conflict("score_set_newer")
