"""The rule file: what it must say, what is refused, and what its hash covers."""

from fractions import Fraction
from itertools import product
from typing import Any

import msgspec
import pytest

from services.scoring.rubrics.domain import Drop, Rule, canonical, judging, read, refusal, rule_hash
from services.scoring.rubrics.domain.reading import Table
from shared.errors import Fault
from shared.web.texts import LANGUAGES, Texts
from tests.contracts.source import ROOT
from tests.scoring.rubrics.examples import (
    APART,
    CLAMPED,
    EXAMPLES,
    GRADES,
    SKATING,
    TIMED,
    TRIMMED,
    Path,
    Values,
    paths,
    with_value,
    without,
    write,
)
from tests.scoring.samples import TEACHING, TEACHING_FILE, judged

TEXTS = Texts(ROOT / "services" / "scoring" / "messages")


def read_all(text: str) -> tuple[Rule | None, list[Fault]]:
    faults: list[Fault] = []
    return read("rules/x.toml", text, faults), faults


def codes_of(values: Values) -> set[str]:
    return {fault.code for fault in read_all(write(values)[0])[1]}


def rule_of(values: Values) -> Rule:
    rule, faults = read_all(write(values)[0])
    assert faults == []
    assert rule is not None
    return rule


def pattern(path: Path) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def path_of(fault: Fault) -> Path:
    return tuple(int(step) - 1 if step.isdigit() else step for step in (fault.column or "").split("."))


def line_of(path: Path, places: dict[Path, int]) -> int:
    """Where the key stands or should stand: in its table, and what belongs above all tables on the first line."""
    return next((places[path[:length]] for length in range(len(path), 0, -1) if path[:length] in places), 1)


def assert_told(fault: Fault, places: dict[Path, int]) -> None:
    """The fault has its line, and a sentence in each language; an open question's sentence is a question."""
    assert fault.row == line_of(path_of(fault), places)
    values = {"value": fault.value, "row": fault.row, "column": fault.column, "file": fault.file, **fault.values}
    chinese, english = (TEXTS(language, fault.code, **values) for language in LANGUAGES)
    assert chinese != english
    if fault.code.startswith("rule_open_"):
        assert chinese.endswith("？")
        assert english.endswith("?")


# ---- every question left open in turn ----------------------------------------------------------------------------------

FREE = {
    "title_en", "part.title_en", "part.criterion.title_en", "part.criterion.item.title_en", "part.criterion.bands.title_en",
    "part.criterion.grades.title_en", "grades.title_en", "deduction.title_en", "source", "from_memory",
    "lowest", "part.criterion.lowest", "part.criterion.item.levels_en", "levels_en",
    "part.criterion.bands", "rounding.part",
}  # fmt: skip
"""What may be left out: its absence says "none", and README.md#rules names it."""
ASKS = {
    "criteria": "part",  # the criteria are not the marks' own, so there must be parts
    "part.criterion.item": "part.criterion.highest",  # the criterion itself is marked
    "part.criterion.steps": "better",  # the measured value itself ranks
    "steps": "better",
    "unit": "part.criterion.unit",
}
"""What opens another question than its own."""
OTHERWISE = {"deduction.each", "part.criterion.scale", "part.criterion.item.scale", "scale"}
"""What makes its neighbours meaningless: they are refused, or the scale is points, as README.md#rules says."""


DELETIONS = [
    pytest.param(values, path, id=f"{name}-{'.'.join(map(str, path))}")
    for name, values in EXAMPLES.items()
    for path in paths(values)
]


@pytest.mark.parametrize("values", EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_are_complete(values: Values) -> None:
    assert rule_of(values).title == values["title"]


def test_the_examples_use_every_word_of_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    words: dict[str, set[str]] = {}
    known = Table.known

    def recorded(table: Table, keys: set[str]) -> None:
        words.setdefault(pattern(table.path), set()).update(keys)
        known(table, keys)

    monkeypatch.setattr(Table, "known", recorded)
    used: dict[str, set[str]] = {}
    for values in EXAMPLES.values():
        assert codes_of(values) == set()
        for path in paths(values):
            used.setdefault(pattern(path[:-1]), set()).add(f"{path[-1]}")
    used["part.criterion.item"] |= used["part.criterion"]  # each scale is shown in one of the two
    used["part.criterion"] |= used["part.criterion.item"]
    judged = used["part"] | used[""]  # how judges are put together is said of the whole or of a part
    used["part"], used[""] = used["part"] | judged & judging.KEYS, used[""] | judged & judging.KEYS
    assert {table: keys - used[table] for table, keys in words.items() if keys - used[table]} == {}


@pytest.mark.parametrize(("values", "path"), DELETIONS)
def test_a_question_left_open_is_asked_with_its_line_in_both_languages(values: Values, path: Path) -> None:
    text, places = write(without(values, path))
    rule, faults = read_all(text)
    for fault in faults:
        assert_told(fault, places)
    if pattern(path) in FREE or is_inherited(values, path):
        assert faults == []
        return
    asked = [fault.column for fault in faults if fault.code.startswith("rule_open_")]
    if pattern(path) in OTHERWISE:
        assert faults or values_at(values, path) == "points"
        return
    assert rule is None
    wanted = ASKS.get(pattern(path), pattern(path))
    assert [each for each in asked if (each or "").split(".")[-1] == wanted.split(".")[-1]], (asked, wanted)
    if pattern(path) not in ASKS:
        assert ".".join(f"{step + 1}" if isinstance(step, int) else step for step in path) in asked


def is_inherited(values: Values, path: Path) -> bool:
    return path[-1] == "unit" and len(path) > 2 and "criterion" in path and "unit" in values


def values_at(values: Any, path: Path) -> Any:
    for step in path:
        values = values[step]
    return values


def test_every_fault_is_found_at_once() -> None:
    wrong = with_value(TRIMMED, ("fewest_marks",), 2)
    wrong = with_value(wrong, ("part", 1, "criterion", 1, "highest"), "9.05")
    wrong = with_value(without(wrong, ("rank_style",)), ("part", 0, "when"), "later")
    text, places = write(wrong)
    faults = read_all(text)[1]
    assert [fault.code for fault in faults] == [
        "rule_open_rank_style", "rule_too_few_left", "rule_value_unknown", "mark_not_multiple",
    ]  # fmt: skip
    assert [fault.row for fault in faults] == sorted(fault.row or 0 for fault in faults)
    for fault in faults:
        assert_told(fault, places)
        assert fault.file == "rules/x.toml"


# ---- contradictions and slips -------------------------------------------------------------------------------------------

PLAN: Path = ("part", 0, "criterion", 0)
STYLE: Path = ("part", 0, "criterion", 1)
SHAPE: Path = ("part", 1, "criterion", 0, "item", 0)
GAP: Path = ("part", 1, "criterion", 1)
DANCE: Path = ("part", 0, "criterion", 0)


@pytest.mark.parametrize(
    ("values", "path", "value", "code"),
    [
        # judges
        (TRIMMED, ("aggregate",), "averag", "rule_value_unknown"),
        (TRIMMED, ("aggregate",), "median", "rule_key_not_used"),
        (TRIMMED, ("fewest_marks",), 2, "rule_too_few_left"),
        (TRIMMED, ("fewest_marks",), True, "rule_not_whole"),
        (TRIMMED, ("fewest_marks",), 5.5, "rule_not_whole"),
        (TRIMMED, ("drop",), 1, "rule_not_table"),
        (TRIMMED, ("middle",), {"marks": 2, "odd": "highest"}, "rule_key_not_used"),
        (TRIMMED, ("margin",), "10", "rule_key_not_used"),
        (TRIMMED, ("others",), {"unit": "1", "mode": "half_up"}, "rule_key_not_used"),
        (TRIMMED, ("factor",), "0", "rule_number_too_low"),
        (TRIMMED, ("tolerance", "spread"), "-1", "rule_number_negative"),
        (APART, ("part", 0, "fewest_marks"), 1, "rule_middle_too_many"),
        (APART, ("part", 1, "missing"), "exclude", "rule_sum_needs_every_mark"),
        (APART, ("recusal",), "kept_not_counted", "rule_sum_needs_every_mark"),
        (APART, ("aggregate",), "mean", "rule_key_not_used"),
        (CLAMPED, ("margin",), "wide", "rule_not_number"),
        (CLAMPED, ("aggregate",), "sum", "rule_key_not_used"),
        # the skating system
        (SKATING, ("level",), "part", "rule_skating_level"),
        (SKATING, ("missing",), "exclude", "rule_skating_missing"),
        (SKATING, ("factor",), "2", "rule_skating_multiplied"),
        (SKATING, ("multiplier",), "difficulty", "rule_skating_multiplied"),
        (SKATING, ("better",), "higher", "rule_skating_better"),
        (SKATING, (*DANCE, "weight"), "2", "rule_skating_weights"),
        (SKATING, (*DANCE, "scale"), "pass_fail", "rule_skating_places"),
        (APART, ("part", 0, "aggregate"), "skating_system", "rule_skating_apart"),
        # scales
        (TRIMMED, (*PLAN, "highest"), "99.3", "mark_not_multiple"),
        (TRIMMED, (*PLAN, "highest"), "much", "mark_not_number"),
        (TRIMMED, (*PLAN, "highest"), "0", "rule_highest_out_of_range"),
        (TRIMMED, (*PLAN, "lowest"), "100", "rule_lowest_out_of_range"),
        (TRIMMED, (*PLAN, "unit"), "1/3", "rule_unit_wrong"),
        (TRIMMED, (*GAP, "worth"), "3", "rule_key_not_used"),
        (TRIMMED, (*PLAN, "bands", 0, "to"), "100.5", "rule_band_outside"),
        (TRIMMED, (*PLAN, "bands", 1, "to"), "90", "rule_bands_overlap"),
        (TRIMMED, (*STYLE, "bands"), [{"title": "优", "from": "0", "to": "1"}], "rule_key_not_used"),
        (TRIMMED, (*STYLE, "grades"), [], "rule_open_grades"),
        (TRIMMED, (*STYLE, "grades"), GRADES[:1], "rule_grades_too_few"),
        (TRIMMED, (*STYLE, "grades", 1, "key"), "A", "rule_key_twice"),
        (TRIMMED, (*STYLE, "grades", 1, "coefficient"), "-0.1", "rule_number_negative"),
        (TRIMMED, (*SHAPE, "levels"), ["一", "二", "三"], "rule_levels_not_four"),
        (TRIMMED, (*SHAPE, "levels"), ["一", "二", "三", " "], "rule_levels_not_four"),
        (TRIMMED, (*SHAPE, "weight"), "2", "rule_key_unknown"),
        (TRIMMED, (*GAP, "steps", 1, "to"), "0.5", "rule_steps_not_rising"),
        (TRIMMED, (*GAP, "steps", 1, "to"), "8", "rule_steps_end"),
        (TRIMMED, (*GAP[:-1], 0, "highest"), "5", "rule_key_not_used"),
        (SKATING, (*DANCE, "highest"), "1", "rule_places_too_few"),
        (SKATING, (*DANCE, "unit"), "1", "rule_key_not_used"),
        (TRIMMED, ("better",), "lower", "rule_key_not_used"),
        # parts, names and weights
        (TRIMMED, ("colour",), 3, "rule_key_unknown"),
        (TRIMMED, ("part", 1, "key"), "lesson", "rule_key_twice"),
        (TRIMMED, ("part", 1, "key"), "The skill", "rule_key_form"),
        (TRIMMED, ("part", 1, "title"), 3, "rule_not_text"),
        (TRIMMED, ("part",), "design", "rule_not_tables"),
        (TRIMMED, (*STYLE, "weight"), "0", "rule_number_too_low"),
        (TRIMMED, ("part", 1, "weight"), "-1", "rule_number_negative"),
        (EXAMPLES["any marks"], ("part",), TIMED["part"], "rule_key_not_used"),
        # the whole rule
        (TIMED, ("level",), "part", "rule_correction_unfit"),
        (TIMED, ("aggregate",), "median", "rule_correction_unfit"),
        (TRIMMED, ("release",), "ceremony", "rule_key_not_used"),
        (TRIMMED, ("deduction", 1, "measured_in"), "秒", "rule_key_not_used"),
        (TRIMMED, ("deduction", 0, "points"), "0", "rule_number_too_low"),
        (TRIMMED, ("adjustment", "lowest"), "0.2", "rule_adjustment_bounds"),
        (TRIMMED, ("adjustment", "unit"), "0.03", "rule_adjustment_multiple"),
        (TRIMMED, ("below_zero",), "yes", "rule_not_flag"),
        (TIMED, ("below_zero",), False, "rule_key_not_used"),
        (TRIMMED, ("rounding", 1, "at"), "judge", "rule_rounding_twice"),
        (TRIMMED, ("rounding", 0, "part"), "lessons", "rule_part_unknown"),
        (TRIMMED, ("rounding", 1, "part"), "lesson", "rule_key_not_used"),
        (TRIMMED, ("level",), "judge_total", "rule_rounding_no_part"),
        (CLAMPED, ("rounding",), [{"at": "part", "mode": "half_up", "digits": 1}], "rule_rounding_no_part"),
        (CLAMPED, ("ties",), ["part:round", "shared"], "rule_near_tie_chain"),
        # the tie chain
        (TRIMMED, ("ties",), ["part:lesion", "shared"], "rule_tie_part_unknown"),
        (TRIMMED, ("ties",), ["criterion:lesson/pan", "shared"], "rule_tie_criterion_unknown"),
        (TRIMMED, ("ties",), ["part:lesson", "part:lesson", "shared"], "rule_tie_twice"),
        (TRIMMED, ("ties",), ["oldest", "shared"], "rule_value_unknown"),
        (TRIMMED, ("ties",), ["untrimmed_mean:lowest", "shared"], "rule_value_unknown"),
        (TRIMMED, ("ties",), ["skating", "shared"], "rule_tie_skating"),
        (TRIMMED, ("ties",), ["shared", "panel_vote"], "rule_tie_after_end"),
        (TRIMMED, ("ties",), ["lot"], "rule_lot_without_vote"),
        (TRIMMED, ("ties",), ["part:lesson"], "rule_open_last_tie"),
        (TRIMMED, ("ties",), "shared", "rule_not_list"),
        (TIMED, ("ties",), ["fewest_deductions", "shared"], "rule_tie_no_deduction"),
        (APART, ("ties",), ["most_firsts", "shared"], "rule_tie_no_total"),
    ],
)
def test_a_contradiction_or_slip_is_found(values: Values, path: Path, value: Any, code: str) -> None:
    text, places = write(with_value(values, path, value))
    rule, faults = read_all(text)
    assert rule is None
    assert code in {fault.code for fault in faults}
    for fault in faults:
        assert_told(fault, places)


def test_all_parts_cannot_weigh_nothing() -> None:
    assert codes_of(with_value(with_value(TRIMMED, ("part", 0, "weight"), "0"), ("part", 1, "weight"), "0")) == {
        "rule_weights_zero"
    }


def test_what_is_only_recorded_for_ties_does_not_ask_which_is_better() -> None:
    timed = with_value(GAPLESS := with_value(TRIMMED, ("part", 1, "weight"), "0"), (*GAP, "steps"), [])
    assert codes_of(GAPLESS) == set()
    assert codes_of(without(timed, (*GAP, "steps"))) == set()
    assert codes_of(without(TRIMMED, (*GAP, "steps"))) == {"rule_open_better"}


def test_a_file_that_is_no_toml_names_the_line() -> None:
    (fault,) = read_all('title = "a"\nversion = [\n[[part]]\n')[1]
    assert (fault.code, fault.row) == ("rule_not_toml", 3)


def test_a_key_with_dots_has_its_line() -> None:
    text = TEACHING_FILE.replace('[shown]\nmode = "half_up"\ndigits = 2\n', "").replace(
        "version = 1\n", 'version = 1\nshown.mode = "half_up"\nshown.digits = 11\n'
    )
    (fault,) = read_all(text)[1]
    assert (fault.code, text.splitlines()[(fault.row or 0) - 1]) == ("rule_not_whole", "shown.digits = 11")


def test_faults_of_another_file_do_not_spoil_this_one() -> None:
    faults = [Fault(code="rule_open_board", file="rules/other.toml")]
    assert read("rules/x.toml", TEACHING_FILE, faults) is not None
    assert len(faults) == 1


STRANGE = [[1], {"a": 1}, [["x"]], [{"a": 1}], 10**20, "\u0000", -3, "2026-05-16", " "]


@pytest.mark.parametrize("values", EXAMPLES.values(), ids=EXAMPLES)
def test_a_value_of_a_strange_kind_is_a_fault_and_no_crash(values: Values) -> None:
    for path, strange in product(paths(values), STRANGE):
        rule, faults = read_all(write(with_value(values, path, strange))[0])
        assert (rule is None) == bool(faults)
        assert faults or not isinstance(strange, (list, dict)), (path, strange)


# ---- what comes out -----------------------------------------------------------------------------------------------------


def test_a_complete_file_becomes_a_frozen_rule() -> None:
    rule = rule_of(TRIMMED)
    lesson, skill = rule.parts
    assert (rule.judging.aggregate, rule.judging.level, rule.judging.drop) == ("trimmed_mean", "part", Drop(1, 1))
    assert rule.judging.has_difficulty
    assert rule.judging.factor.fraction == Fraction(3, 5)
    assert [part.weight.fraction for part in rule.parts] == [Fraction(4, 5), Fraction(1, 5)]
    assert list(lesson.cells) == ["plan", "style"]
    assert list(skill.cells) == ["board.shape", "board.done", "board.clean", "gap"]
    scales = {key: item.scale for part in rule.parts for key, item in part.cells.items()}
    assert {key: (scale.lowest, scale.highest, int(scale.most)) for key, scale in scales.items()} == {
        "plan": (120, 200, 100), "style": (0, 1, 40), "board.shape": (0, 3, 2), "board.done": (0, 1, 1),
        "board.clean": (0, 50, 5), "gap": (0, 90, 2),
    }  # fmt: skip
    assert [scales["board.shape"].points(count) for count in range(4)] == [0, Fraction(2, 3), Fraction(4, 3), 2]
    assert [scales["style"].points(count) for count in range(2)] == [40, 32]
    assert [scales["gap"].points(count) for count in (0, 5, 6, 90)] == [2, 2, 0, 0]
    assert [(band.lowest, band.highest) for band in lesson.cells["plan"].bands] == [(180, 200), (150, 179)]


def test_where_every_part_is_judged_apart_the_rule_asks_for_the_largest_panel() -> None:
    rule = rule_of(APART)
    assert [each.aggregate for each in rule.judgings] == ["middle_mean", "trimmed_sum"]
    assert rule.fewest_marks == 7


def test_a_rule_from_memory_or_without_criteria_marks_no_activity() -> None:
    assert [refusal(rule_of(EXAMPLES[name])) for name in ("trimmed", "apart", "any marks")] == [
        "", "rule_from_memory", "rule_from_marks",
    ]  # fmt: skip


def test_a_decimal_without_quotes_stays_exact() -> None:
    rule, faults = read_all(TEACHING_FILE.replace('highest = "20"', "highest = 20.1"))
    assert faults == []
    assert rule is not None
    assert rule.parts[0].cells["design"].scale.highest == 201


def test_the_hash_covers_all_that_can_change_a_result() -> None:
    others = [
        judged(TEACHING, level="part"),
        judged(TEACHING, drop=Drop(1, 2)),
        msgspec.structs.replace(TEACHING, ties=("shared",)),
        msgspec.structs.replace(TEACHING, parts=TEACHING.parts[:2]),
    ]
    assert len({rule_hash(rule) for rule in (TEACHING, *others)}) == 5


@pytest.mark.parametrize("values", EXAMPLES.values(), ids=EXAMPLES)
def test_the_canonical_form_reads_back_equal(values: Values) -> None:
    rule = rule_of(values)
    text = canonical(rule)
    assert msgspec.json.decode(text, type=Rule) == rule
    assert canonical(msgspec.json.decode(text, type=Rule)) == text
    assert msgspec.json.encode(msgspec.json.decode(text), order="sorted") == text


def test_the_hash_of_a_rule_never_changes() -> None:
    """Score sets cite it for years: a change of the form is a new rule to everybody who kept the old number."""
    assert rule_hash(rule_of(TRIMMED)) == "304ffeabad44d10940044b27679606bb069b9ba53f1d1641146b78225dbba403"


def test_the_order_of_keys_in_the_file_changes_no_hash() -> None:
    turned = dict(reversed(TRIMMED.items()))
    assert rule_hash(rule_of(turned)) == rule_hash(rule_of(TRIMMED))
