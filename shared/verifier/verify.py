# ruff: noqa: E501, E701, T201 - handed out and read as a whole: a table of texts, guards on one line, a report
"""Check a bundle of a sealed competition, without the software that made it. Python 3.11 or newer, nothing else.

    python verify.py BUNDLE [--language zh-CN|en] [--root CHECKSUM]      CHECKSUM: as on the signed summary

0: everything holds, and what was computed anew is said. 1: the first difference and its place. 2: unreadable use.
Words: *division* one chain of entries · *statement* an entry of a ledger with its path to the root · *scope* that in
which the marks of several judges are put together. All is computed in integers and fractions, from the published rules.
"""

import argparse
import hashlib
import json
import os
import sys
from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction as F
from itertools import pairwise, zip_longest
from typing import Any

Json = dict[str, Any]
Values = dict[str, F]
Scope = namedtuple("Scope", "group part criterion judging weight lines")  # lines: a judge's value as [(weight, cells)]
Contest = namedtuple("Contest", "entries seats given facts")  # given: (judge, entry) -> cell (part, mark key) -> points
SHAPES = dict.fromkeys(["public", "own"], "format kind root rules size statements")
SHAPES["supervision"] = "divisions format kind root rolls rules score_sets size"
SAYS = {
    "bytes": ("不是规范格式，或有字节被改动", "not in canonical form, or a byte was changed"),
    "shape": ("内容残缺，或有未知内容", "something is missing or unknown"), "chain": ("账本在此处断开", "the ledger's chain breaks here"),
    "hash": ("内容与其校验码不符", "a text is not what it is listed under"), "root": ("与总校验码不符", "this does not lead to the root"),
    "cited": ("所附与所引用的不一致", "what is given is not what is cited"), "seal": ("没有锁定或封存", "a lock or a seal is missing"),
    "mark": ("分数超出评分项的范围", "a mark lies outside its scale"), "marks": ("公布的分数与账本不符", "the stated marks differ from the ledger"),
    "statement": ("公布的记录不成立", "a statement does not hold"), "line": ("重新计算的结果与记录不符", "the result computed anew is another"),
    "yes": ("核验通过", "accepted"), "no": ("核验不通过", "refused"), "expected": ("应为", "expected"), "found": ("实为", "found"),
    "unread": ("无法读取", "cannot read"), "counts": ("{kind}：账本 {size} 条；重新计算名次 {ranks} 个、成绩 {results} 个；总校验码 {root}",
    "{kind}: {size} ledger entries; computed anew: {ranks} ranks, {results} results; root {root}")}  # fmt: skip

class Difference(Exception):
    """What does not hold first: (code, expected, found). place: division, position, code, as far as known."""
    place: Json = {}

def same(code: str, expected: object, found: object) -> None:
    if expected != found: raise Difference(code, expected, found)

# From marks to figures

def mean(values: Sequence[F]) -> F: return sum(values, F(0)) / len(values)
def multiple(value: F, unit: F, mode: str) -> F:
    """To a multiple of the unit: half_up away from zero, half_even, truncate towards zero."""
    whole, rest = divmod(abs(value) / unit, 1)
    whole += mode != "truncate" and (rest > F(1, 2) or (rest == F(1, 2) and (mode == "half_up" or whole % 2 == 1)))
    return (whole if value >= 0 else -whole) * unit
def decimal(value: F, digits: int, mode: str) -> str:
    figures = str(abs(int(multiple(value, F(1, 10**digits), mode) * 10**digits))).rjust(digits + 1, "0")
    sign = "-" if value < 0 and figures.strip("0") else ""
    return sign + (f"{figures[:-digits]}.{figures[-digits:]}" if digits else figures)
def rounded(rule: Json, value: F, at: str, part: str) -> F:
    for each in (each for each in rule["roundings"] if each["at"] == at and each["part"] in ("", part)):
        value = multiple(value, F(1, 10 ** each["digits"]), each["mode"])
    return value

def points(scale: Json, count: int) -> F:
    if type(count) is not int or not scale["lowest"] <= count <= scale["highest"]:
        raise Difference("mark", f"{scale['lowest']}–{scale['highest']}", count)
    if scale["grades"]: return F(scale["grades"][count]["points"])
    return next((F(each["points"]) for each in scale["steps"] if count <= each["to"]), count * F(scale["unit"]))
def cells(part: Json) -> Iterator[tuple[str, tuple[str, str], Json]]:
    for criterion in part["criteria"]:
        for item in criterion["items"]:
            yield criterion["key"], (part["key"], ".".join(filter(None, (criterion["key"], item["key"])))), item["scale"]
def lines_of(part: Json) -> list[Any]:
    return [(c["weight"], [cell for key, cell, _ in cells(part) if key == c["key"]]) for c in part["criteria"]]
def scopes(rule: Json) -> Iterator[Scope]:
    """A criterion, a part, or a judge's total over the parts that are not judged apart; a part of weight 0 makes none."""
    together = []
    for part in (part for part in rule["parts"] if part["weight"]):
        key, judging, group = part["key"], part["judging"] or rule["judging"], part["key"] if part["judging"] else ""
        if judging["level"] == "criterion":
            for each, (weight, some) in zip(part["criteria"], lines_of(part), strict=True):
                yield Scope(group, key, each["key"], judging, part["weight"] * weight, [(F(1), some)])
        elif judging["level"] == "part" or group:
            yield Scope(group, key, "", judging, part["weight"], lines_of(part))
        else:
            together += [(part["weight"] * weight, some) for weight, some in lines_of(part)]
    if together: yield Scope("", "", "", rule["judging"], F(1), together)
def cells_of(lines: Iterable[Any]) -> set[Any]: return {cell for _, some in lines for cell in some}
def worth(lines: Iterable[Any], marks: Json) -> F:
    return sum((weight * sum((marks[cell] for cell in some), F(0)) for weight, some in lines), F(0))

def judges(contest: Contest, entry: str, part: str, state: str) -> list[str]:
    """Who sits for this part of the entry ("" for any) in that state; one recusal is enough."""
    rows = [(judge, found) for judge, _, of, found in contest.seats[entry] if not part or of in ("", part)]
    recused = {judge for judge, found in rows if found == "recused"}
    return sorted({judge for judge, _ in rows if (judge in recused) == (state == "recused")})
def judged(rule: Json, contest: Contest, entry: str, scope: Scope, everything: set[Any]) -> Values:
    """Judge -> value of the scope, missing and recused judges as the rule says; empty: no result."""
    judging, missing, own = scope.judging, scope.judging["missing"], cells_of(scope.lines)
    given = {judge: contest.given[judge, entry] for judge in judges(contest, entry, scope.part, "judging")}
    given = {judge: marks for judge, marks in given.items() if missing != "void" or marks.keys() >= everything}
    full = {judge: marks for judge, marks in given.items() if marks.keys() >= own}
    dropped = judging["drop"]["highest"] + judging["drop"]["lowest"] if "trimmed" in judging["aggregate"] else 0
    enough = max(dropped + 1, judging["fewest_marks"], judging["middle"]["marks"] if judging["middle"] else 1)
    if len(full) < enough or (missing in ("no_lock", "reserve") and len(full) < len(given)): return {}
    fill = {judge: marks for judge, marks in given.items() if missing == "mean_of_others" and judge not in full}
    fill |= {judge: {} for judge in judges(contest, entry, scope.part, "recused") if rule["recusal"] == "mean_of_others"}
    for judge, marks in fill.items():
        theirs = {cell: [all_[cell] for other, all_ in given.items() if other != judge and cell in all_] for cell in own}
        if not all(theirs[cell] or cell in marks for cell in own): return {}
        unit, mode = judging["others"]["unit"], judging["others"]["mode"]
        full[judge] = {cell: marks[cell] if cell in marks else multiple(mean(theirs[cell]), unit, mode) for cell in own}
    return {judge: rounded(rule, worth(scope.lines, marks), "judge", scope.part) for judge, marks in full.items()}

def aggregated(judging: Json, given: Iterable[F]) -> F | None:
    """One value out of the judges' values; None where they must mark again."""
    left = ordered = sorted(given)
    count, aggregate, tolerance = len(ordered), judging["aggregate"], judging["tolerance"]
    if "trimmed" in aggregate: left = ordered[judging["drop"]["lowest"] : count - judging["drop"]["highest"]]
    if aggregate == "middle_mean":
        out, more = divmod(count - judging["middle"]["marks"], 2)
        left = ordered[out + more * (judging["middle"]["odd"] == "lowest") :][: judging["middle"]["marks"]]
    apart = ordered if tolerance and tolerance["of"] == "given" else left
    if tolerance and tolerance["then"] != "alert" and apart[-1] - apart[0] > tolerance["spread"]:
        return None if tolerance["then"] == "remark" else mean(ordered)
    if aggregate == "median": left = ordered[(count - 1) // 2 : count // 2 + 1]
    if aggregate == "clamped_mean":
        low, high = mean(ordered) - judging["margin"], mean(ordered) + judging["margin"]
        left = [min(max(value, low), high) for value in ordered]
    return sum(left, F(0)) if aggregate in ("sum", "trimmed_sum") else mean(left)

def by_majority(sheets: dict[str, list[F]], first: int, panel: int) -> Iterator[list[str]]:
    """Skating rules 5 to 8: who has a majority of places 1…k; the larger one, the lower sum, then the next columns."""
    columns = range(first, max([first, *(int(max(marks)) for marks in sheets.values())]) + 1)
    upto = {entry: [[mark for mark in sheets[entry] if mark <= k] for k in columns] for entry in sorted(sheets)}
    for at in range(len(columns)):
        ready = [entry for entry in upto if 2 * len(upto[entry][at]) > panel]
        order = {entry: tuple((-len(some), sum(some)) for some in upto.pop(entry)[at:]) for entry in ready}
        yield from ([entry for entry in ready if order[entry] == key] for key in sorted(set(order.values())))
    if upto: yield list(upto)
def danced(sheets: dict[str, Values]) -> Values:
    """The places of one dance; who cannot be told apart shares the mean of the places."""
    panel, places = len({judge for sheet in sheets.values() for judge in sheet}), dict[str, F]()
    for tied in by_majority({entry: list(sheet.values()) for entry, sheet in sheets.items()}, 1, panel):
        places |= dict.fromkeys(tied, len(places) + F(len(tied) + 1, 2))
    return places

def corrected(sheets: dict[str, Values]) -> Values:
    """Least squares: value = entry + judge, the judges' sum 0. Nobody has a result unless judges link all entries."""
    panel = sorted({judge for sheet in sheets.values() for judge in sheet})
    table = {judge: dict.fromkeys([*panel, ""], F(0)) for judge in panel}
    for sheet in sheets.values():
        for judge, value in sheet.items():
            table[judge][judge] += 1
            table[judge][""] += value - mean(list(sheet.values()))
            table[judge] |= {other: table[judge][other] - F(1, len(sheet)) for other in sheet}
    rows = [list(row.values()) for row in table.values()][:-1] + [[F(1)] * len(panel) + [F(0)]]
    for column in range(len(panel)):
        pivot = next((row for row in range(column, len(panel)) if rows[row][column]), None)
        if pivot is None: return {}
        rows[pivot], rows[column] = rows[column], [value / rows[pivot][column] for value in rows[pivot]]
        for row in (row for row in range(len(panel)) if row != column and rows[row][column]):
            rows[row] = [a - rows[row][column] * b for a, b in zip(rows[row], rows[column], strict=True)]
    bias = {judge: row[-1] for judge, row in zip(panel, rows, strict=False)}  # nobody judged: one row too many
    return {entry: mean([value - bias[judge] for judge, value in sheet.items()]) for entry, sheet in sheets.items()}

def figures(rule: Json, contest: Contest) -> Values:
    """Entry -> the figure that ranks; an entry without a result is missing."""
    sums, counting = {entry: defaultdict[str, F](F) for entry in contest.entries}, list(scopes(rule))
    for scope in counting:
        judging, everything = scope.judging, cells_of(line for each in counting if each.group == scope.group for line in each.lines)
        given = {entry: judged(rule, contest, entry, scope, everything) for entry in contest.entries}
        found = {entry: aggregated(judging, sheet.values()) for entry, sheet in given.items() if sheet}
        whole = {entry: given[entry] for entry, value in found.items() if value is not None}
        if judging["aggregate"] == "skating_system" or rule["correction"] == "additive":
            found = {**(danced(whole) if rule["correction"] == "none" else corrected(whole))}
        for entry in list(sums):
            hard = contest.facts["difficulties"].get((entry, scope.part, scope.criterion)) if judging["has_difficulty"] else 1
            value = found.get(entry)
            if value is None or hard is None:
                del sums[entry]
                continue
            value = rounded(rule, value, "aggregate", scope.part) * judging["factor"] * F(hard) * scope.weight
            sums[entry][scope.part] += rounded(rule, value, "term", scope.part)
    return {entry: ranked(rule, contest.facts, entry, parts) for entry, parts in sums.items()}
def deducted(rule: Json, facts: Json, entry: str) -> F:
    total = F(0)
    for kind in rule["deductions"]:
        off = kind["points"] * sum(F(n) // kind["each"] for of, key, n in facts["deductions"] if (of, key) == (entry, kind["key"]))
        total += off if kind["most"] is None else min(off, kind["most"])
    return total
def ranked(rule: Json, facts: Json, entry: str, parts: Values) -> F:
    """The parts' sum, with what is deducted and adjusted, not below zero where the rule says so, rounded where it says so."""
    total = sum((rounded(rule, value, "part", part) if part else value for part, value in parts.items()), F(0))
    total += deducted(rule, facts, entry) * (1 if rule["better"] == "lower" else -1)
    total += F(facts["adjustments"].get(entry, 0)) if rule["adjustment"] else 0
    return rounded(rule, max(total, F(0)) if rule["below_zero"] is False else total, "ranked", "")

# From figures to ranks

BARE: Json = {"deductions": [], "below_zero": None, "adjustment": None, "correction": "none", "near_tie": None, "ties": ["shared"]}
def alone(rule: Json, part: str, criterion: str = "") -> Json:
    """The rule for one part, or one criterion of it, at weight 1; nothing deducted, adjusted, corrected, grouped."""
    parts = [each | {"weight": F(1)} for each in rule["parts"] if each["key"] == part]
    if criterion:
        parts = [each | {"criteria": [c | {"weight": F(1)} for c in each["criteria"] if c["key"] == criterion]} for each in parts]
    return rule | BARE | {"parts": parts, "roundings": [each for each in rule["roundings"] if each["part"] in ("", part)]}
def untrimmed(rule: Json) -> Json:
    """The rule with the mean of all given marks in place of each aggregate, nothing rounded."""
    everybody = {"aggregate": "mean", "tolerance": None}
    parts = [each | {"judging": each["judging"] and each["judging"] | everybody} for each in rule["parts"]]
    return rule | BARE | {"parts": parts, "judging": rule["judging"] | everybody, "roundings": []}
def compared(rule: Json, contest: Contest, step: str) -> Values:
    """Entry -> what a step of the tie chain compares; the greatest comes first."""
    name, best = step.split(":")[0], min if rule["better"] == "lower" else max
    if name in ("most_firsts", "highest_mark"):
        lines = [(p["weight"] * w, c) for p in rule["parts"] if p["weight"] and not p["judging"] for w, c in lines_of(p)]
        sheets = [(judge, entry) for entry in contest.entries for judge in judges(contest, entry, "", "judging")]
        own = {each: worth(lines, contest.given[each]) for each in sheets if lines and contest.given[each].keys() >= cells_of(lines)}
        top = {judge: best(value for (who, _), value in own.items() if who == judge) for judge, _ in own}
        found = {entry: best(value for (_, of), value in own.items() if of == entry) for _, entry in own}
        if name == "most_firsts": found = {e: F(sum(own.get((j, e)) == value for j, value in top.items())) for e in contest.entries}
    elif name == "fewest_deductions":
        found = {entry: -deducted(rule, contest.facts, entry) for entry in contest.entries}
    elif name in ("part", "criterion"):
        found = figures(alone(rule, *step.split(":")[1].split("/")), contest)
    else:
        found = figures(untrimmed(rule) if name == "untrimmed_mean" else rule | {"roundings": []}, contest)
    turned = (rule["better"] == "lower" and name not in ("most_firsts", "fewest_deductions")) != step.endswith(":lowest")
    return {entry: -value if turned else value for entry, value in found.items()}
def skating(rule: Json, contest: Contest, group: list[str], place: int) -> Iterator[list[str]]:
    """Rules 10 and 11 for those tied for this place."""
    sheets = [{e: judged(rule, contest, e, scope, set()) for e in contest.entries} for scope in scopes(rule)]
    dances = [danced({entry: sheet for entry, sheet in each.items() if sheet}) for each in sheets]
    while group:
        won = {entry: [dance[entry] for dance in dances if dance[entry] <= place] for entry in group}
        order = {entry: (-len(some), sum(some)) for entry, some in won.items()}
        best = [entry for entry in group if order[entry] == min(order.values())]
        marks = {entry: [mark for each in sheets for mark in each[entry].values()] for entry in best}
        yield from by_majority(marks, place, len(marks[best[0]])) if len(best) > 1 else [best]
        group, place = [entry for entry in group if entry not in best], place + len(best)

def recompute(rule_json: str, entries: Iterable[str], assigned: Iterable[Sequence[str]], marks: dict[Any, Any],
              votes: Sequence[Any] = (), lots: Sequence[Any] = (), facts: Json | None = None, part: str | None = None) -> Json:
    """Ranks from marks. lines: in rank order; pending: ties that wait for a vote or a lot; who has no result is missing.

    assigned: (judge, entry, part or "", "judging" or "recused"); marks: (judge, entry, part) -> mark key -> count;
    votes: (entries, [(judge, entry named)]); lots: (entries, seed); facts: {"deductions": [(entry, key, quantity)],
    "adjustments": {entry: points}, "difficulties": {(entry, part, criterion): value}}; part: ranked by this part alone.
    """
    rule = json.loads(rule_json, object_hook=lambda each: F(each["n"], each["d"]) if each.keys() == {"n", "d"} else each)
    scales = {cell: scale for each in rule["parts"] for _, cell, scale in cells(each)}
    rule, facts = alone(rule, part) if part else rule, facts or {"deductions": (), "adjustments": {}, "difficulties": {}}
    contest = Contest(sorted(entries), defaultdict(list), defaultdict(dict), facts)
    for seat in assigned:
        contest.seats[seat[1]].append(seat)
    for (judge, entry, of), sheet in marks.items():
        contest.given[judge, entry] |= {(of, key): points(scales[of, key], count) for key, count in sheet.items()}
    found, pending, memory = figures(rule, contest), list[Any](), dict[str, Values]()

    def split(group: list[str], step: str, ahead: int) -> list[list[str]]:
        """The group as the step orders it; empty where the step has not been taken yet."""
        recorded = [how for of, how in (lots if step == "lot" else votes) if set(of) == set(group)]
        if step == "skating": return list(skating(rule, contest, group, ahead + 1))
        if step in ("panel_vote", "lot") and not recorded: return []
        if step == "panel_vote":
            named = [name for _, name in recorded[-1]]
            first = [entry for entry in group if 2 * named.count(entry) > len(named)]
            return [first, [entry for entry in group if entry not in first]] if first else [group]
        if step == "lot": return [[e] for e in sorted(group, key=lambda each: sha256(recorded[-1], b":", each.encode()))]
        value = memory[step] = memory.get(step) or compared(rule, contest, step)
        order = {entry: (entry not in value, -value.get(entry, F(0))) for entry in group}
        return [[entry for entry in group if order[entry] == key] for key in sorted(set(order.values()))]
    def apart(group: list[str], at: int, ahead: int, by: str) -> Iterator[tuple[list[str], str]]:
        step = rule["ties"][at] if len(group) > 1 else "shared"
        pieces = split(group, step, ahead) if step != "shared" else [group]
        if len(pieces) < 2 and (step == "shared" or not pieces or at + 1 == len(rule["ties"])):
            if step != "shared": pending.append((group, step))
            yield group, "" if step != "shared" else step if len(group) > 1 else by
            return
        for piece in pieces:
            yield from apart(piece, at + (step != "panel_vote" or len(pieces) == 1), ahead, step if len(pieces) > 1 else by)
            ahead += len(piece)

    sign, near, groups = 1 if rule["better"] == "lower" else -1, rule["near_tie"], list[list[str]]()
    for entry in sorted(found, key=lambda each: (sign * found[each], each)):
        to = found[groups[-1][-1 if near and near["of"] == "neighbour" else 0]] if groups else None
        is_close = to is not None and abs(found[entry] - to) <= (near["band"] if near else 0)
        groups = [*groups[:-1], [*groups[-1], entry]] if is_close else [*groups, [entry]]
    lines, place = list[Json](), 0
    for group in groups:
        for tied, by in [(group, "near_tie")] if near and len(group) > 1 else list(apart(group, 0, len(lines), "result")):
            place = place + 1 if rule["rank_style"] == "dense" else len(lines) + 1
            text = {entry: decimal(found[entry], rule["shown"]["digits"], rule["shown"]["mode"]) for entry in tied}
            lines += [{"entry": e, "rank": place, "result": found[e], "shown": text[e], "decided_by": by} for e in tied]
    return {"lines": lines, "pending": pending}

# From bytes to statements

def sha256(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def canonical(value: object) -> str: return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
def keys(value: Json, names: str) -> Json:
    same("shape", sorted(names.split()), sorted(value))
    return value
def climb(leaf: bytes, index: int, size: int, path: list[str]) -> str:
    """From a leaf up its path to the root of a tree of that size (RFC 6962)."""
    rest = [bytes.fromhex(each) for each in path]
    same("shape", [int, path], [type(index), [each.hex() for each in rest]])
    while size > 1:
        if index % 2: leaf = sha256(b"\1", rest.pop(0), leaf)
        elif index + 1 < size: leaf = sha256(b"\1", leaf, rest.pop(0))
        index, size = index // 2, (size + 1) // 2
    same("shape", [0, []], [index, rest])
    return leaf.hex()
def gathered(entries: list[Json], stage: str) -> tuple[Any, ...]:
    """What a seal rests on, replayed: seats as locked, sheets that count, votes, lots, facts."""
    of, sheets = defaultdict[str, list[Json]](list), dict[Any, Any]()
    for kind, body, people in ((each["kind"], each["body"], each["subjects"]) for each in entries):
        if kind == "revision" and body["disposition"] == "counted":
            sheets[people["judge"], body["entry"], body["part"]] = body["marks"]
        if body.get("stage") == stage:
            of["lock" if kind in ("locked", "unlocked") else kind].append(body | {"people": people, "is": kind})
    same("seal", "locked", of["lock"][-1]["is"] if of["lock"] else "")
    lock, gone = of["lock"][-1], {each["id"] for each in of["deduction_withdrawn"]}
    seats = [(lock["people"][name], entry, "", state) for state, key in (("judging", "panel"), ("recused", "recused"))
             for entry, names in lock[key].items() for name in names]
    votes, lots = [(v["entries"], v["votes"]) for v in of["tie_voted"]], [(v["entries"], bytes.fromhex(v["seed"])) for v in of["tie_lot"]]
    return seats, sheets, votes, lots, {
        "deductions": [(v["entry"], v["key"], v["quantity"]) for v in of["deducted"] if v["id"] not in gone],
        "adjustments": {v["entry"]: v["amount"] for v in of["adjusted"]},
        "difficulties": {(v["entry"], v["part"], v["criterion"]): v["value"] for v in of["difficulty_set"]}}

class Check:
    """One bundle. at: where we are; count: what was computed anew; cited: the hashes that something rests on."""
    def __init__(self) -> None:
        self.bundle, self.at, self.count, self.cited = Json(), Json(), {"ranks": 0, "results": 0}, set[str]()
    def read(self, data: bytes, root: str) -> Json:
        """Check the whole and say what it is and how much was computed anew."""
        try: again = canonical(json.loads(data.decode(), parse_float=int, parse_constant=int)).encode()
        except (ValueError, RecursionError) as error: raise Difference("bytes", "JSON", error) from None
        self.at = {"byte": next((n for n, (a, b) in enumerate(zip_longest(data, again)) if a != b), 0)}
        same("bytes", len(data), len(again) if data == again else "")
        self.at, self.bundle = {}, json.loads(again)
        same("shape", ["laurel-bundle-1", int], [self.bundle["format"], type(self.bundle["size"])])
        keys(self.bundle, SHAPES[self.bundle["kind"]])
        same("root", root or self.bundle["root"], self.bundle["root"])
        given = {key: text for name in ("rules", "rolls", "score_sets") for key, text in self.bundle.get(name, {}).items()}
        for key, text in given.items(): same("hash", key, sha256(text.encode()).hex())
        (self.whole if self.bundle["kind"] == "supervision" else self.some)()
        self.at = {}
        same("cited", sorted(self.cited), sorted(given))
        return {key: self.bundle[key] for key in ("kind", "root", "size")} | self.count
    def opened(self, text: str) -> Json:
        entry = keys(json.loads(text), "actor at body division kind position subjects")
        return self.go(entry)
    def go(self, entry: Json) -> Json:
        self.at = {key: entry[key] for key in ("division", "position")} | {"code": entry["body"].get("code", "")}
        return entry
    def stated(self, seal: Json, told: Json, marked: Json | None) -> None:
        """A statement belongs to its seal; its result follows from the marks stated, where no other entry's are needed."""
        text, entry, is_under = self.bundle["rules"][seal["rule_hash"]], told["body"]["entry"], seal["first_stated"] <= told["position"]
        rule, result = json.loads(text), F(told["body"]["result"]["n"], told["body"]["result"]["d"])
        same("statement", [True, seal["version"]], [is_under and told["position"] <= seal["last_stated"], told["body"]["version"]])
        same("line", decimal(result, rule["shown"]["digits"], rule["shown"]["mode"]), self.go(told)["body"]["shown"])
        if marked is None: return
        body = self.go(marked)["body"]
        same("statement", told["body"] | {"nonce": ""}, {key: body[key] for key in told["body"]} | {"nonce": ""})
        if rule["correction"] == "additive" or rule["judging"]["aggregate"] == "skating_system": return
        seats = [(each, entry, "", "judging") for each in {*body["judges"], *body["missing"]}]
        seats += [(f"recused {number}", entry, "", "recused") for number in range(body["recused_filled"])]
        marks = {(judge, entry, part): sheet for judge, own in body["judges"].items() for part, sheet in own.items()}
        facts = {"deductions": [(entry, each["key"], each["quantity"]) for each in body["deductions"]],
                 "adjustments": {entry: body["adjustment"] or 0},
                 "difficulties": {(entry, each["part"], each["criterion"]): each["value"] for each in body["difficulties"]}}
        lines = recompute(text, [entry], seats, marks, (), (), facts, seal["part"])["lines"]
        same("line", [str(result)], [str(line["result"]) for line in lines])
        self.count["results"] += 1
    def sealed(self, entries: list[Json], seal: Json) -> None:
        """A score set, its statements and every rank in it, from the ledger that stands before it."""
        body, content = seal["body"], json.loads(self.bundle["score_sets"][seal["body"]["hash"]])
        self.cited |= {body["hash"], body["rule_hash"], body["roll_hash"]}
        same("cited", [seal["division"], body["stage"], body["version"], body["rule_hash"], body["roll_hash"]],
             [content[key] for key in ("division_id", "stage", "version", "rule_hash", "roll_hash")])
        codes = {each["entry_id"]: each["code"] for each in json.loads(self.bundle["rolls"][body["roll_hash"]])["items"]}
        seats, counted, votes, lots, facts = gathered(entries, body["stage"])
        text, items, told = self.bundle["rules"][body["rule_hash"]], content["items"], entries[body["first_stated"] - 1 : body["last_stated"]]
        anew = {each["entry"]: each for each in recompute(text, codes, seats, counted, votes, lots, facts, body["part"])["lines"]}
        same("line", sorted(codes), sorted(anew))
        sheets = {entry: defaultdict[str, Json](dict) for entry in codes}
        for (judge, entry, part), sheet in counted.items():
            if (judge, entry, "", "judging") in seats: sheets[entry][judge][part] = sheet
        same("statement", [(kind, each["code"]) for kind in ("stated", "marks_stated") for each in items],
             [(each["kind"], each["body"]["code"]) for each in told])
        for item, stated, marked in zip(items, told, told[len(items) :], strict=False):
            line, entry = anew[item["entry_id"]], item["entry_id"]
            self.at = {"division": seal["division"], "position": seal["position"], "code": item["code"]}
            line |= {"entry_id": entry, "code": codes[entry], "result": {"d": line["result"].denominator, "n": line["result"].numerator}}
            same("line", {key: line[key] for key in sorted(item)}, item)
            same("statement", item, {key: self.go(stated)["body"]["entry" if key == "entry_id" else key] for key in sorted(item)})
            own = sorted(map(canonical, self.go(marked)["body"]["judges"].values()))
            same("marks", sorted(map(canonical, sheets[entry].values())), own)
            self.stated(body, stated, marked)
        self.count["ranks"] += len(items)
    def whole(self) -> None:
        """Every chain, the root over them, every seal."""
        leaves, ids = list[bytes](), [keys(chain, "division entries")["division"] for chain in self.bundle["divisions"]]
        for chain in self.bundle["divisions"]:
            head = bytes(32)
            for position, (digest, text) in enumerate(chain["entries"], 1):
                self.at, head = {"division": chain["division"], "position": position}, sha256(head, text.encode())
                same("chain", head.hex(), digest)
                leaves.append(sha256(b"\0", text.encode()))
        self.at = {}
        same("root", [self.bundle["size"], sorted(set(ids))], [len(leaves), ids])
        while len(leaves) > 1:
            leaves = [sha256(b"\1", *pair) if pair[1] else pair[0] for pair in zip_longest(leaves[::2], leaves[1::2], fillvalue=b"")]
        same("root", self.bundle["root"], leaves[0].hex())
        for chain in self.bundle["divisions"]:
            entries = list[Json]()
            for position, (_, text) in enumerate(chain["entries"], 1):
                entries.append(self.opened(text))
                same("chain", [chain["division"], position], [entries[-1]["division"], entries[-1]["position"]])
                if entries[-1]["kind"] == "score_set_sealed": self.sealed(entries[:-1], self.go(entries[-1]))
            same("seal", ["score_set_sealed", "final"], [entries[-1]["kind"], entries[-1]["body"].get("stage")])
    def some(self) -> None:
        """Statements of a public or own bundle: each on its path, under its seal, the ranks as the results say."""
        found, before = defaultdict[str, dict[Any, Json]](dict), -1
        for number, each in enumerate(self.bundle["statements"], 1):
            self.at, leaf = {"statement": number}, sha256(b"\0", keys(each, "entry index path")["entry"].encode())
            same("root", self.bundle["root"], climb(leaf, each["index"], self.bundle["size"], each["path"]))
            same("shape", [True, (number, each["index"])], [each["index"] > before, (number, before := each["index"])])
            entry = self.opened(each["entry"])
            found[entry["kind"]][entry["division"], entry["body"]["stage"], entry["body"].get("entry", "")] = entry
        seals, told, marked = ({**found[kind]} for kind in ("score_set_sealed", "stated", "marks_stated"))
        self.at, self.cited = {}, {seal["body"]["rule_hash"] for seal in seals.values()}
        is_own = self.bundle["kind"] == "own"
        same("shape", len(self.bundle["statements"]), len(seals) + len(told) + len(marked))
        same("statement", sorted(told) if is_own else [], sorted(marked))
        same("statement", True, not is_own or len({entry for _, _, entry in told}) == 1)
        same("statement", sorted(key[:2] for key in seals), sorted({key[:2] for key in told}))
        for key, entry in told.items():
            self.stated(seals[*key[:2], ""]["body"], self.go(entry), marked.get(key))
        for key, seal in seals.items():
            rule = json.loads(self.bundle["rules"][seal["body"]["rule_hash"]])
            sign, rows = 1 if rule["better"] == "lower" else -1, [each for of, each in told.items() if of[:2] == key[:2]]
            rows.sort(key=lambda each: (sign * F(each["body"]["result"]["n"], each["body"]["result"]["d"]), each["body"]["rank"]))
            for one, two in pairwise(rows):
                is_tie, a, b = one["body"]["result"] == two["body"]["result"], one["body"], self.go(two)["body"]
                apart = a["rank"] < b["rank"] and not (is_tie and "result" in (a["decided_by"], b["decided_by"]))
                same("line", True, apart or (a["rank"] == b["rank"] and (is_tie or rule["near_tie"] is not None)))
            self.count["ranks"] += len(rows)

def verify(data: bytes, root: str = "") -> Json:
    """What the bundle is and how much of it was computed anew. Raises Difference with its place. root: as printed."""
    check = Check()
    try:
        try: return check.read(data, root)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration, RecursionError) as error:
            raise Difference("shape", "", repr(error)) from error
    except Difference as difference:
        difference.place = check.at
        raise

def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify", description="Check a bundle of a sealed competition. 核验成绩包。")
    parser.add_argument("bundle", metavar="BUNDLE")
    parser.add_argument("--language", choices=("zh-CN", "en"))
    parser.add_argument("--root", default="", metavar="CHECKSUM")
    options = parser.parse_args(words)
    spoken = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = 0 if (options.language or spoken).startswith("zh") else 1
    try:
        with open(options.bundle, "rb") as file: data = file.read()
    except OSError as error:
        print(f"{SAYS['unread'][language]}: {error}", file=sys.stderr)
        return 2
    try: found = verify(data, options.root)
    except Difference as what:
        code, expected, found_ = what.args
        place = ", ".join(f"{key} {value}" for key, value in what.place.items() if value)
        print(f"{SAYS['no'][language]}: {SAYS[code][language]} ({code})", place, sep="\n")
        print(*(f"{SAYS[key][language]}: {value}" for key, value in (("expected", expected), ("found", found_)) if value != ""), sep="\n")
        return 1
    print(f"{SAYS['yes'][language]}: {SAYS['counts'][language].format(**found)}")
    return 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
