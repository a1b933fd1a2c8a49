"""What may be released, and when, by the rule. Pure.

Rule: services/scoring/README.md#release
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.prizes.domain import Prize, tier_of
from services.scoring.rolls.domain import RollItem
from services.scoring.rubrics.domain import Better, Rule, Stage
from services.scoring.standings.domain import Standings
from shared.errors import NotAllowed, Refused
from shared.exact import Ratio


class Item(Struct, frozen=True, kw_only=True):
    """One released result: rank and figure as the rule shows it. result: the figure that ranks."""

    entry_id: UUID
    code: str
    rank: int
    result: Ratio
    shown: str


class Release(Struct, frozen=True, kw_only=True):
    """Asked for by the scorekeeper, confirmed by the supervisor. entries: in order of id; none for a whole division.

    ledger_position: of the entry that says so, the last one where a correction changed what was shown.
    """

    id: UUID
    division_id: UUID
    stage: Stage
    entries: tuple[UUID, ...]
    items: tuple[Item, ...]
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    ledger_position: int | None = None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class Public(Struct, frozen=True):
    """What the hall has been shown, and where the ledger says so last; None before the first."""

    items: tuple[Item, ...] = ()
    position: int | None = None


def in_order(items: Iterable[RollItem]) -> list[RollItem]:
    """The running order; who was not drawn comes last."""
    return sorted(items, key=lambda item: (item.order is None, item.order or 0, item.code))


def check_set(rule: Rule, entries: Collection[UUID], order: Sequence[UUID], asked: Collection[UUID]) -> None:
    """Whether the rule lets these results go to the hall together. order: the running order; asked: in releases already.

    Raises Refused: release_not_in_hall, release_whole (the rule releases at the ceremony), release_one_by_one,
    release_first_k (the first K wait for each other), release_again.
    """
    if rule.release == "not_in_hall":
        raise Refused("release_not_in_hall")
    if not entries:
        return
    if rule.release == "ceremony":
        raise Refused("release_whole")
    if set(entries) & set(asked):
        raise Refused("release_again")
    held = set(order[: rule.first_k]) - set(asked) if rule.release == "first_k" else set()
    if held:
        if set(entries) != held:
            raise Refused("release_first_k", count=rule.first_k)
    elif rule.release != "per_group" and len(entries) > 1:
        raise Refused("release_one_by_one")


def items(
    standings: Standings, codes: Mapping[UUID, str], entries: Collection[UUID], is_locked: bool
) -> tuple[Item, ...]:
    """The results a release brings to the hall. entries: none for all.

    Raises Refused: release_before_lock, ties_open, entry_not_marked.
    """
    if not entries:
        if not is_locked:
            raise Refused("release_before_lock")
        if not standings.is_complete:
            raise Refused("ties_open", count=len(standings.pending))
    owed = {each.entry_id for each in standings.unmarked}  # after the lock nothing is owed: the rule did without it
    found = tuple(
        Item(entry_id=line.entry_id, code=codes[line.entry_id], rank=line.rank, result=line.result, shown=line.shown)
        for line in standings.lines
        if (not entries or line.entry_id in entries) and line.entry_id in codes
    )
    if entries and (len(found) < len(entries) or (owed & set(entries) and not is_locked)):
        raise Refused("entry_not_marked")
    return found


def check_confirmation(release: Release, by: UUID) -> None:
    """Raises NotAllowed: second_person_needed."""
    if by == release.asked_by:
        raise NotAllowed("second_person_needed")


def public(releases: list[Release], better: Better) -> tuple[Item, ...]:
    """What the hall has been shown: a whole release stands over others.

    Without one, ranks are among what was released, so that a gap tells nothing about those who wait; a tie that only the
    whole standing parts stays equal until then.
    """
    confirmed = [each for each in releases if each.is_confirmed and each.stage == "final"]
    for each in confirmed:
        if not each.entries:
            return each.items
    shown = [item for each in confirmed for item in each.items]
    sign = 1 if better == "lower" else -1
    order = sorted(shown, key=lambda item: (sign * item.result.fraction, item.code))
    ranks: dict[Fraction, int] = {}
    for place, item in enumerate(order, start=1):
        ranks.setdefault(item.result.fraction, place)
    return tuple(msgspec.structs.replace(item, rank=ranks[item.result.fraction]) for item in order)


def with_prize(shown: tuple[Item, ...], prizes: Sequence[Prize]) -> tuple[Item, ...]:
    """Those whom the prizes reach, who ties at the edge included; all where no number is foreseen."""
    ranks = [each.rank for each in shown]
    return tuple(each for each in shown if not prizes or tier_of(each.rank, ranks, prizes) is not None)
