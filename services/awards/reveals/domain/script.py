"""The reveal script: the order in which a signed prize list is shown on stage. Pure.

From the lowest tier to the first: a card with the tier's name, then its winners, division by division; within a division from
its last rank to its first. Winners of one rank stand on one step. A tier with many winners in a division is shown whole, in
pages, and so is one that takes whoever is left, without figures: nobody's place among the rest is told. The last step is the
whole list, first tier first.

Rule: services/awards/README.md#ceremonies
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

PAGE = 12
"""Winners on one step where a tier is shown whole."""


class Winner(Struct, frozen=True, kw_only=True):
    """One prize as the hall sees it. rank and result are empty where the edition shows none; members: of a team."""

    division: str
    division_en: str = ""
    name: str
    members: tuple[str, ...] = ()
    unit: str = ""
    work: str = ""
    rank: int | None = None
    result: str = ""


class Prize(Struct, frozen=True, kw_only=True):
    """A tier with its winners."""

    tier: str
    tier_en: str = ""
    winners: tuple[Winner, ...] = ()


class Step(Struct, frozen=True, kw_only=True):
    """One picture. title: nothing more; tier: its card; winners: some of a tier; list: all of it, in `prizes`.

    is_tied: its winners share a rank.
    """

    kind: Literal["title", "tier", "winners", "list"]
    tier: str = ""
    tier_en: str = ""
    winners: tuple[Winner, ...] = ()
    prizes: tuple[Prize, ...] = ()
    is_tied: bool = False


class Script(Struct, frozen=True, kw_only=True):
    """is_proposed: every prize is called 拟获. proposal_id: the list it was made of; None in a rehearsal."""

    edition: str
    title: str
    title_en: str = ""
    organisation: str
    is_proposed: bool
    is_rehearsal: bool
    proposal_id: UUID | None = None
    steps: tuple[Step, ...]


class Placed(Struct, frozen=True, kw_only=True):
    """A winner in the list that was signed. position: the tier's place, 1 is the first; is_rest: it takes whoever is left."""

    tier: str
    tier_en: str = ""
    position: int
    is_rest: bool = False
    winner: Winner


def steps_of(listed: Sequence[Placed], one_by_one: int, has_figures: bool = True) -> tuple[Step, ...]:
    """The whole ceremony. one_by_one: a tier with at most so many winners in a division is shown one by one.

    has_figures: with rank and result.
    """
    prizes = prizes_of(listed)
    rest = {each.tier for each in listed if each.is_rest}
    found = [Step(kind="title")]
    for prize in reversed(prizes):
        found.append(Step(kind="tier", tier=prize.tier, tier_en=prize.tier_en))
        for _, winners in groupby(prize.winners, key=lambda each: each.division):
            found += _shown(prize, list(winners), 0 if prize.tier in rest else one_by_one)
    found.append(Step(kind="list", prizes=prizes))
    silent = rest if has_figures else {each.tier for each in prizes}
    return tuple(_told(step, silent) for step in found)


def _told(step: Step, silent: set[str]) -> Step:
    """The step without the figures of tiers that tell none."""

    def winners(tier: str, told: Sequence[Winner]) -> tuple[Winner, ...]:
        return tuple(msgspec.structs.replace(each, rank=None, result="") if tier in silent else each for each in told)

    return msgspec.structs.replace(
        step,
        winners=winners(step.tier, step.winners),
        prizes=tuple(msgspec.structs.replace(each, winners=winners(each.tier, each.winners)) for each in step.prizes),
    )


def prizes_of(listed: Sequence[Placed]) -> tuple[Prize, ...]:
    """The list by tiers, the first tier first; inside a tier in the list's own order.

    A tier is known by its name; where divisions count their tiers differently its lowest place says where it comes.
    """
    tiers: dict[str, list[Placed]] = {}
    for each in listed:
        tiers.setdefault(each.tier, []).append(each)
    ordered = sorted(tiers.items(), key=lambda tier: max(each.position for each in tier[1]))
    return tuple(
        Prize(tier=tier, tier_en=placed[0].tier_en, winners=tuple(each.winner for each in placed))
        for tier, placed in ordered
    )


def _shown(prize: Prize, winners: Sequence[Winner], one_by_one: int) -> Iterator[Step]:
    """The steps of a tier in one division."""
    if len(winners) > one_by_one:
        groups = [winners]
    else:
        by_rank = groupby(reversed(winners), key=lambda each: each.rank if each.rank is not None else each)
        groups = [list(tied)[::-1] for _, tied in by_rank]
    for group in groups:
        is_tied = len(group) > 1 and len(winners) <= one_by_one
        for page in _pages(group):
            yield Step(kind="winners", tier=prize.tier, tier_en=prize.tier_en, winners=page, is_tied=is_tied)


def _pages(winners: Sequence[Winner]) -> Iterator[tuple[Winner, ...]]:
    """At most PAGE on one step, as even as can be."""
    pages = -(-len(winners) // PAGE)
    size = -(-len(winners) // pages)
    for start in range(0, len(winners), size):
        yield tuple(winners[start : start + size])


def shown_once(steps: Iterable[Step]) -> list[tuple[str, Winner]]:
    """(tier, winner) of every step of winners, in the order of the stage."""
    return [(step.tier, winner) for step in steps if step.kind == "winners" for winner in step.winners]


def body(script: Script) -> bytes:
    """Canonical JSON: keys sorted, no blanks, UTF-8."""
    return msgspec.json.encode(script, order="sorted")


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
