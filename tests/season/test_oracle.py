"""The recomputation itself: against tables worked out by hand, and against the services' own arithmetic.

The hand-worked tables come first; whoever doubts a number here needs only paper.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.rubrics.domain import Deduction, Drop, RoundingRule, Rule, Shown
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Deducted, Facts, standings
from shared.exact import Ratio
from tests.scoring.samples import TEACHING, criterion, judged, part
from tests.season import oracle

SEASONS = Path(__file__).parents[2] / "deploy" / "seasons"
MINI, THIRD = Path(__file__).parent / "mini", Path(__file__).parent / "third"


def rule(**changes: Any) -> dict[str, Any]:
    """Two parts of 10 and 5 points, three judges at least, one highest and one lowest total left out."""
    return {
        "aggregate": "trimmed_mean",
        "level": "judge_total",
        "drop": {"highest": 1, "lowest": 1},
        "fewest_marks": 3,
        "missing": "no_lock",
        "ties": ["part:talk", "shared"],
        "rank_style": "1224",
        "rounding": "never",
        "shown": {"mode": "half_up", "digits": 2},
        "part": [
            {"key": "talk", "criterion": [{"key": "talk", "highest": "10"}]},
            {"key": "text", "criterion": [{"key": "text", "highest": "5"}]},
        ],
        **changes,
    }


def marks(*judges: tuple[str, str]) -> oracle.Marks:
    """One pair (talk, text) for each judge."""
    return {
        f"j{n}": {"talk/talk": Fraction(talk), "text/text": Fraction(text)} for n, (talk, text) in enumerate(judges)
    }


SIX = marks(("8", "4"), ("9", "2"), ("7", "5"), ("6", "4"))
"""Totals 12, 11, 12, 10. Talk 9 8 7 6, text 5 4 4 2."""


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, "23/2"),  # totals 12 12 11 10 -> (12 + 11) / 2
        ({"level": "part"}, "23/2"),  # (8 + 7) / 2 + (4 + 4) / 2
        ({"level": "part", "drop": {"highest": 1, "lowest": 0}}, "31/3"),  # (8 + 7 + 6) / 3 + (4 + 4 + 2) / 3
        ({"drop": {"highest": 1, "lowest": 0}}, "11"),  # (12 + 11 + 10) / 3
        ({"aggregate": "mean", "drop": None}, "45/4"),
        ({"aggregate": "sum", "drop": None}, "45"),
        ({"aggregate": "median", "drop": None, "level": "judge_total"}, "23/2"),  # between 11 and 12
        ({"aggregate": "median", "drop": None, "level": "part"}, "23/2"),  # 7.5 + 4
    ],
)
def test_the_level_of_the_drop_decides_the_result(changes: dict[str, Any], wanted: str) -> None:
    changed = {key: value for key, value in rule(**changes).items() if value is not None}
    assert oracle.result(changed, SIX) == Fraction(wanted)


def test_a_part_alone_is_trimmed_by_its_own_marks() -> None:
    assert oracle.result(rule(), SIX, ["talk"]) == Fraction(15, 2)


def test_a_mark_that_was_not_given_is_not_a_zero() -> None:
    gap = {**SIX, "j9": {"talk/talk": Fraction(10)}}
    with pytest.raises(ValueError, match="marks are missing"):
        oracle.result(rule(), gap)
    assert oracle.result(rule(missing="exclude"), gap) == Fraction(23, 2)


@pytest.mark.parametrize(
    ("value", "digits", "mode", "wanted"),
    [
        ("89.005", 2, "half_up", "89.01"),
        ("89.005", 2, "half_even", "89.00"),
        ("89.015", 2, "half_even", "89.02"),
        ("89.019", 2, "truncate", "89.01"),
        ("251.5/3", 0, "half_up", "84"),
        ("0.04", 1, "half_up", "0.0"),
        ("9.999", 2, "half_up", "10.00"),
        ("-0.5", 0, "half_up", "-1"),
        ("-0.4", 0, "half_up", "0"),
        ("-0.25", 1, "truncate", "-0.2"),
    ],
)
def test_rounding_is_what_the_rule_names(value: str, digits: int, mode: str, wanted: str) -> None:
    over, _, under = value.partition("/")
    assert oracle.rounded(Fraction(over) / Fraction(under or "1"), {"digits": digits, "mode": mode}) == wanted


def test_a_shared_rank_leaves_the_next_number_out() -> None:
    twins = {"a": SIX, "b": SIX, "c": marks(("1", "1"), ("2", "1"), ("3", "1"))}
    assert oracle.standing(rule(), twins, []) == [(1, ["a", "b"]), (3, ["c"])]
    assert oracle.standing(rule(rank_style="dense"), twins, []) == [(1, ["a", "b"]), (2, ["c"])]


def test_a_vote_needs_more_than_half() -> None:
    chain = rule(ties=["panel_vote", "lot"])
    twins = {"a": SIX, "b": SIX}
    assert oracle.standing(chain, twins, [["b", "b", "a"]]) == [(1, ["b"]), (2, ["a"])]
    with pytest.raises(oracle.LotNeeded):
        oracle.standing(chain, twins, [["b", "a"]])


LATE = [{"key": "late", "points": "1", "each": "30", "measured_in": "s", "most": "none"}]


@pytest.mark.parametrize(
    ("changes", "seconds", "wanted"),
    [
        ({}, [40], "1"),  # one full half minute
        ({}, [29], "0"),
        ({}, [30, 59], "2"),  # each time by itself, not 89 s together
        ({"most": "3/2"}, [90], "3/2"),
        ({"each": "1", "points": "0.5"}, [3], "3/2"),
    ],
)
def test_points_are_off_for_each_full_measure(changes: dict[str, str], seconds: list[int], wanted: str) -> None:
    kinds = [{**LATE[0], **changes}]
    assert oracle.deducted({"deduction": kinds}, [("late", each) for each in seconds]) == Fraction(wanted)


def test_a_deduction_changes_the_rank_but_no_step_of_the_chain() -> None:
    late, low = rule(deduction=LATE, below_zero=False), {"a": Fraction(1), "b": Fraction(12)}
    equal = {"a": SIX, "b": SIX, "c": marks(("7", "4"), ("8", "3"), ("6", "5"))}
    assert oracle.standing(late, equal, []) == [(1, ["a", "b"]), (3, ["c"])]
    assert oracle.standing(late, equal, [], off=low) == [(1, ["c"]), (2, ["a"]), (3, ["b"])]
    assert (oracle.shown(late, SIX, low["b"]), oracle.shown(rule(), SIX, low["b"])) == ("0.00", "-0.50")


@pytest.mark.parametrize(
    ("ties", "groups", "wanted"),
    [
        ("expand", [["a"], ["b", "c"], ["d"], ["e"]], {"a": "1", "b": "2", "c": "2", "d": "rest", "e": "rest"}),
        ("shrink", [["a"], ["b", "c"], ["d"], ["e"]], {"a": "1", "b": "rest", "c": "rest", "d": "rest", "e": "rest"}),
        ("expand", [["a", "b"], ["c"], ["d"]], {"a": "1", "b": "1", "c": "2", "d": "rest"}),
        ("shrink", [["a", "b"], ["c"], ["d"]], {"a": "rest", "b": "rest", "c": "rest", "d": "rest"}),
    ],
)
def test_a_tie_across_the_edge_of_a_tier(ties: str, groups: list[list[str]], wanted: dict[str, str]) -> None:
    tiers = [{"name": "1", "count": 1}, {"name": "2", "count": 1}, {"name": "rest", "rest": True}]
    assert oracle.prizes({"tiers": tiers, "tier_ties": ties}, groups) == wanted


def test_riverside_is_what_paper_says() -> None:
    """Humanities: H1 and H2 have 204.5/3 + 47/3 = 83.83; H3 70.83 and H5 71 both round to 71, the lecture decides."""
    assert [
        (r["entry"], r["rank"], r["result"], r["tier"]) for r in table("riverside-2026", "open-lecture/humanities")
    ] == [
        ("R401", 1, "84", "First prize"),
        ("R402", 1, "84", "First prize"),
        ("R403", 3, "71", "Second prize"),
        ("R405", 4, "71", "Merit"),
    ]
    assert [(r["entry"], r["rank"], r["tier"]) for r in table("riverside-2026", "open-lecture/sciences")] == [
        ("R411", 1, "First prize"),
        ("R412", 2, "Merit"),
        ("R413", 2, "Merit"),
        ("R415", 4, "Merit"),
    ]


def test_the_mini_season_is_what_its_readme_says() -> None:
    (results,) = oracle.results(MINI).values()
    assert [(r["entry"], r["result"], r["tier"]) for r in results] == [
        ("M13", "85.5", "一等奖"),
        ("M11", "85.5", "优秀奖"),
        ("M12", "82.2", "优秀奖"),
        ("M14", "72.2", "优秀奖"),
    ]


def test_where_a_lot_admits_the_files_alone_do_not_say_who() -> None:
    with pytest.raises(oracle.LotNeeded):
        oracle.results(THIRD)
    drawn = oracle.results(THIRD, {"0101", "0102", "0104", "0111", "0112", "0114"})
    assert [len(results) for results in drawn.values()] == [3, 3]


def table(season: str, name: str) -> list[dict[str, Any]]:
    return oracle.results(SEASONS / season)[name]


# ---- against the services ------------------------------------------------------------------------------------------

UNITS = {"talk": Fraction(1, 2), "text": Fraction(1)}
HIGHEST = {"talk": 6, "text": 3}


Case = tuple[dict[str, Any], dict[str, list[list[int]]], list[tuple[str, int]]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A rule, the counts of up to five entries by four judges, and lessons over time: few values, so that ties are common."""
    aggregate = draw(st.sampled_from(["trimmed_mean", "mean", "median", "sum"]))
    level = draw(st.sampled_from(["judge_total", "part", "criterion"]))
    shown = {"mode": draw(st.sampled_from(["half_up", "truncate", "half_even"])), "digits": draw(st.integers(0, 2))}
    made = rule(
        aggregate=aggregate,
        level=level,
        ties=draw(st.sampled_from([["shared"], ["part:talk", "shared"], ["part:text", "untrimmed_mean", "shared"]])),
        rank_style=draw(st.sampled_from(["1224", "dense"])),
        rounding=draw(st.sampled_from(["never", [{"at": "ranked", **shown}]])),
        shown=shown,
        deduction=[{**LATE[0], **draw(st.sampled_from([{}, {"most": "3"}, {"each": "20", "points": "1/2"}]))}],
        below_zero=draw(st.booleans()),
    )
    del made["drop"]
    if aggregate == "trimmed_mean":
        made["drop"] = {"highest": draw(st.integers(0, 1)), "lowest": draw(st.integers(0, 1))}
    sheet = st.tuples(st.integers(0, HIGHEST["talk"]), st.integers(0, HIGHEST["text"])).map(list)
    entries = draw(st.dictionaries(st.sampled_from("abcde"), st.lists(sheet, min_size=4, max_size=4), min_size=1))
    late = st.tuples(st.sampled_from(sorted(entries)), st.sampled_from([10, 30, 40, 60, 240]))
    return made, entries, draw(st.lists(late, max_size=4))


def as_domain(made: dict[str, Any]) -> Rule:
    """The same rule as the service holds it."""
    drop = made.get("drop", {"highest": 0, "lowest": 0})
    rounding = () if made["rounding"] == "never" else tuple(RoundingRule(part="", **each) for each in made["rounding"])
    changed = judged(
        TEACHING,
        aggregate=made["aggregate"],
        level=made["level"],
        drop=Drop(drop["highest"], drop["lowest"]),
        fewest_marks=made["fewest_marks"],
    )
    (kind,) = made["deduction"]
    most = Ratio.of(Fraction(kind["most"])) if kind["most"] != "none" else None
    late = Deduction(
        key=kind["key"],
        title="超时",
        title_en="",
        points=Ratio.of(Fraction(kind["points"])),
        each=Ratio.of(Fraction(kind["each"])),
        measured_in="秒",
        most=most,
    )
    return msgspec.structs.replace(
        changed,
        deductions=(late,),
        below_zero=made["below_zero"],
        recusal="exclude",
        roundings=rounding,
        shown=Shown(**made["shown"]),
        ties=tuple(made["ties"]),
        rank_style=made["rank_style"],
        parts=tuple(part(key, criterion(key, HIGHEST[key], Ratio.of(UNITS[key]))) for key in UNITS),
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(cases())
def test_scoring_ranks_as_the_recomputation_does(case: Case) -> None:
    made, entries, late = case
    ids = {name: UUID(int=n) for n, name in enumerate(sorted(entries), 1)}
    judges = [UUID(int=100 + n) for n in range(4)]
    counted = {
        name: {
            f"j{n}": {f"{part}/{part}": count * UNITS[part] for part, count in zip(UNITS, sheet, strict=True)}
            for n, sheet in enumerate(sheets)
        }
        for name, sheets in entries.items()
    }
    off = {name: oracle.deducted(made, [("late", n) for entry, n in late if entry == name]) for name in entries}
    wanted = [
        (ids[name], rank, oracle.shown(made, counted[name], off[name]))
        for rank, group in oracle.standing(made, counted, [], off=off)
        for name in group
    ]
    told = standings(
        as_domain(made),
        list(ids.values()),
        [Assigned(judge, entry) for judge in judges for entry in ids.values()],
        [
            Marked(judge_id=judge, entry_id=ids[name], part=part, marks={part: count})
            for name, sheets in entries.items()
            for judge, sheet in zip(judges, sheets, strict=True)
            for part, count in zip(UNITS, sheet, strict=True)
        ],
        facts=Facts(deductions=tuple(Deducted(ids[entry], "late", Fraction(n)) for entry, n in late)),
    )
    assert [(line.entry_id, line.rank, line.shown) for line in told.lines] == wanted
    assert told.is_complete
