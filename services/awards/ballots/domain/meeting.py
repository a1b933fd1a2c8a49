"""The meeting around the count: who stands, who is there, when a round opens and closes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.ballots.domain.count import Attendance, Contest, Counts, Outcome, check_counts, decide
from services.awards.consultations.domain import Answer
from services.awards.nominations.domain import Nomination
from services.awards.programmes.domain import BallotRule, Programme, told
from services.awards.scorecards.domain import Standing
from shared.errors import Conflict, Fault, Faulty, NotAllowed, Refused

PaperState = Literal["none", "absent", "recused", "voted", "open", "closed"]
Hindrance = Literal["", "vetoed", "unaudited", "below_pass", "zero_category", "waiting"]


class Seat(Struct, frozen=True, kw_only=True):
    """A line of the electoral roll: who is present, who steps back, and that a paper was cast. Never what it said."""

    seat: int
    handle: UUID
    name: str
    is_present: bool
    is_recused: bool
    has_voted: bool = False

    @property
    def has_paper(self) -> bool:
        return self.is_present and not self.is_recused


class Ballot(Struct, frozen=True, kw_only=True):
    """One round. outcomes: empty until it is closed."""

    id: UUID
    programme_id: UUID
    round: int
    contests: tuple[Contest, ...]
    due: int
    present: int
    issued: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None
    valid: int | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def attendance(self) -> Attendance:
        return Attendance(due=self.due, present=self.present, issued=self.issued, valid=self.valid or 0)


class Candidate(Struct, frozen=True, kw_only=True):
    """A nomination on its way to the ballot, and what its scorecard and the offices say."""

    nomination: Nomination
    standing: Standing
    answer: Answer

    @property
    def hindrance(self) -> Hindrance:
        """What keeps it off the ballot; a veto comes first, because it needs no further audit."""
        if self.answer == "vetoed":
            return "vetoed"
        if self.standing.verdict != "passed":
            return self.standing.verdict
        return "waiting" if self.answer == "waiting" else ""


def attend(due: Iterable[str], present: Iterable[str], recused: Iterable[str]) -> tuple[Attendance, frozenset[str]]:
    """Heads and the members who get a paper. Raises Faulty: member_unknown, recused_absent."""
    members, here, away = frozenset(due), frozenset(present), frozenset(recused)
    faults = [Fault(code="member_unknown", field="present", value=each) for each in sorted((here | away) - members)]
    faults += [Fault(code="recused_absent", field="recused", value=each) for each in sorted((away & members) - here)]
    if faults:
        raise Faulty(faults)
    papers = here - away
    return Attendance(due=len(members), present=len(here), issued=len(papers)), papers


def first_contests(programme: Programme, eligible: dict[str, list[UUID]]) -> tuple[Contest, ...]:
    """The first round: every stratum in which somebody may stand. eligible: stratum -> nominations."""
    return tuple(
        Contest(stratum=stratum.key, seats=stratum.seats, candidates=tuple(eligible[stratum.key]))
        for stratum in programme.strata
        if eligible.get(stratum.key)
    )


def next_contests(outcomes: Iterable[Outcome]) -> tuple[Contest, ...]:
    """What the following round votes on; nothing when the ballot is finished."""
    return tuple(outcome.next for outcome in outcomes if outcome.next)


def may_open(programme: Programme, held: Sequence[Ballot], now: datetime) -> None:
    """Raises Refused: ballot_not_yet; Conflict: ballot_open, ballot_finished."""
    if now < programme.ballot_at:
        raise Refused("ballot_not_yet", opens=told(programme.ballot_at))
    if held and held[-1].is_open:
        raise Conflict("ballot_open")
    if held and not next_contests(held[-1].outcomes):
        raise Conflict("ballot_finished")


def closing(asked: datetime | None, planned: datetime | None, now: datetime, lasts: timedelta) -> datetime:
    """When a round ends: as asked, else as planned if that is still ahead, else after `lasts`.

    Raises Refused: closes_before_opening.
    """
    if asked is not None and asked <= now:
        raise Refused("closes_before_opening", field="closes_at")
    return asked or (planned if planned and planned > now else now + lasts)


def count_round(rule: BallotRule, ballot: Ballot, counts: dict[UUID, Counts], valid: int) -> list[Outcome]:
    """Decide every contest of a closed round. valid: papers cast. Raises Conflict: ballot_void."""
    check_counts(ballot.contests, counts, valid, ballot.issued)
    attendance = Attendance(due=ballot.due, present=ballot.present, issued=ballot.issued, valid=valid)
    return [decide(rule, contest, counts, attendance, ballot.round) for contest in ballot.contests]


def may_cast(ballot: Ballot, seat: Seat | None, now: datetime) -> None:
    """Raises NotAllowed: not_on_roll, marked_absent, recused; Conflict: vote_final, ballot_closed."""
    if seat is None:
        raise NotAllowed("not_on_roll")
    if not seat.is_present:
        raise NotAllowed("marked_absent")
    if seat.is_recused:
        raise NotAllowed("recused")
    if seat.has_voted:
        raise Conflict("vote_final")
    if not ballot.is_open or now >= ballot.closes_at:
        raise Conflict("ballot_closed")


def may_close(ballot: Ballot, roll: Iterable[Seat], now: datetime) -> None:
    """A round ends when every paper is in, or at its time. Raises Refused: ballot_still_open (voted, issued)."""
    voted = sum(seat.has_voted for seat in roll)
    if voted < ballot.issued and now < ballot.closes_at:
        raise Refused("ballot_still_open", voted=voted, issued=ballot.issued, closes=told(ballot.closes_at))


def elected(held: Sequence[Ballot]) -> list[tuple[str, UUID, Counts]]:
    """Stratum, candidate and counts of everybody elected, strata in the order of the first round."""
    strata = list(dict.fromkeys(contest.stratum for ballot in held for contest in ballot.contests))
    return [
        (stratum, candidate, outcome.counts[candidate])
        for stratum in strata
        for ballot in held
        for outcome in ballot.outcomes
        if outcome.stratum == stratum
        for candidate in outcome.elected
    ]


def standing_of(ballot: Ballot, seat: Seat | None, now: datetime) -> PaperState:
    """What an account can do with its paper."""
    if seat is None:
        return "none"
    if not seat.is_present:
        return "absent"
    if seat.is_recused:
        return "recused"
    if seat.has_voted:
        return "voted"
    return "open" if ballot.is_open and now < ballot.closes_at else "closed"
