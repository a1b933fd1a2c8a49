"""A rule in sentences: every choice has its own, in both languages, and each figure of the file is in them."""

import itertools
import re
from typing import Any, get_args

import pytest

from services.scoring.rubrics.domain import read, rule, words
from services.scoring.rubrics.domain.words import RuleWords
from shared.errors import Fault
from shared.exact import Rounding
from shared.web.texts import LANGUAGES, Texts
from tests.contracts.source import ROOT
from tests.scoring.rubrics.examples import EXAMPLES, TRIMMED, Values, with_value, without, write

TEXTS = Texts(ROOT / "services" / "scoring" / "messages")


def told(values: Values, language: str) -> RuleWords:
    found = read("rules/x.toml", write(values)[0], [])
    assert found is not None
    return words.told(found, lambda key, **places: TEXTS(language, key, **places), language)


def sentences(said: RuleWords) -> list[str]:
    parts = [
        text
        for part in said.parts
        for text in (*part.judging, *(each for item in part.items for each in (item.how, *itertools.chain(*item.steps))))
    ]
    return [*parts, *said.judging, *said.result, *said.deductions, *said.rank, *said.ties, *said.release]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("values", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_is_told_whole(values: Values, language: str) -> None:
    for sentence in sentences(told(values, language)):
        assert sentence.strip()
        assert not re.search(r"rubric\.|print\.|\{|\}", sentence), sentence


def test_what_the_file_says_is_what_is_read() -> None:
    said = told(TRIMMED, "en")
    assert [(part.title, part.when, part.weight) for part in said.parts] == [
        ("Lesson", "marked in the hall", "weighs 80%"),
        ("Skill", "marked before the day", "weighs 20%"),
    ]
    plan, style = said.parts[0].items
    assert (plan.title, plan.how, plan.weight, plan.most) == ("plan", "60 to 100 points, in steps of 0.5", "× 2", "100")
    assert plan.steps == (("Very good", "90–100"), ("Good", "75–89.5"))
    assert style.steps == (("Very good", "40 pt"), ("Good", "32 pt"))
    shape, done, clean, gap = said.parts[1].items
    assert [shape.title, done.title, clean.title] == ["board · shape", "board · done", "board · clean"]
    assert [worth for _, worth in shape.steps] == ["0 pt", "2/3 pt", "4/3 pt", "2 pt"]
    assert gap.steps == (("up to 0.5", "2 pt"), ("up to 9", "0 pt"))
    assert said.judging[:2] == (
        "By part: the 1 highest and 1 lowest are left out, the rest averaged.",
        "Judges needed for a result: at least 5.",
    )
    assert said.result[0] == "Lesson: Each judge's value is rounded to 3 decimals, half to even; what follows uses the rounded figure."
    assert said.deductions[0] == "Over time: minus 1 for each full 30 秒, at most 5"
    assert said.ties == (
        "higher result in Lesson", "lower figure in plan", "fewer points deducted", "the panel's recorded vote", "lot",
    )  # fmt: skip


CHOICES: list[tuple[str, Any]] = [
    *(("rubric.aggregate_", name) for name in get_args(rule.Aggregate)),
    *(("rubric.level_", name) for name in get_args(rule.Level)),
    *(("rubric.missing_", name) for name in get_args(rule.Missing)),
    *(("rubric.recusal_", name) for name in get_args(rule.Recusal)),
    *(("rubric.correction_", name) for name in get_args(rule.Correction)),
    *(("rubric.better_", name) for name in get_args(rule.Better)),
    *(("rubric.scale_", name) for name in get_args(rule.ScaleKind)),
    *(("rubric.when_", name) for name in get_args(rule.When)),
    *(("rubric.rank_", name) for name in get_args(rule.RankStyle)),
    *(("rubric.release_", name) for name in get_args(rule.Release)),
    *(("rubric.board_", name) for name in get_args(rule.BoardShows)),
    *(("rubric.rounding_", name) for name in get_args(rule.RoundingPoint)),
    *(("rubric.mode_", name) for name in get_args(Rounding)),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_the_grammar_has_its_sentence(language: str) -> None:
    assert {f"{start}{name}" for start, name in CHOICES} <= TEXTS.keys(language)


def test_a_part_that_only_breaks_ties_says_so() -> None:
    said = told(with_value(TRIMMED, ("part", 1, "weight"), "0"), "zh-CN")
    assert said.parts[1].weight == "只作记录，同分时才看"
    assert told(without(TRIMMED, ("part", 0, "title_en")), "en").parts[0].title == "课堂教学"


# ---- what is printed is true --------------------------------------------------------------------------------------------

README = (ROOT / "deploy" / "seasons" / "README.md").read_text("utf-8")
COMPLETE, SCALES = re.findall(r"```toml\n(.*?)```", README.split("\n## rules/*.toml")[1].split("\n## ")[0], re.DOTALL)
PART = '[[part]]\nkey = "one"\ntitle = "一"\nwhen = "hall"\n'


def test_the_readmes_print_the_same_scales() -> None:
    assert SCALES in (ROOT / "services" / "scoring" / "README.md").read_text("utf-8")


def test_the_complete_rule_of_the_readme_is_one() -> None:
    faults: list[Fault] = []
    assert read("rules/x.toml", COMPLETE, faults), faults


@pytest.mark.parametrize("scale", SCALES.split("\n\n"), ids=lambda text: re.findall('key = "(.*?)"', text)[0])
def test_each_scale_of_the_readme_is_one(scale: str) -> None:
    faults: list[Fault] = []
    better = 'better = "lower"\n' if re.search('"(place|time)"', scale) else ""
    head = COMPLETE.split("[[part]]")[0].replace('"part:lesson", "part:design", ', "")
    found = read("rules/x.toml", f"{better}{head}{PART}{scale}", faults)
    assert found, faults
    kinds = {item.scale.kind for item in found.parts[0].cells.values()}
    assert kinds <= {"points", *re.findall('scale = "(.*?)"', scale)}
