"""From a judge's marks to the figure that ranks: groups, levels, weights, who counts, roundings, facts. All by hand."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import (
    Adjustment,
    Deduction,
    Drop,
    Grade,
    Item,
    Judging,
    MeasuredStep,
    Middle,
    NearTie,
    Others,
    Part,
    RoundingPoint,
    RoundingRule,
    Rule,
    Scale,
    Tolerance,
)
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Deducted, Facts, Standings, standings
from shared.exact import Ratio, Rounding
from tests.scoring.samples import PLAIN, criterion, entry, judge, panel, part, plain, talks

A, B, C, D = (entry(number) for number in (1, 2, 3, 4))
ONE = Ratio(1, 1)
Rows = Mapping[int, Mapping[str, int]]
"""Judge -> "part/mark key" -> count."""


def sheets(rows: Rows, of: Any = A) -> list[Marked]:
    parts = sorted({cell.split("/")[0] for marks in rows.values() for cell in marks})
    return [
        Marked(
            judge_id=judge(number),
            entry_id=of,
            part=key,
            marks={cell.split("/")[1]: count for cell, count in marks.items() if cell.split("/")[0] == key},
        )
        for number, marks in rows.items()
        for key in parts
    ]


def ranked(rule: Rule, rows: Rows, facts: Facts | None = None, judges: int = 0) -> Standings:
    return standings(rule, [A], panel([A], judges or len(rows)), sheets(rows), facts=facts or Facts())


def result(rule: Rule, rows: Rows, facts: Facts | None = None) -> str:
    (line,) = ranked(rule, rows, facts).lines
    return f"{line.result.fraction}"


def weighed(key: str, weight: str, *criteria: Any, judging: Judging | None = None) -> Part:
    return msgspec.structs.replace(part(key, *criteria), weight=Ratio.of(Fraction(weight)), judging=judging)


def units(key: str, weight: str = "1") -> Any:
    """A criterion marked in whole points."""
    return msgspec.structs.replace(criterion(key, 100, ONE), weight=Ratio.of(Fraction(weight)))


def rounding(at: RoundingPoint, digits: int = 0, of: str = "", mode: Rounding = "half_up") -> RoundingRule:
    return RoundingRule(at, of, mode, digits)


# levels and weights -------------------------------------------------------------------------------------------------

TWO = (weighed("p", "3/10", units("a", "2"), units("b")), weighed("q", "7/10", units("c")))
MARKS: Rows = {1: {"p/a": 10, "p/b": 4, "q/c": 8}, 2: {"p/a": 6, "p/b": 8, "q/c": 9}, 3: {"p/a": 9, "p/b": 1, "q/c": 2}}


@pytest.mark.parametrize(
    ("level", "aggregate", "wanted"),
    [
        # criterion a: 9 × 2 × 3/10, b: 4 × 3/10, c: 8 × 7/10
        ("criterion", "median", "61/5"),
        # part p by judge: 24, 20, 19 -> 20 × 3/10; q: 8 × 7/10
        ("part", "median", "58/5"),
        # totals: 7.2 + 5.6 = 12.8, 6 + 6.3 = 12.3, 5.7 + 1.4 = 7.1
        ("judge_total", "median", "123/10"),
        ("judge_total", "mean", "161/15"),
        ("criterion", "mean", "161/15"),  # a mean of everybody is the same at every level
        ("criterion", "sum", "161/5"),
    ],
)
def test_weights_are_taken_at_or_above_the_level(level: str, aggregate: str, wanted: str) -> None:
    assert result(plain(aggregate=aggregate, level=level, parts=TWO), MARKS) == wanted


def test_a_part_of_weight_0_counts_for_nothing_but_is_owed() -> None:
    rule = plain(parts=(weighed("p", "1", units("a")), weighed("time", "0", units("minutes"))))
    found = ranked(rule, {1: {"p/a": 10}, 2: {"p/a": 20, "time/minutes": 7}})
    assert found.lines[0].result == Ratio(15, 1)
    assert [(each.judge_id, each.part) for each in found.unmarked] == [(judge(1), "time")]
    assert found.lines[0].parts == {"p": Ratio(15, 1)}  # by no_lock the part alone has no result yet


def test_a_part_may_be_judged_apart() -> None:
    """Practice: five judges, one highest and one lowest out. Theory: the mean of its own two readers, each × 1/5."""
    two = msgspec.structs.replace(PLAIN.judging, level="part", factor=Ratio(1, 5))
    practice = plain(aggregate="trimmed_mean", drop=Drop(1, 1), level="judge_total").judging
    rule = plain(
        aggregate="trimmed_mean", drop=Drop(1, 1), fewest_marks=3,
        parts=(weighed("theory", "1", units("paper"), judging=two), weighed("practice", "1", units("task"))),
    )  # fmt: skip
    assert rule.judging.drop == practice.drop
    assigned = [Assigned(judge(n), A, "practice") for n in range(1, 6)] + [Assigned(judge(n), A, "theory") for n in (8, 9)]
    given = sheets({n: {"practice/task": mark} for n, mark in enumerate((60, 70, 80, 90, 10), start=1)})
    given += sheets({8: {"theory/paper": 80}, 9: {"theory/paper": 90}})
    (line,) = standings(rule, [A], assigned, given).lines
    assert line.result == Ratio(87, 1)  # 85 / 5 + 70
    assert line.counted == {"theory": (judge(8), judge(9)), "": (judge(1), judge(2), judge(3))}
    assert line.parts == {"theory": Ratio(17, 1), "practice": Ratio(70, 1)}


# scales -------------------------------------------------------------------------------------------------------------


def scaled(scale: Scale) -> Rule:
    one = msgspec.structs.replace(units("a"), items=(Item(key="", title="", title_en="", scale=scale, bands=()),))
    return plain(parts=(part("p", one),))


def test_each_scale_gives_its_points() -> None:
    base = PLAIN.parts[0].criteria[0].items[0].scale
    grade = tuple(Grade(key, key, "", Ratio.of(Fraction(points))) for key, points in (("A", "30"), ("B", "24"), ("C", "18")))
    steps = (MeasuredStep(5, Ratio(2, 1)), MeasuredStep(10, ONE), MeasuredStep(990, Ratio(0, 1)))
    scales = {
        "points": (base, 185, "37/2"),
        "grade": (msgspec.structs.replace(base, kind="grade", unit=ONE, highest=2, grades=grade), 1, "24"),
        "measurement": (msgspec.structs.replace(base, kind="measurement", highest=990, steps=steps), 5, "2"),
        "place": (msgspec.structs.replace(base, kind="place", unit=ONE, lowest=1, highest=9), 4, "4"),
    }
    assert {name: result(scaled(scale), {1: {"p/a": count}}) for name, (scale, count, _) in scales.items()} == {
        name: wanted for name, (_, _, wanted) in scales.items()
    }
    measured = scaled(scales["measurement"][0])
    assert [result(measured, {1: {"p/a": count}}) for count in (6, 10, 11, 990)] == ["1", "1", "0", "0"]


def test_a_criterions_value_is_the_sum_of_its_items_and_needs_all_of_them() -> None:
    scale = units("x").items[0].scale
    items = tuple(Item(key=key, title=key, title_en="", scale=scale, bands=()) for key in ("form", "voice"))
    rule = plain(missing="exclude", parts=(part("p", msgspec.structs.replace(units("a", "2"), items=items)),))
    found = ranked(rule, {1: {"p/a.form": 3, "p/a.voice": 4}, 2: {"p/a.form": 9}})
    assert found.lines[0].result == Ratio(14, 1)
    assert [(each.judge_id, each.criterion) for each in found.unmarked] == [(judge(2), "a.voice")]


# who counts ---------------------------------------------------------------------------------------------------------

GAPS: Rows = {1: {"p/a": 10, "p/b": 10}, 2: {"p/a": 20, "p/b": 30}, 3: {"p/a": 60}}
PAIR = (part("p", units("a"), units("b")),)
TENTHS = Others(Ratio(1, 1), "half_up")


@pytest.mark.parametrize(
    ("missing", "level", "wanted"),
    [
        ("exclude", "criterion", "50"),  # a: (10 + 20 + 60) / 3; b: (10 + 30) / 2
        ("exclude", "part", "35"),  # judge 3 has not the whole part
        ("void", "criterion", "35"),  # nor counts for a any more
        ("mean_of_others", "criterion", "50"),  # b of judge 3: the mean of 10 and 30
        ("mean_of_others", "judge_total", "50"),  # 20, 50, 80
    ],
)
def test_a_missing_mark_is_what_the_rule_says(missing: str, level: str, wanted: str) -> None:
    rule = plain(missing=missing, level=level, others=TENTHS, parts=PAIR)
    assert result(rule, GAPS) == wanted


@pytest.mark.parametrize("missing", ["no_lock", "reserve"])
def test_without_a_mark_that_must_be_there_nothing_counts(missing: str) -> None:
    found = ranked(plain(missing=missing, parts=PAIR), GAPS)
    assert (found.lines, found.thin) == ((), (A,))


def test_the_mean_of_the_others_goes_to_the_nearest_unit() -> None:
    """Artistic swimming, SS 16.4: to the nearest 0.1. (8.5 + 9.0 + 8.0) / 3 = 8.5; (8.5 + 9.0) / 2 = 8.75 -> 8.8."""
    rule = plain(aggregate="sum", missing="mean_of_others", others=Others(Ratio(1, 10), "half_up"))
    (line,) = standings(rule, [A], panel([A], 3), talks({A: ["8.5", "9.0", ""]})).lines
    assert line.result.fraction == Fraction("26.3")
    assert line.counted == {"": (judge(1), judge(2), judge(3))}
    cut = msgspec.structs.replace(rule, judging=msgspec.structs.replace(rule.judging, others=Others(Ratio(1, 10), "truncate")))
    assert standings(cut, [A], panel([A], 3), talks({A: ["8.5", "9.0", ""]})).lines[0].result.fraction == Fraction("26.2")


def test_where_nobody_gave_the_mark_there_is_no_mean() -> None:
    rule = plain(missing="mean_of_others", others=TENTHS, fewest_marks=1, level="part", parts=PAIR)
    assert ranked(rule, {1: {"p/a": 10}, 2: {"p/a": 20}}).thin == (A,)


def recused(*numbers: int) -> list[Assigned]:
    return [Assigned(judge(n), A, "", "recused" if n in numbers else "judging") for n in (1, 2, 3)]


@pytest.mark.parametrize("recusal", ["exclude", "void", "reserve", "kept_not_counted"])
def test_a_recused_judge_counts_nowhere_and_owes_nothing(recusal: str) -> None:
    found = standings(plain(recusal=recusal), [A], recused(3), talks({A: ["80", "90", "10"]}))
    assert (found.lines[0].shown, found.unmarked) == ("85.00", ())
    assert standings(plain(recusal=recusal), [A], recused(3), talks({A: ["80", "90"]})).lines[0].shown == "85.00"


def test_for_a_recused_judge_the_mean_of_the_others_may_stand() -> None:
    rule = plain(recusal="mean_of_others", others=TENTHS, aggregate="sum")
    assert standings(rule, [A], recused(3), talks({A: ["80", "91", "10"]})).lines[0].shown == "257.00"  # 85.5 -> 86


def test_who_is_recused_from_one_part_judges_the_others() -> None:
    seats = [Assigned(judge(1), A), Assigned(judge(2), A), Assigned(judge(2), A, "q", "recused")]
    rule = plain(level="part", parts=(part("p", units("a")), part("q", units("b"))))
    found = standings(rule, [A], seats, sheets({1: {"p/a": 10, "q/b": 10}, 2: {"p/a": 20, "q/b": 90}}))
    assert (found.lines[0].result, found.unmarked) == (Ratio(25, 1), ())


@pytest.mark.parametrize(
    ("changes", "judges", "has_result"),
    [
        ({"fewest_marks": 3}, 2, False),
        ({"fewest_marks": 3}, 3, True),
        ({"aggregate": "trimmed_mean", "drop": Drop(1, 1)}, 2, False),
        ({"aggregate": "trimmed_mean", "drop": Drop(1, 1)}, 3, True),
        ({"aggregate": "middle_mean", "middle": Middle(3, "highest")}, 2, False),
        ({"aggregate": "middle_mean", "middle": Middle(3, "highest")}, 3, True),
    ],
)
def test_the_fewest_judges_who_marked_themselves(changes: dict[str, Any], judges: int, has_result: bool) -> None:
    rule = plain(missing="mean_of_others", others=TENTHS, **changes)
    found = standings(rule, [A], panel([A], 4), talks({A: ["80"] * judges}))
    assert (found.thin == ()) is has_result


def test_judges_too_far_apart_are_listed_by_entry_and_scope() -> None:
    gate = Tolerance(of="given", spread=Ratio(5, 1), then="remark")
    marks = talks({A: ["80", "90"], B: ["80", "85"]})
    found = standings(plain(tolerance=gate), [A, B], panel([A, B], 2), marks)
    assert [line.entry_id for line in found.lines] == [B]
    assert [(each.entry_id, each.scope, each.spread) for each in found.remarks] == [(A, "", Ratio(10, 1))]
    alert = msgspec.structs.replace(gate, then="alert")
    told = standings(plain(tolerance=alert), [A, B], panel([A, B], 2), marks)
    assert ([line.entry_id for line in told.lines], [each.entry_id for each in told.alerts]) == ([A, B], [A])


# roundings, factors, facts ------------------------------------------------------------------------------------------

HALVES: Rows = {1: {"p/a": 1, "p/b": 2, "q/c": 4}, 2: {"p/a": 2, "p/b": 2, "q/c": 5}}
SPLIT = (weighed("p", "1/2", units("a"), units("b")), weighed("q", "1/3", units("c")))


@pytest.mark.parametrize(
    ("roundings", "wanted"),
    [
        ((), "13/4"),  # p: (3/2 + 2) / 2 = 7/4; q: 9/2 / 3 = 3/2
        ((rounding("aggregate"),), "11/3"),  # a 2, b 2, c 5 -> 1 + 1 + 5/3
        ((rounding("aggregate", of="p"),), "7/2"),  # a 2, b 2 -> 2; q stays 3/2
        ((rounding("term"),), "4"),  # a 3/4 -> 1, b 1, c 3/2 -> 2
        ((rounding("part"),), "4"),  # 7/4 -> 2, 3/2 -> 2
        ((rounding("part", mode="half_even"), rounding("part", of="p", mode="truncate")), "4"),  # in the order written
        ((rounding("part", mode="truncate"),), "2"),
        ((rounding("ranked", 1),), "33/10"),
        ((rounding("ranked", 1, mode="half_even"),), "16/5"),
        ((rounding("ranked", 1, mode="truncate"),), "16/5"),
        ((rounding("term"), rounding("ranked", 1)), "4"),
    ],
)
def test_the_result_is_rounded_where_the_rule_says(roundings: tuple[RoundingRule, ...], wanted: str) -> None:
    rule = plain(level="criterion", parts=SPLIT, roundings=roundings)
    assert result(rule, HALVES) == wanted


def test_a_judges_value_may_be_rounded_before_it_is_dropped_or_averaged() -> None:
    rule = plain(parts=(part("p", units("a", "1/3")),), roundings=(rounding("judge", 1),))
    assert result(rule, {1: {"p/a": 1}, 2: {"p/a": 2}}) == "1/2"  # 0.3 and 0.7


def test_dives_are_multiplied_by_their_difficulty() -> None:
    """Seven judges. 7.5 7 7.5 7 7.5 8 6.5, difficulty 3.0: the middle three are 22, 66 points; by the rule of 2000
    36.5 × 3/5 × 3.0 = 65.7."""
    dive = (part("dives", criterion("d1", 20, Ratio(1, 2))),)
    rows = {number: {"dives/d1": mark} for number, mark in enumerate((15, 14, 15, 14, 15, 16, 13), start=1)}
    facts = Facts(difficulties={(A, "dives", "d1"): Fraction(3)})
    common: dict[str, Any] = {"aggregate": "trimmed_sum", "level": "criterion", "has_difficulty": True, "parts": dive}
    assert result(plain(**common, drop=Drop(2, 2)), rows, facts) == "66"
    assert result(plain(**common, drop=Drop(1, 1), factor=Ratio(3, 5)), rows, facts) == "657/10"
    assert ranked(plain(**common, drop=Drop(2, 2)), rows).thin == (A,)


LATE = Deduction(
    key="late", title="", title_en="", points=ONE, each=Ratio(30, 1), measured_in="seconds", most=Ratio(3, 1)
)
FALL = Deduction(key="fall", title="", title_en="", points=Ratio(1, 2), each=ONE, measured_in="", most=None)


@pytest.mark.parametrize(
    ("records", "off"),
    [
        ([("late", "29")], "0"),
        ([("late", "30")], "1"),
        ([("late", "95")], "3"),
        ([("late", "600")], "3"),  # at most 3
        ([("late", "45"), ("late", "45")], "2"),  # each record by itself
        ([("late", "45"), ("fall", "3")], "5/2"),
        ([("fall", "1"), ("fall", "1"), ("unknown", "9")], "1"),
    ],
)
def test_deductions_come_off_once_for_each_full_measure(records: list[tuple[str, str]], off: str) -> None:
    facts = Facts(deductions=tuple(Deducted(A, key, Fraction(quantity)) for key, quantity in records))
    rule = plain(deductions=(LATE, FALL), below_zero=False)
    (line,) = standings(rule, [A], panel([A], 1), talks({A: ["80"]}), facts=facts).lines
    assert (line.result.fraction, line.deducted.fraction) == (80 - Fraction(off), Fraction(off))


def test_nothing_goes_below_0_where_the_rule_says_so() -> None:
    facts = Facts(deductions=(Deducted(A, "fall", Fraction(9)),))
    shown = {
        below: standings(plain(deductions=(FALL,), below_zero=below), [A], panel([A], 1), talks({A: ["2"]}), facts=facts)
        for below in (True, False)
    }
    assert {below: found.lines[0].shown for below, found in shown.items()} == {True: "-2.50", False: "0.00"}


def test_where_lower_is_better_a_deduction_makes_it_higher() -> None:
    facts = Facts(deductions=(Deducted(A, "fall", Fraction(4)),))
    rule = plain(deductions=(FALL,), below_zero=False, better="lower")
    found = standings(rule, [A, B], panel([A, B], 1), talks({A: ["10"], B: ["11"]}), facts=facts)
    assert [(line.entry_id, line.shown) for line in found.lines] == [(B, "11.00"), (A, "12.00")]


def test_the_leaders_adjustment_counts_where_the_rule_knows_one() -> None:
    facts = Facts(adjustments={A: Fraction("0.05")})
    bounds = Adjustment(Ratio(-1, 10), Ratio(1, 10), Ratio(1, 20))
    marks = talks({A: ["80"]})
    assert standings(plain(adjustment=bounds), [A], panel([A], 1), marks, facts=facts).lines[0].shown == "80.05"
    assert standings(plain(), [A], panel([A], 1), marks, facts=facts).lines[0].shown == "80.00"


# near ties ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "ranks"),
    [("first", [1, 1, 3, 4]), ("neighbour", [1, 1, 1, 4])],
)
def test_a_near_tie_shares_a_rank(of: str, ranks: list[int]) -> None:
    """Results 80, 78.5, 77, 74; two points."""
    rule = plain(near_tie=NearTie(band=Ratio(2, 1), of=of), ties=("highest_mark", "shared"))  # type: ignore[arg-type]  # one of the names
    found = standings(
        rule, [A, B, C, D], panel([A, B, C, D], 1), talks({A: ["80"], B: ["78.5"], C: ["77"], D: ["74"]})
    )
    assert [line.rank for line in found.lines] == ranks
    assert [line.decided_by for line in found.lines] == ["near_tie" if rank == 1 else "result" for rank in ranks]


# properties ---------------------------------------------------------------------------------------------------------

AGGREGATES = [
    plain(aggregate="sum", parts=TWO),
    plain(aggregate="trimmed_mean", drop=Drop(1, 1), level="criterion", parts=TWO, missing="exclude"),
    plain(aggregate="trimmed_sum", drop=Drop(0, 1), level="part", parts=TWO, missing="void"),
    plain(aggregate="middle_mean", middle=Middle(2, "lowest"), level="part", parts=TWO, missing="mean_of_others", others=TENTHS),
    plain(aggregate="clamped_mean", margin=Ratio(3, 1), level="judge_total", parts=TWO, roundings=(rounding("judge"),)),
    plain(aggregate="median", level="criterion", parts=TWO, recusal="mean_of_others", others=TENTHS),
    plain(correction="additive", missing="exclude", parts=TWO),
    plain(aggregate="skating_system", level="criterion", better="lower", ties=("skating", "shared"), parts=TWO),
]
CHAIN = ("part:p:lowest", "criterion:p/a", "untrimmed_mean", "most_firsts", "highest_mark", "exact_result", "shared")
COUNT = st.one_of(st.none(), st.integers(1, 4))


@given(
    st.sampled_from(AGGREGATES),
    st.lists(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=4, max_size=4), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_no_order_of_the_input_changes_anything(rule: Rule, table: list[Any], random: Any, has_chain: bool) -> None:
    """Entries, seats, sheets, and the keys inside a sheet may come as they like, with gaps and a recused judge."""
    rule = msgspec.structs.replace(rule, ties=CHAIN) if has_chain else rule
    entries = [entry(number) for number in range(len(table))]
    seats = [
        Assigned(judge(n), each, "", "recused" if (n, place) == (3, 0) else "judging")
        for place, each in enumerate(entries)
        for n in range(4)
    ]
    given = [
        Marked(judge_id=judge(n), entry_id=each, part=key, marks={k: marks[at] for k, at in cells if marks[at] is not None})
        for each, rows in zip(entries, table, strict=True)
        for n, marks in enumerate(rows)
        for key, cells in (("p", (("a", 0), ("b", 1))), ("q", (("c", 2),)))
    ]
    before = standings(rule, entries, seats, given)
    for rows in (entries, seats, given):
        random.shuffle(rows)
    turned = [msgspec.structs.replace(each, marks=dict(reversed(each.marks.items()))) for each in given]
    assert standings(rule, entries, seats, turned) == before
