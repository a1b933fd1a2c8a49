"""The ballot's arithmetic, against the shipped case and against brute force over small ballots."""

from collections.abc import Iterable
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.awards.ballots import domain
from services.awards.ballots.domain import Attendance, Choice, Contest, Counts
from services.awards.programmes.domain import BallotRule
from shared.errors import Conflict, Faulty, Refused
from shared.exact import Ratio

RULE = BallotRule(
    due=9,
    quorum=Ratio(2, 3),
    quorum_of="due",
    majority=Ratio(1, 2),
    majority_of="due",
    compare="more_than",
    supports="seats",
    tie="revote_tied",
    shortfall="leave_empty",
    rounds=3,
)
SHIPPED = Attendance(due=9, present=8, issued=7, valid=7)


def ids(number: int) -> tuple[UUID, ...]:
    return tuple(UUID(int=n + 1) for n in range(number))


def counted(*yes: int, valid: int = 7) -> dict[UUID, Counts]:
    return {UUID(int=n + 1): Counts(yes=each, no=valid - each) for n, each in enumerate(yes)}


def contest(seats: int, number: int, stratum: str = "faculty") -> Contest:
    return Contest(stratum=stratum, seats=seats, candidates=ids(number))


def test_nine_due_eight_present_one_recused_gives_seven_papers() -> None:
    members = [str(n) for n in range(9)]
    attendance, papers = domain.attend(members, present=members[:8], recused=["7"])
    assert attendance == Attendance(due=9, present=8, issued=7)
    assert papers == frozenset(members[:7])


def test_the_quorum_of_nine_is_six_and_the_majority_is_five() -> None:
    assert domain.quorum(RULE, 8) == domain.Quorum(need=6, got=8, missing=0)
    assert domain.needed(RULE, SHIPPED) == 5


def test_a_meeting_without_quorum_says_need_got_and_missing() -> None:
    with pytest.raises(Refused) as refusal:
        domain.require_quorum(RULE, Attendance(due=9, present=5, issued=5))
    assert (refusal.value.code, refusal.value.values) == ("quorum_missing", {"need": 6, "got": 5, "missing": 1})


@pytest.mark.parametrize(
    ("quorum", "due", "need"),
    [
        (Ratio(2, 3), 9, 6),
        (Ratio(2, 3), 10, 7),
        (Ratio(2, 3), 1, 1),
        (Ratio(4, 5), 9, 8),
        (Ratio(4, 5), 10, 8),
        (Ratio(1, 1), 9, 9),
    ],
)
def test_clause_v1_two_thirds_or_more_includes_the_number(quorum: Ratio, due: int, need: int) -> None:
    assert domain.quorum(structs.replace(RULE, quorum=quorum, due=due), 0).need == need


@pytest.mark.parametrize(
    ("base", "compare", "majority", "need"),
    [
        ("due", "more_than", Ratio(1, 2), 5),
        ("present", "more_than", Ratio(1, 2), 5),
        ("issued", "more_than", Ratio(1, 2), 4),
        ("valid", "more_than", Ratio(1, 2), 4),
        ("due", "at_least", Ratio(1, 2), 5),
        ("present", "at_least", Ratio(1, 2), 4),
        ("due", "more_than", Ratio(2, 3), 7),
        ("due", "at_least", Ratio(2, 3), 6),
    ],
)
def test_clause_v3_the_majority_counts_the_base_the_rule_names(
    base: str, compare: str, majority: Ratio, need: int
) -> None:
    rule = structs.replace(RULE, majority_of=base, compare=compare, majority=majority)
    assert domain.needed(rule, SHIPPED) == need


def test_e_shipped_the_fourth_faculty_seat_is_voted_on_again_between_the_two_only() -> None:
    first = domain.decide(RULE, contest(4, 5), counted(6, 6, 6, 5, 5), SHIPPED, round_number=1)
    assert first.elected == ids(5)[:3]
    assert first.tied == ids(5)[3:]
    assert first.next == Contest(stratum="faculty", seats=1, candidates=ids(5)[3:], decides="order")
    again = {ids(5)[3]: Counts(yes=4, no=3), ids(5)[4]: Counts(yes=3, no=4)}
    second = domain.decide(RULE, first.next, again, SHIPPED, round_number=2)
    assert (second.elected, second.next, second.empty) == ((ids(5)[3],), None, 0)


def test_e_shipped_offices_and_services_give_one_seat_of_two() -> None:
    outcome = domain.decide(RULE, contest(1, 2, "office"), counted(5, 2), SHIPPED, round_number=1)
    assert (outcome.elected, outcome.empty) == (ids(2)[:1], 0)


def test_four_yes_of_seven_papers_do_not_pass_when_the_base_is_those_due() -> None:
    outcome = domain.decide(RULE, contest(1, 2), counted(4, 3), SHIPPED, round_number=1)
    assert (outcome.elected, outcome.empty, outcome.next) == ((), 1, None)


def test_clause_v7a_too_few_passed_is_a_new_vote_among_those_not_elected() -> None:
    rule = structs.replace(RULE, shortfall="revote_rest")
    outcome = domain.decide(rule, contest(2, 3), counted(6, 4, 3), SHIPPED, round_number=1)
    assert outcome.elected == ids(3)[:1]
    assert outcome.next == Contest(stratum="faculty", seats=1, candidates=ids(3)[1:], decides="majority")


def test_clause_v6_fewer_against_wins_and_then_a_new_vote() -> None:
    rule = structs.replace(RULE, tie="fewer_no")
    two = {ids(2)[0]: Counts(yes=5, no=2), ids(2)[1]: Counts(yes=5, no=1, abstain=1)}
    assert domain.decide(rule, contest(1, 2), two, SHIPPED, round_number=1).elected == (ids(2)[1],)
    same = {candidate: Counts(yes=5, no=2) for candidate in ids(2)}
    assert domain.decide(rule, contest(1, 2), same, SHIPPED, round_number=1).tied == ids(2)


def test_a_tie_after_the_last_round_leaves_the_seat_empty() -> None:
    outcome = domain.decide(RULE, contest(1, 2), counted(5, 5), SHIPPED, round_number=3)
    assert (outcome.elected, outcome.next, outcome.empty) == ((), None, 1)


def test_a_tie_that_does_not_touch_the_last_seat_is_no_tie() -> None:
    outcome = domain.decide(RULE, contest(2, 3), counted(6, 6, 5), SHIPPED, round_number=1)
    assert (outcome.elected, outcome.tied) == (ids(3)[:2], ())


def paper(*choices: Choice) -> dict[UUID, Choice]:
    return {UUID(int=n + 1): choice for n, choice in enumerate(choices)}


def codes(told: pytest.ExceptionInfo[Faulty]) -> list[str]:
    return [fault.code for fault in told.value.faults]


def test_a_paper_names_every_candidate_once() -> None:
    domain.check_paper(RULE, [contest(1, 2)], paper("yes", "abstain"))
    with pytest.raises(Faulty) as told:
        domain.check_paper(RULE, [contest(1, 2)], paper("yes") | {UUID(int=99): "no"})
    assert codes(told) == ["choice_missing", "candidate_unknown"]


def test_clause_v4_a_paper_that_supports_more_than_the_seats_is_not_taken() -> None:
    with pytest.raises(Faulty) as told:
        domain.check_paper(RULE, [contest(1, 2)], paper("yes", "yes"))
    assert told.value.faults[0].values == {"stratum": "faculty", "most": 1, "got": 2}
    domain.check_paper(structs.replace(RULE, supports="any"), [contest(1, 2)], paper("yes", "yes"))


def test_clause_v4_more_papers_than_issued_make_the_vote_void() -> None:
    with pytest.raises(Conflict):
        domain.check_counts([contest(1, 2)], counted(5, 3, valid=8), valid=8, issued=7)
    with pytest.raises(Conflict):
        domain.check_counts([contest(1, 2)], counted(5, 3, valid=7), valid=6, issued=7)
    domain.check_counts([contest(1, 2)], counted(5, 2), valid=7, issued=7)
    domain.check_counts([contest(1, 2)], {}, valid=0, issued=7)


def test_somebody_who_is_no_member_or_not_there_gets_no_paper() -> None:
    with pytest.raises(Faulty) as told:
        domain.attend(["a", "b"], present=["a", "c"], recused=["b"])
    assert codes(told) == ["member_unknown", "recused_absent"]


def test_an_unanimous_vote_is_admitted_to_be_no_secret() -> None:
    assert domain.is_unanimous(counted(7, 2), valid=7)
    assert not domain.is_unanimous(counted(6, 2), valid=7)
    assert not domain.is_unanimous({}, valid=0)


# --- properties -------------------------------------------------------------------------------------------------------

PAPERS = st.integers(1, 5).flatmap(
    lambda candidates: st.lists(
        st.tuples(*[st.sampled_from(domain.CHOICES) for _ in range(candidates)]), min_size=1, max_size=8
    )
)
RULES = st.builds(
    structs.replace,
    st.just(RULE),
    majority=st.sampled_from([Ratio(1, 2), Ratio(2, 3), Ratio(1, 3)]),
    majority_of=st.sampled_from(["due", "present", "issued", "valid"]),
    compare=st.sampled_from(["more_than", "at_least"]),
    tie=st.sampled_from(["revote_tied", "fewer_no"]),
    shortfall=st.sampled_from(["leave_empty", "revote_rest"]),
)


def votes_of(papers: Iterable[tuple[Choice, ...]]) -> list[tuple[UUID, str]]:
    return [(UUID(int=n + 1), choice) for each in papers for n, choice in enumerate(each)]


def attendance_of(papers: list[tuple[Choice, ...]]) -> Attendance:
    return Attendance(due=9, present=max(len(papers), 8), issued=len(papers), valid=len(papers))


def brute_force(
    rule: BallotRule, seats: int, papers: list[tuple[Choice, ...]], attendance: Attendance
) -> tuple[set[UUID], set[UUID]]:
    """Elected and tied by definition: nobody counts positions, everybody is compared with everybody."""
    base = Fraction(getattr(attendance, rule.majority_of))
    column = {UUID(int=n + 1): [each[n] for each in papers] for n in range(len(papers[0]))}
    share = rule.majority.fraction * base
    passed = {
        c
        for c, cast in column.items()
        if (cast.count("yes") > share if rule.compare == "more_than" else cast.count("yes") >= share)
    }

    def beats(one: UUID, other: UUID) -> bool:
        if column[one].count("yes") != column[other].count("yes"):
            return column[one].count("yes") > column[other].count("yes")
        return rule.tie == "fewer_no" and column[one].count("no") < column[other].count("no")

    elected = {c for c in passed if sum(not beats(c, other) for other in passed) <= seats}
    reachable = {c for c in passed if sum(beats(other, c) for other in passed) < seats}
    return elected, reachable - elected


@given(RULES, st.integers(1, 4), PAPERS)
def test_the_elected_and_the_tied_are_those_of_the_definition(
    rule: BallotRule, seats: int, papers: list[tuple[Choice, ...]]
) -> None:
    attendance = attendance_of(papers)
    outcome = domain.decide(rule, contest(seats, len(papers[0])), domain.tally(votes_of(papers)), attendance, 1)
    assert (set(outcome.elected), set(outcome.tied)) == brute_force(rule, seats, papers, attendance)


@given(RULES, st.integers(1, 4), PAPERS, st.randoms(use_true_random=False))
def test_the_order_of_the_papers_changes_nothing(
    rule: BallotRule, seats: int, papers: list[tuple[Choice, ...]], shuffler: object
) -> None:
    attendance = attendance_of(papers)
    mixed = votes_of(papers)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one, other = (
        domain.decide(rule, contest(seats, len(papers[0])), domain.tally(votes), attendance, 1)
        for votes in (votes_of(papers), mixed)
    )
    assert one == other


@given(RULES, st.integers(1, 4), PAPERS, st.data())
def test_one_more_yes_never_costs_a_candidate_the_seat(
    rule: BallotRule, seats: int, papers: list[tuple[Choice, ...]], data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(papers) - 1))
    who = data.draw(st.integers(0, len(papers[0]) - 1))
    candidate = UUID(int=who + 1)
    changed = [*papers]
    changed[which] = (*papers[which][:who], "yes", *papers[which][who + 1 :])
    attendance = attendance_of(papers)
    before, after = (
        domain.decide(rule, contest(seats, len(papers[0])), domain.tally(votes_of(each)), attendance, 1)
        for each in (papers, changed)
    )
    assert candidate not in before.elected or candidate in after.elected


@given(RULES, st.integers(1, 4), PAPERS, st.integers(1, 3))
def test_seats_are_filled_voted_on_again_or_left_empty_and_nothing_else(
    rule: BallotRule, seats: int, papers: list[tuple[Choice, ...]], round_number: int
) -> None:
    votes = domain.tally(votes_of(papers))
    outcome = domain.decide(rule, contest(seats, len(papers[0])), votes, attendance_of(papers), round_number)
    again = outcome.next.seats if outcome.next else 0
    assert len(outcome.elected) + again + outcome.empty == seats
    assert outcome.empty >= 0
    assert outcome.next is None or (
        round_number < rule.rounds and not set(outcome.next.candidates) & set(outcome.elected)
    )


@given(st.integers(0, 60), RULES)
def test_the_least_number_of_yes_votes_is_the_least(base: int, rule: BallotRule) -> None:
    need = domain.needed(rule, Attendance(due=base, present=base, issued=base, valid=base))
    share = rule.majority.fraction * base
    passing = [yes for yes in range(base + 2) if (yes > share if rule.compare == "more_than" else yes >= share)]
    assert need == passing[0]
