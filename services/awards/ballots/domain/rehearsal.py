"""Playing a file's votes through the rule, so that a faulty votes.csv is told before anything is stored."""

from uuid import UUID

from msgspec import Struct

from services.awards.ballots.domain.count import CHOICES, Attendance, Choice, Contest, check_paper, decide, tally
from services.awards.ballots.domain.meeting import attend, first_contests, next_contests
from services.awards.programmes.domain import Programme
from shared.errors import Fault, Faulty


class FileVote(Struct, frozen=True, kw_only=True):
    """One line of votes.csv; `row` as the user's program counts it."""

    round: int
    voter: str
    candidate: str
    choice: str
    row: int


def rehearse(
    programme: Programme, eligible: dict[str, list[str]], committee: list[str], votes: list[FileVote]
) -> list[Fault]:
    """Faults of a programme's votes. eligible: stratum -> branch codes that may stand; committee: accounts.

    Adds vote_twice, choice_unknown, member_unknown, no_paper, branch_not_in_round, choice_missing,
    too_many_supported, voter_silent, round_absent, round_not_held.
    """
    codes = sorted({code for of in eligible.values() for code in of})
    ids = {code: UUID(int=number) for number, code in enumerate(codes, 1)}
    present = [account for account in committee if account not in programme.absent]
    try:
        attendance, papers = attend(committee, present, programme.recused)
    except Faulty:
        return []  # the programme file already told of these names
    contests = first_contests(programme, {key: [ids[code] for code in of] for key, of in eligible.items()})
    last = max((vote.round for vote in votes), default=0)
    faults: list[Fault] = []
    number = 1
    while contests and not faults:
        of = [vote for vote in votes if vote.round == number]
        if not of:
            return [_fault("round_absent", None, "round", str(number), round=number)]
        faults += _lines(of, committee, papers, ids, contests)
        silent = sorted(papers - {vote.voter for vote in of})
        faults += [_fault("voter_silent", None, "voter", voter, round=number) for voter in silent]
        cast = {voter: _paper(of, voter, ids) for voter in dict.fromkeys(vote.voter for vote in of)}
        if not faults:
            faults += _papers(programme, contests, cast, {value: key for key, value in ids.items()})
        counts = tally((who, choice) for paper in cast.values() for who, choice in paper.items())
        heads = Attendance(due=attendance.due, present=attendance.present, issued=attendance.issued, valid=len(cast))
        contests = next_contests([decide(programme.ballot, each, counts, heads, number) for each in contests])
        number += 1
    if not faults and last >= number:
        faults += [_fault("round_not_held", vote, "round", str(vote.round)) for vote in votes if vote.round >= number][
            :1
        ]
    return faults


def _paper(votes: list[FileVote], voter: str, ids: dict[str, UUID]) -> dict[UUID, Choice]:
    known = {vote.candidate: vote.choice for vote in votes if vote.voter == voter}
    return {ids[code]: choice for code, word in known.items() for choice in CHOICES if code in ids and word == choice}


def _lines(
    votes: list[FileVote],
    committee: list[str],
    papers: frozenset[str],
    ids: dict[str, UUID],
    contests: tuple[Contest, ...],
) -> list[Fault]:
    faults = []
    standing = {candidate for contest in contests for candidate in contest.candidates}
    seen: set[tuple[str, str]] = set()
    for vote in votes:
        if vote.voter not in committee:
            faults.append(_fault("member_unknown", vote, "voter", vote.voter))
        elif vote.voter not in papers:
            faults.append(_fault("no_paper", vote, "voter", vote.voter))
        if ids.get(vote.candidate) not in standing:
            faults.append(_fault("branch_not_in_round", vote, "candidate", vote.candidate, round=vote.round))
        if vote.choice not in CHOICES:
            faults.append(_fault("choice_unknown", vote, "choice", vote.choice))
        if (vote.voter, vote.candidate) in seen:
            faults.append(_fault("vote_twice", vote, "candidate", vote.candidate))
        seen.add((vote.voter, vote.candidate))
    return faults


def _papers(
    programme: Programme, contests: tuple[Contest, ...], cast: dict[str, dict[UUID, Choice]], codes: dict[UUID, str]
) -> list[Fault]:
    faults = []
    for voter, paper in cast.items():
        try:
            check_paper(programme.ballot, contests, paper)
        except Faulty as told:
            for fault in told.faults:
                code = codes.get(UUID(fault.field.partition(".")[2]), "")
                values = {**fault.values, "voter": voter, "branch": code}
                faults.append(
                    Fault(code=f"file_{fault.code}", file="votes.csv", column="voter", value=voter, values=values)
                )
    return faults


def _fault(code: str, vote: FileVote | None, column: str, value: str, **values: str | int) -> Fault:
    row = vote.row if vote else None
    return Fault(code=code, file="votes.csv", row=row, column=column, value=value, values=values)
