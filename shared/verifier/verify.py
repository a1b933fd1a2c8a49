"""Check a bundle of a sealed competition, without the software that made it. Python 3.11 or newer, nothing else.

    python verify.py BUNDLE [--language zh-CN|en] [--root CHECKSUM]      CHECKSUM: as on the signed summary

0: it holds. 1: the first difference and its place. 2: unreadable use. All is computed in integers and fractions. Words: *division* a
chain of entries · *statement* an entry of it with its path to the root · *scope* that in which judges are put together."""

import argparse, hashlib, json, os, sys
from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction as F
from itertools import pairwise, zip_longest
from typing import Any

Json = dict[str, Any]
Values = dict[str, F]
Scope = namedtuple("Scope", "group part criterion judging weight lines")  # lines: a judge's value as [(weight, cells)]
Contest = namedtuple("Contest", "entries seats given facts")  # given: (judge, entry) -> cell (part, mark key) -> points
SHAPES = {"public": "statements", "own": "statements", "supervision": "divisions rolls score_sets size"}
SAYS = {
    "bytes": ("不是规范格式，或有字节被改动", "not in canonical form, or a byte was changed"),
    "shape": ("内容残缺，或有未知内容", "something is missing or unknown"), "chain": ("账本在此处断开", "the ledger's chain breaks here"),
    "hash": ("内容与其校验码不符", "a text is not what it is listed under"), "root": ("与总校验码不符", "this does not lead to the root"),
    "cited": ("所附与所引用的不一致", "what is given is not what is cited"), "seal": ("没有锁定或封存", "a lock or a seal is missing"),
    "mark": ("分数超出评分项的范围", "a mark lies outside its scale"), "marks": ("公布的分数与账本不符", "the stated marks differ from the ledger"),
    "statement": ("公布的记录不成立", "a statement does not hold"), "line": ("重新计算的结果与记录不符", "the result computed anew is another"),
    "yes": ("核验通过", "accepted"), "no": ("核验不通过", "refused"), "expected": ("应为", "expected"), "found": ("实为", "found"),
    "unread": ("无法读取，请核对名称和权限", "cannot read it; check its name and your rights"), "told": ("核对名次 {ranks} 个，重新计算成绩 {results} 个", "{ranks} ranks checked, {results} results computed anew")}
class Difference(Exception): place: Json = {}  # args: code, expected, found; place: division, position, code as far as known
def same(code: str, expected: object, found: object) -> None:
    if expected != found: raise Difference(code, expected, found)

# From marks to figures
def mean(values: Sequence[F]) -> F: return sum(values, F(0)) / len(values)
def multiple(value: F, unit: F, mode: str) -> F:
    whole, rest = divmod(abs(value) / unit, 1)
    whole += mode != "truncate" and (rest > F(1, 2) or (rest == F(1, 2) and (mode == "half_up" or whole % 2 == 1)))
    return (whole if value >= 0 else -whole) * unit
def decimal(value: F, shown: Json) -> str:
    digits, size = shown["digits"], F(1, 10 ** shown["digits"])
    figures = str(abs(int(multiple(value, size, shown["mode"]) / size))).rjust(digits + 1, "0")
    dot, sign = len(figures) - digits, "-" if value < 0 and figures.strip("0") else ""
    return sign + figures[:dot] + ("." + figures[dot:] if digits else "")
def rounded(rule: Json, value: F, at: str, part: str) -> F:
    for each in (each for each in rule["roundings"] if each["at"] == at and each["part"] in ("", part)):
        value = multiple(value, F(1, 10 ** each["digits"]), each["mode"])
    return value
def points(scale: Json, count: int) -> F:
    if type(count) is not int or not scale["lowest"] <= count <= scale["highest"]: raise Difference("mark", [scale["lowest"], scale["highest"]], count)
    if scale["grades"]: return F(scale["grades"][count]["points"])
    return next((F(each["points"]) for each in scale["steps"] if count <= each["to"]), count * F(scale["unit"]))
def cells(part: Json) -> list[Any]:
    return [(criterion["key"], (part["key"], ".".join(filter(None, (criterion["key"], item["key"])))), item["scale"])
            for criterion in part["criteria"] for item in criterion["items"]]
def lines_of(part: Json) -> list[Any]:
    return [(part["weight"] * c["weight"], c, [cell for key, cell, _ in cells(part) if key == c["key"]]) for c in part["criteria"]]
def scopes(rule: Json) -> Iterator[Scope]:
    """A criterion, a part, or a judge's total over the parts that are not judged apart; a part of weight 0 makes none."""
    together = []
    for part in (part for part in rule["parts"] if part["weight"]):
        key, judging, group, lines = part["key"], part["judging"] or rule["judging"], part["key"] if part["judging"] else "", lines_of(part)
        if judging["level"] == "criterion":
            yield from (Scope(group, key, c["key"], judging, weight, [(F(1), some)]) for weight, c, some in lines)
        elif judging["level"] == "part" or group:
            yield Scope(group, key, "", judging, part["weight"], [(c["weight"], some) for _, c, some in lines])
        else:
            together += [(weight, some) for weight, _, some in lines]
    if together: yield Scope("", "", "", rule["judging"], F(1), together)
def cells_of(lines: Iterable[Any]) -> set[Any]: return {cell for _, some in lines for cell in some}
def worth(lines: Iterable[Any], marks: Json) -> F:
    return sum((weight * sum((marks[cell] for cell in some), F(0)) for weight, some in lines), F(0))
def judges(contest: Contest, entry: str, parts: set[str], state: str) -> list[str]:
    """Who sits for one of these parts of the entry in that state; one recusal is enough."""
    found = {judge: is_ for judge, _, of, is_ in sorted(contest.seats[entry], key=lambda seat: seat[3]) if of in {"", *parts}}
    return sorted(judge for judge, is_ in found.items() if is_ == state)
def judged(rule: Json, contest: Contest, entry: str, scope: Scope, everything: set[Any]) -> Values:
    """Judge -> value of the scope, missing and recused judges as the rule says; empty: no result."""
    judging, missing, own = scope.judging, scope.judging["missing"], cells_of(scope.lines)
    given = {judge: contest.given[judge, entry] for judge in judges(contest, entry, {part for part, _ in own}, "judging")}
    given = {judge: marks for judge, marks in given.items() if missing != "void" or marks.keys() >= everything}
    full = {judge: marks for judge, marks in given.items() if marks.keys() >= own}
    dropped = judging["drop"]["highest"] + judging["drop"]["lowest"] if "trimmed" in judging["aggregate"] else 0
    enough = max(dropped + 1, judging["fewest_marks"], judging["middle"]["marks"] if judging["middle"] else 1)
    if len(full) < enough or (missing in ("no_lock", "reserve") and len(full) < len(given)): return {}
    fill = {judge: marks for judge, marks in given.items() if missing == "mean_of_others" and judge not in full}
    if rule["recusal"] == "mean_of_others": fill |= {judge: {} for judge in judges(contest, entry, {part for part, _ in own}, "recused")}
    for judge, marks in fill.items():
        theirs = {cell: [have[cell] for other, have in given.items() if other != judge and cell in have] for cell in own - marks.keys()}
        if not all(theirs.values()): return {}
        by = judging["others"]
        full[judge] = marks | {cell: multiple(mean(some), by["unit"], by["mode"]) for cell, some in theirs.items()}
    return {judge: rounded(rule, worth(scope.lines, marks), "judge", scope.part) for judge, marks in full.items()}
def aggregated(judging: Json, given: Iterable[F]) -> F | None:  # None: they must mark again
    left = ordered = sorted(given)
    count, aggregate, tolerance = len(ordered), judging["aggregate"], judging["tolerance"]
    if "trimmed" in aggregate: left = ordered[judging["drop"]["lowest"] : count - judging["drop"]["highest"]]
    if aggregate == "middle_mean":
        left = ordered[(count - judging["middle"]["marks"] + (judging["middle"]["odd"] == "lowest")) // 2 :][: judging["middle"]["marks"]]
    apart = ordered if tolerance and tolerance["of"] == "given" else left
    if tolerance and tolerance["then"] != "alert" and apart[-1] - apart[0] > tolerance["spread"]:
        return None if tolerance["then"] == "remark" else mean(ordered)
    if aggregate == "median": left = ordered[(count - 1) // 2 : count // 2 + 1]
    if aggregate == "clamped_mean": left = [min(max(v, mean(ordered) - judging["margin"]), mean(ordered) + judging["margin"]) for v in ordered]
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
            old, mine = table[judge], value - mean(list(sheet.values()))
            table[judge] = {other: old[other] + (other == judge) - F(other in sheet, len(sheet)) for other in panel} | {"": old[""] + mine}
    rows = [list(row.values()) for row in table.values()][:-1] + [[F(1)] * len(panel) + [F(0)]]
    for column in range(len(panel)):
        pivot = next((row for row in range(column, len(panel)) if rows[row][column]), None)
        if pivot is None: return {}
        rows[pivot], rows[column] = rows[column], [value / rows[pivot][column] for value in rows[pivot]]
        for row in (row for row in range(len(panel)) if row != column and rows[row][column]):
            rows[row] = [a - rows[row][column] * b for a, b in zip(rows[row], rows[column], strict=True)]
    bias = {judge: row[-1] for judge, row in zip(panel, rows, strict=False)}  # nobody judged: one row too many
    return {entry: mean([value - bias[judge] for judge, value in sheet.items()]) for entry, sheet in sheets.items()}
def figures(rule: Json, contest: Contest) -> Values:  # Entry -> the figure that ranks; an entry without a result is missing
    sums, counting = {entry: defaultdict[str, F](F) for entry in contest.entries}, list(scopes(rule))
    for scope in counting:
        judging, everything = scope.judging, cells_of(line for each in counting if each.group == scope.group for line in each.lines)
        given = {entry: sheet for entry in contest.entries if (sheet := judged(rule, contest, entry, scope, everything))}
        found = {entry: value for entry, sheet in given.items() if (value := aggregated(judging, sheet.values())) is not None}
        whole = {entry: given[entry] for entry in found}
        found = corrected(whole) if rule["correction"] == "additive" else danced(whole) if judging["aggregate"] == "skating_system" else found
        for entry in list(sums):
            hard = contest.facts["difficulties"].get((entry, scope.part, scope.criterion)) if judging["has_difficulty"] else 1
            value = F(0) if hard is None or entry not in found else rounded(rule, found[entry], "aggregate", scope.part)
            sums[entry][scope.part] += rounded(rule, value * judging["factor"] * F(hard or 0) * scope.weight, "term", scope.part)
            if hard is None or entry not in found: del sums[entry]
    return {entry: ranked(rule, contest.facts, entry, parts) for entry, parts in sums.items()}
def deducted(rule: Json, facts: Json, entry: str) -> F:
    return sum((off if kind["most"] is None else min(off, kind["most"]) for kind in rule["deductions"] for off in [
        kind["points"] * sum(F(n) // kind["each"] for of, key, n in facts["deductions"] if (of, key) == (entry, kind["key"]))]), F(0))
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
    parts = [each | {"weight": F(1), "criteria": [c | {"weight": F(1)} if criterion else c for c in each["criteria"] if criterion in ("", c["key"])]}
             for each in rule["parts"] if each["key"] == part]
    return rule | BARE | {"parts": parts, "roundings": [each for each in rule["roundings"] if each["part"] in ("", part)]}
def untrimmed(rule: Json) -> Json:  # with the mean of all given marks for each aggregate
    everybody = {"aggregate": "mean", "tolerance": None}
    parts = [each | {"judging": each["judging"] and each["judging"] | everybody} for each in rule["parts"]]
    return rule | BARE | {"parts": parts, "judging": rule["judging"] | everybody, "roundings": []}
def compared(rule: Json, contest: Contest, step: str) -> Values:  # Entry -> what a step of the tie chain compares; the greatest comes first
    name, is_lower = step.split(":")[0], rule["better"] == "lower"
    if name in ("most_firsts", "highest_mark"):
        lines = [(w, cells) for p in rule["parts"] if p["weight"] and not p["judging"] for w, _, cells in lines_of(p)]
        sheets = [(judge, entry) for entry in contest.entries for judge in judges(contest, entry, {part for part, _ in cells_of(lines)}, "judging")]
        own = {each: worth(lines, contest.given[each]) for each in sheets if lines and contest.given[each].keys() >= cells_of(lines)}
        best = min if is_lower else max
        top, found = dict[str, F](), dict[str, F]()
        for (judge, entry), value in own.items():
            top[judge], found[entry] = best(value, top.get(judge, value)), best(value, found.get(entry, value))
        if name == "most_firsts": found = {e: F(sum(own.get((j, e)) == value for j, value in top.items())) for e in contest.entries}
    elif name == "fewest_deductions": found = {entry: -deducted(rule, contest.facts, entry) for entry in contest.entries}
    elif name in ("part", "criterion"):
        exact = rule | {"roundings": [each for each in rule["roundings"] if each["at"] != "ranked"]}  # a step compares exact values
        found = figures(alone(exact, *step.split(":")[1].split("/")), contest)
    else: found = figures(untrimmed(rule) if name == "untrimmed_mean" else rule | {"roundings": []}, contest)
    turned = (is_lower and name not in ("most_firsts", "fewest_deductions")) != step.endswith(":lowest")
    return {entry: -value if turned else value for entry, value in found.items()}
def skating(rule: Json, contest: Contest, group: list[str], place: int) -> Iterator[list[str]]:  # rules 10 and 11 for those tied for this place
    sheets = [{e: judged(rule, contest, e, scope, set()) for e in contest.entries} for scope in scopes(rule)]
    dances = [danced({entry: sheet for entry, sheet in each.items() if sheet}) for each in sheets]
    while group:
        order = {e: (-sum(dance[e] <= place for dance in dances), sum(dance[e] for dance in dances if dance[e] <= place)) for e in group}
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
    for seat in assigned: contest.seats[seat[1]].append(seat)
    for (judge, entry, of), sheet in marks.items():
        contest.given[judge, entry] |= {(of, key): points(scales[of, key], count) for key, count in sheet.items()}
    found, pending, memory = figures(rule, contest), list[Any](), dict[str, Values]()
    def split(group: list[str], step: str, ahead: int) -> list[list[str]]:
        recorded = [how for of, how in (lots if step == "lot" else votes) if set(of) == set(group)]
        if step == "skating": return list(skating(rule, contest, group, ahead + 1))
        if step in ("panel_vote", "lot") and not recorded: return []
        if step == "lot": return [[e] for e in sorted(group, key=lambda each: sha256(recorded[-1], b":", each.encode()))]
        if step == "panel_vote":
            value = {entry: F(2 * [name for _, name in recorded[-1]].count(entry) > len(recorded[-1])) for entry in group}
        else: value = memory[step] = memory.get(step) or compared(rule, contest, step)
        order = {entry: (entry not in value, -value.get(entry, F(0))) for entry in group}
        return [[entry for entry in group if order[entry] == key] for key in sorted(set(order.values()))]
    def apart(group: list[str], at: int, ahead: int, by: str) -> Iterator[tuple[list[str], str]]:
        step = rule["ties"][at] if len(group) > 1 else "shared"
        pieces = split(group, step, ahead) if step != "shared" else [group]
        if len(pieces) < 2 and (step == "shared" or not pieces or at + 1 == len(rule["ties"])):
            pending.extend([(group, step)] if step != "shared" else [])
            yield group, "" if step != "shared" else step if len(group) > 1 else by
        else:
            for piece in pieces:
                yield from apart(piece, at + (step != "panel_vote" or len(pieces) == 1), ahead, step if len(pieces) > 1 else by)
                ahead += len(piece)
    sign, near, groups = 1 if rule["better"] == "lower" else -1, rule["near_tie"], list[list[str]]()
    for entry in sorted(found, key=lambda each: (sign * found[each], each)):
        to = found[groups[-1][-1 if near and near["of"] == "neighbour" else 0]] if groups else None
        is_close = to is not None and abs(found[entry] - to) <= (near["band"] if near else 0)
        groups[-1].append(entry) if is_close else groups.append([entry])
    lines, place = list[Json](), 0
    for group in groups:
        for tied, by in [(sorted(group), "near_tie")] if near and len(group) > 1 else list(apart(group, 0, len(lines), "result")):
            place = place + 1 if rule["rank_style"] == "dense" else len(lines) + 1
            lines += [{"entry": e, "rank": place, "result": found[e], "shown": decimal(found[e], rule["shown"]), "decided_by": by} for e in tied]
    return {"lines": lines, "pending": pending}

# From bytes to statements
def result_of(body: Json) -> F: return F(body["result"]["n"], body["result"]["d"])
def sha256(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def canonical(value: object) -> str: return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
def keys(value: Json, names: str) -> Json:
    same("shape", sorted(names.split()), sorted(value))
    return value
def climb(leaf: bytes, path: list[str]) -> str:  # up its path (RFC 6962): side of the neighbour, its hash; at last "c", how far all is sealed
    for side, text in ((step[0], step[1:]) for step in path):
        other = text.encode() if side == "c" else bytes.fromhex(text)
        same("shape", [side, text], [side if side in "lrc" else "", text if side == "c" else other.hex()])
        leaf = sha256(b"\2", leaf, other) if side == "c" else sha256(b"\1", other, leaf) if side == "l" else sha256(b"\1", leaf, other)
    return leaf.hex()
def gathered(entries: list[Json], stage: str) -> tuple[Any, ...]:  # what a seal rests on, replayed
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
    return (seats, sheets, [(v["entries"], v["votes"]) for v in of["tie_voted"]], [(v["entries"], bytes.fromhex(v["seed"])) for v in of["tie_lot"]],
            facts_of([v for v in of["deducted"] if v["id"] not in gone], of["adjusted"], of["difficulty_set"]), {v["entry"]: v["absent"] for v in of["absent"]})
def facts_of(deducted: list[Json], adjusted: list[Json], hard: list[Json]) -> Json:
    return {"deductions": [(v["entry"], v["key"], v["quantity"]) for v in deducted], "adjustments": {v["entry"]: v["amount"] for v in adjusted},
            "difficulties": {(v["entry"], v["part"], v["criterion"]): v["value"] for v in hard}}
class Check:  # one bundle. at: where we are; count: what was computed anew; cited: the hashes that something rests on
    def __init__(self) -> None:
        self.bundle, self.at, self.count, self.cited = Json(), Json(), {"ranks": 0, "results": 0}, set[str]()
    def read(self, data: bytes, root: str) -> Json:  # check the whole and say what it is and how much was computed anew
        try: again = canonical(json.loads(data.decode(), parse_float=int, parse_constant=int)).encode()
        except (ValueError, RecursionError) as error: again = data[: min(getattr(error, "pos", getattr(error, "start", 0)), len(data) - 1)]
        self.at = {"byte": next((n for n, (a, b) in enumerate(zip_longest(data, again), 1) if a != b))} if data != again else {}
        same("bytes", {}, self.at)
        self.bundle = json.loads(again)
        same("shape", "laurel-bundle-1", self.bundle["format"])
        keys(self.bundle, "format kind root rules " + SHAPES[self.bundle["kind"]])
        same("root", root, self.bundle["root"][: len(root)])
        given = {key: text for name in ("rules", "rolls", "score_sets") for key, text in self.bundle.get(name, {}).items()}
        for key, text in given.items(): same("hash", key, sha256(text.encode()).hex())
        (self.whole if self.bundle["kind"] == "supervision" else self.some)()
        self.at = {}
        same("cited", sorted(self.cited), sorted(given))
        return {"kind": self.bundle["kind"], "root": self.bundle["root"]} | self.count
    def go(self, entry: Json) -> Json:
        self.at = {key: entry[key] for key in ("division", "position")} | {"code": entry["body"].get("code", "")}
        return keys(entry, "actor at body division kind position subjects")
    def stated(self, seal: Json, told: Json, marked: Json | None) -> None:
        """A statement belongs to its seal; its result follows from the marks stated, where no other entry's are needed."""
        body, text, entry = self.go(told)["body"], self.bundle["rules"][seal["rule_hash"]], told["body"]["entry"]
        rule, result = json.loads(text), result_of(body)
        same("statement", [True, seal["version"]], [seal["first_stated"] <= told["position"] <= seal["last_stated"], body["version"]])
        same("line", decimal(result, rule["shown"]), body["shown"])
        own = self.go(marked or told)["body"]
        same("statement", body | {"nonce": ""}, {key: own[key] for key in body} | {"nonce": ""})
        if marked is None or rule["correction"] == "additive" or rule["judging"]["aggregate"] == "skating_system": return
        seats = [(each, entry, "", "judging") for each in {*own["judges"], *own["missing"]}]
        seats += [(f"recused {number}", entry, "", "recused") for number in range(own["recused_filled"])]
        marks = {(judge, entry, part): sheet for judge, sheets in own["judges"].items() for part, sheet in sheets.items()}
        facts = facts_of(*([each | {"entry": entry} for each in rows] for rows in (
            own["deductions"], [{"amount": own["adjustment"] or 0}], own["difficulties"])))
        same("line", [str(result)], [str(line["result"]) for line in recompute(text, [entry], seats, marks, (), (), facts, seal["part"])["lines"]])
        self.count["results"] += 1
    def sealed(self, entries: list[Json], seal: Json) -> None:
        """A score set, its statements and every rank in it, from the ledger that stands before it."""
        body, content = seal["body"], json.loads(self.bundle["score_sets"][seal["body"]["hash"]])
        self.cited |= {body["hash"], body["rule_hash"], body["roll_hash"]}
        same("cited", [seal["division"], body["stage"], body["version"], body["rule_hash"], body["roll_hash"]],
             [content[key] for key in ("division_id", "stage", "version", "rule_hash", "roll_hash")])
        seats, counted, votes, lots, facts, absent = gathered(entries, body["stage"])
        codes = {each["entry_id"]: each["code"] for each in json.loads(self.bundle["rolls"][body["roll_hash"]])["items"] if not absent.get(each["entry_id"])}
        text, items, told = self.bundle["rules"][body["rule_hash"]], content["items"], entries[body["first_stated"] - 1 : body["last_stated"]]
        anew = {each["entry"]: each for each in recompute(text, codes, seats, counted, votes, lots, facts, body["part"])["lines"]}
        same("line", sorted(codes), sorted(anew))
        panel, sheets = {seat[:2] for seat in seats if seat[3] == "judging"}, {entry: defaultdict[str, Json](dict) for entry in codes}
        for (judge, entry, part), sheet in counted.items():
            if (judge, entry) in panel and body["part"] in (None, part): sheets[entry][judge][part] = sheet
        same("statement", [(kind, each["code"]) for kind in ("stated", "marks_stated") for each in items],
             [(each["kind"], each["body"]["code"]) for each in told])
        for item, stated, marked in zip(items, told, told[len(items) :], strict=False):
            entry, self.at = item["entry_id"], {"division": seal["division"], "position": seal["position"], "code": item["code"]}
            line = anew[entry] | {"entry_id": entry, "code": codes[entry], "result": dict(zip("nd", anew[entry]["result"].as_integer_ratio(), strict=True))}
            same("line", {key: line[key] for key in sorted(item)}, item)
            same("statement", item, {key: self.go(stated)["body"]["entry" if key == "entry_id" else key] for key in sorted(item)})
            same("marks", sorted(map(canonical, sheets[entry].values())), sorted(map(canonical, self.go(marked)["body"]["judges"].values())))
            self.stated(body, stated, marked)
        self.count["ranks"] += len(items)
    def whole(self) -> None:  # every chain, the root over them, every seal
        leaves, ids = list[bytes](), [chain["division"] for chain in self.bundle["divisions"]]
        for chain in self.bundle["divisions"]:
            head, entries, last = bytes(32), list[Json](), Json()
            for position, (digest, text) in enumerate(keys(chain, "division entries")["entries"], 1):
                self.at, head = {"division": chain["division"], "position": position}, sha256(head, text.encode())
                same("chain", head.hex(), digest)
                last = self.go(json.loads(text))
                same("chain", [chain["division"], position], [last["division"], last["position"]])
                if last["kind"] == "score_set_sealed": self.sealed(entries, last)
                entries.append(last)
                leaves.append(sha256(b"\0", text.encode()))
            same("seal", ["score_set_sealed", "final"], [last["kind"], last["body"].get("stage")])
        self.at = {}
        same("root", [self.bundle["size"], int, sorted(set(ids))], [len(leaves), type(self.bundle["size"]), ids])
        while len(leaves) > 1: leaves = [sha256(b"\1", *pair) if pair[1] else pair[0] for pair in zip_longest(leaves[::2], leaves[1::2], fillvalue=b"")]
        same("root", self.bundle["root"], climb(leaves[0], ["c" + canonical({chain["division"]: len(chain["entries"]) for chain in self.bundle["divisions"]})]))
    def some(self) -> None:  # statements of a public or own bundle: each on its path, under its seal, the ranks as the results say
        found, before, is_own = defaultdict[str, dict[Any, Json]](dict), ("", 0), self.bundle["kind"] == "own"
        for number, each in enumerate(self.bundle["statements"], 1):
            self.at, leaf = {"statement": number}, sha256(b"\0", keys(each, "entry path")["entry"].encode())
            same("root", self.bundle["root"], climb(leaf, each["path"]))
            entry = self.go(json.loads(each["entry"]))
            if (entry["kind"], entry["body"]["stage"]) == ("score_set_sealed", "final"): same("cited", json.loads(each["path"][-1][1:])[entry["division"]], entry["position"])
            found[entry["kind"]][entry["division"], entry["body"]["stage"], entry["body"].get("entry", "")] = entry
            same("shape", True, before < (before := (entry["division"], entry["position"])))
        seals, told, marked = (found[kind] for kind in ("score_set_sealed", "stated", "marks_stated"))
        self.at, self.cited, self.count["ranks"] = {}, {seal["body"]["rule_hash"] for seal in seals.values()}, len(told)
        same("shape", [len(self.bundle["statements"]), {key[:2] for key in seals}], [len(seals) + len(told) + len(marked), {key[:2] for key in told}])
        same("statement", [sorted(told) if is_own else [], True], [sorted(marked), len({key[2] for key in told}) == 1 or (not is_own and told != {})])
        for key, entry in told.items(): self.stated(seals[*key[:2], ""]["body"], entry, marked.get(key))
        for key, first, rule in ((key, seal["body"]["first_stated"], json.loads(self.bundle["rules"][seal["body"]["rule_hash"]])) for key, seal in seals.items()):
            rows = [each for of, each in told.items() if of[:2] == key[:2]]  # in the ledger's order, so that nobody better is left out
            same("statement", is_own or [1, *range(first, first + len(rows))], is_own or [self.go(rows[0])["body"]["rank"], *(each["position"] for each in rows)])
            rows.sort(key=lambda each: (result_of(each["body"]) * (1 if rule["better"] == "lower" else -1), each["body"]["rank"]))
            for at, (a, b) in enumerate(pairwise(self.go(each)["body"] for each in rows), 1):
                apart = not ((is_tie := a["result"] == b["result"]) and "result" in (a["decided_by"], b["decided_by"]))
                apart &= b["rank"] == (a["rank"] if rule["rank_style"] == "dense" else at) + 1
                same("line", True, apart or (a["rank"] == b["rank"] and (is_tie or rule["near_tie"] is not None)))
def verify(data: bytes, root: str = "") -> Json:
    """What the bundle is and how much of it was computed anew. Raises Difference with its place. root: as printed."""
    check = Check()
    try: return check.read(data, root)
    except Exception as error:  # whatever a forgery breaks is a difference
        difference = error if isinstance(error, Difference) else Difference("shape", "", repr(error))
        difference.place = check.at
        raise difference from error
def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="verify", description="Check a bundle of a sealed competition. 核验成绩包。")
    for name, more in (("bundle", {}), ("--language", {"choices": ("zh-CN", "en"), "default": ""}), ("--root", {"default": ""})):
        parser.add_argument(name, **more)
    options, spoken = parser.parse_args(words), next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    says = {key: texts[0 if (options.language or spoken).startswith("zh") else 1] for key, texts in SAYS.items()}
    try:
        with open(options.bundle, "rb") as file: found = verify(file.read(), options.root.replace(" ", ""))
        status, told = 0, [f"{says['yes']}: {says['told'].format(**found)}", "{kind} {root}".format(**found)]
    except OSError: status, told = 2, [f"{options.bundle}: {says['unread']}"]
    except Difference as what:
        place = ", ".join(f"{key} {value}" for key, value in what.place.items() if value)
        status, told = 1, [f"{says['no']}: {says[what.args[0]]} ({what.args[0]})", place, *(
            f"{says[word]}: {value}" for word, value in zip(("expected", "found"), what.args[1:], strict=True))]
    print(*told, sep="\n", file=sys.stderr if status == 2 else sys.stdout)
    return status
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
