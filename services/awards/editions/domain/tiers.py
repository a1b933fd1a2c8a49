"""Which prize each rank brings. Pure.

A *tier* is a prize with a count, or the rest. A *standing* is a rank of a sealed score set.
"""

from collections.abc import Iterable, Sequence
from datetime import date
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


class Minute(Struct, frozen=True, kw_only=True):
    """A minute of the leading group. dated: None only where it was recorded before minutes were kept whole."""

    title: str
    document_no: str
    dated: date | None


class ExtraPrize(Struct, frozen=True, kw_only=True):
    """More (or fewer) prizes of a tier than the season froze, by a minute of the leading group, whose scan is kept."""

    id: UUID
    division_key: str
    tier: str
    more: int
    minute: Minute
    scan_sha256: str
    scan_name: str
    scan_size: int

    @property
    def said(self) -> tuple[str, str, int, Minute]:
        """What is changed and by which minute: recorded once."""
        return self.division_key, self.tier, self.more, self.minute


class Remark(Struct, frozen=True, kw_only=True):
    """What everybody reads beside the prizes, for good. frozen: as the season fixed it; now: by all minutes so far."""

    division_key: str
    division: str
    division_en: str
    tier: str
    tier_en: str
    frozen: int
    now: int
    title: str
    document_no: str
    dated: date | None


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


def check_extra(
    division: Division, tier_name: str, more: int, minute: Minute, recorded: Iterable[ExtraPrize], is_opened: bool, today: date
) -> None:
    """One more first prize: only with a whole minute of the leading group, only while nobody knows the names.

    Awards is never told of the first mark, so it asks for the minute at any time. recorded: the changes that stand already.
    Raises Refused: minute_required, minute_ahead, codes_already_open, tier_unknown, prize_count_wrong.
    Rule: services/awards/README.md#tiers
    """
    for field in ("title", "document_no", "dated"):
        if not getattr(minute, field):
            raise Refused("minute_required", tier=tier_name, field=field)
    if minute.dated and minute.dated > today:
        raise Refused("minute_ahead", day=minute.dated.isoformat(), field="dated")
    if is_opened:
        raise Refused("codes_already_open", division=division.title)
    stands = next((t.count for t in enlarged(division, recorded) if t.name == tier_name), None)
    if stands is None:
        raise Refused("tier_unknown", tier=tier_name, field="tier")
    if more == 0 or not -20 <= more <= 20 or stands + more < 0:
        raise Refused("prize_count_wrong", stands=stands, field="more")


def ties_of(text: str) -> TierTies:
    """The named policy of a checked text; anything else is none."""
    return "expand" if text == "expand" else "shrink" if text == "shrink" else ""
