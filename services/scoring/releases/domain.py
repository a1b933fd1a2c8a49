"""What may be released, and when, by the rule. Pure.

Rule: services/scoring/README.md#release
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Rule, Stage
from services.scoring.standings.domain import Standings
from shared.errors import NotAllowed, Refused


class Item(Struct, frozen=True, kw_only=True):
    """One released result: rank and figure as the rule shows it."""

    entry_id: UUID
    code: str
    rank: int
    shown: str


class Release(Struct, frozen=True, kw_only=True):
    """Asked for by the scorekeeper, confirmed by the supervisor. entry_id: None for a whole division."""

    id: UUID
    division_id: UUID
    stage: Stage
    entry_id: UUID | None
    items: tuple[Item, ...]
    asked_by: UUID
    asked_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


def items(
    rule: Rule, standings: Standings, codes: Mapping[UUID, str], entry_id: UUID | None, is_locked: bool
) -> tuple[Item, ...]:
    """The results a release brings to the hall.

    Raises Refused: release_not_in_hall, release_whole (the rule releases at the ceremony, not one by one),
    release_before_lock, ties_open, entry_not_marked.
    """
    if rule.release == "not_in_hall":
        raise Refused("release_not_in_hall")
    if entry_id is None:
        if not is_locked:
            raise Refused("release_before_lock")
        if not standings.is_complete:
            raise Refused("ties_open", count=len(standings.pending))
    elif rule.release != "per_entry":
        raise Refused("release_whole")
    owed = {each.entry_id for each in standings.unmarked}  # after the lock nothing is owed: the rule did without it
    found = tuple(
        Item(entry_id=line.entry_id, code=codes[line.entry_id], rank=line.rank, shown=line.shown)
        for line in standings.lines
        if entry_id in (None, line.entry_id) and line.entry_id in codes
    )
    if entry_id is not None and (not found or (entry_id in owed and not is_locked)):
        raise Refused("entry_not_marked")
    return found


def check_confirmation(release: Release, by: UUID) -> None:
    """Raises NotAllowed: second_person_needed."""
    if by == release.asked_by:
        raise NotAllowed("second_person_needed")


def public(releases: list[Release]) -> tuple[Item, ...]:
    """What the hall has been shown: a whole release stands over single ones; ranks are among what was released."""
    confirmed = [each for each in releases if each.is_confirmed and each.stage == "final"]
    for each in confirmed:
        if each.entry_id is None:
            return each.items
    order = sorted((item for each in confirmed for item in each.items), key=lambda item: (item.rank, item.code))
    ranks: dict[int, int] = {}
    for place, item in enumerate(order, start=1):
        ranks.setdefault(item.rank, place)
    return tuple(
        Item(entry_id=item.entry_id, code=item.code, rank=ranks[item.rank], shown=item.shown) for item in order
    )
