"""Exact results and ranks: golden tables, incidents E9, E11, E13 and E14, properties."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import Drop, RoundingRule, Rule, Shown
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Line, Pending, Standings, TieLot, TieVote, check_vote, standings, winner
from shared.errors import Refused
from shared.exact import Ratio, Rounding, count
from shared.ids import lot
from tests.scoring.samples import PLAIN, TEACHING, criterion, entry, judge, panel, part, plain, sheet, talks

A, B, C, D = (entry(number) for number in (1, 2, 3, 4))


def ranked(rule: Rule, marks: dict[UUID, list[str]], judges: int = 0) -> Standings:
    judges = judges or max(len(each) for each in marks.values())
    return standings(rule, list(marks), panel(list(marks), judges), talks(marks))


def by_entry(found: Standings) -> dict[UUID, Line]:
    return {line.entry_id: line for line in found.lines}


# aggregates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "marks", "result"),
    [
        ({"aggregate": "sum"}, ["80.0", "90.5", "70"], Fraction(481, 2)),
        ({"aggregate": "mean"}, ["80.0", "90.5", "70"], Fraction(481, 6)),
        ({"aggregate": "median", "level": "judge_total"}, ["80.0", "90.5", "70"], Fraction(80)),
        ({"aggregate": "median", "level": "judge_total"}, ["80.0", "90.5", "70", "81.1"], Fraction(1611, 20)),
        ({"aggregate": "trimmed_mean", "level": "part", "drop": Drop(1, 1)}, ["80", "90.5", "70", "81"], Fraction(161, 2)),
        ({"aggregate": "trimmed_mean", "level": "part", "drop": Drop(2, 0)}, ["80", "90.5", "70", "81"], Fraction(75)),
        ({"aggregate": "trimmed_mean", "level": "part", "drop": Drop(0, 1)}, ["10", "20", "20"], Fraction(20)),
    ],
)
def test_an_aggregate_is_exact(changes: dict[str, object], marks: list[str], result: Fraction) -> None:
    (line,) = ranked(plain(**changes), {A: marks}).lines
    assert line.result.fraction == result


@pytest.mark.parametrize(
    ("marks", "published"),
    [
        ("7.5 7.0 8.25 7.75 7.5 7.25 8.0 8.0 7.75", "7.68"),
        ("6.5 7.25 7.5 7.25 6.0 5.75 7.0 6.75 7.0", "6.82"),
        ("7.25 8.0 8.5 8.25 8.0 8.0 8.0 8.25 8.0", "8.07"),
        ("9.75 9.5 9.75 9.25 10.0 9.5 8.75 9.25 10.0", "9.57"),
    ],
)
def test_published_panel_scores_are_reproduced(marks: str, published: str) -> None:
    """Figure skating 2016-17, components: ISU protocols as collected by BuzzFeed News (CC BY 4.0)."""
    quarters = plain(
        aggregate="trimmed_mean", level="criterion", drop=Drop(1, 1), parts=(part("talk", criterion("talk", 40, Ratio(1, 4))),)
    )
    sheets = [
        Marked(judge_id=judge(number), entry_id=A, part="talk", marks={"talk": count(text, Fraction(1, 4))})
        for number, text in enumerate(marks.split(), start=1)
    ]
    (line,) = standings(quarters, [A], panel([A], 9), sheets).lines
    assert line.shown == published


def two_parts(level: str) -> Rule:
    parts = (part("design", criterion("design", 200)), part("lesson", criterion("lesson", 800)))
    return plain(aggregate="trimmed_mean", level=level, drop=Drop(1, 1), parts=parts)


def test_the_drop_level_decides_who_wins() -> None:
    """The same marks, two winners: dropping by part is not dropping by judge."""
    marks = {
        A: [("20.0", "60.0"), ("10.0", "70.0"), ("15.0", "66.0")],
        B: [("16.0", "64.6"), ("15.0", "64.2"), ("14.2", "66.0")],
    }
    sheets = [
        each
        for entry_id, rows in marks.items()
        for number, (design, lesson) in enumerate(rows, start=1)
        for each in (
            sheet(judge(number), entry_id, "design", design=design),
            sheet(judge(number), entry_id, "lesson", lesson=lesson),
        )
    ]
    found = {level: standings(two_parts(level), [A, B], panel([A, B], 3), sheets) for level in ("judge_total", "part")}
    shown = {level: [(line.entry_id, line.shown) for line in each.lines] for level, each in found.items()}
    assert shown == {"judge_total": [(B, "80.20"), (A, "80.00")], "part": [(A, "81.00"), (B, "79.60")]}


def test_a_line_says_which_judges_counted() -> None:
    (line,) = ranked(plain(aggregate="trimmed_mean", level="judge_total", drop=Drop(1, 1)), {A: ["70", "80", "90", "85"]}).lines
    assert line.counted == {"": (judge(2), judge(4))}


def test_parts_are_trimmed_alone_and_need_not_add_up() -> None:
    parts = (part("design", criterion("design", 200)), part("lesson", criterion("lesson", 800)))
    each = plain(aggregate="trimmed_mean", level="judge_total", drop=Drop(1, 1), parts=parts)
    sheets = [
        each_sheet
        for number, (design, lesson) in enumerate([("20", "60"), ("10", "80"), ("12", "70")], start=1)
        for each_sheet in (
            sheet(judge(number), A, "design", design=design),
            sheet(judge(number), A, "lesson", lesson=lesson),
        )
    ]
    (line,) = standings(each, [A], panel([A], 3), sheets).lines
    assert line.result == Ratio(82, 1)
    assert line.parts == {"design": Ratio(12, 1), "lesson": Ratio(70, 1)}


def test_units_may_differ_between_criteria() -> None:
    parts = (part("talk", criterion("talk", 100), criterion("time", 4, Ratio(1, 4))),)
    sheets = [Marked(judge_id=judge(1), entry_id=A, part="talk", marks={"talk": 91, "time": 3})]
    (line,) = standings(plain(parts=parts), [A], panel([A], 1), sheets).lines
    assert line.result.fraction == Fraction(985, 100)


# rounding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "shown"), [("half_up", "80.13"), ("truncate", "80.12"), ("half_even", "80.12")])
def test_the_rule_says_how_to_round(mode: Rounding, shown: str) -> None:
    (line,) = ranked(plain(shown=Shown(mode, 2)), {A: ["80.1", "80.1", "80.1", "80.2"]}).lines
    assert (line.result.fraction, line.shown) == (Fraction("80.125"), shown)


def test_a_figure_rounded_for_show_does_not_rank() -> None:
    marks = {A: ["80.0", "80.0", "80.1"], B: ["80.0", "80.0", "80.0"]}
    shown = Shown("half_up", 1)
    shown_only = ranked(plain(shown=shown), marks)
    assert [(line.rank, line.shown) for line in shown_only.lines] == [(1, "80.0"), (2, "80.0")]
    before = ranked(plain(shown=shown, roundings=(RoundingRule("ranked", "", "half_up", 1),)), marks)
    assert [(line.rank, line.result) for line in before.lines] == [(1, Ratio(80, 1)), (1, Ratio(80, 1))]


# missing marks ------------------------------------------------------------------------------------------------------


def test_e9_a_judge_who_left_out_a_criterion_keeps_the_entry_open_and_it_is_no_zero() -> None:
    """E9: 评委5漏打一项"反思"; 空缺不计0,不得锁定."""
    sheets = teaching_sheets({A: [("18.0", "27.0", "40.0", "4.5")] * 7})
    blank = [each for each in sheets if not (each.judge_id == judge(5) and each.part == "reflection")]
    blank.append(sheet(judge(5), A, "reflection"))
    open_ = standings(TEACHING, [A], panel([A], 7), blank)
    assert [(each.judge_id, each.part, each.criterion) for each in open_.unmarked] == [
        (judge(5), "reflection", "reflection")
    ]
    assert (open_.lines, open_.thin) == ((), (A,))
    done = standings(TEACHING, [A], panel([A], 7), sheets)
    assert (done.unmarked, done.lines[0].shown) == ((), "89.50")


def test_a_zero_is_a_mark() -> None:
    found = ranked(PLAIN, {A: ["0", "10"]})
    assert (found.unmarked, found.lines[0].shown) == ((), "5.00")


def test_an_excluded_judge_does_not_count_and_the_fewest_marks_hold() -> None:
    exclude = plain(missing="exclude", level="judge_total", fewest_marks=2)
    found = ranked(exclude, {A: ["80", "", "90"], B: ["", "", "99"]})
    assert [(line.entry_id, line.shown, line.counted[""]) for line in found.lines] == [
        (A, "85.00", (judge(1), judge(3)))
    ]
    assert found.thin == (B,)


def test_marks_of_a_judge_who_is_not_assigned_count_nowhere() -> None:
    found = standings(PLAIN, [A], panel([A], 2), talks({A: ["80", "90", "10"]}))
    assert found.lines[0].shown == "85.00"


def test_an_entry_that_left_the_roll_is_not_ranked() -> None:
    found = standings(PLAIN, [A], panel([A, B], 1), talks({A: ["80"], B: ["90"]}))
    assert [line.entry_id for line in found.lines] == [A]


# rank styles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "ranks"), [("1224", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3])])
def test_a_shared_rank_is_followed_as_the_rule_says(style: str, ranks: list[int]) -> None:
    found = ranked(plain(rank_style=style), {A: ["90"], B: ["80"], C: ["80"], D: ["70"]})
    assert [line.rank for line in found.lines] == ranks
    assert [line.decided_by for line in found.lines] == ["result", "shared", "shared", "result"]


# ties ---------------------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, str]


def teaching_sheets(marks: dict[UUID, list[Row]]) -> list[Marked]:
    """entry -> per judge: design, content, delivery, reflection."""
    found = []
    for entry_id, rows in marks.items():
        for number, (design, content, delivery, reflection) in enumerate(rows, start=1):
            found += [
                sheet(judge(number), entry_id, "design", design=design),
                sheet(judge(number), entry_id, "lesson", content=content, delivery=delivery),
                sheet(judge(number), entry_id, "reflection", reflection=reflection),
            ]
    return found


def teaching(marks: dict[UUID, list[Row]], votes: list[TieVote] | None = None, lots: list[TieLot] | None = None) -> Standings:
    return standings(TEACHING, list(marks), panel(list(marks), 7), teaching_sheets(marks), votes or [], lots or [])


ALIKE: Row = ("18.0", "27.0", "40.0", "4.0")


def test_e13_an_exact_tie_goes_to_the_higher_lesson() -> None:
    """E13: 文科6/7名精确同分;课堂教学高者先."""
    found = teaching({A: [("18.5", "27.0", "40.0", "4.0")] * 7, B: [("18.0", "27.5", "40.0", "4.0")] * 7})
    assert [(line.entry_id, line.rank, line.decided_by) for line in found.lines] == [
        (B, 1, "part:lesson"),
        (A, 2, "part:lesson"),
    ]
    assert {line.result for line in found.lines} == {Ratio(179, 2)}


def test_the_steps_of_the_chain_come_in_the_rules_order() -> None:
    design_first = [("18.5", "27.0", "40.0", "3.5")] * 7
    assert by_entry(teaching({A: [ALIKE] * 7, B: design_first}))[B].decided_by == "part:design"


def test_the_untrimmed_mean_looks_at_the_judges_the_drop_left_out() -> None:
    higher = [ALIKE] * 6 + [("20.0", "27.0", "40.0", "5.0")]
    reflection_higher = [ALIKE] * 6 + [("18.0", "27.0", "40.0", "5.0")]
    found = teaching({A: [ALIKE] * 7, B: reflection_higher, C: higher})
    assert [(line.entry_id, line.decided_by) for line in found.lines] == [
        (C, "untrimmed_mean"),
        (B, "untrimmed_mean"),
        (A, "untrimmed_mean"),
    ]


def vote(entries: set[UUID], *named: UUID) -> TieVote:
    votes = tuple((judge(number), each) for number, each in enumerate(named, start=1))
    return TieVote(entries=frozenset(entries), votes=votes, minutes="合议记录第1号")


def test_e14_the_panels_recorded_vote_decides_rank_one_by_four_to_three() -> None:
    """E14: 理科第1名四级仍同;合议4:3."""
    marks = {A: [ALIKE] * 7, B: [ALIKE] * 7, C: [("10.0", "20.0", "30.0", "1.0")] * 7}
    waiting = teaching(marks)
    assert waiting.pending == (Pending((A, B), "panel_vote"),)
    assert not waiting.is_complete
    found = teaching(marks, [vote({A, B}, B, A, B, A, B, A, B)])
    assert [(line.entry_id, line.rank, line.decided_by) for line in found.lines] == [
        (B, 1, "panel_vote"),
        (A, 2, "panel_vote"),
        (C, 3, "result"),
    ]
    assert found.is_complete


def test_a_lot_decides_only_after_the_vote_has_failed() -> None:
    marks = {A: [ALIKE] * 7, B: [ALIKE] * 7}
    seed = bytes(range(32))
    drawn = [TieLot(entries=frozenset({A, B}), seed=seed)]
    assert teaching(marks, lots=drawn).pending == (Pending((A, B), "panel_vote"),)
    failed = [vote({A, B}, A, B, A, B)]
    assert teaching(marks, failed).pending == (Pending((A, B), "lot"),)
    decided = teaching(marks, failed, drawn)
    assert [line.entry_id for line in decided.lines] == lot(seed, [A, B])
    assert {line.decided_by for line in decided.lines} == {"lot"}
    assert [line.rank for line in decided.lines] == [1, 2]


def test_a_vote_on_three_names_the_first_and_the_rest_is_voted_again() -> None:
    marks = {each: [ALIKE] * 7 for each in (A, B, C)}
    first = vote({A, B, C}, C, C, C, C, A, A, B)
    assert teaching(marks, [first]).pending == (Pending((A, B), "panel_vote"),)
    found = teaching(marks, [first, vote({A, B}, A, A, A, A, B, B, B)])
    assert [line.entry_id for line in found.lines] == [C, A, B]


def test_half_of_the_votes_is_no_majority() -> None:
    assert winner(vote({A, B}, A, A, B, B)) is None
    assert winner(vote({A, B, C}, A, A, A, B, B, C, C)) is None
    assert winner(vote({A, B}, A, A, B)) == A


def test_a_vote_on_another_group_decides_nothing() -> None:
    marks = {each: [ALIKE] * 7 for each in (A, B, C)}
    assert teaching(marks, [vote({A, B}, A, A, A)]).pending == (Pending((A, B, C), "panel_vote"),)


@pytest.mark.parametrize(
    ("cast", "code"),
    [
        (TieVote(entries=frozenset({A, B}), votes=(), minutes="x"), "vote_empty"),
        (TieVote(entries=frozenset({A, B}), votes=((judge(1), A),), minutes=" "), "vote_without_minutes"),
        (TieVote(entries=frozenset({A, B}), votes=((judge(1), A), (judge(1), B)), minutes="x"), "vote_twice"),
        (TieVote(entries=frozenset({A, B}), votes=((judge(9), A),), minutes="x"), "vote_by_stranger"),
        (TieVote(entries=frozenset({A, B}), votes=((judge(1), C),), minutes="x"), "vote_for_stranger"),
    ],
)
def test_a_vote_that_cannot_have_happened_is_refused(cast: TieVote, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_vote(cast, [judge(1), judge(2)])
    assert refused.value.code == code


def test_e11_a_corrected_mark_changes_the_rank_it_should() -> None:
    """E11: 锁前改分1张. The head is what counts; what was sent before leaves no trace in the result."""
    wrong, right = {A: ["65.8"], B: ["68.0"]}, {A: ["68.5"], B: ["68.0"]}
    assert [line.entry_id for line in ranked(PLAIN, wrong).lines] == [B, A]
    assert [line.entry_id for line in ranked(PLAIN, right).lines] == [A, B]


def test_the_preselection_is_the_result_of_one_part_alone() -> None:
    marks = {
        A: [("18.0", "10.0", "10.0", "1.0")] * 7,
        B: [("17.0", "30.0", "45.0", "5.0")] * 7,
        C: [("18.0", "20.0", "10.0", "1.0")] * 7,
    }
    designs = [each for each in teaching_sheets(marks) if each.part == "design"]
    found = standings(TEACHING.alone("design"), [A, B, C], panel([A, B, C], 7), designs)
    assert [(line.entry_id, line.rank, line.shown, line.decided_by) for line in found.lines] == [
        (A, 1, "18.00", "shared"),
        (C, 1, "18.00", "shared"),
        (B, 3, "17.00", "result"),
    ]
    assert found.unmarked == ()


# properties ---------------------------------------------------------------------------------------------------------

ENTRIES = [entry(number) for number in range(1, 6)]
COUNTS = st.integers(min_value=0, max_value=30)
TABLES = st.lists(st.lists(COUNTS, min_size=5, max_size=5), min_size=2, max_size=5)
RULES = st.sampled_from(
    [
        plain(aggregate="mean"),
        plain(aggregate="median", level="judge_total"),
        plain(aggregate="trimmed_mean", level="judge_total", drop=Drop(1, 1), ties=("untrimmed_mean", "shared")),
        plain(aggregate="trimmed_mean", level="part", drop=Drop(2, 1), rank_style="dense"),
        plain(aggregate="sum", roundings=(RoundingRule("ranked", "", "truncate", 0),)),
    ]
)


def marked(table: list[list[int]]) -> list[Marked]:
    return [
        Marked(judge_id=judge(number), entry_id=ENTRIES[row], part="talk", marks={"talk": mark})
        for row, marks in enumerate(table)
        for number, mark in enumerate(marks, start=1)
    ]


def rank_all(each: Rule, table: list[list[int]]) -> Standings:
    entries = ENTRIES[: len(table)]
    return standings(each, entries, panel(entries, 5), marked(table))


@given(RULES, TABLES, st.permutations(range(5)))
def test_permuting_judges_changes_no_ranking(each: Rule, table: list[list[int]], order: list[int]) -> None:
    permuted = [[row[place] for place in order] for row in table]
    before = [(line.entry_id, line.rank, line.result) for line in rank_all(each, table).lines]
    assert before == [(line.entry_id, line.rank, line.result) for line in rank_all(each, permuted).lines]


@given(RULES, TABLES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(each: Rule, table: list[list[int]], random: object) -> None:
    entries, sheets = ENTRIES[: len(table)], marked(table)
    assigned: list[Assigned] = panel(entries, 5)
    before = standings(each, entries, assigned, sheets)
    for rows in (entries, sheets, assigned):
        random.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert standings(each, entries, assigned, sheets) == before


@given(RULES, TABLES, st.data())
def test_raising_a_mark_never_lowers_the_rank(each: Rule, table: list[list[int]], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(table) - 1))
    place = data.draw(st.integers(0, 4))
    raised = [list(marks) for marks in table]
    raised[row][place] += data.draw(st.integers(1, 20))
    before, after = (by_entry(rank_all(each, marks))[ENTRIES[row]].rank for marks in (table, raised))
    assert after <= before


@given(TABLES)
def test_the_trimmed_mean_equals_a_plain_recomputation(table: list[list[int]]) -> None:
    trimmed = plain(aggregate="trimmed_mean", level="judge_total", drop=Drop(1, 1))
    for line in rank_all(trimmed, table).lines:
        marks = sorted(table[ENTRIES.index(line.entry_id)])[1:-1]
        assert line.result.fraction == Fraction(sum(marks), 10 * len(marks))
