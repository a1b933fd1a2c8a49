"""The sentence under the summary: how the result came about, whatever the rule."""

import pytest

from services.scoring.printouts.domain import how
from services.scoring.rubrics.domain import Rule, read
from shared.web.texts import Texts
from tests.contracts.source import ROOT
from tests.scoring.rubrics.examples import APART, EXAMPLES, Values, write
from tests.scoring.samples import PLAIN, TEACHING

TEXTS = Texts(ROOT / "services" / "scoring" / "messages")


def said(rule: Rule | None, language: str) -> str:
    assert rule is not None
    return how(rule, lambda key, **values: TEXTS(language, key, **values))


def test_a_drop_per_judge_warns_that_parts_do_not_add_up() -> None:
    assert "各部分成绩不能由此表相加得出" in said(TEACHING, "zh-CN")


def test_any_other_way_is_told_with_its_level() -> None:
    assert (
        said(PLAIN, "en")
        == "By judges' totals: the mean of the judges. Results have 2 decimals; the table shows the judges' totals."
    )


def test_parts_that_are_judged_apart_are_told_one_by_one() -> None:
    rule = read("rules/x.toml", write(APART)[0], [])
    assert said(rule, "zh-CN").startswith(
        "艺术 · 按每一部分的分：取中间 2 个的平均。 完成 · 按每一项的分：去掉 2 个最高、2 个最低，其余相加。"
    )


@pytest.mark.parametrize("values", EXAMPLES.values(), ids=EXAMPLES)
def test_every_rule_has_its_sentence(values: Values) -> None:
    rule = read("rules/x.toml", write(values)[0], [])
    assert all(
        "{" not in said(rule, language) and "rubric." not in said(rule, language) for language in ("zh-CN", "en")
    )
