"""The skating system, one test for each rule. The marks are made up; the comments hold the count that decides."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.sheets.domain import Marked
from services.scoring.standings.domain import standings
from services.scoring.standings.domain.skating import danced
from shared.exact import Ratio
from tests.scoring.samples import criterion, entry, judge, panel, part, plain


def places(*rows: str) -> list[str]:
    """One row for each couple, a digit for each judge: the couples' places in the dance."""
    marks = {entry(number): [Fraction(mark) for mark in row] for number, row in enumerate(rows, start=1)}
    found = danced(marks, len(rows[0]))
    return [f"{found[each]}" for each in marks]


@pytest.mark.parametrize(
    ("clause", "rows", "wanted"),
    [
        ("rule 5: the majority of first places", ["11123", "23211", "32332"], ["1", "2", "3"]),
        ("rule 6: the larger majority goes first", ["12223", "21312", "33131"], ["2", "1", "3"]),  # 1-2: 4, 4, 2
        ("rule 7: equal majorities, the lower sum", ["11333", "22121", "33212"], ["3", "1", "2"]),
        ("rule 8: equal majorities and sums, the next column", ["124", "213", "331", "442"], ["2", "1", "3", "4"]),  # 1-2: 2 each, sum 3; 1-3: 2, 3
    ],
)
def test_a_dance_is_placed_by_majority(clause: str, rows: list[str], wanted: list[str]) -> None:
    assert places(*rows) == wanted, clause


def test_couples_alike_to_the_last_column_share_the_mean_of_the_places() -> None:
    assert places("12", "21", "33") == ["3/2", "3/2", "3"]
    assert places("123", "231", "312") == ["2", "2", "2"]


def skated(*dances: list[str]) -> list[tuple[int, int, str, str]]:
    """Couple, rank, sum of places, what decided; a dance is a list of rows as for `places`."""
    skating = plain(
        aggregate="skating_system", level="criterion", better="lower", ties=("skating", "shared"),
        parts=(part("final", *(criterion(f"d{number}", 9, Ratio(1, 1)) for number in range(len(dances)))),),
    )  # fmt: skip
    couples, judges = len(dances[0]), len(dances[0][0])
    sheets = [
        Marked(
            judge_id=judge(j + 1),
            entry_id=entry(c + 1),
            part="final",
            marks={f"d{number}": int(dance[c][j]) for number, dance in enumerate(dances)},
        )
        for c in range(couples)
        for j in range(judges)
    ]
    entries = [entry(number + 1) for number in range(couples)]
    found = standings(skating, entries, panel(entries, judges), sheets)
    return [(entries.index(line.entry_id) + 1, line.rank, line.shown, line.decided_by) for line in found.lines]


def test_rule_9_adds_the_places_of_the_dances() -> None:
    assert skated(["111", "222", "333"], ["222", "111", "333"], ["111", "222", "333"]) == [
        (1, 1, "4.00", "result"),
        (2, 2, "5.00", "result"),
        (3, 3, "9.00", "result"),
    ]


def test_rule_10_takes_who_won_more_dances() -> None:
    """Couples 1 and 2 both have 6: 1 + 1 + 4 against 2 + 2 + 2; the first won two dances."""
    found = skated(
        ["111", "222", "333", "444"], ["111", "222", "333", "444"], ["444", "222", "111", "333"],
    )  # fmt: skip
    assert found[:2] == [(1, 1, "6.00", "skating"), (2, 2, "6.00", "skating")]


def test_rule_11_counts_all_marks_as_one_dance() -> None:
    """Two dances, one each: rule 10 leaves them equal. First places over both: 1 has 112 + 221, 2 has 221 + 111."""
    found = skated(["112", "221", "333"], ["221", "112", "333"])
    assert found == [(1, 1, "3.00", "shared"), (2, 1, "3.00", "shared"), (3, 3, "6.00", "result")]
    decided = skated(["111", "222", "333"], ["221", "112", "333"])
    assert decided[:2] == [(1, 1, "3.00", "skating"), (2, 2, "3.00", "skating")]  # four firsts of six against two


ROWS = st.integers(2, 6).flatmap(
    lambda couples: st.lists(st.permutations([*range(1, couples + 1)]), min_size=1, max_size=7)
)


@given(ROWS, st.data())
def test_the_judges_order_changes_no_place(sheets: list[list[int]], data: st.DataObject) -> None:
    def dance(order: list[list[int]]) -> dict[UUID, Fraction]:
        return danced({entry(c): [Fraction(sheet[c]) for sheet in order] for c in range(len(order[0]))}, len(order))

    assert dance(sheets) == dance(data.draw(st.permutations(sheets)))


@given(ROWS)
def test_the_places_of_a_dance_add_up(sheets: list[list[int]]) -> None:
    couples = len(sheets[0])
    found = danced({entry(c): [Fraction(sheet[c]) for sheet in sheets] for c in range(couples)}, len(sheets))
    assert sum(found.values()) == couples * (couples + 1) / 2


@given(ROWS)
def test_who_is_first_for_most_judges_wins_the_dance(sheets: list[list[int]]) -> None:
    couples = len(sheets[0])
    found = danced({entry(c): [Fraction(sheet[c]) for sheet in sheets] for c in range(couples)}, len(sheets))
    for couple in range(couples):
        if 2 * sum(sheet[couple] == 1 for sheet in sheets) > len(sheets):
            assert found[entry(couple)] == 1
