// The check of a bundle a third time, in a browser, offline: the same description as shared/verifier/verify.py, with
// BigInt fractions and its own SHA-256 (a page on the local network has no crypto.subtle). It fetches nothing.
//
//   verify(bytes, root?, onProgress?) -> {kind, root, ranks, results}; throws Difference {code, place, expected, found}

export class Difference extends Error {
  constructor(code, expected = "", found = "") {
    super(code);
    Object.assign(this, { code, expected: told(expected), found: told(found), place: {} });
  }
}

const told = (value) => (typeof value === "string" ? value : canonical(value));
const same = (code, expected, found) => {
  if (canonical(expected) !== canonical(found)) throw new Difference(code, expected, found);
};

// Fractions ----------------------------------------------------------------------------------------------------------

class Fraction {
  constructor(n, d = 1n) {
    if (d === 0n) throw new RangeError("a fraction over zero");
    if (d < 0n) [n, d] = [-n, -d];
    let [a, b] = [n < 0n ? -n : n, d];
    while (b) [a, b] = [b, a % b];
    this.n = n / (a || 1n);
    this.d = d / (a || 1n);
  }
  plus(other) { return new Fraction(this.n * other.d + other.n * this.d, this.d * other.d); }
  minus(other) { return new Fraction(this.n * other.d - other.n * this.d, this.d * other.d); }
  times(other) { return new Fraction(this.n * other.n, this.d * other.d); }
  over(other) { return new Fraction(this.n * other.d, this.d * other.n); }
  compare(other) { const left = this.n * other.d - other.n * this.d; return left < 0n ? -1 : left > 0n ? 1 : 0; }
  negative() { return new Fraction(-this.n, this.d); }
}

const whole = (value) => new Fraction(BigInt(value));
const ZERO = whole(0);
const ONE = whole(1);
const HALF = new Fraction(1n, 2n);
const sum = (values) => values.reduce((total, each) => total.plus(each), ZERO);
const mean = (values) => sum(values).over(whole(values.length));
const least = (one, other) => (one.compare(other) <= 0 ? one : other);
const most = (one, other) => (one.compare(other) >= 0 ? one : other);

/** A decimal text or a whole number, as facts are recorded. */
function fraction(text) {
  if (text instanceof Fraction) return text;
  if (typeof text !== "string") return whole(text);
  const found = /^([+-]?)(\d+)(?:\.(\d+))?(?:\/(\d+))?$/.exec(text.trim());
  if (!found) throw new SyntaxError(`no number: ${text}`);
  const [, sign, digits, rest = "", under = "1"] = found;
  const value = new Fraction(BigInt(digits + rest), 10n ** BigInt(rest.length) * BigInt(under));
  return sign === "-" ? value.negative() : value;
}

/** To a multiple of the unit: half_up away from zero, half_even, truncate towards zero. */
function multiple(value, unit, mode) {
  const size = new Fraction(value.n < 0n ? -value.n : value.n, value.d).over(unit);
  let count = size.n / size.d;
  const rest = new Fraction(size.n % size.d, size.d).compare(HALF);
  if (mode !== "truncate" && (rest > 0 || (rest === 0 && (mode === "half_up" || count % 2n === 1n)))) count += 1n;
  return new Fraction(value.n < 0n ? -count : count).times(unit);
}

function decimal(value, shown) {
  const digits = Number(shown.digits);
  const unit = new Fraction(1n, 10n ** BigInt(digits));
  const count = multiple(value, unit, shown.mode).over(unit).n;
  const figures = (count < 0n ? -count : count).toString().padStart(digits + 1, "0");
  const dot = figures.length - digits;
  return (count < 0n ? "-" : "") + figures.slice(0, dot) + (digits ? `.${figures.slice(dot)}` : "");
}

// From marks to figures ----------------------------------------------------------------------------------------------

const key = (...parts) => JSON.stringify(parts);
const byText = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

function rounded(rule, value, at, part) {
  for (const each of rule.roundings) {
    if (each.at === at && ["", part].includes(each.part)) {
      value = multiple(value, new Fraction(1n, 10n ** each.digits), each.mode);
    }
  }
  return value;
}

function points(scale, count) {
  if (typeof count !== "bigint" || count < scale.lowest || count > scale.highest) {
    throw new Difference("mark", [scale.lowest, scale.highest], count);
  }
  if (scale.grades.length) return scale.grades[Number(count)].points;
  const step = scale.steps.find((each) => count <= each.to);
  return step ? step.points : new Fraction(count).times(scale.unit);
}

/** The marks of a part: [criterion, cell, scale]. */
const cells = (part) =>
  part.criteria.flatMap((criterion) =>
    criterion.items.map((item) => [
      criterion.key, key(part.key, item.key ? `${criterion.key}.${item.key}` : criterion.key), item.scale,
    ]));

/** Each criterion of a part: its weight in the total, itself, its cells. */
const linesOf = (part) =>
  part.criteria.map((criterion) => [
    part.weight.times(criterion.weight), criterion,
    cells(part).filter(([of]) => of === criterion.key).map(([, cell]) => cell),
  ]);

/** A criterion, a part, or a judge's total over the parts that are not judged apart; a part of weight 0 makes none. */
function scopes(rule) {
  const found = [];
  const together = [];
  const parts = [];
  for (const part of rule.parts.filter((each) => each.weight.n)) {
    const judging = part.judging ?? rule.judging;
    const group = part.judging ? part.key : "";
    const lines = linesOf(part);
    if (judging.level === "criterion") {
      for (const [weight, criterion, some] of lines) {
        found.push({
          group, part: part.key, parts: [part.key], criterion: criterion.key, judging, weight, lines: [[ONE, some]],
        });
      }
    } else if (judging.level === "part" || group) {
      const own = lines.map(([, criterion, some]) => [criterion.weight, some]);
      found.push({
        group, part: part.key, parts: [part.key], criterion: "", judging, weight: part.weight, lines: own,
      });
    } else {
      together.push(...lines.map(([weight, , some]) => [weight, some]));
      parts.push(part.key);
    }
  }
  if (together.length) {
    found.push({ group: "", part: "", parts, criterion: "", judging: rule.judging, weight: ONE, lines: together });
  }
  return found;
}

const cellsOf = (lines) => new Set(lines.flatMap(([, some]) => some));
const hasAll = (marks, wanted) => [...wanted].every((cell) => marks.has(cell));
const worth = (lines, marks) =>
  sum(lines.map(([weight, some]) => weight.times(sum(some.map((cell) => marks.get(cell))))));

/** Who sits for one of these parts of the entry in that state; one recusal is enough. */
function judges(contest, entry, parts, state) {
  const found = new Map();
  for (const [judge, , of, is] of contest.seats.get(entry) ?? []) {
    if (["", ...parts].includes(of) && found.get(judge) !== "recused") found.set(judge, is);
  }
  return [...found].filter(([, is]) => is === state).map(([judge]) => judge).sort(byText);
}

const givenBy = (contest, judge, entry) => contest.given.get(key(judge, entry)) ?? new Map();

/** Judge -> value of the scope, missing and recused judges as the rule says; empty: no result. */
function judged(rule, contest, entry, scope, everything) {
  const { judging } = scope;
  const { missing } = judging;
  const own = cellsOf(scope.lines);
  const given = new Map();
  for (const judge of judges(contest, entry, scope.parts, "judging")) {
    const marks = givenBy(contest, judge, entry);
    if (missing !== "void" || hasAll(marks, everything)) given.set(judge, marks);
  }
  const full = new Map([...given].filter(([, marks]) => hasAll(marks, own)));
  const dropped = judging.aggregate.includes("trimmed") ? judging.drop.highest + judging.drop.lowest : 0n;
  const enough = [dropped + 1n, judging.fewest_marks, judging.middle ? judging.middle.marks : 1n];
  if (enough.some((count) => full.size < count)) return new Map();
  if (["no_lock", "reserve"].includes(missing) && full.size < given.size) return new Map();
  const fill = new Map([...given].filter(([judge]) => missing === "mean_of_others" && !full.has(judge)));
  if (rule.recusal === "mean_of_others") {
    for (const judge of judges(contest, entry, scope.parts, "recused")) fill.set(judge, new Map());
  }
  for (const [judge, marks] of fill) {
    const filled = new Map(marks);
    for (const cell of own) {
      if (marks.has(cell)) continue;
      const theirs = [...given].filter(([other, have]) => other !== judge && have.has(cell)).map(([, have]) => have.get(cell));
      if (!theirs.length) return new Map();
      filled.set(cell, multiple(mean(theirs), judging.others.unit, judging.others.mode));
    }
    full.set(judge, filled);
  }
  return new Map([...full].map(([judge, marks]) => [judge, rounded(rule, worth(scope.lines, marks), "judge", scope.part)]));
}

/** One value out of the judges' values; null where they must mark again. */
function aggregated(judging, given) {
  const ordered = [...given].sort((one, other) => one.compare(other));
  const { aggregate, tolerance } = judging;
  const count = ordered.length;
  let left = ordered;
  if (aggregate.includes("trimmed")) left = ordered.slice(Number(judging.drop.lowest), count - Number(judging.drop.highest));
  if (aggregate === "middle_mean") {
    const marks = Number(judging.middle.marks);
    const from = Math.floor((count - marks + (judging.middle.odd === "lowest" ? 1 : 0)) / 2);
    left = ordered.slice(from, from + marks);
  }
  if (tolerance && tolerance.then !== "alert") {
    const apart = tolerance.of === "given" ? ordered : left;
    if (apart[apart.length - 1].minus(apart[0]).compare(tolerance.spread) > 0) {
      return tolerance.then === "remark" ? null : mean(ordered);
    }
  }
  if (aggregate === "median") left = ordered.slice(Math.floor((count - 1) / 2), Math.floor(count / 2) + 1);
  if (aggregate === "clamped_mean") {
    const [low, high] = [mean(ordered).minus(judging.margin), mean(ordered).plus(judging.margin)];
    left = ordered.map((value) => least(most(value, low), high));
  }
  return ["sum", "trimmed_sum"].includes(aggregate) ? sum(left) : mean(left);
}

function compareRows(one, other) {
  for (let at = 0; at < one.length; at += 1) {
    const found = one[at].compare(other[at]);
    if (found) return found;
  }
  return 0;
}

/** Entries in groups of equal key, the least key first; in a group the order given. */
function grouped(entries, keyOf) {
  const rows = entries.map((entry) => [entry, keyOf(entry)]).sort((one, other) => compareRows(one[1], other[1]));
  const groups = [];
  rows.forEach(([entry, row], at) => {
    if (at && compareRows(rows[at - 1][1], row) === 0) groups[groups.length - 1].push(entry);
    else groups.push([entry]);
  });
  return groups;
}

/** Skating rules 5 to 8: who has a majority of places 1…k; the larger one, the lower sum, then the next columns. */
function byMajority(sheets, first, panel) {
  const highest = Math.max(first, ...[...sheets.values()].flat().map((mark) => Number(mark.n / mark.d)));
  const columns = Array.from({ length: highest - first + 1 }, (_, at) => whole(first + at));
  let left = [...sheets.keys()].sort(byText);
  const upto = new Map(left.map((entry) => [
    entry, columns.map((column) => sheets.get(entry).filter((mark) => mark.compare(column) <= 0)),
  ]));
  const found = [];
  columns.forEach((_, at) => {
    const ready = left.filter((entry) => 2 * upto.get(entry)[at].length > panel);
    left = left.filter((entry) => !ready.includes(entry));
    found.push(...grouped(ready, (entry) => upto.get(entry).slice(at).flatMap((some) => [whole(-some.length), sum(some)])));
  });
  if (left.length) found.push(left);
  return found;
}

/** The places of one dance; who cannot be told apart shares the mean of the places. */
function danced(sheets) {
  const panel = new Set([...sheets.values()].flatMap((sheet) => [...sheet.keys()])).size;
  const places = new Map();
  const marks = new Map([...sheets].map(([entry, sheet]) => [entry, [...sheet.values()]]));
  for (const tied of byMajority(marks, 1, panel)) {
    const place = whole(places.size).plus(new Fraction(BigInt(tied.length + 1), 2n));
    for (const entry of tied) places.set(entry, place);
  }
  return places;
}

/** Least squares: value = entry + judge, the judges' sum 0. Nobody has a result unless judges link all entries. */
function corrected(sheets) {
  const panel = [...new Set([...sheets.values()].flatMap((sheet) => [...sheet.keys()]))].sort(byText);
  if (!panel.length) return new Map();
  const place = new Map(panel.map((judge, at) => [judge, at]));
  const rows = panel.map(() => Array(panel.length + 1).fill(ZERO));
  for (const sheet of sheets.values()) {
    const middle = mean([...sheet.values()]);
    const share = new Fraction(1n, BigInt(sheet.size));
    for (const [judge, value] of sheet) {
      const row = rows[place.get(judge)];
      row[place.get(judge)] = row[place.get(judge)].plus(ONE);
      row[panel.length] = row[panel.length].plus(value.minus(middle));
      for (const other of sheet.keys()) row[place.get(other)] = row[place.get(other)].minus(share);
    }
  }
  rows[panel.length - 1] = [...panel.map(() => ONE), ZERO];
  for (let column = 0; column < panel.length; column += 1) {
    const pivot = rows.findIndex((row, at) => at >= column && row[column].n !== 0n);
    if (pivot < 0) return new Map();
    const row = rows[pivot].map((value) => value.over(rows[pivot][column]));
    rows[pivot] = rows[column];
    rows[column] = row;
    rows.forEach((other, at) => {
      if (at === column || other[column].n === 0n) return;
      rows[at] = other.map((value, here) => value.minus(other[column].times(row[here])));
    });
  }
  return new Map([...sheets].map(([entry, sheet]) => [
    entry, mean([...sheet].map(([judge, value]) => value.minus(rows[place.get(judge)][panel.length]))),
  ]));
}

/** Entry -> the figure that ranks; an entry without a result is missing. */
function figures(rule, contest) {
  const sums = new Map(contest.entries.map((entry) => [entry, new Map()]));
  const counting = scopes(rule);
  for (const scope of counting) {
    const { judging } = scope;
    const everything = cellsOf(counting.filter((each) => each.group === scope.group).flatMap((each) => each.lines));
    const given = new Map();
    let found = new Map();
    for (const entry of contest.entries) {
      const sheet = judged(rule, contest, entry, scope, everything);
      const value = sheet.size ? aggregated(judging, sheet.values()) : null;
      if (value) {
        given.set(entry, sheet);
        found.set(entry, value);
      }
    }
    if (rule.correction === "additive") found = corrected(given);
    else if (judging.aggregate === "skating_system") found = danced(given);
    for (const [entry, parts] of sums) {
      const hard = judging.has_difficulty ? contest.facts.difficulties.get(key(entry, scope.part, scope.criterion)) : "1";
      if (hard === undefined || !found.has(entry)) {
        sums.delete(entry);
        continue;
      }
      const value = rounded(rule, found.get(entry), "aggregate", scope.part);
      const term = value.times(judging.factor).times(fraction(hard)).times(scope.weight);
      parts.set(scope.part, (parts.get(scope.part) ?? ZERO).plus(rounded(rule, term, "term", scope.part)));
    }
  }
  return new Map([...sums].map(([entry, parts]) => [entry, ranked(rule, contest.facts, entry, parts)]));
}

function deducted(rule, facts, entry) {
  return sum(rule.deductions.map((kind) => {
    const times = facts.deductions.filter(([of, which]) => of === entry && which === kind.key).map(([, , quantity]) => {
      const found = fraction(quantity).over(kind.each);
      return whole(found.n / found.d);
    });
    const off = kind.points.times(sum(times));
    return kind.most ? least(off, kind.most) : off;
  }));
}

/** The parts' sum, with what is deducted and adjusted, not below zero where the rule says so, rounded where it says so. */
function ranked(rule, facts, entry, parts) {
  let total = sum([...parts].map(([part, value]) => (part ? rounded(rule, value, "part", part) : value)));
  const off = deducted(rule, facts, entry);
  total = rule.better === "lower" ? total.plus(off) : total.minus(off);
  if (rule.adjustment) total = total.plus(fraction(facts.adjustments.get(entry) ?? "0"));
  return rounded(rule, rule.below_zero === false ? most(total, ZERO) : total, "ranked", "");
}

// From figures to ranks ----------------------------------------------------------------------------------------------

const BARE = {
  deductions: [], below_zero: null, adjustment: null, correction: "none", near_tie: null, ties: ["shared"],
};

/** The rule for one part, or one criterion of it, at weight 1; nothing deducted, adjusted, corrected, grouped. */
function alone(rule, part, criterion = "") {
  const only = (criteria) =>
    criterion ? criteria.filter((each) => each.key === criterion).map((each) => ({ ...each, weight: ONE })) : criteria;
  const parts = rule.parts.filter((each) => each.key === part)
    .map((each) => ({ ...each, weight: ONE, criteria: only(each.criteria) }));
  return { ...rule, ...BARE, parts, roundings: rule.roundings.filter((each) => ["", part].includes(each.part)) };
}

/** The rule with the mean of all given marks in place of each aggregate, nothing rounded. */
function untrimmed(rule) {
  const everybody = { aggregate: "mean", tolerance: null };
  const parts = rule.parts.map((each) => ({ ...each, judging: each.judging && { ...each.judging, ...everybody } }));
  return { ...rule, ...BARE, parts, judging: { ...rule.judging, ...everybody }, roundings: [] };
}

/** Entry -> what a step of the tie chain compares; the greatest comes first. */
function compared(rule, contest, step) {
  const [name, of = ""] = step.split(":");
  const isLower = rule.better === "lower";
  let found;
  if (name === "most_firsts" || name === "highest_mark") {
    const best = isLower ? least : most;
    const together = rule.parts.filter((part) => part.weight.n && !part.judging);
    const lines = together.flatMap((part) => linesOf(part).map(([weight, , some]) => [weight, some]));
    const own = contest.entries.flatMap((entry) => judges(contest, entry, together.map((part) => part.key), "judging")
      .map((judge) => [judge, entry, givenBy(contest, judge, entry)])
      .filter(([, , marks]) => lines.length && hasAll(marks, cellsOf(lines)))
      .map(([judge, , marks]) => [judge, entry, worth(lines, marks)]));
    const bestBy = (at) => {
      const map = new Map();
      for (const row of own) map.set(row[at], map.has(row[at]) ? best(map.get(row[at]), row[2]) : row[2]);
      return map;
    };
    if (name === "highest_mark") {
      found = bestBy(1);
    } else {
      const top = bestBy(0);
      const firsts = own.filter(([judge, , value]) => value.compare(top.get(judge)) === 0);
      found = new Map(contest.entries.map((entry) => [entry, whole(firsts.filter(([, mine]) => mine === entry).length)]));
    }
  } else if (name === "fewest_deductions") {
    found = new Map(contest.entries.map((entry) => [entry, deducted(rule, contest.facts, entry).negative()]));
  } else if (name === "part" || name === "criterion") {
    const exact = { ...rule, roundings: rule.roundings.filter((each) => each.at !== "ranked") };
    found = figures(alone(exact, ...of.split("/")), contest);
  } else {
    found = figures(name === "untrimmed_mean" ? untrimmed(rule) : { ...rule, roundings: [] }, contest);
  }
  const turned = (isLower && !["most_firsts", "fewest_deductions"].includes(name)) !== step.endsWith(":lowest");
  return new Map([...found].map(([entry, value]) => [entry, turned ? value.negative() : value]));
}

/** Rules 10 and 11 for those tied for this place. */
function skating(rule, contest, group, place) {
  const sheets = scopes(rule).map((scope) =>
    new Map(contest.entries.map((entry) => [entry, judged(rule, contest, entry, scope, new Set())])));
  const dances = sheets.map((each) => danced(new Map([...each].filter(([, sheet]) => sheet.size))));
  const found = [];
  let left = group;
  let at = place;
  while (left.length) {
    const here = whole(at);
    const [best] = grouped(left, (entry) => {
      const won = dances.map((dance) => dance.get(entry)).filter((mine) => mine.compare(here) <= 0);
      return [whole(-won.length), sum(won)];
    });
    const marks = new Map(best.map((entry) => [entry, sheets.flatMap((each) => [...each.get(entry).values()])]));
    found.push(...(best.length > 1 ? byMajority(marks, at, marks.get(best[0]).length) : [best]));
    left = left.filter((entry) => !best.includes(entry));
    at += best.length;
  }
  return found;
}

/** Ranks from marks; see recompute in verify.py. ruleJson: canonical text; seats, marks, votes, lots and facts as there. */
export function recompute(ruleJson, entries, seats, marks, votes = [], lots = [], facts = null, part = null) {
  const read = readJson(ruleJson, true);
  const rule = part ? alone(read, part) : read;
  const scales = new Map(read.parts.flatMap((each) => cells(each).map(([, cell, scale]) => [cell, scale])));
  const contest = {
    entries: [...entries].sort(byText),
    seats: new Map(),
    given: new Map(),
    facts: facts ?? { deductions: [], adjustments: new Map(), difficulties: new Map() },
  };
  for (const seat of seats) contest.seats.set(seat[1], [...(contest.seats.get(seat[1]) ?? []), seat]);
  for (const [judge, entry, of, sheet] of marks) {
    const own = contest.given.get(key(judge, entry)) ?? new Map();
    for (const [name, count] of Object.entries(sheet)) own.set(key(of, name), points(scales.get(key(of, name)), count));
    contest.given.set(key(judge, entry), own);
  }
  const found = figures(rule, contest);
  const pending = [];
  const memory = new Map();

  const split = (group, step, ahead) => {
    const isGroup = ([of]) => of.length === group.length && group.every((entry) => of.includes(entry));
    const recorded = (step === "lot" ? lots : votes).filter(isGroup).map(([, how]) => how).pop();
    if (step === "skating") return skating(rule, contest, group, ahead + 1);
    if (["panel_vote", "lot"].includes(step) && !recorded) return [];
    if (step === "lot") {
      const drawn = group.map((entry) => [hex(sha256(recorded, utf8(":"), utf8(entry))), entry]);
      return drawn.sort((one, other) => byText(one[0], other[0])).map(([, entry]) => [entry]);
    }
    if (step === "panel_vote") {
      const named = (entry) => 2 * recorded.filter(([, name]) => name === entry).length > recorded.length;
      return grouped(group, (entry) => [named(entry) ? ZERO : ONE]);
    }
    if (!memory.has(step)) memory.set(step, compared(rule, contest, step));
    const value = memory.get(step);
    return grouped(group, (entry) => (value.has(entry) ? [ZERO, value.get(entry).negative()] : [ONE, ZERO]));
  };

  const apart = (group, at, ahead, by) => {
    const step = group.length > 1 ? rule.ties[at] : "shared";
    const pieces = step === "shared" ? [group] : split(group, step, ahead);
    if (pieces.length < 2 && (step === "shared" || !pieces.length || at + 1 === rule.ties.length)) {
      if (step !== "shared") pending.push([group, step]);
      return [[group, step !== "shared" ? "" : group.length > 1 ? step : by]];
    }
    const blocks = [];
    for (const piece of pieces) {
      const next = step !== "panel_vote" || pieces.length === 1 ? at + 1 : at;
      blocks.push(...apart(piece, next, ahead, pieces.length > 1 ? step : by));
      ahead += piece.length;
    }
    return blocks;
  };

  const near = rule.near_tie;
  const order = [...found.keys()].sort((one, other) => {
    const by = found.get(one).compare(found.get(other));
    return (rule.better === "lower" ? by : -by) || byText(one, other);
  });
  const groups = [];
  for (const entry of order) {
    const last = groups[groups.length - 1];
    const to = last && found.get(last[near && near.of === "neighbour" ? last.length - 1 : 0]);
    const gap = to && most(found.get(entry).minus(to), to.minus(found.get(entry)));
    if (gap && gap.compare(near ? near.band : ZERO) <= 0) last.push(entry);
    else groups.push([entry]);
  }
  const lines = [];
  let place = 0;
  for (const group of groups) {
    const blocks = near && group.length > 1 ? [[[...group].sort(byText), "near_tie"]] : apart(group, 0, lines.length, "result");
    for (const [tied, by] of blocks) {
      place = rule.rank_style === "dense" ? place + 1 : lines.length + 1;
      for (const entry of tied) {
        const result = found.get(entry);
        lines.push({ entry, rank: BigInt(place), result, shown: decimal(result, rule.shown), decided_by: by });
      }
    }
  }
  return { lines, pending };
}

// Bytes, hashes, JSON ------------------------------------------------------------------------------------------------

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new SyntaxError("no hexadecimal text");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
};

const PRIMES = (() => {
  const found = [];
  for (let each = 2; found.length < 64; each += 1) if (found.every((prime) => each % prime)) found.push(each);
  return found;
})();
const bits = (value) => Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;
const ROUND = Int32Array.from(PRIMES, (prime) => bits(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => bits(Math.sqrt(prime)));

/** SHA-256 of the parts one after another (FIPS 180-4). */
export function sha256(...parts) {
  const length = parts.reduce((total, part) => total + part.length, 0);
  const padded = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  let at = 0;
  for (const part of parts) {
    padded.set(part, at);
    at += part.length;
  }
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const state = Int32Array.from(START);
  const words = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const [x, y] = [words[i - 15], words[i - 2]];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + high + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
      const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) | 0; });
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setInt32(4 * i, word));
  return new Uint8Array(out.buffer);
}

/** JSON with sorted keys and no spaces. */
function canonical(value) {
  if (value instanceof Fraction) return `{"d":${value.d},"n":${value.n}}`;
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const rows = Object.keys(value).sort(byText).map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${rows.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

const NUMBER = "\u0000";

/** JSON with every whole number as a BigInt; in a rule {"d", "n"} is a fraction. */
function readJson(text, isRule = false) {
  const marked = text.replace(/("(?:[^"\\]|\\.)*")|-?\d+(?:[.eE][-+.\deE]*)?/g, (found, quoted) =>
    quoted ?? `"\\u0000${found}"`);
  return JSON.parse(marked, (_, value) => {
    if (typeof value === "string" && value.startsWith(NUMBER)) return BigInt(value.slice(1));
    if (isRule && value && typeof value === "object" && Object.keys(value).sort().join() === "d,n") {
      return new Fraction(value.n, value.d);
    }
    return value;
  });
}

// From bytes to statements -------------------------------------------------------------------------------------------

const SHAPES = { public: ["statements"], own: ["statements"], supervision: ["divisions", "rolls", "score_sets", "size"] };
const ENTRY = ["actor", "at", "body", "division", "kind", "position", "subjects"];
const resultOf = (body) => new Fraction(body.result.n, body.result.d);

function keys(value, names) {
  same("shape", [...names].sort(byText), Object.keys(value).sort(byText));
  return value;
}

/** From a leaf up its path (RFC 6962): side of the neighbour, its hash; at last "c" and how far each division is sealed. */
function climb(leaf, path) {
  for (const step of path) {
    if (step[0] === "c") {
      leaf = sha256([2], leaf, utf8(step.slice(1)));
      continue;
    }
    const other = unhex(step.slice(1));
    same("shape", step, (step[0] === "l" ? "l" : "r") + hex(other));
    leaf = step[0] === "l" ? sha256([1], other, leaf) : sha256([1], leaf, other);
  }
  return hex(leaf);
}

function factsOf(deductions, adjusted, hard) {
  return {
    deductions: deductions.map((each) => [each.entry, each.key, each.quantity]),
    adjustments: new Map(adjusted.map((each) => [each.entry, each.amount])),
    difficulties: new Map(hard.map((each) => [key(each.entry, each.part, each.criterion), each.value])),
  };
}

/** What a seal rests on, replayed: seats as locked, sheets that count, votes, lots, facts. */
function gathered(entries, stage) {
  const of = new Map();
  const sheets = new Map();
  const all = (kind) => of.get(kind) ?? [];
  for (const { kind, body, subjects } of entries) {
    if (kind === "revision" && body.disposition === "counted") {
      sheets.set(key(subjects.judge, body.entry, body.part), [subjects.judge, body.entry, body.part, body.marks]);
    }
    if (body.stage === stage) {
      const name = ["locked", "unlocked"].includes(kind) ? "lock" : kind;
      if (!of.has(name)) of.set(name, []);
      of.get(name).push({ ...body, people: subjects, is: kind });
    }
  }
  const lock = all("lock").pop();
  same("seal", "locked", lock ? lock.is : "");
  const gone = all("deduction_withdrawn").map((each) => each.id);
  const seats = [["judging", lock.panel], ["recused", lock.recused]].flatMap(([state, rows]) =>
    Object.entries(rows).flatMap(([entry, names]) => names.map((name) => [lock.people[name], entry, "", state])));
  return {
    seats,
    sheets: [...sheets.values()],
    votes: all("tie_voted").map((each) => [each.entries, each.votes]),
    lots: all("tie_lot").map((each) => [each.entries, unhex(each.seed)]),
    facts: factsOf(all("deducted").filter((each) => !gone.includes(each.id)), all("adjusted"), all("difficulty_set")),
    absent: new Map(all("absent").map((each) => [each.entry, each.absent])),
  };
}

class Check {
  constructor(onProgress) {
    Object.assign(this, { at: {}, ranks: 0, results: 0, cited: new Set(), onProgress });
  }

  read(bytes, root) {
    let text;
    let again = "";
    this.at = { byte: 1 };
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      this.bundle = JSON.parse(text);
      again = canonical(this.bundle);
    } catch (error) {
      throw new Difference("bytes", "JSON", String(error));
    }
    if (text !== again) {
      let at = 0;
      while (text[at] === again[at]) at += 1;
      this.at = { byte: utf8(text.slice(0, at)).length + 1 };
      throw new Difference("bytes");
    }
    this.at = {};
    const { bundle } = this;
    same("shape", "laurel-bundle-1", bundle.format);
    keys(bundle, ["format", "kind", "root", "rules", ...SHAPES[bundle.kind]]);
    same("root", root, bundle.root.slice(0, root.length));
    const given = Object.entries({ ...bundle.rules, ...(bundle.rolls ?? {}), ...(bundle.score_sets ?? {}) });
    for (const [name, content] of given) same("hash", name, hex(sha256(utf8(content))));
    if (bundle.kind === "supervision") this.whole();
    else this.some();
    this.at = {};
    same("cited", [...this.cited].sort(byText), given.map(([name]) => name).sort(byText));
    return { kind: bundle.kind, root: bundle.root, ranks: this.ranks, results: this.results };
  }

  go(entry) {
    this.at = { division: entry.division, position: Number(entry.position), code: entry.body.code ?? "" };
    return keys(entry, ENTRY);
  }

  /** A statement belongs to its seal; its result follows from the marks stated, where no other entry's are needed. */
  stated(seal, told, marked) {
    const text = this.bundle.rules[seal.rule_hash];
    const { body } = this.go(told);
    const rule = readJson(text, true);
    const result = resultOf(body);
    const isUnder = seal.first_stated <= told.position && told.position <= seal.last_stated;
    same("statement", [true, seal.version], [isUnder, body.version]);
    same("line", decimal(result, rule.shown), body.shown);
    const own = this.go(marked ?? told).body;
    const shared = Object.fromEntries(Object.keys(body).map((name) => [name, own[name]]));
    same("statement", { ...body, nonce: "" }, { ...shared, nonce: "" });
    if (!marked || rule.correction === "additive" || rule.judging.aggregate === "skating_system") return;
    const { entry } = body;
    const numbers = new Set([...Object.keys(own.judges), ...own.missing]);
    const seats = [...numbers].map((judge) => [judge, entry, "", "judging"]);
    for (let at = 0; at < Number(own.recused_filled); at += 1) seats.push([`recused ${at}`, entry, "", "recused"]);
    const marks = Object.entries(own.judges).flatMap(([judge, sheets]) =>
      Object.entries(sheets).map(([part, sheet]) => [judge, entry, part, sheet]));
    const ours = (rows) => rows.map((each) => ({ ...each, entry }));
    const facts = factsOf(ours(own.deductions), ours([{ amount: own.adjustment ?? "0" }]), ours(own.difficulties));
    const { lines } = recompute(text, [entry], seats, marks, [], [], facts, seal.part);
    same("line", [result], lines.map((line) => line.result));
    this.results += 1;
  }

  /** A score set, its statements and every rank in it, from the ledger that stands before it. */
  sealed(entries, seal) {
    const { body } = seal;
    const content = readJson(this.bundle.score_sets[body.hash]);
    for (const hash of [body.hash, body.rule_hash, body.roll_hash]) this.cited.add(hash);
    same("cited", [seal.division, body.stage, body.version, body.rule_hash, body.roll_hash],
      ["division_id", "stage", "version", "rule_hash", "roll_hash"].map((name) => content[name]));
    const { seats, sheets, votes, lots, facts, absent } = gathered(entries, body.stage);
    const codes = new Map(readJson(this.bundle.rolls[body.roll_hash]).items
      .filter((each) => !absent.get(each.entry_id)).map((each) => [each.entry_id, each.code]));
    const { items } = content;
    const told = entries.slice(Number(body.first_stated) - 1, Number(body.last_stated));
    const text = this.bundle.rules[body.rule_hash];
    const { lines } = recompute(text, codes.keys(), seats, sheets, votes, lots, facts, body.part);
    const anew = new Map(lines.map((line) => [line.entry, line]));
    same("line", [...codes.keys()].sort(byText), [...anew.keys()].sort(byText));
    const panel = new Set(seats.filter((seat) => seat[3] === "judging").map(([judge, entry]) => key(judge, entry)));
    const own = new Map([...codes.keys()].map((entry) => [entry, {}]));
    for (const [judge, entry, part, sheet] of sheets) {
      if (!panel.has(key(judge, entry)) || ![null, part].includes(body.part)) continue;
      (own.get(entry)[judge] ??= {})[part] = sheet;
    }
    same("statement", ["stated", "marks_stated"].flatMap((kind) => items.map((each) => [kind, each.code])),
      told.map((each) => [each.kind, each.body.code]));
    items.forEach((item, at) => {
      const [stated, marked] = [told[at], told[items.length + at]];
      this.at = { division: seal.division, position: Number(seal.position), code: item.code };
      const line = { ...anew.get(item.entry_id), entry_id: item.entry_id, code: codes.get(item.entry_id) };
      const named = (from) => Object.fromEntries(Object.keys(item).map((name) => [name, from(name)]));
      same("line", named((name) => line[name]), item);
      const { body: said } = this.go(stated);
      same("statement", item, named((name) => said[name === "entry_id" ? "entry" : name]));
      const texts = (judgesOf) => Object.values(judgesOf).map(canonical).sort(byText);
      same("marks", texts(own.get(item.entry_id)), texts(this.go(marked).body.judges));
      this.stated(body, stated, marked);
    });
    this.ranks += items.length;
  }

  /** Every chain, the root over them, every seal. */
  whole() {
    const { bundle } = this;
    const ids = bundle.divisions.map((chain) => chain.division);
    let leaves = [];
    for (const chain of bundle.divisions) {
      let head = new Uint8Array(32);
      const entries = [];
      let last = null;
      keys(chain, ["division", "entries"]).entries.forEach((row, at) => {
        if (row.length !== 2) throw new TypeError("not a pair");
        const [digest, text] = row;
        this.at = { division: chain.division, position: at + 1 };
        const bytes = utf8(text);
        head = sha256(head, bytes);
        same("chain", hex(head), digest);
        last = this.go(readJson(text));
        same("chain", [chain.division, at + 1], [last.division, Number(last.position)]);
        if (last.kind === "score_set_sealed") this.sealed(entries, last);
        entries.push(last);
        leaves.push(sha256([0], bytes));
        if (leaves.length % 500 === 0) this.onProgress?.(leaves.length, bundle.size);
      });
      same("seal", ["score_set_sealed", "final"], [last.kind, last.body.stage]);
    }
    this.at = {};
    same("root", [bundle.size, [...new Set(ids)].sort(byText)], [leaves.length, ids]);
    while (leaves.length > 1) {
      const row = leaves;
      leaves = [];
      for (let at = 0; at < row.length; at += 2) leaves.push(at + 1 < row.length ? sha256([1], row[at], row[at + 1]) : row[at]);
    }
    const ends = Object.fromEntries(bundle.divisions.map((chain) => [chain.division, chain.entries.length]));
    same("root", bundle.root, climb(leaves[0], [`c${canonical(ends)}`]));
  }

  /** Statements of a public or own bundle: each on its path, under its seal, the ranks as the results say. */
  some() {
    const { bundle } = this;
    const found = { score_set_sealed: new Map(), stated: new Map(), marks_stated: new Map() };
    let before = ["", 0];
    bundle.statements.forEach((each, at) => {
      this.at = { statement: at + 1 };
      const leaf = sha256([0], utf8(keys(each, ["entry", "path"]).entry));
      same("root", bundle.root, climb(leaf, each.path));
      const entry = this.go(readJson(each.entry));
      if (entry.kind === "score_set_sealed" && entry.body.stage === "final") { // the last one, superseded by none
        same("cited", readJson(each.path.at(-1).slice(1))[entry.division], entry.position);
      }
      const here = [entry.division, Number(entry.position)];
      found[entry.kind]?.set(key(entry.division, entry.body.stage, entry.body.entry ?? ""), entry);
      same("shape", true, before[0] < here[0] || (before[0] === here[0] && before[1] < here[1]));
      before = here;
    });
    const { score_set_sealed: seals, stated: told, marks_stated: marked } = found;
    const isOwn = bundle.kind === "own";
    const stages = (map) => [...new Set([...map.values()].map((each) => key(each.division, each.body.stage)))].sort(byText);
    this.at = {};
    for (const seal of seals.values()) this.cited.add(seal.body.rule_hash);
    same("shape", [bundle.statements.length, stages(seals)], [seals.size + told.size + marked.size, stages(told)]);
    same("statement", [isOwn ? [...told.keys()].sort(byText) : [], true],
      [[...marked.keys()].sort(byText), told.size > 0 && (!isOwn || new Set([...told.values()].map((each) => each.body.entry)).size === 1)]);
    for (const [name, entry] of told) {
      this.stated(seals.get(key(entry.division, entry.body.stage, "")).body, this.go(entry), marked.get(name));
    }
    for (const seal of seals.values()) {
      const rule = readJson(bundle.rules[seal.body.rule_hash], true);
      const rows = [...told.values()].filter((each) => each.division === seal.division && each.body.stage === seal.body.stage);
      const first = Number(seal.body.first_stated);  // in the ledger's order, the best first: nobody better is left out
      const given = [this.go(rows[0]).body.rank, ...rows.map((each) => each.position)];
      same("statement", isOwn ? given : [1, ...rows.map((_, at) => first + at)], given);
      const sign = whole(rule.better === "lower" ? 1 : -1);
      const order = (each) => [sign.times(resultOf(each.body)), new Fraction(each.body.rank)];
      rows.sort((one, other) => compareRows(order(one), order(other)));
      rows.slice(1).forEach((each, at) => {
        const [a, b] = [rows[at].body, this.go(each).body];
        const isTie = canonical(a.result) === canonical(b.result);
        const next = (rule.rank_style === "dense" ? a.rank : BigInt(at + 1)) + 1n;
        const apart = b.rank === next && !(isTie && [a.decided_by, b.decided_by].includes("result"));
        same("line", true, apart || (a.rank === b.rank && (isTie || rule.near_tie !== null)));
      });
      this.ranks += rows.length;
    }
  }
}

/** What the bundle is and how much of it was computed anew; throws Difference with its place. root: as printed. */
export function verify(bytes, root = "", onProgress = undefined) {
  const check = new Check(onProgress);
  try {
    return check.read(bytes, root);
  } catch (error) {
    const difference = error instanceof Difference ? error : new Difference("shape", "", String(error));
    difference.place = check.at;
    throw difference;
  }
}
