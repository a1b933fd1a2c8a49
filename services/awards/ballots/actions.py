"""Holding the ballot: open a round, cast a paper, close the round and put the list forward.

The transaction that casts a paper marks the voter's seat and drops the votes; nothing else knows both.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.awards.ballots import domain, store
from services.awards.ballots.domain import Ballot, Choice, Seat
from services.awards.consultations import actions as consultations
from services.awards.consultations import domain as opinions
from services.awards.editions import actions as editions
from services.awards.nominations import actions as nominations
from services.awards.nominations.domain import Nomination
from services.awards.programmes import actions as programmes
from services.awards.programmes.domain import Member, Programme, phase
from services.awards.programmes.domain.columns import VOTES
from services.awards.scorecards import actions as scorecards
from services.awards.scorecards.domain import Standing
from shared.clock import local
from shared.db import Transaction
from shared.errors import Conflict, Fault, Faulty, Missing, Refused
from shared.ids import secret_id
from shared.tables import Folder, Row

REVOTE_LASTS = timedelta(minutes=30)


async def open_round(
    tx: Transaction, ballot_id: UUID, programme_id: UUID, present: list[str], recused: list[str],
    closes_at: datetime | None, by: UUID, now: datetime,
) -> Ballot:  # fmt: skip
    """Open the next round for those present. present, recused: accounts. The same id again is the same round.

    closes_at: when papers are taken no more; the programme's time for the first round, half an hour for another.
    Raises what `domain.may_open`, `domain.attend` and `domain.require_quorum` raise; Faulty: scorecard_unaudited,
    offices_silent, nobody_stands, closes_before_opening.
    """
    programme = await programmes.by_id(tx, programme_id)
    await store.lock_programme(tx, programme_id)
    if known := await store.by_id(tx, ballot_id):
        return known
    held = await store.held(tx, programme_id)
    domain.may_open(programme, held, now)
    members = await programmes.members(tx, programme_id)
    attendance, papers = domain.attend([m.account for m in members], present, recused)
    domain.require_quorum(programme.ballot, attendance)
    contests = domain.next_contests(held[-1].outcomes) if held else await _first_contests(tx, programme_id, programme)
    ballot = Ballot(
        id=ballot_id,
        programme_id=programme_id,
        round=len(held) + 1,
        contests=contests,
        due=attendance.due,
        present=attendance.present,
        issued=attendance.issued,
        opened_at=now,
        closes_at=domain.closing(closes_at, None if held else programme.ballot_closes, now, REVOTE_LASTS),
    )
    await store.open_round(tx, ballot, by)
    await store.add_roll(tx, ballot_id, [_seat(member, present, recused) for member in members])
    return ballot


def _seat(member: Member, present: list[str], recused: list[str]) -> Seat:
    return Seat(
        seat=member.seat,
        handle=member.handle,
        name=member.name,
        is_present=member.account in present,
        is_recused=member.account in recused,
    )


async def _first_contests(tx: Transaction, programme_id: UUID, programme: Programme) -> tuple[domain.Contest, ...]:
    hindered = [each for each in await candidates(tx, programme_id) if each.hindrance]
    undecided = [each for each in hindered if each.hindrance in ("unaudited", "waiting")]
    if undecided:
        codes = {"unaudited": "scorecard_unaudited", "waiting": "offices_silent"}
        raise Faulty([Fault(code=codes[each.hindrance], value=each.nomination.branch) for each in undecided])
    contests = domain.first_contests(programme, await _eligible(tx, programme_id))
    if not contests:
        raise Faulty([Fault(code="nobody_stands")])
    return contests


async def _eligible(tx: Transaction, programme_id: UUID) -> dict[str, list[UUID]]:
    eligible: dict[str, list[UUID]] = {}
    for each in await candidates(tx, programme_id):
        if not each.hindrance:
            eligible.setdefault(each.nomination.stratum, []).append(each.nomination.id)
    return eligible


async def candidates(tx: Transaction, programme_id: UUID) -> list[domain.Candidate]:
    """Every nomination that stands, with what keeps it off the ballot."""
    programme = await programmes.by_id(tx, programme_id)
    standings = await scorecards.standings(tx, programme_id)
    replies = await consultations.of_programme(tx, programme_id)
    return [
        domain.Candidate(
            nomination=nomination,
            standing=standings[nomination.id],
            answer=opinions.answer(programme, replies[nomination.id]),
        )
        for nomination in await nominations.standing(tx, programme_id)
    ]


async def cast(tx: Transaction, ballot_id: UUID, handle: UUID, choices: dict[UUID, Choice], now: datetime) -> Ballot:
    """Cast one paper; it is final. choices: candidate -> choice, for every candidate of the round.

    Raises what `domain.may_cast` and `domain.check_paper` raise.
    """
    await store.lock_casting(tx, ballot_id)
    ballot = await by_id(tx, ballot_id)
    roll = await store.roll(tx, ballot_id)
    domain.may_cast(ballot, next((seat for seat in roll if seat.handle == handle), None), now)
    programme = await programmes.by_id(tx, ballot.programme_id)
    domain.check_paper(programme.ballot, ballot.contests, choices)
    if not await store.mark_voted(tx, ballot_id, handle):
        raise Conflict("vote_final")
    await store.drop(tx, ballot_id, [(secret_id(), candidate, choice) for candidate, choice in choices.items()])
    return ballot


async def close(tx: Transaction, ballot_id: UUID, by: UUID, now: datetime) -> Ballot:
    """Close the round, count, and put the list forward when no further round is held. Twice is once.

    Raises Refused: ballot_still_open; Conflict: ballot_void.
    """
    await store.lock_closing(tx, ballot_id)
    ballot = await by_id(tx, ballot_id)
    if not ballot.is_open:
        return ballot
    roll = await store.roll(tx, ballot_id)
    domain.may_close(ballot, roll, now)
    await store.close(tx, ballot_id, by, now)
    await store.open_urn(tx, ballot_id)
    counts = domain.tally(await store.votes(tx, ballot_id))
    valid = sum(seat.has_voted for seat in roll)
    programme = await programmes.by_id(tx, ballot.programme_id)
    outcomes = domain.count_round(programme.ballot, ballot, counts, valid)
    await store.save_outcomes(tx, ballot_id, valid, outcomes)
    if not domain.next_contests(outcomes):
        await _propose(tx, ballot.programme_id, programme, by, now)
    return await by_id(tx, ballot_id)


async def _propose(tx: Transaction, programme_id: UUID, programme: Programme, by: UUID, now: datetime) -> None:
    """Put the elected forward; an empty list is no list."""
    held = await store.held(tx, programme_id)
    known = {each.id: each for each in await nominations.standing(tx, programme_id)}
    items = [_award(programme, known[who], stratum, counts.yes) for stratum, who, counts in domain.elected(held)]
    if items:
        await editions.propose(tx, programme_id, items, [ballot.id for ballot in held], by, now)


def _award(programme: Programme, nomination: Nomination, key: str, yes: int) -> editions.ProposedAward:
    stratum = next(each for each in programme.strata if each.key == key)
    return editions.ProposedAward(
        subject_kind="branch",
        subject_id=nomination.branch_id,
        name=nomination.branch,
        name_key=nomination.branch_key,
        division_key=stratum.key,
        division=stratum.title,
        division_en=stratum.title_en,
        result=str(yes),
        tier=programme.tier,
        tier_en=programme.tier_en,
    )


async def by_id(tx: Transaction, ballot_id: UUID) -> Ballot:
    """Raises Missing: ballot_unknown."""
    found = await store.by_id(tx, ballot_id)
    if found is None:
        raise Missing("ballot_unknown")
    return found


async def held(tx: Transaction, programme_id: UUID) -> list[Ballot]:
    """The programme's rounds, the first one first."""
    return await store.held(tx, programme_id)


async def roll(tx: Transaction, ballot_id: UUID) -> list[Seat]:
    """The electoral roll of a round, in the order of seats."""
    return await store.roll(tx, ballot_id)


def check(folder: Folder, known: programmes.Programmes, faults: list[Fault]) -> None:
    """Check the rehearsal's files, nominations.xlsx and votes.csv, by playing them through the rule."""
    if not known.loaded or not {"nominations.xlsx", "votes.csv"} & folder.files.keys():
        return
    before = len(faults)
    nominated = nominations.check(folder, known, faults)
    standings = scorecards.check(folder, known, nominated, faults)
    rows = {row.number: row for row in folder.table("votes.csv", VOTES, faults)} if "votes.csv" in folder.files else {}
    votes = _votes(rows.values(), known, faults)
    for each in known.loaded:
        eligible = _eligible_in_file(each, known.categories, nominated[each.programme.key], standings, faults)
        if len(faults) == before and votes[each.programme.key]:
            committee = [account for account, _ in known.committee]
            for fault in domain.rehearse(each.programme, eligible, committee, votes[each.programme.key]):
                row = rows.get(fault.row or 0)
                faults.append(row.fault(fault.code, fault.column, **fault.values) if row else fault)


def _votes(
    rows: Iterable[Row], known: programmes.Programmes, faults: list[Fault]
) -> dict[str, list[domain.FileVote]]:
    votes: dict[str, list[domain.FileVote]] = {each.programme.key: [] for each in known.loaded}
    for row in rows:
        programme = known.find(row["programme"] or "")
        if programme is None:
            faults.append(row.fault("programme_unknown", "programme"))
        elif None not in row.values.values():
            votes[programme.key].append(
                domain.FileVote(
                    round=row["round"],
                    voter=row["voter"],
                    candidate=row["candidate"],
                    choice=row["choice"],
                    row=row.number,
                )
            )
    return votes


def _eligible_in_file(
    each: programmes.Loaded, categories: dict[str, str], nominated: list[str],
    standings: dict[str, dict[str, Standing]], faults: list[Fault],
) -> dict[str, list[str]]:  # fmt: skip
    """Stratum -> branch codes that may stand, by the file's own scorecards and replies."""
    rule = each.programme
    answers = opinions.answers_in_file(rule, nominated)
    for branch, silent in answers.silent:
        faults.append(Fault(code="office_silent", file=each.file, column="consultation.reply", value=branch,
                            values={"office": silent, "branch": branch}))  # fmt: skip
    eligible: dict[str, list[str]] = {}
    for branch in nominated:
        stratum = rule.stratum_of(categories.get(branch, ""))
        if stratum and standings[rule.key][branch].verdict == "passed" and branch not in answers.vetoed:
            eligible.setdefault(stratum.key, []).append(branch)
    return eligible


class Meeting(Struct, frozen=True, kw_only=True):
    """All that the committee's page shows of a programme. roll: of the newest round; reasons: reply -> why a veto."""

    programme_id: UUID
    programme: Programme
    rule_hash: str
    phase: str
    state: str
    steps: tuple[domain.Step, ...]
    lines: tuple[domain.Line, ...]
    held: tuple[Ballot, ...]
    roll: tuple[Seat, ...]
    members: tuple[Member, ...]
    reasons: dict[UUID, str]
    voted: int
    is_over: bool
    may_open: bool
    quorum_need: int
    needed: int
    share: str
    empty_seats: int
    is_telling: bool
    pass_mark: str
    highest: tuple[str, ...]

    @property
    def ballot(self) -> Ballot | None:
        """The newest round."""
        return self.held[-1] if self.held else None

    def seat_of(self, handle: UUID) -> Seat | None:
        """This account's line of the newest roll."""
        return next((seat for seat in self.roll if seat.handle == handle), None)


async def meeting(tx: Transaction, key: str, with_reasons: bool, now: datetime) -> Meeting:
    """Put the programme's page together.

    with_reasons: for supervisor and committee; the database itself refuses them to everybody else.
    Raises Missing: programme_unknown.
    """
    programme_id = await programmes.id_of(tx, key)
    programme, rule_hash = await programmes.rule_and_hash(tx, programme_id)
    replies = await consultations.of_programme(tx, programme_id)
    held = await store.held(tx, programme_id)
    roll = await store.roll(tx, held[-1].id) if held else []
    state = (await editions.by_id(tx, programme_id)).state
    everybody = [reply for of in replies.values() for reply in of]
    is_over = bool(held) and not held[-1].is_open and not domain.next_contests(held[-1].outcomes)
    return Meeting(
        programme_id=programme_id,
        programme=programme,
        rule_hash=rule_hash,
        phase=phase(programme, now),
        state=state,
        steps=domain.steps(programme, held, state, now),
        lines=tuple(
            domain.line(programme, each, replies[each.nomination.id], held)
            for each in await candidates(tx, programme_id)
        ),
        held=tuple(held),
        roll=tuple(roll),
        members=tuple(await programmes.members(tx, programme_id)),
        reasons=await consultations.reasons(tx, everybody) if with_reasons else {},
        voted=sum(seat.has_voted for seat in roll),
        is_over=is_over,
        may_open=not is_over and not (held and held[-1].is_open) and now >= programme.ballot_at,
        quorum_need=domain.quorum(programme.ballot, 0).need,
        needed=_needed(programme, held[-1]) if held else 0,
        share=f"{programme.ballot.majority.n}/{programme.ballot.majority.d}",
        empty_seats=domain.empty_seats(held),
        is_telling=bool(held) and domain.telling(held[-1]),
        pass_mark=domain.points(programme, programme.scorecard.pass_mark),
        highest=tuple(domain.points(programme, category.highest) for category in programme.scorecard.categories),
    )


def _needed(programme: Programme, ballot: Ballot) -> int:
    """Yes votes a candidate needs in this round; 0 while that is not known or where only the order counts."""
    is_known = programme.ballot.majority_of != "valid" or not ballot.is_open
    asks = any(contest.decides == "majority" for contest in ballot.contests)
    return domain.needed(programme.ballot, ballot.attendance) if is_known and asks else 0


class PaperLine(Struct, frozen=True, kw_only=True):
    """A candidate on the paper."""

    id: UUID
    branch_code: str
    branch: str
    audited_score: str


class PaperContest(Struct, frozen=True, kw_only=True):
    """A stratum on the paper. most_yes: how many may be supported; 0 is any number."""

    stratum: str
    title: str
    title_en: str
    seats: int
    decides: str
    most_yes: int
    candidates: tuple[PaperLine, ...]


class PaperView(Struct, frozen=True, kw_only=True):
    """A member's paper. you: open, voted, absent, recused, closed or none."""

    ballot: Ballot
    programme: Programme
    contests: tuple[PaperContest, ...]
    you: str
    voted: int
    needed: int


async def paper(tx: Transaction, ballot_id: UUID, handle: UUID, now: datetime) -> PaperView:
    """The paper of a round for this account. Raises Missing: ballot_unknown."""
    ballot = await by_id(tx, ballot_id)
    programme = await programmes.by_id(tx, ballot.programme_id)
    roll = await store.roll(tx, ballot_id)
    known = {each.nomination.id: each for each in await candidates(tx, ballot.programme_id)}
    return PaperView(
        ballot=ballot,
        programme=programme,
        contests=tuple(_paper_contest(programme, contest, known) for contest in ballot.contests),
        you=domain.standing_of(ballot, next((seat for seat in roll if seat.handle == handle), None), now),
        voted=sum(seat.has_voted for seat in roll),
        needed=_needed(programme, ballot),
    )


def _paper_contest(programme: Programme, contest: domain.Contest, known: dict[UUID, domain.Candidate]) -> PaperContest:
    stratum = next(each for each in programme.strata if each.key == contest.stratum)
    return PaperContest(
        stratum=stratum.key,
        title=stratum.title,
        title_en=stratum.title_en,
        seats=contest.seats,
        decides=contest.decides,
        most_yes=contest.seats if programme.ballot.supports == "seats" else 0,
        candidates=tuple(
            PaperLine(
                id=each,
                branch_code=known[each].nomination.branch_code,
                branch=known[each].nomination.branch,
                audited_score=domain.points(programme, known[each].standing.audited_total),
            )
            for each in contest.candidates
        ),
    )


class Listed(Struct, frozen=True, kw_only=True):
    id: UUID
    key: str
    title: str
    title_en: str
    phase: str
    opens: datetime
    nominations_close: datetime
    ballot_at: datetime


async def listed(tx: Transaction, now: datetime) -> list[Listed]:
    """Every programme with the phase of its timetable."""
    return [
        Listed(
            id=programme_id, key=p.key, title=p.title, title_en=p.title_en, phase=phase(p, now), opens=p.opens,
            nominations_close=p.nominations_close, ballot_at=p.ballot_at,
        )
        for programme_id, p in await programmes.listed(tx)
    ]  # fmt: skip


async def open_by_key(
    tx: Transaction, ballot_id: UUID, key: str, present: list[str], recused: list[str], closes_at: datetime | None,
    by: UUID, now: datetime,
) -> Ballot:  # fmt: skip
    """`open_round` in the programme of this key. Raises Missing: programme_unknown."""
    return await open_round(tx, ballot_id, await programmes.id_of(tx, key), present, recused, closes_at, by, now)


async def programme_key(tx: Transaction, ballot: Ballot) -> str:
    return (await programmes.by_id(tx, ballot.programme_id)).key


async def report(tx: Transaction, key: str, say: domain.Say, language: str, now: datetime) -> domain.Report:
    """The tellers' report of the closed rounds. Raises Missing: programme_unknown; Refused: nothing_counted."""
    at = await meeting(tx, key, False, now)
    if not any(not ballot.is_open for ballot in at.held):
        raise Refused("nothing_counted")
    printed = say("committee.printed", at=f"{local(now):%Y-%m-%d %H:%M}")
    return domain.report(at.programme, at.held, at.lines, at.rule_hash, say, language, printed)
