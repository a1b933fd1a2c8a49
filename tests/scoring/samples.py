"""Made-up rules, panels and marks for the tests of scoring."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.rubrics.domain import Criterion, Drop, Item, Judging, Part, Rule, Scale, Shown
from services.scoring.sheets.domain import Assigned, Marked
from shared.exact import Ratio, count

ONE, TENTH = Ratio(1, 1), Ratio(1, 10)

TEACHING_FILE = """
title = "教学竞赛评分办法"
version = 1
unit = "0.1"
aggregate = "trimmed_mean"
level = "judge_total"
drop = { highest = 1, lowest = 1 }
fewest_marks = 5
missing = "no_lock"
recusal = "reserve"
tolerance = "none"
multiplier = "none"
factor = "1"
correction = "none"
ties = ["part:lesson", "part:design", "untrimmed_mean", "panel_vote", "lot"]
rank_style = "1224"
near_tie = "none"
release = "ceremony"
board = "progress"
adjustment = "none"
deduction = "none"
rounding = "never"

[shown]
mode = "half_up"
digits = 2

[[part]]
key = "design"
title = "教学设计"
when = "before"
[[part.criterion]]
key = "design"
title = "教学设计"
highest = "20"

[[part]]
key = "lesson"
title = "课堂教学"
when = "hall"
[[part.criterion]]
key = "content"
title = "教学内容"
highest = "30"
[[part.criterion]]
key = "delivery"
title = "教学组织"
highest = "45"

[[part]]
key = "reflection"
title = "教学反思"
when = "after"
[[part.criterion]]
key = "reflection"
title = "教学反思"
highest = "5"
"""


def criterion(key: str, highest: int, unit: Ratio = TENTH) -> Criterion:
    scale = Scale(kind="points", unit=unit, lowest=0, highest=highest, grades=(), steps=())
    item = Item(key="", title=key, title_en="", scale=scale, bands=())
    return Criterion(key=key, title=key, title_en="", weight=ONE, items=(item,))


def part(key: str, *criteria: Criterion) -> Part:
    return Part(key=key, title=key, title_en="", when="hall", weight=ONE, judging=None, criteria=criteria)


TEACHING = Rule(
    title="teaching",
    title_en="",
    version=1,
    source="",
    from_memory=False,
    judging=Judging(
        aggregate="trimmed_mean",
        level="judge_total",
        drop=Drop(1, 1),
        middle=None,
        margin=None,
        fewest_marks=5,
        missing="no_lock",
        others=None,
        tolerance=None,
        factor=ONE,
        has_difficulty=False,
    ),
    recusal="reserve",
    better="higher",
    correction="none",
    open_scale=None,
    deductions=(),
    below_zero=None,
    adjustment=None,
    roundings=(),
    shown=Shown("half_up", 2),
    ties=("part:lesson", "part:design", "untrimmed_mean", "panel_vote", "lot"),
    rank_style="1224",
    near_tie=None,
    release="ceremony",
    first_k=0,
    board="progress",
    parts=(
        part("design", criterion("design", 200)),
        part("lesson", criterion("content", 300), criterion("delivery", 450)),
        part("reflection", criterion("reflection", 50)),
    ),
)


def judged(rule: Rule, **changes: Any) -> Rule:
    """The rule with changes in how its judges are put together."""
    return msgspec.structs.replace(rule, judging=msgspec.structs.replace(rule.judging, **changes))


PLAIN = msgspec.structs.replace(
    judged(TEACHING, aggregate="mean", drop=Drop(0, 0), fewest_marks=1),
    ties=("shared",),
    parts=(part("talk", criterion("talk", 1000)),),
)
"""One part with one criterion of 0–100 by tenths; a mean; ties are shared."""


def plain(**changes: Any) -> Rule:
    """PLAIN with changes, in the rule or in how its judges are put together."""
    own = {key: changes.pop(key) for key in Judging.__struct_fields__ if key in changes}
    return msgspec.structs.replace(judged(PLAIN, **own), **changes)


def entry(number: int) -> UUID:
    return UUID(int=0xE000 + number)


def judge(number: int) -> UUID:
    return UUID(int=0xA000 + number)


def panel(entries: Sequence[UUID], judges: int) -> list[Assigned]:
    return [Assigned(judge(number), each) for each in entries for number in range(1, judges + 1)]


def sheet(judge_id: UUID, entry_id: UUID, part_key: str, **marks: str) -> Marked:
    """marks: criterion -> decimal text, in tenths."""
    counts = {key: count(text, Fraction(1, 10)) for key, text in marks.items()}
    return Marked(judge_id=judge_id, entry_id=entry_id, part=part_key, marks=counts)


def talks(marks: Mapping[UUID, Sequence[str]]) -> list[Marked]:
    """Sheets under PLAIN: entry -> each judge's mark in turn; "" is unmarked."""
    return [
        sheet(judge(number), each, "talk", **({"talk": text} if text else {}))
        for each, texts in marks.items()
        for number, text in enumerate(texts, start=1)
    ]
