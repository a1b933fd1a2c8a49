// @ts-check
/** Draws frames as they come: a frame is a whole picture, a change turns the last one of many rows into the next. */
import { now, read, told } from "./hands.js";
import { clock, follow, stand } from "./line.js";

/** @typedef {import("./hands.js").Hands} Hands */
/** @typedef {{code: string, order: number | null, title: string, state: string, name: string, unit: string}} Entry */
/** @typedef {{rank: number, code: string, shown: string, title: string, name: string, unit: string}} Result */
/** @typedef {{division_id: string, version: number, phase: string, is_open: boolean, done: number, total: number, entries: Entry[], root: string, head: {position: number, hash: string} | null, clock: Hands | null, results: Result[], made_at: string, reveal: string, shows: string, now?: number}} Frame */
/** @typedef {{base: number, version: number, rest: Partial<Frame>, rows: Result[], order: string[], ranks: number[]}} Change */

const PAGE = 20;
const TURN = 12000;
const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Record<string, string>} */
const words = JSON.parse(one("words").textContent ?? "{}");
/** @type {Frame} */
let frame = JSON.parse(one("frame").textContent ?? "{}");
let page = 0;
told(frame.now ?? now());

/** @param {string} key @param {Record<string, string | number>} [values] */
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[key] ?? key);

/** @param {string} tag @param {string} name @param {string} text */
function piece(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

/** @param {string} hash */
const fours = (hash) => hash.replace(/(.{4})(?=.)/g, "$1 ");

function draw() {
  const { phase, done, total } = frame;
  const hasStage = phase === "progress" || (phase !== "ceremony" && frame.entries.some((each) => each.state !== "done"));
  const hasList = frame.results.length > 0 && phase !== "progress";
  document.documentElement.dataset.phase = phase;
  document.documentElement.dataset.layout = hasList ? (hasStage ? "both" : "list") : hasStage ? "stage" : "curtain";
  one("stage").hidden = !hasStage;
  one("order").hidden = !hasStage;
  one("results").hidden = !hasList;
  one("waiting").hidden = hasStage || hasList;
  one("curtain").textContent = words[{ frozen: "frozen", ceremony: "phase_ceremony" }[phase] ?? "phase_waiting"];
  one("progress").textContent = { results: words.released, frozen: say("frozen_since", { since: clock(frame.made_at, { hour: "2-digit", minute: "2-digit" }) }), ceremony: words.phase_ceremony }[phase] ?? (total ? say("progress", { done, total }) : words.phase_waiting);
  if (phase === "results" && hasStage) one("progress").textContent = say("progress", { done, total });
  one("note").textContent = words[phase === "progress" && frame.shows === "results" ? "note_released" : `note_${phase}`] ?? words.note_progress;
  one("root").textContent = frame.root ? say("root", { root: fours(frame.root.slice(0, 16)) }) : "";
  one("head").textContent = frame.head ? say("head", { position: frame.head.position, head: fours(frame.head.hash) }) : "";
  one("count").textContent = `${done} / ${total}`;
  drawEntries();
  drawResults();
  tick();
  go();
}

function drawEntries() {
  const here = frame.entries.findIndex((each) => each.state === "current");
  const next = frame.entries.findIndex((each) => each.state === "waiting");
  const isBeside = document.documentElement.dataset.layout === "both";
  const first = Math.max(0, Math.min((here < 0 ? next < 0 ? frame.entries.length : next : here) - 3, frame.entries.length - 10));
  const shown = isBeside ? frame.entries.filter((each, at) => each.state === "waiting" && at > here).slice(here < 0 ? 1 : 0).slice(0, 3) : frame.entries.slice(first, first + 10);
  one("order").hidden ||= shown.length === 0;
  one("order-word").textContent = isBeside ? words.following : words.order;
  one("entries").replaceChildren(...shown.map((each) => {
    const row = document.createElement("li");
    row.className = each.state;
    row.append(piece("b", "", each.code), piece("span", "work", each.name || each.title), piece("span", "how", words[`state_${each.state}`]));
    return row;
  }));
  const current = frame.entries[here] ?? frame.entries[next] ?? frame.entries.find((each) => each.code === frame.clock?.code);
  one("now-title").textContent = here >= 0 ? words.now : words.next;
  one("now-code").textContent = current?.code ?? "—";
  one("now-work").textContent = current?.title ?? "";
  one("now-order").textContent = current?.order ? say("place", { order: current.order }) : "";
}

/** @param {boolean} [isTurned] the same rows, another page of them */
function drawResults(isTurned = false) {
  const rows = one("rows");
  const beside = document.documentElement.dataset.layout === "both" ? 10 : PAGE;
  const pages = Math.max(1, Math.ceil(frame.results.length / beside));
  page %= pages;
  const old = new Set(Array.from(rows.children, (row) => row.textContent));
  rows.dataset.many = String(frame.results.length > 10 && beside === PAGE);
  rows.replaceChildren(...frame.results.slice(page * beside, (page + 1) * beside).map((each) => {
    const row = document.createElement("div");
    row.className = `result${each.rank <= 3 ? ` top-${each.rank}` : ""}`;
    const whose = piece("span", "whose", "");
    whose.append(piece("b", "", each.name || each.title), piece("i", "", each.name ? each.unit : ""));
    row.append(piece("span", "rank", String(each.rank)), piece("span", "code num", each.code), whose, piece("span", "figure num", each.shown));
    if (isTurned || old.has(row.textContent)) row.style.animation = "none";
    return row;
  }));
  one("pages").textContent = pages > 1 ? `${page + 1} / ${pages}` : "";
}

/** The clock runs on from the frame's reading by business time. */
function tick() {
  const found = read(frame.clock);
  const isIdle = found.hands === "idle" || (found.hands === "ended" && frame.entries.some((each) => each.state === "waiting")); // the next one stands there
  one("dial").dataset.hands = isIdle ? "idle" : found.hands;
  one("hands").textContent = found.face;
  const bar = /** @type {HTMLProgressElement} */ (one("passed"));
  bar.max = found.limit;
  bar.value = Math.min(found.passed, found.limit);
  one("clock-state").textContent = words[isIdle ? "clock_idle" : found.word];
  one("time").textContent = clock(now(), { hour: "2-digit", minute: "2-digit" });
}

/** To the page of a running ceremony, once; it comes back by itself, and then this screen stays. */
function go() {
  const { reveal } = frame;
  if (!reveal) return sessionStorage.removeItem("seen");
  if (!/^\/awards\/[\w/-]+$/.test(reveal) || sessionStorage.getItem("seen") === reveal) return;
  sessionStorage.setItem("seen", reveal);
  location.assign(`${reveal}?back=${encodeURIComponent(location.pathname)}`);
}

/** @param {string} data */
function apply(data) {
  /** @type {Change} */
  const got = JSON.parse(data);
  if (got.base !== frame.version) return false;
  const rows = new Map([...frame.results, ...got.rows].map((each) => [each.code, each]));
  const results = got.order.map((code, at) => ({ .../** @type {Result} */ (rows.get(code)), rank: got.ranks[at] }));
  frame = { ...frame, ...got.rest, version: got.version, results };
  draw();
  return true;
}

if (/** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType("navigation")[0])?.type === "reload") sessionStorage.removeItem("seen");
draw();
follow(`/scoring/boards/${frame.division_id}/events`, {
  version: () => frame.version,
  frame(data) {
    frame = JSON.parse(data);
    draw();
  },
  change: apply,
  lost(isLost, goodAt) {
    one("line").classList.toggle("lost", isLost);
    one("stale").hidden = !isLost;
    one("stale").textContent = isLost ? say("stale", { time: clock(goodAt, {}) }) : "";
  },
});
stand();
setInterval(tick, 250);
setInterval(() => {
  page += 1;
  drawResults(true);
}, TURN);
