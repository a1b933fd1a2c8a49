// @ts-check
/**
 * What this tablet knows of each sheet: what the server told, the records on the tablet, and what is being typed.
 * A sheet is *saved* when it is on the tablet, *received* when the server has it, *counted* when it counts.
 */
import { count, figure, marks, ratio, plus, summed, times, decimal, typed, NOUGHT } from "./sheet.js";

/** @typedef {import("./sheet.js").Part} Part */
/** @typedef {import("./sheet.js").Criterion} Criterion */
/** @typedef {{revision_id: string, device_id: string, seq: number, marks: Record<string, number>, comment: string, reason: string, disposition: string, ledger_position: number, at: string | number}} Sent */
/** @typedef {{head: Sent | null, last: Sent | null, asked_again: boolean, on_paper: boolean}} Told */
/** @typedef {{id: string, name: string, bytes: number, media_type: string}} Material */
/** @typedef {{entry_id: string, code: string, order: number, title: string, state: string, materials: Material[], sheets: Record<string, Told>}} Entry */
/** @typedef {{division_id: string, activity: string, division: string, venue: string, seat: number, is_leader: boolean, stage: string, rubric_version: number, is_rehearsal: boolean, sealed: boolean, release: string, total_digits: number, parts: Part[], entries: Entry[]}} Division */
/** @typedef {{protocol: number, made_at: string, csrf: string, judge: {judge_id: string, name: string}, divisions: Division[]}} Desk */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {import("./store.js").Draft} Draft */
/** @typedef {"absent" | "paper" | "saved" | "parked" | "held" | "conflict" | "locked" | "partly" | "counted" | "todo"} Standing */

/** Records of each sheet, oldest first, with the marks they carry. @type {Map<string, (Kept & {sent: Sent})[]>} */
let kept = new Map();
/** What is being typed, by sheet. @type {Map<string, Draft>} */
export const drafts = new Map();
/** What the server told of a sheet's history when it was last asked. @type {Map<string, Sent[]>} */
export const histories = new Map();

/** @param {string} judge @param {string} entry @param {string} part */
export const keyOf = (judge, entry, part) => `${judge}/${entry}/${part}`;

/** @param {Kept[]} records */
export function keep(records) {
  kept = new Map();
  for (const record of [...records].sort((one, other) => one.seq - other.seq)) {
    const body = JSON.parse(record.wire);
    const sent = { ...body, revision_id: record.id, disposition: record.ack?.disposition ?? "", ledger_position: record.ack?.ledger_position ?? 0, at: record.at };
    const key = keyOf(record.judge_id, record.entry_id, record.part);
    kept.set(key, [...(kept.get(key) ?? []), { ...record, sent }]);
  }
}

/** Everything there is to say of one sheet. @param {string} judge @param {Division} division @param {Entry} entry @param {Part} part */
export function sheetOf(judge, division, entry, part) {
  const key = keyOf(judge, entry.entry_id, part.key);
  const told = entry.sheets[part.key];
  const own = kept.get(key) ?? [];
  let head = told?.head ?? null, last = told?.last ?? null;
  for (const { ack, sent } of own) if (ack && ack.ledger_position > (last?.ledger_position ?? 0)) {
    last = sent;
    if (ack.disposition === "counted") head = sent;
  }
  const newest = own.at(-1) ?? null;
  const waiting = own.filter((each) => each.state === "waiting");
  const parked = own.filter((each) => each.state === "parked" && !own.some((other) => other.seq > each.seq && other.state !== "parked"));
  const isHeld = Boolean(last?.disposition.startsWith("held") && last.ledger_position > (head?.ledger_position ?? 0) && !waiting.length);
  const isLocked = part.locked || division.sealed;
  const shown = waiting.at(-1)?.sent ?? head;
  const draft = drafts.get(key);
  const unsettled = parked.at(-1)?.sent ?? null;
  const source = unsettled ?? shown ?? (isHeld ? last : null);
  /** @type {Record<string, string>} */
  const base_texts = Object.fromEntries(part.criteria.map((each) => [each.key, typed(each, source?.marks[each.key])]));
  const isDirty = Boolean(draft && !same(part, draft, source, base_texts));
  const texts = isDirty && draft && !isLocked ? { ...base_texts, ...draft.marks } : base_texts;
  const ready = marks(part, texts);
  /** @type {Standing} */
  let standing = "todo";
  if (entry.state === "absent") standing = "absent";
  else if (told?.on_paper) standing = "paper";
  else if (isHeld && last?.disposition === "held_conflict" && !isLocked) standing = "conflict";
  else if (isHeld && !(last?.disposition === "held_locked" && !isLocked)) standing = "held";
  else if (parked.length) standing = "parked";
  else if (isLocked) standing = "locked";
  else if (isDirty) standing = "partly";
  else if (waiting.length) standing = "saved";
  else if (head) standing = ready ? "counted" : "partly";
  return {
    key, entry, part, told, own, head, last, newest, waiting, parked, isLocked, isDirty, texts, ready, standing, shown,
    isOpen: !isLocked && standing !== "absent" && standing !== "paper" && standing !== "conflict",
    isAgain: Boolean(told?.asked_again && !isLocked && !waiting.length),
    comment: isDirty && draft ? draft.comment : source?.comment ?? "",
    reason: isDirty && draft ? draft.reason : unsettled?.reason ?? "",
    base: isDirty && draft ? draft.base : head?.revision_id ?? null,
    figure: shown ? figure(part, shown.marks) : "",
    history: historyOf(own.map((each) => each.sent), told, histories.get(key) ?? []),
    readBack: told?.head && newest?.state === "acked" && told.head.revision_id === newest.id ? (part.criteria.every((each) => told.head?.marks[each.key] === newest.sent.marks[each.key]) ? "same" : "differs") : "",
  };
}
/** @typedef {ReturnType<typeof sheetOf>} Sheet */

/** Every revision known here, the newest first. @param {Sent[]} own @param {Told | undefined} told @param {Sent[]} fetched */
function historyOf(own, told, fetched) {
  const all = new Map([told?.head, told?.last, ...fetched, ...own].filter((each) => each).map((each) => [/** @type {Sent} */ (each).revision_id, /** @type {Sent} */ (each)]));
  return [...all.values()].sort((one, other) => (other.ledger_position || Infinity) - (one.ledger_position || Infinity) || other.seq - one.seq);
}

/** Does the draft say what is there already? @param {Part} part @param {Draft} draft @param {Sent | null} source @param {Record<string, string>} texts */
function same(part, draft, source, texts) {
  return (draft.comment.trim() === (source?.comment ?? "") && !draft.reason.trim()
    && part.criteria.every((each) => (draft.marks[each.key] ?? "").trim() === texts[each.key] || (draft.marks[each.key] !== "" && count(each, draft.marks[each.key]) === count(each, texts[each.key]))));
}

/** The judge's sum over all parts, "" while a part is missing. @param {string} judge @param {Division} division @param {Entry} entry */
export function total(judge, division, entry) {
  let made = NOUGHT;
  for (const part of division.parts) {
    const { shown, isDirty } = sheetOf(judge, division, entry, part);
    const points = shown && !isDirty ? summed(part, shown.marks) : null;
    if (!points) return "";
    made = plus(made, times(points, division.parts.length > 1 ? ratio(part.weight) : [1n, 1n]));
  }
  return decimal(made, division.total_digits);
}

/** What this judge gave to the others for one mark, in their order. @param {string} judge @param {Division} division @param {Part} part @param {string} entry_id */
export const others = (judge, division, part, entry_id) => division.entries.filter((each) => each.entry_id !== entry_id)
  .map((each) => ({ code: each.code, marks: sheetOf(judge, division, each, part).shown?.marks })).filter((each) => each.marks);

/** The next entry after this one that is not marked yet, else the next one. @param {string} judge @param {Division} division @param {Entry} entry @param {Part} part */
export function following(judge, division, entry, part) {
  const here = division.entries.indexOf(entry);
  const after = [...division.entries.slice(here + 1), ...division.entries.slice(0, here)].filter((each) => each.state !== "absent");
  return after.find((each) => ["todo", "partly"].includes(sheetOf(judge, division, each, part).standing)) ?? after[0] ?? null;
}
