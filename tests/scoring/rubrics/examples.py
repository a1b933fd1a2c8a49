"""Complete rule files, one for each way of judging, that together use every word of the grammar; and a writer of TOML.

`write` knows on which line each table stands, without asking the grammar.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Values = dict[str, Any]
Path = tuple[str | int, ...]

_WHOLE: Values = {
    "title_en": "Example", "version": 1, "recusal": "reserve", "correction": "none", "near_tie": "none",
    "rank_style": "1224", "release": "ceremony", "board": "progress", "adjustment": "none", "deduction": "none",
    "rounding": "never", "shown": {"mode": "half_up", "digits": 2},
}  # fmt: skip
_SAME: Values = {**_WHOLE, "missing": "no_lock", "tolerance": "none", "multiplier": "none", "factor": "1"}


def _criterion(key: str, **scale: Any) -> Values:
    return {"key": key, "title": f"项{key}", "title_en": key, **scale}


GRADES = [
    {"key": "A", "title": "优", "title_en": "Very good", "coefficient": "1.0"},
    {"key": "B", "title": "良", "title_en": "Good", "coefficient": "0.8"},
]
LEVELS = ["不到行业水平", "达到", "超出", "出色"]

TRIMMED: Values = {
    "title": "去高去低",
    "source": "评分办法 2026，第 3 条",
    "unit": "0.1",
    "aggregate": "trimmed_mean",
    "level": "part",
    "drop": {"highest": 1, "lowest": 1},
    "fewest_marks": 5,
    **_SAME,
    "tolerance": {"of": "given", "spread": "10", "then": "remark"},
    "multiplier": "difficulty",
    "factor": "3/5",
    "ties": ["part:lesson", "criterion:lesson/plan:lowest", "fewest_deductions", "panel_vote", "lot"],
    "release": "first_k",
    "first_k": 3,
    "adjustment": {"lowest": "-0.1", "highest": "0.1", "unit": "0.05"},
    "below_zero": False,
    "deduction": [
        {
            "key": "late", "title": "超时", "title_en": "Over time", "points": "1", "each": "30", "measured_in": "秒",
            "most": "5",
        },
        {"key": "slides", "title": "没有课件", "title_en": "No slides", "points": "2", "most": "none"},
    ],
    "rounding": [
        {"at": "judge", "part": "lesson", "mode": "half_even", "digits": 3},
        {"at": "ranked", "mode": "half_up", "digits": 2},
    ],
    "part": [
        {
            "key": "lesson", "title": "课堂教学", "title_en": "Lesson", "when": "hall", "weight": "4/5",
            "criterion": [
                {
                    **_criterion("plan", lowest="60", highest="100", unit="0.5"),
                    "weight": "2",
                    "bands": [
                        {"title": "优", "title_en": "Very good", "from": "90", "to": "100"},
                        {"title": "良", "title_en": "Good", "from": "75", "to": "89.5"},
                    ],
                },
                {**_criterion("style", scale="grade", worth="40", grades=GRADES), "weight": "1"},
            ],
        },
        {
            "key": "skill", "title": "技能", "title_en": "Skill", "when": "before", "weight": "1/5",
            "criterion": [
                {
                    **_criterion("board"),
                    "item": [
                        _criterion("shape", scale="judgement", worth="2", levels=LEVELS, levels_en=["0", "1", "2", "3"]),
                        _criterion("done", scale="pass_fail", worth="1"),
                        _criterion("clean", scale="points", highest="5"),
                    ],
                },
                _criterion(
                    "gap",
                    scale="measurement",
                    unit="0.1",
                    highest="9",
                    steps=[{"to": "0.5", "points": "2"}, {"to": "9", "points": "0"}],
                ),
            ],
        },
    ],
}  # fmt: skip

APART: Values = {
    "title": "各部分单独评",
    "from_memory": True,
    **_WHOLE,
    "recusal": "mean_of_others",
    "ties": ["shared"],
    "part": [
        {
            "key": "form", "title": "艺术", "title_en": "Form", "when": "hall", "aggregate": "middle_mean", "level": "part",
            "middle": {"marks": 2, "odd": "highest"}, "fewest_marks": 3, "missing": "exclude",
            "others": {"unit": "0.1", "mode": "half_up"},
            "tolerance": {"of": "counted", "spread": "0.3", "then": "mean_of_all"}, "multiplier": "none", "factor": "3/5",
            "criterion": [_criterion("form", highest="10", unit="0.1")],
        },
        {
            "key": "work", "title": "完成", "title_en": "Work", "when": "after", "aggregate": "trimmed_sum", "level": "criterion",
            "drop": {"highest": 2, "lowest": 2}, "fewest_marks": 7, "missing": "mean_of_others",
            "others": {"unit": "0.5", "mode": "truncate"}, "tolerance": "none", "multiplier": "difficulty",
            "factor": "1", "criterion": [_criterion("work", highest="10", unit="0.5")],
        },
    ],
}  # fmt: skip

CLAMPED: Values = {
    "title": "限幅平均",
    "unit": "1",
    "aggregate": "clamped_mean",
    "level": "judge_total",
    "margin": "10",
    "fewest_marks": 3,
    **_SAME,
    "missing": "mean_of_others",
    "others": {"unit": "1", "mode": "half_even"},
    "near_tie": {"band": "2", "of": "first"},
    "ties": ["shared"],
    "part": [
        {
            "key": "round", "title": "演奏", "title_en": "Round", "when": "hall",
            "criterion": [_criterion("round", highest="100")],
        }
    ],
}  # fmt: skip

SKATING: Values = {
    "title": "顺位法",
    "aggregate": "skating_system",
    "level": "criterion",
    "fewest_marks": 3,
    **_SAME,
    "better": "lower",
    "ties": ["skating", "shared"],
    "part": [
        {
            "key": "final", "title": "决赛", "title_en": "Final", "when": "hall",
            "criterion": [_criterion(dance, scale="place", highest="8") for dance in ("waltz", "tango")],
        }
    ],
}  # fmt: skip

TIMED: Values = {
    "title": "比用时",
    "aggregate": "mean",
    "level": "judge_total",
    "fewest_marks": 1,
    **_SAME,
    "correction": "additive",
    "better": "lower",
    "ties": ["highest_mark", "most_firsts", "untrimmed_mean", "exact_result", "shared"],
    "part": [
        {
            "key": "run", "title": "用时", "title_en": "Run", "when": "hall",
            "criterion": [_criterion("time", scale="measurement", unit="0.01", highest="600")],
        }
    ],
}  # fmt: skip

_FROM_MARKS: Values = {
    **_SAME,
    "criteria": "from_marks",
    "aggregate": "mean",
    "level": "criterion",
    "fewest_marks": 1,
    "ties": ["shared"],
}

EXAMPLES: dict[str, Values] = {
    "trimmed": TRIMMED,
    "apart": APART,
    "clamped": CLAMPED,
    "skating": SKATING,
    "timed": TIMED,
    "any marks": {"title": "任意项", **_FROM_MARKS},
    "marks in points": {"title": "分数", **_FROM_MARKS, "scale": "points", "lowest": "1", "highest": "10", "unit": "0.5"},
    "marks in grades": {"title": "等第", **_FROM_MARKS, "scale": "grade", "worth": "10", "grades": GRADES},
    "marks in levels": {"title": "四级", **_FROM_MARKS, "scale": "judgement", "worth": "3", "levels": LEVELS, "levels_en": LEVELS},
    "marks in places": {"title": "名次", **_FROM_MARKS, "scale": "place", "highest": "9", "better": "lower"},
    "marks in steps": {
        "title": "测量", **_FROM_MARKS, "scale": "measurement", "unit": "1", "highest": "9",
        "steps": [{"to": "9", "points": "1"}],
    },
}  # fmt: skip


def write(values: Values) -> tuple[str, dict[Path, int]]:
    """The TOML text, and the line of each table and of each key that holds an inline one."""
    lines: list[str] = []
    places: dict[Path, int] = {}
    _write(values, (), lines, places)
    return "\n".join(lines) + "\n", places


def without(values: Values, path: Path) -> Values:
    """A copy without what stands at the path."""
    changed = deepcopy(values)
    del _at(changed, path[:-1])[path[-1]]
    return changed


def with_value(values: Values, path: Path, value: Any) -> Values:
    """A copy with another value at the path."""
    changed = deepcopy(values)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def paths(values: Any, here: Path = ()) -> Iterator[Path]:
    """The path of every key, the whole of an inline table or of [[tables]] before what is in it."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in pairs:
        if isinstance(key, str):
            yield (*here, key)
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
            yield from paths(value, (*here, key))


def _at(values: Any, path: Path) -> Any:
    for step in path:
        values = values[step]
    return values


def _write(values: Values, here: Path, lines: list[str], places: dict[Path, int]) -> None:
    later = {key: value for key, value in values.items() if key in ("part", "criterion", "item", "deduction", "rounding")}
    later = {key: value for key, value in later.items() if isinstance(value, list) and value and isinstance(value[0], dict)}
    for key, value in values.items():
        if key not in later:
            lines.append(f"{key} = {_inline(value)}")
            places[(*here, key)] = len(lines)
    for key, rows in later.items():
        for place, row in enumerate(rows):
            path = (*here, key, place)
            lines.append(f"[[{'.'.join(step for step in path if isinstance(step, str))}]]")
            places[path] = len(lines)
            _write(row, path, lines, places)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
