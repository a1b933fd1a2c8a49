"""Recompute a season from its files alone: final states, results, ranks and prizes.

Independent on purpose: it shares no code with `services` or `shared`, so that equality with the report means something.
Everything is a `Fraction` until the rule says how to round. A lot cannot be recomputed: where one decides, the caller
says what it decided (`admitted`), or the computation stops (`LotNeeded`).

    python tests/season/oracle.py deploy/seasons/jianglin-2026 [REPORT.json]
"""

import csv
import json
import sys
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl import load_workbook

Marks = dict[str, dict[str, Fraction]]
"""judge -> "part/criterion" -> mark."""

CHINESE = {
    "工号": "staff_no", "姓名": "name", "性别": "sex", "出生日期": "born", "单位": "unit", "分工会": "branch",
    "用工形式": "employment", "是否会员": "member", "任教起始": "teaching_since", "活动": "activity",
    "组别": "division", "课程名称": "course", "推荐顺序": "order", "评审号": "code", "分工会代码": "code",
    "青年教师数": "young_teachers",
}  # fmt: skip
SEX = {"男": "male", "女": "female"}
YES = {"是", "yes"}


class LotNeeded(Exception):
    """A recorded lot decides here; the files alone do not say how."""


# ---- reading -----------------------------------------------------------------------------------------------------


@cache
def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV or of a workbook's first sheet, by English column name; other columns keep their header."""
    if path.suffix == ".csv":
        grid: list[tuple[Any, ...]] = [tuple(r) for r in csv.reader(path.read_text("utf-8-sig").splitlines())]
    else:
        grid = list(load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))
    names = [CHINESE.get(str(c), str(c)) for c in grid[0]]
    if path.name.startswith("branches"):
        names = ["name" if n == "branch" else n for n in names]
    return [dict(zip(names, r, strict=False)) for r in grid[1:] if any(c not in (None, "") for c in r)]


@cache
def season(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "season.toml").read_text("utf-8"))


def text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(value) if isinstance(value, str) and value else value


# ---- who takes part ----------------------------------------------------------------------------------------------


def anniversary(start: date, years: int) -> date:
    return date(start.year + years, start.month, min(start.day, monthrange(start.year + years, start.month)[1]))


def is_eligible(person: dict[str, Any], activity: dict[str, Any]) -> bool:
    """Whether every line of the call holds, or is waived for this person."""
    waived = {w["rule"] for w in activity.get("waiver", []) if w["staff_no"] == text(person["staff_no"])}
    for line in activity.get("eligibility", []):
        sex = SEX.get(text(person["sex"]), text(person["sex"]))
        if line["kind"] in waived or ("sex" in line and SEX.get(line["sex"], line["sex"]) != sex):
            continue
        if not holds(person, line):
            return False
    return True


def holds(person: dict[str, Any], line: dict[str, Any]) -> bool:
    """Whether one line of the call holds for this person."""
    born, since = day(person["born"]), day(person["teaching_since"])
    match line["kind"]:
        case "member":
            return text(person["member"]) in YES
        case "born_after":
            return born is not None and born > line["date"]
        case "teaching_years":
            return since is not None and anniversary(since, line["years"]) <= line["on"]
        case "employment_not":
            return text(person["employment"]) not in line["values"]
        case "not_listed":
            return text(person["staff_no"]) not in line["staff_nos"]
    raise ValueError(line["kind"])


def states(folder: Path, activity: dict[str, Any], admitted: set[str] | None = None) -> dict[tuple[str, str], str]:
    """(division, staff_no) -> final state, from sign-ups, quotas, admission and withdrawals.

    admitted: who was admitted, needed only where a lot decides.
    """
    said = season(folder)
    people = {text(p["staff_no"]): p for p in rows(folder / "members.xlsx")}
    branches = rows(folder / "branches.csv")
    code = {text(b[k]): text(b["code"]) for b in branches for k in ("code", "name")}
    base = {text(b["code"]): b for b in branches}
    by_name = {d[k]: d for d in activity["division"] for k in ("key", "title")}
    found: dict[tuple[str, str], str] = {}
    courses: dict[str, int] = {}
    asked: list[tuple[str, str, int, int]] = []  # staff_no, division, own order, arrival
    for arrival, row in enumerate(rows(folder / "signups.xlsx")):
        if text(row["activity"]) not in (activity["key"], activity["title"]):
            continue
        no, division, course = text(row["staff_no"]), by_name[text(row["division"])]["key"], text(row["course"])
        if not is_eligible(people[no], activity):
            found[division, no] = "refused"
        elif courses.get(course, 0) >= activity.get("entries_per_course", len(people)):
            found[division, no] = "returned"
        else:
            courses[course] = courses.get(course, 0) + 1
            own = 0 if activity["admission"] == "arrival" else int(row.get("order") or len(people))
            asked.append((no, division, own, arrival))
    used: dict[tuple[str, str], int] = {}
    approved: list[tuple[str, str, int, int]] = []
    for each in sorted(asked, key=lambda a: a[2:]):
        no, division = each[:2]
        branch, own_quota = code[text(people[no]["branch"])], by_name[division].get("own_quota")
        most = quota(activity, own_quota, base[branch], branch)
        key = (branch, division if own_quota is not None else "")
        if most is not None and used.get(key, 0) >= most:
            found[division, no] = "returned"
        else:
            used[key] = used.get(key, 0) + 1
            approved.append((no, division, used[key], each[3]))
    for part in activity["division"]:
        stand = [a for a in approved if a[1] == part["key"]]
        found |= admission(folder, said, activity, part, stand, admitted)
    return found


def quota(activity: dict[str, Any], own: list[dict[str, Any]] | None, branch: dict[str, Any], code: str) -> int | None:
    """How many entries the branch may send; None: as many as it likes."""
    if own is not None:
        return next((int(q["entries"]) for q in own if q["branch"] == code), 0)
    if "quota_base" not in activity:
        return None
    size = int(branch[CHINESE.get(activity["quota_base"], activity["quota_base"])])
    return next((int(q["entries"]) for q in activity["quota"] if "below" not in q or size < q["below"]), 0)


def admission(
    folder: Path, said: dict[str, Any], activity: dict[str, Any], division: dict[str, Any],
    stand: list[tuple[str, str, int, int]], admitted: set[str] | None,
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Final states of the approved: places by the activity's rule, promotion until the draw, gaps after it."""
    key = division["key"]
    before = preselection(folder, said, activity, division, [a[0] for a in stand])
    keys = {a[0]: {"arrival": a[3], "preselection": before.get(a[0], 0), "recommendation": a[2]} for a in stand}
    words = {"arrival": ["arrival"], "lot": [], "ranked": activity.get("order", [])}[activity["admission"]]
    value = {no: tuple(keys[no][word] for word in words) for no in keys}
    line = sorted(keys, key=lambda no: (value[no], no not in (admitted or {no})))
    edge = [value[no] for no in line[division["places"] - 1 :][:2]]
    if admitted is None and len(set(edge)) < len(edge):
        raise LotNeeded(key)
    inside, waiting, gone = line[: division["places"]], line[division["places"] :], []
    left = [i for i in said.get("incident", []) if i["kind"] == "withdrawal" and i["activity"] == activity["key"]]
    left = [i for i in left if i["entry"] in line]
    for incident in sorted(left, key=lambda i: i["at"]):
        who = incident["entry"]
        gone.append(who)
        if who in waiting:
            waiting.remove(who)
            continue
        inside.remove(who)
        if waiting and incident["at"] < activity["draw_at"]:
            inside.append(waiting.pop(0))
    ends = (("admitted", inside), ("waiting", waiting), ("withdrawn", gone))
    return {(key, no): state for state, who in ends for no in who}


def preselection(
    folder: Path, said: dict[str, Any], activity: dict[str, Any], division: dict[str, Any], stand: list[str]
) -> dict[str, int]:
    """staff_no -> rank by the marks given before admission; equal results stay equal."""
    if "preselection" not in activity.get("order", []):
        return {}
    rule = tomllib.loads((folder / activity["rule"]).read_text("utf-8"))
    only = activity["preselection"]["part"]
    marks = marks_of(folder, said, activity, division)
    value = {no: result(rule, marks[no], [only]) for no in stand}
    return {no: 1 + sum(v > value[no] for v in value.values()) for no in stand}


# ---- results -----------------------------------------------------------------------------------------------------


def marks_of(
    folder: Path, said: dict[str, Any], activity: dict[str, Any], division: dict[str, Any]
) -> dict[str, Marks]:
    """staff_no -> the marks that count: those of a judge who stands in a relation to the entry are left out."""
    people = {text(p["staff_no"]): p for p in rows(folder / "members.xlsx")}
    unit = {no: text(p["unit"]) for no, p in people.items()}
    unit |= {o["account"]: o.get("unit", "") for o in said.get("outsider", [])}
    names = (activity["key"], activity["title"]), (division["key"], division["title"])
    here = [s for s in rows(folder / "signups.xlsx") if s["activity"] in names[0] and s["division"] in names[1]]
    alias = {text(s.get("code")): text(s["staff_no"]) for s in here}
    recused = {(r["judge"], r["entry"]) for r in division.get("recusal", [])}
    found: dict[str, Marks] = {}
    for row in rows(folder / "marks.csv"):
        if row["activity"] not in names[0] or row["division"] not in names[1] or not row["mark"]:
            continue
        no, judge = alias.get(row["entry"], row["entry"]), row["judge"]
        if (judge, no) not in recused and unit[judge] != unit[no]:
            found.setdefault(no, {}).setdefault(judge, {})[f"{row['part']}/{row['criterion']}"] = Fraction(row["mark"])
    return found


def pieces(rule: dict[str, Any], parts: Iterable[str]) -> list[list[str]]:
    """What the drop level counts as one thing: groups of "part/criterion"."""
    chosen = [p for p in rule["part"] if p["key"] in set(parts)]
    each = [[f"{p['key']}/{c['key']}" for c in p["criterion"]] for p in chosen]
    everything = [c for cs in each for c in cs]
    return {"judge_total": [everything], "part": each, "criterion": [[c] for c in everything]}[rule["level"]]


def result(rule: dict[str, Any], marks: Marks, parts: Iterable[str] | None = None) -> Fraction:
    """The exact result, as if the rule had only these parts."""
    chosen = [p["key"] for p in rule["part"]] if parts is None else list(parts)
    total = Fraction(0)
    for piece in pieces(rule, chosen):
        values = sorted(sum((m[c] for c in piece), Fraction(0)) for m in marks.values() if all(c in m for c in piece))
        if len(values) < rule["fewest_marks"] or (rule["missing"] != "exclude" and len(values) < len(marks)):
            raise ValueError(f"marks are missing: {piece}")
        total += aggregate(rule, values)
    return total


def aggregate(rule: dict[str, Any], values: list[Fraction]) -> Fraction:
    if rule["aggregate"] == "sum":
        return sum(values, Fraction(0))
    if rule["aggregate"] == "median":
        low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
        return (low + high) / 2
    drop = rule.get("drop", {"lowest": 0, "highest": 0})
    kept = values[drop["lowest"] : len(values) - drop["highest"]]
    return sum(kept, Fraction(0)) / len(kept)


def rounded(value: Fraction, rounding: dict[str, Any]) -> str:
    """Decimal text with all its digits; below zero as above it, with a sign."""
    whole, rest = divmod(abs(value) * 10 ** rounding["digits"], 1)
    half = Fraction(1, 2)
    up = {"half_up": rest >= half, "truncate": False, "half_even": rest > half or (rest == half and whole % 2 == 1)}
    units = int(whole) + up[rounding["mode"]]
    figures = str(units).rjust(rounding["digits"] + 1, "0")
    cut, sign = len(figures) - rounding["digits"], "-" if value < 0 and units else ""
    return sign + (figures if not rounding["digits"] else f"{figures[:cut]}.{figures[cut:]}")


def deducted(rule: dict[str, Any], quantities: Iterable[tuple[str, int]]) -> Fraction:
    """Points off for recorded (reason, quantity): so many for each full measure, at most so many for one reason."""
    kinds = {d["key"]: d for d in rule["deduction"]} if rule.get("deduction", "none") != "none" else {}
    lost: dict[str, Fraction] = {}
    for key, quantity in quantities:
        off = quantity // Fraction(kinds[key].get("each", "1")) * Fraction(kinds[key]["points"])
        lost[key] = lost.get(key, Fraction(0)) + off
    most = {key: Fraction(kinds[key]["most"]) for key in lost if kinds[key]["most"] != "none"}
    return sum((min(off, most.get(key, off)) for key, off in lost.items()), Fraction(0))


def figure(rule: dict[str, Any], marks: Marks, off: Fraction = Fraction(0)) -> Fraction:
    """What ranks: the exact result less what is off, or that rounded where the rule rounds before ranking."""
    exact = result(rule, marks) - off
    if not rule.get("below_zero", True):
        exact = max(Fraction(0), exact)
    ranked = [r for r in rule["rounding"] if r["at"] == "ranked"] if rule["rounding"] != "never" else []
    return Fraction(rounded(exact, ranked[0])) if ranked else exact


def shown(rule: dict[str, Any], marks: Marks, off: Fraction = Fraction(0)) -> str:
    return rounded(figure(rule, marks, off), rule["shown"])


def standing(
    rule: dict[str, Any], marks: dict[str, Marks], votes: list[list[str]], drawn: Sequence[str] = (),
    off: Mapping[str, Fraction] = MappingProxyType({}),
) -> list[tuple[int, list[str]]]:
    """(rank, entries that share it), best first, by the result and then by the tie chain.

    votes: for each recorded vote of the panel, whom each judge named. drawn: entries in the order a lot gave them.
    off: entry -> points deducted from the result; the steps of the chain look at the marks alone.
    """

    def value(step: str, no: str) -> Fraction:
        if step == "untrimmed_mean":
            return sum((sum(m.values(), Fraction(0)) for m in marks[no].values()), Fraction(0)) / len(marks[no])
        return result(rule, marks[no], [step.removeprefix("part:")])

    groups = split([list(marks)], lambda no: figure(rule, marks[no], off.get(no, Fraction(0))))
    for step in rule["ties"]:
        if step == "lot":
            if open_groups := [g for g in groups if len(g) > 1 and not set(g) <= set(drawn)]:
                raise LotNeeded(open_groups[0])
            groups = [[no] for g in groups for no in (sorted(g, key=drawn.index) if len(g) > 1 else g)]
        if step == "panel_vote":
            groups = [part for group in groups for part in voted(group, votes)]
        elif step not in ("lot", "shared"):
            groups = split(groups, partial(value, step))
    found, before = [], 0
    for place, group in enumerate(groups, 1):
        found.append((before + 1 if rule["rank_style"] == "1224" else place, sorted(group)))
        before += len(group)
    return found


def voted(group: list[str], votes: list[list[str]]) -> list[list[str]]:
    """Whom more than half of the votes given name goes first; the others stay tied, and may be voted on again."""
    for named in votes:
        for no in group:
            if set(named) <= set(group) and 2 * named.count(no) > len(named) and len(group) > 1:
                return [[no], *voted([other for other in group if other != no], votes)]
    return [group]


def split(groups: list[list[str]], key: Callable[[str], Fraction]) -> list[list[str]]:
    """Each group, cut where the key differs, higher first."""
    found = []
    for group in groups:
        values = {no: key(no) for no in group} if len(group) > 1 else dict.fromkeys(group, Fraction(0))
        found += [[no for no in group if values[no] == cut] for cut in sorted(set(values.values()), reverse=True)]
    return found


def prizes(division: dict[str, Any], groups: list[list[str]]) -> dict[str, str]:
    """entry -> tier. Each tier takes its own number; a tie across its edge brings all (expand) or none (shrink) of it."""
    found: dict[str, str] = {}
    waiting = list(groups)
    for tier in division["tiers"]:
        left = len(found) + sum(map(len, waiting)) if tier.get("rest") else tier["count"]
        while waiting and left > 0 and (len(waiting[0]) <= left or division.get("tier_ties") == "expand"):
            group = waiting.pop(0)
            found |= dict.fromkeys(group, str(tier["name"]))
            left -= len(group)
    return found


def happened(
    said: dict[str, Any], kind: str, activity: dict[str, Any], division: dict[str, Any]
) -> list[dict[str, Any]]:
    """The incidents of a kind in a division."""
    place = activity["key"], division["key"]
    return [i for i in said.get("incident", []) if i["kind"] == kind and (i["activity"], i["division"]) == place]


def results(
    folder: Path, admitted: set[str] | None = None, drawn: dict[str, list[str]] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """ "activity/division" -> {"entry", "rank", "result", "tier"} in rank order; equal ranks by staff number.

    drawn: "activity/division" -> entries in the order that decides where a lot does.
    """
    said = season(folder)
    found = {}
    for activity in said["activity"]:
        final = states(folder, activity, admitted)
        rule = tomllib.loads((folder / activity["rule"]).read_text("utf-8"))
        for division in activity["division"]:
            inside = {no for (where, no), state in final.items() if (where, state) == (division["key"], "admitted")}
            marks = {no: m for no, m in marks_of(folder, said, activity, division).items() if no in inside}
            votes = [[vote["entry"] for vote in i["votes"]] for i in happened(said, "panel_vote", activity, division)]
            late = [(i["entry"], i["deduction"], i["seconds"]) for i in happened(said, "overtime", activity, division)]
            off = {no: deducted(rule, [each[1:] for each in late if each[0] == no]) for no in marks}
            name = f"{activity['key']}/{division['key']}"
            order = standing(rule, marks, votes, (drawn or {}).get(name, ()), off)
            tiers = prizes(division, [group for _, group in order])
            found[name] = [
                {"entry": no, "rank": rank, "result": shown(rule, marks[no], off[no]), "tier": tiers.get(no, "")}
                for rank, group in order
                for no in group
            ]
    return found


def differences(folder: Path, report: dict[str, Any]) -> list[str]:
    """Every line on which a demo's report and this computation disagree."""
    keys = ("entry", "rank", "result", "tier")
    told = {
        name: sorted(({k: r[k] for k in keys} for r in table), key=lambda r: (r["rank"], r["entry"]))
        for name, table in report["results"].items()
    }
    drawn = {name: [r["entry"] for r in table] for name, table in told.items()}
    mine = results(folder, {no for entries in drawn.values() for no in entries}, drawn)
    lines = []
    for name in sorted(told.keys() | mine.keys()):
        for got, want in zip(told.get(name, []) + [None] * 999, mine.get(name, []) + [None] * 999, strict=False):
            if got != want:
                lines.append(f"{name}: report {got}, computed {want}")
    return lines


if __name__ == "__main__":
    where = Path(sys.argv[1])
    if len(sys.argv) > 2:
        wrong = differences(where, json.loads(Path(sys.argv[2]).read_text("utf-8")))
        print("\n".join(wrong) or "equal")
        sys.exit(bool(wrong))
    print(json.dumps(results(where), ensure_ascii=False, indent=1))
