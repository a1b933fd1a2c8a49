"""The tie chain: how entries with one result are put in order, step by step, and what still waits for people.

A recorded vote names one entry of the tied group; with more than half of the votes given it goes first and the rest
stay tied. A vote without such a majority has failed, and the next step follows. Rule: services/scoring/README.md#ties
"""

from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.standings.domain.steps import Steps
from shared.errors import Refused
from shared.ids import lot


class TieVote(Struct, frozen=True, kw_only=True):
    """The panel's recorded vote on one tied group: who named which entry; minutes: where it is written down."""

    entries: frozenset[UUID]
    votes: tuple[tuple[UUID, UUID], ...]
    minutes: str


class TieLot(Struct, frozen=True, kw_only=True):
    """A recorded lot on one tied group: a seed of 32 bytes."""

    entries: frozenset[UUID]
    seed: bytes


class Pending(Struct, frozen=True):
    """A tied group that waits for people: step is "panel_vote" or "lot"."""

    entries: tuple[UUID, ...]
    step: str


class Block(Struct, frozen=True):
    """Entries that hold one place. decided_by: the step that set them apart from those they were tied with."""

    entries: tuple[UUID, ...]
    decided_by: str
    waits_for: str = ""


class Decisions(Struct, frozen=True, kw_only=True):
    """What the chain may use: what its steps compare, recorded votes (oldest first), recorded lots."""

    steps: Steps
    votes: Sequence[TieVote]
    lots: Sequence[TieLot]


def winner(vote: TieVote) -> UUID | None:
    """The entry named by more than half of the votes given, if there is one."""
    named = Counter(entry for _, entry in vote.votes)
    return next((entry for entry, votes in named.items() if 2 * votes > len(vote.votes)), None)


def check_vote(vote: TieVote, panel: Collection[UUID]) -> None:
    """Refuse a vote that cannot have happened.

    Raises Refused: vote_empty, vote_without_minutes, vote_twice (a judge), vote_by_stranger, vote_for_stranger.
    """
    if not vote.votes:
        raise Refused("vote_empty")
    if not vote.minutes.strip():
        raise Refused("vote_without_minutes")
    judges = [judge for judge, _ in vote.votes]
    if len(set(judges)) < len(judges):
        raise Refused("vote_twice")
    if set(judges) - set(panel):
        raise Refused("vote_by_stranger")
    if {entry for _, entry in vote.votes} - vote.entries:
        raise Refused("vote_for_stranger")


def separate(
    group: Collection[UUID], chain: Sequence[str], decisions: Decisions, ahead: int, by: str = "result"
) -> list[Block]:
    """Order a tied group by the steps of the chain. Entries that no step can part yet stay in one block.

    ahead: how many entries are placed before the group.
    """
    if len(group) == 1:
        return [Block(tuple(group), by)]
    step, rest = chain[0], chain[1:]
    if step == "shared":
        return [Block(tuple(sorted(group)), "shared")]
    if step == "panel_vote":
        return _by_vote(frozenset(group), chain, decisions, ahead)
    if step == "lot":
        return _by_lot(frozenset(group), decisions)
    classes = _by_value(group, step, decisions) if step != "skating" else decisions.steps.skate(sorted(group), ahead + 1)
    by = step if len(classes) > 1 else by
    blocks: list[Block] = []
    for each in classes:
        blocks += separate(each, rest, decisions, ahead, by)
        ahead += len(each)
    return blocks


def _by_value(group: Collection[UUID], step: str, decisions: Decisions) -> list[list[UUID]]:
    """The group in classes of equal value, the highest first; ids in order inside a class."""
    classes: dict[tuple[bool, Fraction], list[UUID]] = {}
    for entry in sorted(group):
        classes.setdefault(decisions.steps.value(step, entry), []).append(entry)
    return [classes[each] for each in sorted(classes, reverse=True)]


def _by_vote(group: frozenset[UUID], chain: Sequence[str], decisions: Decisions, ahead: int) -> list[Block]:
    votes = [vote for vote in decisions.votes if vote.entries == group]
    first = winner(votes[-1]) if votes else None
    if first is not None:
        others = separate(group - {first}, chain, decisions, ahead + 1, "panel_vote")
        return [Block((first,), "panel_vote"), *others]
    if not votes or len(chain) == 1:
        return [Block(tuple(sorted(group)), "", "panel_vote")]
    return separate(group, chain[1:], decisions, ahead)


def _by_lot(group: frozenset[UUID], decisions: Decisions) -> list[Block]:
    seeds = [each.seed for each in decisions.lots if each.entries == group]
    if not seeds:
        return [Block(tuple(sorted(group)), "", "lot")]
    return [Block((entry,), "lot") for entry in lot(seeds[0], group)]
