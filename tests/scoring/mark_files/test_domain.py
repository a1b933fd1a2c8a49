"""A file of marks: how it may be written, who sits where, and every fault with its line, column and value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.mark_files.domain import Change, MarkFile, Scored, change, natural, read, score
from services.scoring.rubrics import actions as rubrics
from shared.errors import Fault

Places = list[tuple[str, int | None, str, str]]


def told(faults: list[Fault]) -> Places:
    return [(fault.code, fault.row, fault.column, fault.value) for fault in faults]


def scored(preset: str, text: str | bytes) -> list[tuple[str, int, str]]:
    """Name, rank, result; the file must be faultless."""
    faults: list[Fault] = []
    content = text if isinstance(text, bytes) else text.encode()
    found = score(rubrics.preset(preset).rule, read("m.csv", content, faults), faults)
    assert told(faults) == []
    assert found is not None
    return [(line.entry, line.rank, line.result) for line in found.lines]


def refused(preset: str, text: str | bytes) -> Places:
    faults: list[Fault] = []
    marks = read("m.csv", text if isinstance(text, bytes) else text.encode(), faults)
    if not faults:
        assert score(rubrics.preset(preset).rule, marks, faults) is None
    assert {fault.file for fault in faults} == {"m.csv"}
    return told(faults)


TWO = "entry,judge,mark\nA,1,8\nA,2,9\nB,1,7\nB,2,7.5\n"


@pytest.mark.parametrize(
    "content",
    [
        TWO,
        TWO.replace("\n", "\r\n"),
        "\ufeff" + TWO,
        TWO.replace("B,2,7.5\n", '"B","2","7.5"'),
        "mark,entry,judge\n8,A,1\n9,A,2\n7,B,1\n7.5,B,2\n",
        "judge,mark,criterion,entry\n1,8,talk,A\n2,9,talk,A\n1,7,talk,B\n2,7.5,talk,B\n",
        "judge,mark,criterion,entry\n1,8,,A\n2,9,,A\n1,7,,B\n2,7.5,,B\n",
        TWO + "\n,,\n",
        " entry , judge , mark \n A , 1 , 8 \nA,2,9\nB,1,7\nB,2, 7.50\n",
        "entry,judge,mark,\nA,1,8,\nA,2,9,\nB,1,7,\nB,2,7.5,\n",
    ],
)
def test_the_same_marks_may_be_written_in_many_ways(content: str) -> None:
    assert scored("mean", content) == [("A", 1, "8.50"), ("B", 2, "7.25")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_names_may_be_chinese_in_either_encoding(encoding: str) -> None:
    text = "entry,judge,criterion,mark\n王小明,评委1,教学,90\n李华,评委1,教学,91.5\n"
    assert scored("mean", text.encode(encoding)) == [("李华", 1, "91.50"), ("王小明", 2, "90.00")]


def test_equal_ranks_come_in_the_order_of_their_names() -> None:
    text = "entry,judge,mark\n" + "".join(f"{name},1,5\n" for name in ("10", "9", "A2", "A10", "01", "1", "b"))
    assert [name for name, _, _ in scored("mean", text)] == ["01", "1", "9", "10", "A2", "A10", "b"]


def test_natural_order_takes_any_names() -> None:
    assert sorted(["第10组", "第2组", "", "2a", "2", "a"], key=natural) == ["", "2", "2a", "a", "第2组", "第10组"]


@given(st.lists(st.text(max_size=6), max_size=6))
def test_natural_order_is_an_order(names: list[str]) -> None:
    back = [*reversed(names)]
    assert sorted(names, key=natural) == sorted(back, key=natural)


# by the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "published"),
    [
        ("7.5 7.0 8.25 7.75 7.5 7.25 8.0 8.0 7.75", "7.68"),
        ("6.5 7.25 7.5 7.25 6.0 5.75 7.0 6.75 7.0", "6.82"),
        ("9.75 9.5 9.75 9.25 10.0 9.5 8.75 9.25 10.0", "9.57"),
    ],
)
def test_the_trimmed_mean_is_the_published_panel_score(marks: str, published: str) -> None:
    """Figure skating 2016-17, components: ISU protocols as collected by BuzzFeed News (CC BY 4.0)."""
    rows = "".join(f"S,{judge},{mark}\n" for judge, mark in enumerate(marks.split(), start=1))
    assert scored("trimmed-mean", "entry,judge,mark\n" + rows) == [("S", 1, published)]
    assert scored("trimmed-mean", "entry,judge,mark\n" + rows + "S,10,\n") == [("S", 1, published)]


def table(*rows: str) -> str:
    """"A 1 x 8" is a row: entry, judge, criterion, mark; "-" is a blank."""
    return "entry,judge,criterion,mark\n" + "".join(",".join(row.replace("-", "").split(" ")) + "\n" for row in rows)


FOUR = [
    ("A", ["10 20", "12 14", "16 16", "11 19"]),  # totals 30 26 32 30; x 10 12 16 11, y 20 14 16 19
    ("B", ["14 14", "14 16", "15 15", "10 21"]),  # totals 28 30 30 31; x 14 14 15 10, y 14 16 15 21
]
TEACHING = table(
    *(
        f"{name} {judge} {criterion} {mark}"
        for name, rows in FOUR
        for judge, row in enumerate(rows, start=1)
        for criterion, mark in zip("xy", row.split(), strict=True)
    )
)


def test_where_the_drop_is_taken_decides_who_wins() -> None:
    assert scored("teaching-per-judge", TEACHING) == [("A", 1, "30.00"), ("B", 1, "30.00")]
    assert scored("teaching-per-part", TEACHING) == [("B", 1, "29.50"), ("A", 2, "29.00")]


def test_a_column_part_says_what_is_dropped_together() -> None:
    lines = TEACHING.replace("criterion", "part,criterion").splitlines()
    one = "\n".join([lines[0], *(line.replace(",x,", ",p,x,").replace(",y,", ",p,y,") for line in lines[1:])])
    assert scored("teaching-per-part", one) == scored("teaching-per-judge", TEACHING)


def test_the_plain_presets() -> None:
    marks = table("A 1 x 8", "A 2 x 9", "A 3 x 4", "B 1 x 7", "B 2 x -", "B 3 x 8")
    assert scored("mean", marks) == [("B", 1, "7.50"), ("A", 2, "7.00")]
    assert scored("median", marks) == [("A", 1, "8.00"), ("B", 2, "7.50")]


def dives(*rows: tuple[str, str, str, str]) -> str:
    """entry, dive, difficulty, marks of seven judges."""
    return "entry,judge,criterion,mark,difficulty\n" + "".join(
        f"{entry},{judge},{dive},{mark},{difficulty}\n"
        for entry, dive, difficulty, marks in rows
        for judge, mark in enumerate(marks.split(), start=1)
    )


DIVES = dives(
    ("Lin", "107B", "3.0", "7.5 7 7.5 7 7.5 8 6.5"),
    ("Lin", "407C", "3.2", "8 8 8 8 8 8 8"),
    ("Wu", "107B", "3.0", "8 8 8 8 8 8 8"),
    ("Wu", "5253B", "3.3", "7 7 7 7.5 7 7 7"),
)


def test_diving_by_the_rule_of_2000_and_by_todays() -> None:
    """Lin: 36.5 × 3.0 × 0.6 + 40 × 3.2 × 0.6 = 65.7 + 76.8; 22 × 3.0 + 24 × 3.2 = 66 + 76.8."""
    assert scored("diving-2000", DIVES) == [("Lin", 1, "142.50"), ("Wu", 2, "141.30")]
    assert scored("diving-7", DIVES) == [("Lin", 1, "142.80"), ("Wu", 2, "141.30")]


SKATING = table(
    *(
        f"{couple} {judge} {dance} {mark}"
        for dance, places in (("waltz", ["111", "222", "333"]), ("tango", ["221", "112", "333"]))
        for couple, row in enumerate(places, start=1)
        for judge, mark in enumerate(row, start=1)
    )
)


def test_the_skating_system_parts_by_rule_11() -> None:
    """Both 1 + 2. All marks as one dance: couple 1 has four firsts of six, couple 2 two."""
    assert scored("skating-system", SKATING) == [("1", 1, "3.0"), ("2", 2, "3.0"), ("3", 3, "6.0")]


def test_a_rule_with_its_own_parts_finds_them_by_key_or_title() -> None:
    rows = [("design", "教学设计", "Teaching design", "18"), ("lesson", "课堂教学", "Lesson", "70"), ("reflection", "教学反思", "Reflection", "4.5")]
    for name in (0, 1, 2):
        text = "entry,judge,criterion,mark\n" + "".join(f"A,{j},{row[name]},{row[3]}\n" for j in range(7) for row in rows)
        assert scored("qjs-per-judge", text) == [("A", 1, "92.50")]
        by_part = text.replace("criterion", "part")
        assert scored("qjs-per-part", by_part) == [("A", 1, "92.50")]


# who sits where -----------------------------------------------------------------------------------------------------


def test_each_entry_may_have_criteria_of_its_own() -> None:
    """One component each, as in a protocol that names the component in the entry too."""
    rows = [f"{e} {j} {c} {m}" for e, c, marks in (("A/SS", "SS", "5678"), ("A/PE", "PE", "6778")) for j, m in enumerate(marks)]
    assert scored("trimmed-mean", table(*rows)) == [("A/PE", 1, "7.00"), ("A/SS", 2, "6.50")]


def test_where_criteria_differ_a_gap_is_still_found() -> None:
    marks = table("A 1 x 5", "A 1 y 5", "A 2 x 5", "A 2 y 6", "A 3 x 5", "A 3 y 5", "B 1 u 5", "B 1 v 5", "B 2 u 5", "B 3 v 6")
    assert refused("teaching-per-judge", marks) == [("mark_owed", 10, "mark", ""), ("mark_owed", 11, "mark", "")]


def test_a_judge_who_is_not_named_for_an_entry_is_not_on_its_panel() -> None:
    marks = table(*(f"{e} {j} x {5 + j}" for e in "AB" for j in range(1, 5) if (e, j) != ("B", 4)))
    assert scored("teaching-per-judge", marks) == [("A", 1, "7.50"), ("B", 2, "7.00")]


def test_a_judge_who_left_out_a_criterion_owes_it() -> None:
    gap = TEACHING.replace("A,3,y,16\n", "")
    assert refused("teaching-per-judge", gap) == [("mark_owed", 6, "mark", "")]
    assert scored("trimmed-mean", gap) == [("A", 1, "30.00"), ("B", 1, "30.00")]  # 30 26 30 without judge 3


def test_a_blank_mark_is_owed_in_its_own_line() -> None:
    assert refused("teaching-per-part", TEACHING.replace("A,3,y,16\n", "A,3,y,\n")) == [("mark_owed", 7, "mark", "")]


def test_with_a_column_part_a_judge_sits_only_for_the_parts_named() -> None:
    """Judges 1 to 3 read the papers, 4 to 6 saw the talks."""
    rows = "".join(f"A,{j},paper,x,{j}\n" for j in (1, 2, 3)) + "".join(f"A,{j},talk,y,{j}\n" for j in (4, 5, 6))
    assert scored("teaching-per-part", "entry,judge,part,criterion,mark\n" + rows) == [("A", 1, "7.00")]
    without = "".join(line.replace(",paper", "").replace(",talk", "") + "\n" for line in rows.splitlines())
    assert len(refused("teaching-per-part", "entry,judge,criterion,mark\n" + without)) == 6


# faults -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "text", "faults"),
    [
        ("mean", "", [("column_absent", 1, "entry", ""), ("column_absent", 1, "judge", ""), ("column_absent", 1, "mark", "")]),
        ("mean", "entry,judge,mark\n", [("marks_none", None, "", "")]),
        ("mean", "entry,judge,mark,critereon\nA,1,5,x\n", [("marks_column_unknown", 1, "critereon", "critereon")]),
        ("mean", "entry,judge,mark,mark\nA,1,5,6\n", [("column_twice", 1, "mark", "")]),
        ("mean", "entry,judge,mark\n,1,5\nA,,5\n", [("cell_blank", 2, "entry", ""), ("cell_blank", 3, "judge", "")]),
        ("mean", "entry,judge,mark\nA,1,5\nA,2,９\nA,3,1e3\nA,4,nan\nA,5,8.\n", [
            ("mark_not_number", 3, "mark", "９"), ("mark_not_number", 4, "mark", "1e3"),
            ("mark_not_number", 5, "mark", "nan"), ("mark_not_number", 6, "mark", "8."),
        ]),
        ("mean", "entry,judge,mark\nA,1,5\nA,1,6\n", [("mark_twice", 3, "mark", "6")]),
        ("mean", table("A 1 x 5", "A 1 - 6"), [("cell_blank", 3, "criterion", "")]),
        ("mean", "entry,judge,part,mark\nA,1,p,5\nA,2,,6\n", [("cell_blank", 3, "part", "")]),
        ("mean", table("A 1 x 5", "B 1 x -"), [("entry_thin", 3, "entry", "B")]),
        ("trimmed-mean", table("A 1 x 5", "A 2 x 6"), [("entry_thin", 2, "entry", "A")]),
        ("mean", table("A 1 x 5", "B 1 x 5", "B 1 y 5"), [("criteria_uneven", 2, "entry", "A")]),
        ("skating-system", table("A 1 w 1", "B 1 t 1"), [("mark_owed", 2, "mark", ""), ("mark_owed", 3, "mark", "")]),
        ("diving-7", TWO, [("column_absent", 1, "difficulty", "")]),
        ("diving-7", DIVES.replace("Lin,2,107B,7,3.0", "Lin,2,107B,7,3.1"), [("difficulty_differs", 3, "difficulty", "3.1")]),
        ("diving-7", DIVES.replace("Lin,2,107B,7,3.0", "Lin,2,107B,7,0"), [("difficulty_wrong", 3, "difficulty", "0")]),
        ("diving-7", DIVES.replace(",3.3", ","), [("difficulty_absent", 23, "difficulty", "")]),
        ("diving-7", DIVES.replace("Lin,2,107B,7,", "Lin,2,107B,7.2,"), [("mark_not_multiple", 3, "mark", "7.2")]),
        ("diving-7", DIVES.replace("Lin,2,107B,7,", "Lin,2,107B,10.5,"), [("mark_too_high", 3, "mark", "10.5")]),
        ("skating-system", table("A 1 w 1", "B 1 w 1", "A 2 w 3", "B 2 w 1.0"), [
            ("place_twice", 3, "mark", "1"), ("place_beyond", 4, "mark", "3"),
        ]),
        ("skating-system", table("A 1 w 1.5", "B 1 w 0"), [
            ("mark_not_multiple", 2, "mark", "1.5"), ("mark_too_high", 3, "mark", "0"),
        ]),
        ("skating-system", table("A 1 w 1", "B 1 w -"), [("mark_owed", 3, "mark", "")]),
        ("qjs-per-judge", table("A 1 dance 5"), [("criterion_unknown", 2, "criterion", "dance")]),
        ("qjs-per-judge", "entry,judge,part,mark\nA,1,dance,5\n", [("mark_part_unknown", 2, "part", "dance")]),
        ("qjs-per-judge", TWO, [("cell_blank", row, "criterion", "") for row in (2, 3, 4, 5)]),
        ("paper-review", table(*(f"{e} {j} {c} 5" for e, j in ("A1", "A2", "B3", "B4") for c in ("originality", "method", "writing"))), [
            ("marks_unlinked", None, "", ""),
        ]),
    ],
)  # fmt: skip
def test_every_fault_has_its_line_column_and_value(preset: str, text: str, faults: Places) -> None:
    assert refused(preset, text) == faults


def test_faults_of_every_kind_are_told_at_once() -> None:
    text = table("A 1 w 1", "- 1 w 2", "B - w 2", "A 1 w 2", "B 1 w x", "B 2 w 1", "A 2 w 1", "C 2 w -")
    assert refused("skating-system", text) == [
        ("cell_blank", 3, "entry", ""),
        ("cell_blank", 4, "judge", ""),
        ("mark_twice", 5, "mark", "2"),
        ("mark_not_number", 6, "mark", "x"),
        ("place_twice", 8, "mark", "1"),
        ("mark_owed", 9, "mark", ""),
    ]


def test_a_row_left_out_makes_no_further_faults() -> None:
    """Not that A has fewer criteria, that B's difficulty is not said, or that there are more places than entries."""
    assert refused("mean", table("- 1 x 5", "B 1 x 5", "A 1 y 5", "B 1 y 5")) == [("cell_blank", 2, "entry", "")]
    assert refused("diving-7", "entry,judge,mark,difficulty\nB,1,5,\nB,,5,3.1\n") == [("cell_blank", 3, "judge", "")]
    assert refused("skating-system", table("A 1 w 2", "- 1 w 1")) == [("cell_blank", 3, "entry", "")]


def test_a_file_that_is_no_text_is_refused() -> None:
    assert refused("mean", b"\xff\xfe\x00\x81\x00\xff") == [("marks_not_text", None, "", "")]


def test_judges_too_far_apart_must_mark_again() -> None:
    marks = [f"A,{j},{mark}\n" for j, mark in enumerate((0, 3, 1), start=1)]
    rule = rubrics.preset("worldskills-judgement").rule
    cells = [key for part in rule.parts for key in part.cells]
    text = "entry,judge,criterion,mark\n" + "".join(row.replace(f",{row[2]},", f",{row[2]},{cell},", 1) for cell in cells for row in marks)
    assert {(code, row, value) for code, row, _, value in refused("worldskills-judgement", text)} == {("marks_apart", 2, "A")}


# two rules ----------------------------------------------------------------------------------------------------------


def lines(*ranks: tuple[str, int]) -> list[Scored]:
    return [Scored(name, rank, f"{rank}.0") for name, rank in ranks]


def test_who_moves_and_which_tier_changes() -> None:
    before = lines(("A", 1), ("B", 2), ("C", 2), ("D", 4), ("E", 5))
    after = lines(("C", 1), ("A", 2), ("B", 3), ("D", 4), ("E", 4))
    found = change(before, after, (1, 3, 4))
    assert [(move.entry, move.rank_before, move.rank_after, move.moved) for move in found.moves] == [
        ("C", 2, 1, 1), ("A", 1, 2, -1), ("B", 2, 3, -1), ("E", 5, 4, 1),
    ]  # fmt: skip
    assert [(tier.first, tier.last, tier.enters, tier.leaves) for tier in found.tiers] == [
        (1, 1, ("C",), ("A",)), (2, 3, ("A",), ("C",)), (4, 4, ("E",), ()),
    ]  # fmt: skip


def test_the_same_ranks_are_no_change() -> None:
    same = lines(("A", 1), ("B", 2))
    assert change(same, same, (1, 2, 3)) == Change((), ())


# properties ---------------------------------------------------------------------------------------------------------


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("1234"), st.sampled_from("xy")), st.integers(0, 20), min_size=1
    ),
    st.sampled_from(["mean", "median", "trimmed-mean", "teaching-per-judge", "teaching-per-part"]),
    st.randoms(use_true_random=False),
)
def test_no_order_of_lines_or_columns_changes_anything(marks: dict[Any, int], preset: str, random: Any) -> None:
    rows = [{"entry": e, "judge": j, "criterion": c, "mark": f"{mark / 2}"} for (e, j, c), mark in marks.items()]

    def outcome(rows: list[dict[str, str]], columns: list[str]) -> tuple[Any, set[tuple[str, str]]]:
        text = ",".join(columns) + "\n" + "".join(",".join(row[name] for name in columns) + "\n" for row in rows)
        faults: list[Fault] = []
        found = score(rubrics.preset(preset).rule, read("m.csv", text.encode(), faults), faults)
        return found, {(fault.code, f"{fault.values}") for fault in faults}

    before = outcome(rows, ["entry", "judge", "criterion", "mark"])
    columns = ["entry", "judge", "criterion", "mark"]
    random.shuffle(rows)
    random.shuffle(columns)
    assert outcome(rows, columns) == before


def test_a_read_file_knows_its_columns() -> None:
    found = read("m.csv", TWO.encode(), [])
    assert isinstance(found, MarkFile)
    assert (found.columns, [row.row for row in found.rows]) == ({"entry", "judge", "mark"}, [2, 3, 4, 5])


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("A,1,7,5\n", ("cells_beyond", 2, "", "5")),
        ('A,1,"7\nB,1,8\n', ("marks_not_csv", 2, "", "unexpected end of data")),
        ('A,1,7\nB,1,"8"5\n', ("marks_not_csv", 3, "", "',' expected after '\"'")),
        (f"A,1,{'7' * 200_000}\n", ("marks_not_csv", 2, "", "field larger than field limit (131072)")),
        ("A\x00,1,7\n", ("cell_control", 2, "entry", "A\x00")),
        ("A,\x1b[31m1,7\n", ("cell_control", 2, "judge", "\x1b[31m1")),
        ('"A\nB",1,7\n', ("cell_control", 2, "entry", "A\nB")),
    ],
)
def test_what_would_be_lost_or_cannot_be_seen_is_refused(rows: str, place: tuple[str, int, str, str]) -> None:
    assert refused("mean", "entry,judge,mark\n" + rows) == [place]


def test_an_accent_is_part_of_its_letter() -> None:
    text = "entry,judge,mark\nJos\u00e9,1,7\nJose\u0301,2,8\n"
    assert scored("mean", text) == [("Jos\u00e9", 1, "7.50")]


def test_a_name_may_be_a_number_of_any_length() -> None:
    long = "9" * 6000
    text = f"entry,judge,mark\n{long},1,7\n10,1,7\n1{long},1,7\n"
    assert [name for name, _, _ in scored("mean", text)] == ["10", long, f"1{long}"]
