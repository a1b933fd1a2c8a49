"""What the committee sees of a programme: each nomination with its evidence and its fate, and how far the work is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.ballots.domain.count import Counts, Outcome, is_unanimous, needed, quorum
from services.awards.ballots.domain.meeting import Ballot, Candidate, Hindrance, Seat, next_contests
from services.awards.consultations.domain import Reply
from services.awards.programmes.domain import Programme
from services.awards.scorecards.domain import shown

Fate = Literal["", "off", "voting", "elected", "revote", "not_passed", "no_seat"]
Stage = Literal["done", "now", "later"]


class Part(Struct, frozen=True, kw_only=True):
    """A heading of the scorecard with its audited points as text; empty where an item is missing."""

    title: str
    title_en: str
    highest: str
    points: str


class Round(Struct, frozen=True, kw_only=True):
    """What one closed round said about a candidate. needed: 0 where only the order counted."""

    round: int
    counts: Counts
    needed: int


class Line(Struct, frozen=True, kw_only=True):
    """One nomination as a line of the committee's table. heard: offices that have answered."""

    nomination_id: UUID
    branch_code: str
    branch: str
    stratum: str
    reason: str
    self_score: str
    audited_score: str
    parts: tuple[Part, ...]
    heard: int
    replies: tuple[Reply, ...]
    hindrance: Hindrance
    fate: Fate
    rounds: tuple[Round, ...]


class Step(Struct, frozen=True, kw_only=True):
    """A stage of the bar above the page: `name` is the last part of its catalogue key."""

    name: str
    stage: Stage


class Turnout(Struct, frozen=True, kw_only=True):
    """Papers issued and cast; never what they say."""

    voted: int
    issued: int


def line(programme: Programme, candidate: Candidate, replies: Iterable[Reply], held: Sequence[Ballot]) -> Line:
    """Put together what is known of one nomination."""
    nomination, standing = candidate.nomination, candidate.standing
    replies = tuple(replies)
    return Line(
        nomination_id=nomination.id,
        branch_code=nomination.branch_code,
        branch=nomination.branch,
        stratum=nomination.stratum,
        reason=nomination.reason,
        self_score=points(programme, standing.self_total),
        audited_score=points(programme, standing.audited_total),
        parts=tuple(
            Part(
                title=category.title,
                title_en=category.title_en,
                highest=points(programme, category.highest),
                points=points(programme, standing.categories[category.key]),
            )
            for category in programme.scorecard.categories
        ),
        heard=len({reply.office for reply in replies}),
        replies=replies,
        hindrance=candidate.hindrance,
        fate=fate(nomination.id, candidate.hindrance, held),
        rounds=rounds(nomination.id, held),
    )


def points(programme: Programme, count: int | None) -> str:
    """Decimal text of a count of the scorecard's unit; empty for what is unscored."""
    return shown(programme.scorecard, count)


def fate(candidate: UUID, hindrance: Hindrance, held: Sequence[Ballot]) -> Fate:
    """What became of a nomination; nothing yet ("") before the first round."""
    outcomes = [outcome for ballot in held for outcome in ballot.outcomes if candidate in outcome.counts]
    if any(candidate in outcome.elected for outcome in outcomes):
        return "elected"
    if held and held[-1].is_open and any(candidate in contest.candidates for contest in held[-1].contests):
        return "voting"
    if held and any(candidate in contest.candidates for contest in next_contests(held[-1].outcomes)):
        return "revote"
    if outcomes:
        return "no_seat" if any(candidate in outcome.passed for outcome in outcomes if outcome.needed) else "not_passed"
    return "off" if hindrance in ("vetoed", "below_pass", "zero_category") else ""


def rounds(candidate: UUID, held: Sequence[Ballot]) -> tuple[Round, ...]:
    """The counts of every closed round that asked about this candidate."""
    return tuple(
        Round(round=ballot.round, counts=outcome.counts[candidate], needed=outcome.needed)
        for ballot in held
        for outcome in ballot.outcomes
        if candidate in outcome.counts
    )


def steps(programme: Programme, held: Sequence[Ballot], edition_state: str, now: datetime) -> tuple[Step, ...]:
    """Nominate, examine, vote, post, issue: which are done and which is under way."""
    is_finished = bool(held) and not held[-1].is_open and not next_contests(held[-1].outcomes)
    reached = 0
    if now >= programme.nominations_close:
        reached = 1
    if held or now >= programme.ballot_at:
        reached = 2
    if is_finished:
        reached = 3
    if edition_state in ("approved", "decided"):
        reached = 4
    if edition_state == "issued":
        reached = 5
    return staged(("nominating", "examining", "voting", "notice", "issuing"), reached)


def staged(names: tuple[str, ...], reached: int) -> tuple[Step, ...]:
    """The bar's steps when the first `reached` of them are done."""
    stages: list[Stage] = ["done" if n < reached else "now" if n == reached else "later" for n in range(len(names))]
    return tuple(Step(name=name, stage=stage) for name, stage in zip(names, stages, strict=True))


def turnout(ballot: Ballot, roll: Iterable[Seat]) -> Turnout:
    return Turnout(voted=sum(seat.has_voted for seat in roll), issued=ballot.issued)


def telling(ballot: Ballot) -> bool:
    """Whether a closed round's counts alone tell how every member voted about somebody."""
    return any(is_unanimous(outcome.counts, ballot.valid or 0) for outcome in ballot.outcomes)


def bar(programme: Programme, ballot: Ballot) -> dict[str, int]:
    """The meeting's numbers: quorum and the least number of yes votes."""
    heads = quorum(programme.ballot, ballot.present)
    return {"quorum": heads.need, "present": heads.got, "needed": needed(programme.ballot, ballot.attendance)}


def empty_seats(held: Sequence[Ballot]) -> int:
    """Seats that stay empty for good."""
    outcomes: list[Outcome] = [outcome for ballot in held for outcome in ballot.outcomes]
    return sum(outcome.empty for outcome in outcomes)
