"""What a sheet shows and takes: a mark in words or decimals, and a judge's own sum."""

import msgspec
import pytest

from services.scoring.rubrics.domain import Grade, Part, figures, read
from shared.errors import Refused
from shared.exact import Ratio
from tests.scoring.rubrics.examples import TRIMMED, write


def parts() -> tuple[Part, ...]:
    rule = read("rules/x.toml", write(TRIMMED)[0], [])
    assert rule is not None
    return rule.parts


LESSON, SKILL = parts()
CELLS = {**LESSON.cells, **SKILL.cells}


@pytest.mark.parametrize(
    ("key", "text", "count", "shown"),
    [
        ("plan", " 75.5 ", 151, "75.5"),
        ("style", "B", 1, "良"),
        ("style", "优", 0, "优"),
        ("style", "very good", 0, "优"),
        ("board.shape", "2", 2, "超出"),
        ("board.done", "pass", 1, "合格"),
        ("board.clean", "0", 0, "0.0"),
        ("gap", "0.5", 5, "0.5"),
    ],
)
def test_a_mark_is_read_and_shown(key: str, text: str, count: int, shown: str) -> None:
    assert figures.count(CELLS[key].scale, text) == count
    assert figures.text(CELLS[key].scale, count) == shown


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("plan", "59.5", "mark_too_high"),
        ("plan", "100.5", "mark_too_high"),
        ("plan", "70.2", "mark_not_multiple"),
        ("plan", "A", "mark_not_number"),
        ("style", "C", "mark_not_grade"),
        ("style", "0", "mark_not_grade"),
        ("style", "", "mark_not_grade"),
        ("board.shape", "4", "mark_not_grade"),
    ],
)
def test_what_is_no_mark_of_the_scale_is_refused(key: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        figures.count(CELLS[key].scale, text)
    assert refused.value.code == code


def test_a_blank_is_no_grade_although_a_grade_has_no_english_title() -> None:
    plain = Grade(key="A", title="优", title_en="", points=Ratio(1, 1))
    with pytest.raises(Refused):
        figures.count(msgspec.structs.replace(CELLS["style"].scale, grades=(plain, plain)), " ")


def test_an_english_reader_sees_english_grades() -> None:
    assert figures.text(CELLS["style"].scale, 1, "en") == "Good"
    assert figures.titles(SKILL)["board.shape"] == ("项board·项shape", "board·shape")


def test_a_judges_sum_weighs_criteria_and_parts() -> None:
    lesson, skill = {"plan": 151, "style": 1}, {"board.shape": 1, "board.done": 1, "board.clean": 25, "gap": 5}
    assert figures.total([LESSON], {"lesson": lesson}) == "183"  # 2 × 75.5 + 32
    assert figures.total([SKILL], {"skill": skill}) == "6.167"  # 2/3 + 1 + 2.5 + 2: no decimal writes it, three are shown
    assert figures.total([LESSON, SKILL], {"lesson": lesson, "skill": skill}) == "147.633"  # 4/5 × 183 + 1/5 × 6.1666…
    assert (figures.most(LESSON), figures.most(SKILL)) == (240, 10)


def test_a_sum_waits_for_every_mark() -> None:
    assert figures.points(LESSON, {"plan": 151}) is None
    assert figures.total([LESSON, SKILL], {"lesson": {"plan": 151, "style": 1}}) == ""
