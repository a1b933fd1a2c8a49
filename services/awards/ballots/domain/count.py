"""Counting: quorum, majority, seats, ties. Everything is integers: "more than 1/2 of 9" is `2 * yes > 9`, so 5."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.programmes.domain import BallotRule
from shared.errors import Conflict, Fault, Faulty, Refused
from shared.exact import Ratio

Choice = Literal["yes", "no", "abstain"]
CHOICES: tuple[Choice, ...] = ("yes", "no", "abstain")
Decides = Literal["majority", "order"]


class Attendance(Struct, frozen=True, kw_only=True):
    """Heads: due ≥ present ≥ issued ≥ valid."""

    due: int
    present: int
    issued: int
    valid: int = 0


class Quorum(Struct, frozen=True, kw_only=True):
    """Members needed, members present, and how many are still missing (0 = the meeting is valid)."""

    need: int
    got: int
    missing: int


class Contest(Struct, frozen=True, kw_only=True):
    """The seats of one stratum that a round votes on.

    decides: "majority" asks for the rule's majority; "order" only ranks candidates who have it already (a tie).
    """

    stratum: str
    seats: int
    candidates: tuple[UUID, ...]
    decides: Decides = "majority"


class Counts(Struct, frozen=True, kw_only=True):
    """Votes about one candidate."""

    yes: int = 0
    no: int = 0
    abstain: int = 0

    @property
    def cast(self) -> int:
        return self.yes + self.no + self.abstain


class Outcome(Struct, frozen=True, kw_only=True):
    """What a round decided in one stratum. `needed`: yes votes a candidate had to reach (0 where only order counts).

    passed and elected: in the order of their votes. next: the contest of the following round, if one is held.
    empty: seats that stay empty for good.
    """

    stratum: str
    counts: dict[UUID, Counts]
    needed: int
    passed: tuple[UUID, ...]
    elected: tuple[UUID, ...]
    tied: tuple[UUID, ...]
    next: Contest | None
    empty: int


def quorum(rule: BallotRule, present: int) -> Quorum:
    """How many must be present ("at least" the share of those due), and how many are.

    Rule: reference model text V-1, `present * 3 >= due * 2` for 2/3
    """
    need = -(-rule.due * rule.quorum.n // rule.quorum.d)
    return Quorum(need=need, got=present, missing=max(0, need - present))


def require_quorum(rule: BallotRule, attendance: Attendance) -> None:
    """Raises Refused: quorum_missing (need, got, missing), nobody_votes."""
    heads = quorum(rule, attendance.present)
    if heads.missing:
        raise Refused("quorum_missing", need=heads.need, got=heads.got, missing=heads.missing)
    if attendance.issued < 1:
        raise Refused("nobody_votes")


def needed(rule: BallotRule, attendance: Attendance) -> int:
    """The least number of yes votes that is more than (or at least) the rule's share of its base."""
    base: int = getattr(attendance, rule.majority_of)
    share = base * rule.majority.n
    return share // rule.majority.d + 1 if rule.compare == "more_than" else -(-share // rule.majority.d)


def check_paper(rule: BallotRule, contests: Iterable[Contest], choices: dict[UUID, Choice]) -> None:
    """A paper names every candidate of the round and supports no more than the rule allows.

    Raises Faulty: choice_missing, candidate_unknown, too_many_supported (stratum, most, got).
    """
    contests = list(contests)
    candidates = {candidate for contest in contests for candidate in contest.candidates}
    faults = [Fault(code="choice_missing", field=field(each)) for each in sorted(candidates - choices.keys())]
    faults += [Fault(code="candidate_unknown", field=field(each)) for each in sorted(choices.keys() - candidates)]
    for contest in contests:
        supported = sum(choices.get(candidate) == "yes" for candidate in contest.candidates)
        if rule.supports == "seats" and supported > contest.seats:
            values: dict[str, str | int] = {"stratum": contest.stratum, "most": contest.seats, "got": supported}
            faults.append(Fault(code="too_many_supported", field=field(contest.candidates[0]), values=values))
    if faults:
        raise Faulty(faults)


def field(candidate: UUID) -> str:
    """The form field of a candidate's choice."""
    return f"choices.{candidate}"


def tally(votes: Iterable[tuple[UUID, str]]) -> dict[UUID, Counts]:
    """Candidate -> counts, from votes in any order."""
    heads: dict[UUID, dict[str, int]] = {}
    for candidate, choice in votes:
        of = heads.setdefault(candidate, dict.fromkeys(CHOICES, 0))
        of[choice] += 1
    return {candidate: Counts(**of) for candidate, of in heads.items()}


def check_counts(contests: Iterable[Contest], counts: dict[UUID, Counts], valid: int, issued: int) -> None:
    """What came out of the urn must fit what went in. Raises Conflict: ballot_void.

    Rule: model text V-4, more papers returned than issued make the whole vote void
    """
    expected = {candidate for contest in contests for candidate in contest.candidates}
    whole = counts.keys() <= expected and all(of.cast == valid for of in counts.values())
    if valid > issued or not whole or (valid and counts.keys() != expected):
        raise Conflict("ballot_void", issued=issued, valid=valid)


def decide(
    rule: BallotRule, contest: Contest, counts: dict[UUID, Counts], attendance: Attendance, round_number: int
) -> Outcome:
    """Who is elected, who is tied at the last seat, and what the next round votes on.

    Rule: NPC 2008 art. 13: by yes votes until the seats are filled; a tie at the last seat is voted on again among the
    tied only, more yes wins. Shortfall and tie are the programme's rule; after the last round seats stay empty.
    """
    need = needed(rule, attendance) if contest.decides == "majority" else 0
    of = {candidate: counts.get(candidate, Counts()) for candidate in contest.candidates}
    passed = tuple(sorted((c for c in of if of[c].yes >= need), key=lambda c: (_strength(rule, of[c]), c)))
    elected, tied = _fill(passed, [_strength(rule, of[each]) for each in passed], contest.seats)
    following = _next(rule, contest, passed, elected, tied) if round_number < rule.rounds else None
    open_seats = following.seats if following else 0
    return Outcome(
        stratum=contest.stratum,
        counts=of,
        needed=need,
        passed=passed,
        elected=elected,
        tied=tied,
        next=following,
        empty=contest.seats - len(elected) - open_seats,
    )


def _strength(rule: BallotRule, counts: Counts) -> tuple[int, int]:
    """Sorts the stronger first: more yes; under `fewer_no`, at equal yes, fewer no (V-6)."""
    return -counts.yes, counts.no if rule.tie == "fewer_no" else 0


def _fill(
    passed: tuple[UUID, ...], strengths: list[tuple[int, int]], seats: int
) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Split those who passed, strongest first, into elected and tied at the last seat."""
    if len(passed) <= seats:
        return passed, ()
    last = strengths[seats - 1]
    if strengths[seats] != last:
        return passed[:seats], ()
    ahead = sum(strength < last for strength in strengths)
    return passed[:ahead], passed[ahead : ahead + strengths.count(last)]


def _next(
    rule: BallotRule, contest: Contest, passed: tuple[UUID, ...], elected: tuple[UUID, ...], tied: tuple[UUID, ...]
) -> Contest | None:
    """A tie is voted on among the tied; too few passed is a new vote among the rest, where the rule wants one."""
    seats = contest.seats - len(elected)
    if tied:
        return Contest(stratum=contest.stratum, seats=seats, candidates=tied, decides="order")
    rest = tuple(candidate for candidate in contest.candidates if candidate not in passed)
    if seats and rest and rule.shortfall == "revote_rest":
        return Contest(stratum=contest.stratum, seats=seats, candidates=rest)
    return None


def is_unanimous(counts: dict[UUID, Counts], valid: int) -> bool:
    """Whether counts alone tell how everybody voted about a candidate; then secrecy is nil, and the page says so."""
    return valid > 0 and any(valid in (of.yes, of.no, of.abstain) for of in counts.values())


def describe(rule: BallotRule, attendance: Attendance) -> dict[str, int | str]:
    """The rule in numbers for this meeting, shown before the vote: need, base and comparison."""
    return {
        "needed": needed(rule, attendance),
        "base": getattr(attendance, rule.majority_of),
        "base_of": rule.majority_of,
        "share": _plain(rule.majority),
        "compare": rule.compare,
    }


def _plain(ratio: Ratio) -> str:
    return f"{ratio.n}/{ratio.d}"
