"""The rule file: what it must say, what is refused, and what its hash covers."""

import msgspec
import pytest

from services.scoring.rubrics.domain import Drop, Rule, canonical, read, rule_hash
from shared.errors import Fault
from shared.web.texts import LANGUAGES, Texts
from tests.contracts.source import ROOT
from tests.scoring.samples import TEACHING, TEACHING_FILE


def faults_of(text: str) -> list[Fault]:
    faults: list[Fault] = []
    read("rules/x.toml", text, faults)
    return faults


def codes_of(text: str) -> list[str]:
    return [fault.code for fault in faults_of(text)]


def without(line: str) -> str:
    assert line in TEACHING_FILE
    return TEACHING_FILE.replace(line, "", 1)


def with_line(old: str, new: str) -> str:
    assert old in TEACHING_FILE
    return TEACHING_FILE.replace(old, new, 1)


def test_a_complete_file_becomes_a_frozen_rule() -> None:
    faults: list[Fault] = []
    rule = read("rules/x.toml", TEACHING_FILE, faults)
    assert faults == []
    assert isinstance(rule, Rule)
    assert (rule.aggregate, rule.level, rule.drop, rule.fewest_marks) == ("trimmed_mean", "judge_total", Drop(1, 1), 5)
    assert [part.highest for part in rule.parts] == [
        {"design": 200},
        {"content": 300, "delivery": 450},
        {"reflection": 50},
    ]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("version = 1\n", "rule_open_version"),
        ('aggregate = "trimmed_mean"\n', "rule_open_aggregate"),
        ("drop = { level = \"judge_total\", highest = 1, lowest = 1 }\n", "rule_open_drop"),
        ('level = "judge_total", ', "rule_open_level"),
        ("fewest_marks = 5\n", "rule_open_fewest_marks"),
        ('missing = "no_lock"\n', "rule_open_missing"),
        ('recusal = "reserve"\n', "rule_open_recusal"),
        ('ties = ["part:lesson", "part:design", "untrimmed_mean", "panel_vote", "lot"]\n', "rule_open_ties"),
        ('rank_style = "1224"\n', "rule_open_rank_style"),
        ('release = "ceremony"\n', "rule_open_release"),
        ('board = "progress"\n', "rule_open_board"),
        ('mode = "half_up"\n', "rule_open_rounding_mode"),
        ("digits = 2\n", "rule_open_rounding_digits"),
        ('at = "result"\n', "rule_open_rounding_at"),
        ('[rounding]\nmode = "half_up"\ndigits = 2\nat = "result"\n', "rule_open_rounding"),
        ('when = "hall"\n', "rule_open_when"),
        ('highest = "20"\n', "rule_open_highest"),
        ('unit = "0.1"\n', "rule_open_unit"),
        ('title = "教学内容"\n', "rule_open_text"),
    ],
)
def test_each_question_left_open_is_asked_in_both_languages(line: str, question: str) -> None:
    asked = faults_of(without(line))
    assert question in {fault.code for fault in asked}
    texts = Texts(ROOT / "services" / "scoring" / "messages")
    for fault in asked:
        values = {"value": fault.value, "row": fault.row, "column": fault.column, "file": fault.file, **fault.values}
        sentences = {texts(language, fault.code, **values) for language in LANGUAGES}
        assert len(sentences) == 2


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"trimmed_mean"', '"skating_system"', "skating_system"),
        ('"no_lock"', '"mean_of_others"', "mean_of_others"),
        ('recusal = "reserve"', 'recusal = "kept_not_counted"', "kept_not_counted"),
        ('"ceremony"', '"first_k"', "first_k"),
        ('at = "result"', 'at = "part"', "part"),
        ('"untrimmed_mean"', '"time"', "time"),
        ("version = 1", "version = 1\ntolerance = 2", "tolerance"),
        ('when = "before"', 'when = "before"\nweight = "0.3"', "weight"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(old: str, new: str, named: str) -> None:
    found = [fault for fault in faults_of(with_line(old, new)) if fault.code == "rule_not_supported"]
    assert [fault.value for fault in found] == [named]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"trimmed_mean"', '"averag"', "rule_value_unknown"),
        ('aggregate = "trimmed_mean"', 'aggregate = "median"', "rule_drop_not_used"),
        ('drop = { level', 'level = "part"\ndrop = { level', "rule_level_twice"),
        ("fewest_marks = 5", "fewest_marks = 2", "rule_too_few_left"),
        ("fewest_marks = 5", "fewest_marks = true", "rule_not_whole"),
        ("fewest_marks = 5", "fewest_marks = 5.5", "rule_not_whole"),
        ("version = 1", "version = 1\ncolour = 3", "rule_key_unknown"),
        ('"part:design"', '"part:desing"', "rule_tie_part_unknown"),
        ('"part:design"', '"part:lesson"', "rule_tie_twice"),
        ('"panel_vote", "lot"]', '"panel_vote"]', None),
        ('"panel_vote", "lot"]', '"lot"]', "rule_lot_without_vote"),
        ('"panel_vote", "lot"]', '"shared", "panel_vote"]', "rule_tie_after_end"),
        (', "panel_vote", "lot"]', "]", "rule_open_last_tie"),
        ('highest = "20"', 'highest = "20.05"', "mark_not_multiple"),
        ('highest = "20"', 'highest = "much"', "mark_not_number"),
        ('highest = "20"', 'highest = "0"', "rule_highest_out_of_range"),
        ('unit = "0.1"', 'unit = "1/3"', "rule_unit_wrong"),
        ('key = "lesson"', 'key = "design"', "rule_key_twice"),
        ('key = "lesson"', 'key = "The lesson"', "rule_key_form"),
        ('title = "教学竞赛评分办法"', 'title = "教学竞赛', "rule_not_toml"),
    ],
)
def test_a_contradiction_or_slip_is_found(old: str, new: str, code: str | None) -> None:
    found = codes_of(with_line(old, new))
    assert code in found if code else found == []


def test_a_sum_cannot_leave_judges_out() -> None:
    text = with_line('"trimmed_mean"', '"sum"').replace("drop = {", "# drop = {").replace('"no_lock"', '"exclude"')
    assert codes_of(text) == ["rule_sum_needs_every_mark"]


def test_a_mean_that_excludes_must_say_its_level() -> None:
    text = with_line('"trimmed_mean"', '"mean"').replace("drop = {", "# drop = {").replace('"no_lock"', '"exclude"')
    assert codes_of(text) == ["rule_open_level"]


def test_every_fault_is_found_at_once_with_its_line() -> None:
    text = with_line("fewest_marks = 5", "fewest_marks = 2").replace('highest = "5"', 'highest = "5.55"')
    text = text.replace('rank_style = "1224"\n', "").replace('when = "after"', 'when = "later"')
    lines = text.splitlines()
    found = {fault.code: fault for fault in faults_of(text)}
    assert set(found) == {"rule_too_few_left", "mark_not_multiple", "rule_open_rank_style", "rule_value_unknown"}
    assert lines[(found["rule_too_few_left"].row or 0) - 1] == "fewest_marks = 2"
    assert lines[(found["mark_not_multiple"].row or 0) - 1] == 'highest = "5.55"'
    assert lines[(found["rule_value_unknown"].row or 0) - 1] == 'when = "later"'
    assert found["rule_open_rank_style"].file == "rules/x.toml"


def test_faults_of_another_file_do_not_spoil_this_one() -> None:
    faults = [Fault(code="rule_open_board", file="rules/other.toml")]
    assert read("rules/x.toml", TEACHING_FILE, faults) is not None
    assert len(faults) == 1


def test_a_decimal_without_quotes_stays_exact() -> None:
    faults: list[Fault] = []
    rule = read("rules/x.toml", TEACHING_FILE.replace('highest = "20"', "highest = 20.1"), faults)
    assert rule is not None
    assert rule.parts[0].highest == {"design": 201}


def test_the_hash_covers_all_that_can_change_a_result() -> None:
    others = [
        msgspec.structs.replace(TEACHING, level="part"),
        msgspec.structs.replace(TEACHING, drop=Drop(1, 2)),
        msgspec.structs.replace(TEACHING, ties=("shared",)),
        msgspec.structs.replace(TEACHING, parts=TEACHING.parts[:2]),
    ]
    assert len({rule_hash(rule) for rule in (TEACHING, *others)}) == 5


def test_the_canonical_form_reads_back_equal() -> None:
    assert msgspec.json.decode(canonical(TEACHING), type=Rule) == TEACHING


def test_the_order_of_keys_in_the_file_changes_no_hash() -> None:
    first, second = 'missing = "no_lock"\n', 'recusal = "reserve"\n'
    swapped = TEACHING_FILE.replace(first + second, second + first)
    rules = [read("a", text, []) for text in (TEACHING_FILE, swapped)]
    assert rules[0] is not None
    assert rules[0] == rules[1]


STRANGE = ["[1]", "{ a = 1 }", "true", "1.5", "-3", '""', '"  "', "2026-05-16", "[]", '[["x"]]', "99999999999999999999", '"\\u0000"']
LINES = [line for line in TEACHING_FILE.splitlines() if " = " in line]


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_a_value_of_a_strange_kind_is_a_fault_and_no_crash(line: str) -> None:
    key = line.split(" = ")[0]
    for strange in STRANGE:
        found = faults_of(TEACHING_FILE.replace(line, f"{key} = {strange}", 1))
        is_free = key in ("title", "title_en", "drop", "version", "fewest_marks", "highest", "unit", "digits")
        assert found or is_free, (key, strange)


@pytest.mark.parametrize("table", ["rounding", "part", "drop"])
@pytest.mark.parametrize("strange", STRANGE)
def test_a_table_of_a_strange_kind_is_a_fault_and_no_crash(table: str, strange: str) -> None:
    head = TEACHING_FILE.split("[rounding]")[0].replace("drop = {", "# drop = {")
    assert faults_of(f"{head}\n{table} = {strange}\n")
