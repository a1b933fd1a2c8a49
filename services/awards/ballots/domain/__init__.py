"""The secret ballot's arithmetic: quorum, majority, seats, ties, rounds. Pure: no I/O, no clock, no randomness.

A *ballot* is one round of voting; it holds one *contest* for each stratum whose seats are open. *Due* members form the
committee, *present* ones attend, *issued* ones get a paper (present and not recused), *valid* papers were cast.
A *vote* is one choice about one candidate; nothing links it to a voter or to the voter's other votes.

Everything is integers: "more than 1/2 of 9" is `2 * yes > 9`, and the least number that satisfies it is 5.
Not here: who may stand (nominations, scorecards, consultations). Callers must pass each candidate's counts.

Rule: services/awards/README.md#ballots
"""

from services.awards.ballots.domain.count import (
    CHOICES,
    Attendance,
    Choice,
    Contest,
    Counts,
    Decides,
    Outcome,
    Quorum,
    check_counts,
    check_paper,
    decide,
    describe,
    field,
    is_unanimous,
    needed,
    quorum,
    require_quorum,
    tally,
)
from services.awards.ballots.domain.meeting import (
    Ballot,
    Candidate,
    Hindrance,
    Seat,
    attend,
    closing,
    count_round,
    elected,
    first_contests,
    may_cast,
    may_close,
    may_open,
    next_contests,
    standing_of,
)
from services.awards.ballots.domain.overview import (
    Line,
    Step,
    Turnout,
    bar,
    empty_seats,
    line,
    points,
    staged,
    steps,
    telling,
    turnout,
)
from services.awards.ballots.domain.rehearsal import FileVote, rehearse
from services.awards.ballots.domain.report import Report, Say, report

__all__ = [
    "Attendance",
    "Ballot",
    "CHOICES",
    "Candidate",
    "Choice",
    "Contest",
    "Counts",
    "Decides",
    "FileVote",
    "Hindrance",
    "Line",
    "Outcome",
    "Quorum",
    "Report",
    "Say",
    "Seat",
    "Step",
    "Turnout",
    "attend",
    "bar",
    "check_counts",
    "check_paper",
    "closing",
    "count_round",
    "decide",
    "describe",
    "elected",
    "empty_seats",
    "field",
    "first_contests",
    "is_unanimous",
    "line",
    "may_cast",
    "may_close",
    "may_open",
    "needed",
    "next_contests",
    "points",
    "quorum",
    "rehearse",
    "report",
    "require_quorum",
    "staged",
    "standing_of",
    "steps",
    "tally",
    "telling",
    "turnout",
]
