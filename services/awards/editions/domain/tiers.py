"""Which prize each rank brings. Pure.

A *tier* is a prize with a count, or the rest. A *standing* is a rank of a sealed score set.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.errors import Refused

TierTies = Literal["", "expand", "shrink"]


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


class Standing(Struct, frozen=True):
    entry_id: UUID
    rank: int


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


def ties_of(text: str) -> TierTies:
    """The named policy of a checked text; anything else is none."""
    return "expand" if text == "expand" else "shrink" if text == "shrink" else ""
