"""What the committee's page says of a nomination, before, during and after the ballot."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import structs

from services.awards.ballots import domain
from services.awards.ballots.domain import Ballot, Contest, Counts
from services.awards.ballots.domain.overview import fate, rounds
from tests.awards.sample import programme

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
MEETING = datetime(2026, 12, 11, 6, tzinfo=UTC)
RULE = programme()
OPEN = Ballot(
    id=UUID(int=9), programme_id=UUID(int=8), round=1, contests=(Contest(stratum="office", seats=1, candidates=(A, B, C)),),
    due=9, present=8, issued=7, opened_at=MEETING, closes_at=MEETING,
)  # fmt: skip


def closed(*yes: int, ballot: Ballot = OPEN) -> Ballot:
    (contest,) = ballot.contests
    counts = {who: Counts(yes=each, no=7 - each) for who, each in zip(contest.candidates, yes, strict=True)}
    outcomes = domain.count_round(RULE.ballot, ballot, counts, 7)
    return structs.replace(ballot, closed_at=MEETING, valid=7, outcomes=tuple(outcomes))


def test_nothing_is_said_before_the_ballot_but_what_keeps_it_off() -> None:
    assert [fate(A, "", []), fate(A, "vetoed", []), fate(A, "waiting", [])] == ["", "off", ""]


def test_an_open_round_tells_no_count() -> None:
    assert (fate(A, "", [OPEN]), rounds(A, [OPEN])) == ("voting", ())


def test_elected_seats_taken_and_not_passed_are_told_apart() -> None:
    held = [closed(7, 6, 2)]
    assert [fate(who, "", held) for who in (A, B, C)] == ["elected", "no_seat", "not_passed"]
    assert [(each.counts.yes, each.needed) for each in rounds(A, held)] == [(7, 5)]


def test_the_tied_are_marked_for_the_next_round() -> None:
    assert [fate(who, "", [closed(5, 5, 4)]) for who in (A, B, C)] == ["revote", "revote", "not_passed"]


def test_counts_that_betray_every_voter_are_admitted() -> None:
    assert domain.telling(closed(7, 6, 2))
    assert not domain.telling(closed(6, 5, 2))


def test_the_bar_follows_timetable_and_ballot() -> None:
    def now(held: list[Ballot], state: str, at: datetime) -> list[str]:
        return [step.name for step in domain.steps(RULE, held, state, at) if step.stage == "now"]

    assert now([], "open", RULE.opens) == ["nominating"]
    assert now([], "open", RULE.nominations_close) == ["examining"]
    assert now([], "open", RULE.ballot_at) == ["voting"]
    assert now([closed(5, 5, 4)], "open", RULE.ballot_at) == ["voting"]
    assert now([closed(6, 5, 4)], "proposed", RULE.ballot_at) == ["notice"]
    assert now([closed(6, 5, 4)], "decided", RULE.ballot_at) == ["issuing"]
    assert now([closed(6, 5, 4)], "issued", RULE.ballot_at) == []
