"""The additive correction: by hand, in general, and where it must refuse."""

from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.standings.domain import standings
from services.scoring.standings.domain.correction import corrected, groups, strictnesses
from services.scoring.standings.domain.values import Values
from tests.scoring.samples import entry, judge, panel, plain, talks

A, B, C = entry(1), entry(2), entry(3)
ADDITIVE = plain(correction="additive", missing="exclude")


def sheets(rows: dict[UUID, dict[int, int]]) -> dict[UUID, Values]:
    return {each: {judge(number): Fraction(mark) for number, mark in marks.items()} for each, marks in rows.items()}


def test_two_judges_and_two_entries_by_hand() -> None:
    """A by both: 10 and 14. B by the second alone: 12. The second gives 4 more, so +2 and -2: A 12, B 12 - 2 = 10."""
    found = sheets({A: {1: 10, 2: 14}, B: {2: 12}})
    assert strictnesses(found) == {judge(1): -2, judge(2): 2}
    assert corrected(found) == {A: 12, B: 10}


def test_three_judges_in_a_ring_by_hand() -> None:
    """Each pair of judges shares one entry; differences 1-2: -2, 2-3: -2, 1-3: -4 fit without rest: -2, 0, 2."""
    found = sheets({A: {1: 10, 2: 12}, B: {2: 20, 3: 22}, C: {1: 30, 3: 34}})
    assert strictnesses(found) == {judge(1): -2, judge(2): 0, judge(3): 2}
    assert corrected(found) == {A: 12, B: 20, C: 32}


def test_a_contradiction_is_split_exactly() -> None:
    """1-2: -1, 2-3: -1, 1-3: -3. Least squares: (-4/3, 0, 4/3); A = 10.5 + 2/3."""
    found = sheets({A: {1: 10, 2: 11}, B: {2: 20, 3: 21}, C: {1: 30, 3: 33}})
    assert strictnesses(found) == {judge(1): Fraction(-4, 3), judge(2): 0, judge(3): Fraction(4, 3)}
    assert corrected(found)[A] == Fraction(21, 2) + Fraction(2, 3)


def test_who_shares_no_judge_cannot_be_compared() -> None:
    found = standings(
        ADDITIVE, [A, B, C], [*panel([A, B], 2), *(each for each in panel([C], 4) if each.judge_id == judge(4))],
        talks({A: ["80", "90"], B: ["70", "75"], C: ["", "", "", "99"]}),
    )  # fmt: skip
    assert found.lines == ()
    assert found.unlinked == ((A, B), (C,))
    assert found.thin == (A, B, C)


def test_one_judge_who_links_two_groups_is_enough() -> None:
    assert len(groups(sheets({A: {1: 1, 2: 1}, B: {3: 1, 4: 1}, C: {2: 1, 3: 1}}))) == 1
    assert groups(sheets({C: {1: 1}, A: {2: 1}, B: {2: 1}})) == [(A, B), (C,)]


def test_the_correction_decides_between_a_strict_and_a_lenient_panel() -> None:
    """C was marked by both judges; the second is 10 stricter, so B's 78 is worth more than A's 80."""
    marks = {A: ["80", ""], B: ["", "78"], C: ["90", "80"]}
    found = standings(ADDITIVE, [A, B, C], panel([A, B, C], 2), talks(marks))
    assert [(line.entry_id, line.shown) for line in found.lines] == [(C, "85.00"), (B, "83.00"), (A, "75.00")]


ENTRIES = [entry(number) for number in range(6)]
TABLE = st.dictionaries(
    st.sampled_from(ENTRIES), st.dictionaries(st.integers(1, 5), st.integers(0, 50), min_size=1), min_size=1
)


@given(TABLE)
def test_the_solution_is_where_no_judge_and_no_entry_pulls(table: dict[UUID, dict[int, int]]) -> None:
    """The normal equations: what is left over adds up to 0 over each entry and over each judge."""
    found = sheets(table)
    if len(groups(found)) > 1:
        return
    strict, values = strictnesses(found), corrected(found)
    left = [(e, j, value - values[e] - strict[j]) for e, given in found.items() for j, value in given.items()]
    assert sum(strict.values()) == 0
    assert {sum(rest for of, _, rest in left if of == each) for each in values} == {0}
    assert {sum(rest for _, of, rest in left if of == each) for each in strict} == {0}


@given(st.lists(st.lists(st.integers(0, 100), min_size=4, max_size=4), min_size=1, max_size=6))
def test_where_everybody_marked_everybody_it_is_the_mean(table: list[list[int]]) -> None:
    found = sheets({ENTRIES[place]: dict(enumerate(row)) for place, row in enumerate(table)})
    assert corrected(found) == {ENTRIES[place]: Fraction(sum(row), 4) for place, row in enumerate(table)}
