"""Random rules out of the grammar's whole space, and random contests under any rule: small, full of ties and gaps.

Everything comes from the given `Random`, so a seed names a case. A random rule is written as a file and read by the
grammar, so that what the grammar accepts is what is tried.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from services.scoring.rubrics.domain import Rule, Scale, read
from services.scoring.sheets.domain import Assigned
from services.scoring.standings.domain import Deducted, Facts
from tests.scoring.contests import Contest, entry, judge

Table = dict[str, Any]
MODES = ("half_up", "truncate", "half_even")
WEIGHTS = ("1", "2", "1/2", "3/10", "0.7")
AGGREGATES = ("sum", "mean", "trimmed_mean", "trimmed_sum", "middle_mean", "median", "clamped_mean")
POINTS = ("judge", "aggregate", "term", "part", "ranked")


def toml(table: Table) -> str:
    """A rule file of tables, arrays of tables and plain values."""
    return "\n".join(_rows(table, ""))


def _rows(table: Table, path: str) -> Iterator[str]:
    nested = {
        key: value for key, value in table.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if key not in nested)
    for key, rows in nested.items():
        for row in rows:
            yield f"[[{path}{key}]]"
            yield from _rows(row, f"{path}{key}.")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f"{value}".lower() if isinstance(value, bool | int) else f'"{value}"'


def random_rule(chance: Random) -> Rule:
    """A rule that the grammar accepts."""
    text = toml(_skating(chance) if chance.random() < 0.1 else _scored(chance))
    faults: list[Any] = []
    rule = read("chance.toml", text, faults)
    assert rule is not None, (faults, text)
    return rule


def _frame(chance: Random) -> Table:
    return {
        "title": "r", "version": 1, "rank_style": chance.choice(("1224", "dense")), "release": "ceremony",
        "board": "progress", "correction": "none", "near_tie": "none", "adjustment": "none", "deduction": "none",
        "rounding": "never", "shown": {"mode": chance.choice(MODES), "digits": chance.randint(0, 3)},
    }  # fmt: skip


def _skating(chance: Random) -> Table:
    dances = [{"key": f"d{n}", "title": "d", "scale": "place", "highest": "6"} for n in range(chance.randint(1, 5))]
    return _frame(chance) | {
        "aggregate": "skating_system", "level": "criterion", "fewest_marks": 1, "tolerance": "none", "multiplier": "none",
        "factor": "1",
        "missing": chance.choice(("no_lock", "reserve")), "recusal": "reserve",
        "better": "lower", "ties": chance.choice((["skating", "shared"], ["shared"])),
        "part": [{"key": "final", "title": "f", "when": "hall", "criterion": dances}],
    }  # fmt: skip


def _scored(chance: Random) -> Table:
    recusal = chance.choice(("reserve", "mean_of_others", "exclude", "kept_not_counted", "void"))
    parts = [_part(chance, f"p{number}") for number in range(chance.randint(1, 3))]
    if len(parts) > 1 and chance.random() < 0.6:
        _weigh(chance, parts, (*WEIGHTS, "0"))
        parts[0]["weight"] = "1"
    shared = _judging(chance, recusal)
    for part in parts:
        if chance.random() < 0.3:
            part.update(_judging(chance, recusal))
    rule = _frame(chance) | {"recusal": recusal}
    all_apart = all("aggregate" in part for part in parts)
    if not all_apart:
        rule |= shared
    _settle(rule, parts)
    if not all_apart and rule["aggregate"] == "mean" and rule["level"] == "judge_total" and chance.random() < 0.5:
        rule["correction"] = "none" if any("aggregate" in part for part in parts) else "additive"
    scales = [item.get("scale") for part in parts if part.get("weight") != "0" for item in _items(part)]
    if "place" in scales or any(item.get("scale") == "measurement" and "steps" not in item for part in parts
                                if part.get("weight") != "0" for item in _items(part)):  # fmt: skip
        rule["better"] = chance.choice(("higher", "lower"))
    _facts(chance, rule)
    _roundings(chance, rule, parts)
    rule["ties"] = _chain(chance, rule, parts)
    if chance.random() < 0.1:
        rule |= {"ties": ["shared"], "near_tie": {"band": "1", "of": chance.choice(("first", "neighbour"))}}
    return rule | {"part": parts}


def _settle(rule: Table, parts: Sequence[Table]) -> None:
    """A sum needs every mark, also of those recused."""
    places = [each for each in (rule, *parts) if "aggregate" in each]
    if rule["recusal"] in ("exclude", "void", "kept_not_counted"):
        for each in places:
            each["aggregate"] = {"sum": "mean", "trimmed_sum": "trimmed_mean"}.get(each["aggregate"], each["aggregate"])


def _items(part: Table) -> list[Table]:
    return [item for criterion in part["criterion"] for item in criterion.get("item", [criterion])]


def _part(chance: Random, key: str) -> Table:
    criteria = [_criterion(chance, f"c{number}") for number in range(chance.randint(1, 3))]
    if chance.random() < 0.4:
        _weigh(chance, criteria, WEIGHTS)
    return {"key": key, "title": key, "when": "hall", "criterion": criteria}


def _weigh(chance: Random, rows: list[Table], weights: Sequence[str]) -> None:
    for row in rows:
        row["weight"] = chance.choice(weights)


def _criterion(chance: Random, key: str) -> Table:
    if chance.random() < 0.2:
        items = [{"key": f"i{number}", "title": "i"} | _scale(chance) for number in range(2)]
        return {"key": key, "title": key, "item": items}
    return {"key": key, "title": key} | _scale(chance)


def _scale(chance: Random) -> Table:
    steps = [{"to": "1", "points": "3"}, {"to": "3", "points": "1.5"}, {"to": "6", "points": "0"}]
    grades = [
        {"key": each, "title": each, "coefficient": worth}
        for each, worth in zip("ABC", ("1", "0.6", "1/3"), strict=True)
    ]
    return chance.choice((
        {"highest": "10", "unit": chance.choice(("1", "0.5", "0.1"))},
        {"highest": "10", "unit": "0.1"},
        {"lowest": "6", "highest": "11", "unit": "1"},
        {"scale": "grade", "worth": "10", "grades": grades},
        {"scale": "judgement", "worth": chance.choice(("2", "3")), "levels": ["0", "1", "2", "3"]},
        {"scale": "measurement", "unit": "0.5", "highest": "6"} | ({"steps": steps} if chance.random() < 0.7 else {}),
        {"scale": "pass_fail", "worth": "2"},
        {"scale": "place", "highest": "6"} if chance.random() < 0.3 else {"highest": "10", "unit": "1"},
    ))  # fmt: skip


def _judging(chance: Random, recusal: str) -> Table:
    missing = chance.choice(("no_lock", "reserve", "mean_of_others", "exclude", "void"))
    aggregate = chance.choice(AGGREGATES)
    if missing in ("exclude", "void"):
        aggregate = {"sum": "mean", "trimmed_sum": "trimmed_mean"}.get(aggregate, aggregate)
    found: Table = {
        "aggregate": aggregate,
        "level": chance.choice(("criterion", "part", "judge_total")),
        "missing": missing,
    }
    found["fewest_marks"] = chance.randint(1, 3)
    if aggregate.startswith("trimmed"):
        drop = {"highest": chance.randint(0, 2), "lowest": chance.randint(0, 1)}
        found |= {"drop": drop, "fewest_marks": sum(drop.values()) + 1}
    if aggregate == "middle_mean":
        marks = chance.randint(1, 3)
        found |= {"middle": {"marks": marks, "odd": chance.choice(("highest", "lowest"))}, "fewest_marks": marks}
    if aggregate == "clamped_mean":
        found["margin"] = chance.choice(("1", "0.5", "1/3"))
    if "mean_of_others" in (missing, recusal):
        found["others"] = {"unit": chance.choice(("0.1", "0.5", "0.01")), "mode": chance.choice(MODES)}
    tolerance = {
        "of": chance.choice(("given", "counted")),
        "spread": chance.choice(("0", "1", "2.5")),
        "then": chance.choice(("remark", "mean_of_all", "alert")),
    }
    found["tolerance"] = tolerance if chance.random() < 0.3 else "none"
    found["multiplier"] = "difficulty" if chance.random() < 0.15 else "none"
    found["factor"] = chance.choice(("3/5", "5/9", "2")) if chance.random() < 0.2 else "1"
    return found


def _facts(chance: Random, rule: Table) -> None:
    if chance.random() < 0.4:
        each = {"each": "30", "measured_in": "seconds"} if chance.random() < 0.5 else {}
        late = {"key": "late", "title": "late", "points": chance.choice(("1", "0.5")), "most": "none"} | each
        foul = {"key": "foul", "title": "foul", "points": "0.3", "most": "0.6"}
        rule["deduction"] = [late, foul] if chance.random() < 0.5 else [late]
    if chance.random() < 0.2:
        rule["adjustment"] = {"lowest": "-0.1", "highest": "0.2", "unit": "0.05"}
    if "none" not in (rule["deduction"], rule["adjustment"]) or rule["deduction"] != rule["adjustment"]:
        rule["below_zero"] = chance.random() < 0.5


def _roundings(chance: Random, rule: Table, parts: Sequence[Table]) -> None:
    """Any points; a part's own only where that part has a figure."""
    alone = [part["key"] for part in parts if "aggregate" in part or rule.get("level") != "judge_total"]
    found = []
    for point in POINTS:
        if chance.random() < 0.2 and (point != "part" or alone):
            row = {"at": point, "mode": chance.choice(MODES), "digits": chance.randint(0, 2)}
            found.append(
                row | ({"part": chance.choice(alone)} if alone and point != "ranked" and chance.random() < 0.3 else {})
            )
    rule["rounding"] = found or "never"


def _chain(chance: Random, rule: Table, parts: Sequence[Table]) -> list[str]:
    steps = ["untrimmed_mean", "exact_result"]
    steps += [] if all("aggregate" in part for part in parts) else ["most_firsts", "highest_mark"]
    steps += ["fewest_deductions"] if rule["deduction"] != "none" else []
    for part in parts:
        steps += [f"part:{part['key']}", f"part:{part['key']}:lowest"]
        steps += [
            f"criterion:{part['key']}/{each['key']}{chance.choice(('', ':lowest'))}" for each in part["criterion"]
        ]
    some = chance.sample(steps, chance.randint(0, min(3, len(steps))))
    return some + chance.choice((["shared"], ["panel_vote"], ["panel_vote", "lot"], ["panel_vote", "shared"]))


def random_contest(chance: Random, rule: Rule) -> Contest:
    """A few entries and judges, marks from a narrow range, some missing, recused or given by strangers."""
    entries = [entry(f"{number}") for number in range(chance.choice((1, 2, 2, 3)))]
    needed = max(each.fewest_marks for each in rule.judgings)
    judges = [judge(number) for number in range(needed + chance.choice((0, 0, 0, 1, 2)))]
    contest = Contest(rule, entries, [], {})
    calm = chance.random() < 0.4
    if rule.judging.aggregate == "skating_system":
        _dance(chance, contest, judges)
    else:
        for each in entries:
            _sit(chance, contest, each, judges, calm)
        if len(entries) > 1 and chance.random() < 0.2:
            _make_twins(contest, *chance.sample(entries, 2))
    _record(chance, contest)
    return contest


def _sit(chance: Random, contest: Contest, who: UUID, judges: list[UUID], calm: bool) -> None:
    by_part = chance.random() < 0.3
    for each in judges:
        if not calm and chance.random() < 0.08:
            continue
        state = "recused" if not calm and chance.random() < 0.08 else "judging"
        for part in contest.rule.parts if by_part else [None]:
            if not by_part or chance.random() < 0.95:
                contest.seats.append(Assigned(each, who, part.key if part else "", state))  # type: ignore[arg-type]  # one of two
    for each in [*judges, *([judge(99)] if chance.random() < 0.1 else [])]:
        for part in contest.rule.parts:
            marks = {
                key: _mark(chance, item.scale) for key, item in part.cells.items() if calm or chance.random() > 0.03
            }
            contest.marks[each, who, part.key] = marks


def _make_twins(contest: Contest, one: UUID, other: UUID) -> None:
    """Give both entries the same judges and marks, so that only votes, lots and recorded facts can part them."""
    contest.seats = [each for each in contest.seats if each.entry_id != other]
    contest.seats += [
        Assigned(each.judge_id, other, each.part, each.state) for each in contest.seats if each.entry_id == one
    ]
    for (who, of, part), marks in list(contest.marks.items()):
        if of == one:
            contest.marks[who, other, part] = dict(marks)


def _mark(chance: Random, scale: Scale) -> int:
    """From the upper end of the scale, so that marks are often equal."""
    low = max(scale.lowest, scale.highest - 3) if chance.random() < 0.9 else scale.lowest
    return chance.randint(low, scale.highest)


def _dance(chance: Random, contest: Contest, judges: list[UUID]) -> None:
    part = contest.rule.parts[0]
    contest.seats = [Assigned(each, who) for each in judges for who in contest.entries]
    for each in judges:
        places = {key: chance.sample(range(1, len(contest.entries) + 1), len(contest.entries)) for key in part.cells}
        for at, who in enumerate(contest.entries):
            contest.marks[each, who, part.key] = {
                key: order[at] for key, order in places.items() if chance.random() > 0.005
            }


def _record(chance: Random, contest: Contest) -> None:
    rule = contest.rule
    taken = [
        Deducted(who, kind.key, Fraction(chance.randint(0, 70 if kind.each.n > 1 else 3)))
        for who in contest.entries
        for kind in rule.deductions
        for _ in range(chance.choice((0, 0, 1, 2)))
    ]
    adjusted = {}
    if bounds := rule.adjustment:
        unit = bounds.unit.fraction
        low, high = int(bounds.lowest.fraction / unit), int(bounds.highest.fraction / unit)
        adjusted = {who: chance.randint(low, high) * unit for who in contest.entries if chance.random() < 0.4}
    hard = {}
    if any(each.has_difficulty for each in rule.judgings):
        scopes = {("", "")} | {(part.key, key) for part in rule.parts for key in ("", *(c.key for c in part.criteria))}
        hard = {
            (who, *scope): Fraction(chance.randint(10, 35), 10)
            for who in contest.entries
            for scope in sorted(scopes)
            if chance.random() < 0.97
        }
    contest.facts = Facts(deductions=tuple(taken), adjustments=adjusted, difficulties=hard)


def decide(chance: Random, contest: Contest, tied: frozenset[UUID], step: str) -> None:
    """Record the vote or the lot that a tied group waits for."""
    if step == "lot":
        contest.lots.append((tied, chance.randbytes(32)))
    else:
        panel = sorted({each.judge_id for each in contest.seats})
        contest.votes.append((tied, [(each, chance.choice(sorted(tied))) for each in panel]))
