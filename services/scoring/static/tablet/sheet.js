// @ts-check
/**
 * The arithmetic of one sheet. Marks are integer counts of the criterion's unit and sums are ratios of integers:
 * no floating point is used anywhere. 未评 is null, never 0.
 */

/** A rational number: numerator and denominator. @typedef {[bigint, bigint]} Ratio */
/** @typedef {{key: string, title: string, points: string}} Choice */
/** @typedef {{title: string, text: string, lowest: number, highest: number}} Band */
/** One mark to give, as the server tells it. @typedef {{key: string, title: string, kind: string, group: string, group_key: string, group_highest: string, group_digits: number, lowest: string, highest: string, lowest_count: number, highest_count: number, unit: string, unit_n: number, unit_d: number, digits: number, worth: string, steps: string, weight: string, choices: Choice[], bands: Band[]}} Criterion */
/** @typedef {{key: string, title: string, when: string, weight: string, highest: string, digits: number, locked: boolean, criteria: Criterion[]}} Part */
/** @typedef {Record<string, string>} Typed */
/** @typedef {Record<string, number>} Marks */

/** @param {string} text @returns {Ratio} */
export const ratio = (text) => { const [n, d] = text.split("/"); return [BigInt(n), BigInt(d)]; };
/** @param {Ratio} one @param {Ratio} other @returns {Ratio} */
export const plus = (one, other) => [one[0] * other[1] + other[0] * one[1], one[1] * other[1]];
/** @param {Ratio} one @param {Ratio} other @returns {Ratio} */
export const times = (one, other) => [one[0] * other[0], one[1] * other[1]];
/** @type {Ratio} */
export const NOUGHT = [0n, 1n];

/** The typed text of a mark as a count: null when unmarked, a word of the catalogue when refused. @param {Criterion} criterion @param {string | undefined} typed @returns {bigint | string | null} */
export function count(criterion, typed) {
  const text = (typed ?? "").trim().replace(/[。，]/, ".").replace("−", "-");
  if (text === "") return null;
  if (criterion.choices.length) {
    const place = criterion.choices.findIndex((each) => each.key === text);
    return place < 0 ? null : BigInt(place);
  }
  const match = /^(-?)(\d{1,6})(?:\.(\d{0,4}))?$/.exec(text);
  if (!match) return "not_number";
  const scale = 10n ** BigInt((match[3] ?? "").length);
  const value = BigInt(match[2] + (match[3] ?? "")) * BigInt(criterion.unit_d);
  if (value % (scale * BigInt(criterion.unit_n)) !== 0n) return "not_multiple";
  const units = (value / (scale * BigInt(criterion.unit_n))) * (match[1] ? -1n : 1n);
  if (units > BigInt(criterion.highest_count)) return "too_high";
  return units < BigInt(criterion.lowest_count) ? "too_low" : units;
}

/** A count as it would be typed: the key of the choice, or decimal text with the unit's digits. @param {Criterion} criterion @param {number | bigint | undefined} units */
export function typed(criterion, units) {
  if (units === undefined) return "";
  if (criterion.choices.length) return criterion.choices[Number(units)]?.key ?? "";
  return decimal([BigInt(units) * BigInt(criterion.unit_n), BigInt(criterion.unit_d)], criterion.digits);
}

/** A count as a person reads it. @param {Criterion} criterion @param {number | undefined} units */
export function words(criterion, units) {
  const choice = units === undefined ? undefined : criterion.choices[units];
  return choice ? (criterion.kind === "judgement" ? `${units} ${choice.title}` : choice.title) : typed(criterion, units);
}

/** What a mark is worth, exact. @param {Criterion} criterion @param {bigint} units @returns {Ratio} */
function worth(criterion, units) {
  const all = criterion.worth.split(" ");
  if (criterion.choices.length) return ratio(all[Number(units)]);
  if (criterion.steps) return ratio(all[criterion.steps.split(" ").findIndex((to) => units <= BigInt(to))]);
  return times([units, 1n], ratio(all[0]));
}

/** A ratio as decimal text, half up. @param {Ratio} value @param {number} digits */
export function decimal([n, d], digits) {
  const scaled = (n < 0n ? -n : n) * 10n ** BigInt(digits);
  const whole = scaled / d + (2n * (scaled % d) >= d ? 1n : 0n);
  const padded = whole.toString().padStart(digits + 1, "0");
  return `${n < 0n && whole ? "-" : ""}${digits ? `${padded.slice(0, -digits)}.${padded.slice(-digits)}` : padded}`;
}

/** The sum of these marks (of one criterion's items: without its weight); null while one is missing. @param {Criterion[]} criteria @param {(criterion: Criterion) => unknown} units @param {boolean} [isWeighted] @returns {Ratio | null} */
export function sum(criteria, units, isWeighted = true) {
  let made = NOUGHT;
  for (const criterion of criteria) {
    const given = units(criterion);
    if (typeof given !== "bigint") return null;
    const points = worth(criterion, given);
    made = plus(made, isWeighted ? times(points, ratio(criterion.weight)) : points);
  }
  return made;
}

/** The part's sum of stored marks. @param {Part} part @param {Marks | undefined} marks */
export const summed = (part, marks) => sum(part.criteria, (each) => (marks && each.key in marks ? BigInt(marks[each.key]) : null));

/** The part's sum as text, "" while a mark is missing. @param {Part} part @param {Marks | undefined} marks */
export const figure = (part, marks) => { const made = summed(part, marks); return made ? decimal(made, part.digits) : ""; };

/** Typed text as marks to be sent, null while one is missing or refused. @param {Part} part @param {Typed} texts @returns {Marks | null} */
export function marks(part, texts) {
  const all = part.criteria.map((each) => /** @type {const} */ ([each.key, count(each, texts[each.key])]));
  return all.every(([, units]) => typeof units === "bigint") ? Object.fromEntries(all.map(([key, units]) => [key, Number(units)])) : null;
}

/** One step of the unit from what is typed; an unmarked one starts at its highest for − and at its lowest for +. @param {Criterion} criterion @param {string | undefined} text @param {number} by */
export function stepped(criterion, text, by) {
  const now = count(criterion, text);
  const next = typeof now === "bigint" ? now + BigInt(by) : BigInt(by < 0 ? criterion.highest_count : criterion.lowest_count);
  return next < BigInt(criterion.lowest_count) || next > BigInt(criterion.highest_count) ? text ?? "" : typed(criterion, next);
}

/** What a key of the keypad makes of the typed text. @param {Criterion} criterion @param {string} text @param {string} key */
export function pressed(criterion, text, key) {
  if (key === "back") return text.slice(0, -1);
  if (key === ".") return text.includes(".") || !criterion.digits ? text : `${text || "0"}.`;
  const room = !text.includes(".") || text.split(".")[1].length < criterion.digits;
  return room && text.length < 9 ? (text === "0" ? key : text + key) : text;
}
