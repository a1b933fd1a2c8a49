"""What the public, a holder and the office see of an edition. Pure: no I/O, no clock, no randomness."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Literal
from uuid import UUID

from msgspec import Struct

Standing = Literal["proposed", "suspended", "struck", "approved", "decided", "issued"]


class PublicEdition(Struct, frozen=True, kw_only=True):
    """An edition as anybody may know it."""

    id: UUID
    kind: str
    key: str
    title: str
    title_en: str
    organisation: str
    state: str


class PublicAward(Struct, frozen=True, kw_only=True):
    """A posted or decided award: no rank, no result, no code."""

    id: UUID
    subject_kind: str
    subject_id: UUID | None = None
    name: str
    name_key: str
    unit: str
    division_key: str
    division: str
    division_en: str
    work: str
    tier: str
    tier_en: str
    tier_position: int
    position: int
    certificate_no: str = ""
    document_no: str = ""
    decided_on: date | None = None


class Honour(Struct, frozen=True, kw_only=True):
    """One of the reader's own. token: of the certificate, None before issue."""

    edition_key: str
    title: str
    title_en: str
    division: str
    division_en: str
    tier: str
    tier_en: str
    certificate_no: str
    token: str | None


class TierGroup(Struct, frozen=True, kw_only=True):
    tier: str
    tier_en: str
    awards: tuple[PublicAward, ...]


class DivisionGroup(Struct, frozen=True, kw_only=True):
    key: str
    title: str
    title_en: str
    tiers: tuple[TierGroup, ...]


def grouped(awards: Sequence[PublicAward]) -> list[DivisionGroup]:
    """By division in the list's order, by tier, and inside a tier by name: the order inside a tier tells no rank."""
    divisions: dict[str, list[PublicAward]] = {}
    for award in sorted(awards, key=lambda a: a.position):
        divisions.setdefault(award.division_key, []).append(award)
    return [
        DivisionGroup(key=key, title=of[0].division, title_en=of[0].division_en, tiers=_tiers(of))
        for key, of in divisions.items()
    ]


def _tiers(awards: list[PublicAward]) -> tuple[TierGroup, ...]:
    ordered = sorted(awards, key=lambda a: (a.tier_position, a.name_key, a.name, a.id.bytes))
    return tuple(
        TierGroup(tier=group[0].tier, tier_en=group[0].tier_en, awards=tuple(group))
        for _, found in groupby(ordered, lambda a: a.tier_position)
        for group in [list(found)]
    )


def standing(is_suspended: bool, is_struck: bool, is_approved: bool, is_decided: bool, is_issued: bool) -> Standing:
    """How far one award has come."""
    if is_struck:
        return "struck"
    if is_suspended:
        return "suspended"
    return "issued" if is_issued else "decided" if is_decided else "approved" if is_approved else "proposed"
