// @ts-check
/**
 * Draws frames as they come. A frame is a whole picture with a version; an older one is ignored. If the line is silent
 * for 25 seconds it is opened again, and the last good picture stays: never a spinner, never an error page.
 */

/** @typedef {{code: string, order: number | null, title: string, state: string, name: string, unit: string}} Entry */
/** @typedef {{rank: number, code: string, shown: string, title: string, name: string, unit: string}} Result */
/** @typedef {{code: string, state: string, limit_ms: number, warning_ms: number, passed_ms: number, at: string}} Hands */
/** @typedef {{division_id: string, version: number, phase: string, is_open: boolean, done: number, total: number, entries: Entry[], root: string, head: {position: number, hash: string} | null, clock: Hands | null, results: Result[], made_at: string}} Frame */

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Record<string, string>} */
const words = JSON.parse(one("words").textContent ?? "{}");
/** @type {Frame} */
let frame = JSON.parse(one("frame").textContent ?? "{}");
const say = (/** @type {string} */ key, /** @type {Record<string, string | number>} */ values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[key] ?? key);
/** When the clock's reading came here, by this screen's own monotonic clock. */
let drawnAt = performance.now();
let heardAt = performance.now();

/** @param {string} tag @param {string} name @param {string} text */
function piece(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

function draw() {
  document.documentElement.dataset.phase = frame.phase;
  one("live").hidden = frame.phase !== "progress";
  one("results").hidden = frame.phase !== "results";
  one("waiting").hidden = frame.phase !== "waiting";
  one("progress").textContent = frame.phase === "results" ? words.released : frame.total ? say("progress", { done: frame.done, total: frame.total }) : words.phase_waiting;
  one("note").textContent = frame.phase === "results" ? words.note_results : words.note_progress;
  one("root").textContent = frame.root ? say("root", { root: fours(frame.root.slice(0, 16)) }) : "";
  one("head").textContent = frame.head ? say("head", { position: frame.head.position, head: fours(frame.head.hash) }) : "";
  one("count").textContent = `${frame.done} / ${frame.total}`;
  drawEntries();
  drawResults();
  tick();
}

/** @param {string} hash */
const fours = (hash) => hash.replace(/(.{4})(?=.)/g, "$1 ");

function drawEntries() {
  const here = frame.entries.findIndex((each) => each.state === "current");
  const next = frame.entries.findIndex((each) => each.state === "waiting");
  const first = Math.max(0, Math.min((here < 0 ? next < 0 ? frame.entries.length : next : here) - 3, frame.entries.length - 10));
  one("entries").replaceChildren(...frame.entries.slice(first, first + 10).map((each) => {
    const row = document.createElement("li");
    row.className = each.state;
    row.append(piece("b", "", each.code), piece("span", "work", each.name || each.title), piece("span", "how", words[`state_${each.state}`]));
    return row;
  }));
  const current = frame.entries[here] ?? (frame.clock ? frame.entries.find((each) => each.code === frame.clock?.code) : undefined) ?? frame.entries[next];
  one("now-title").textContent = here >= 0 ? words.now : words.next;
  one("now-code").textContent = current ? current.code : "—";
  one("now-work").textContent = current ? current.title : "";
  one("now-order").textContent = current?.order ? say("place", { order: current.order }) : "";
}

function drawResults() {
  const rows = one("rows");
  const old = new Set(Array.from(rows.children, (row) => row.textContent));
  rows.replaceChildren(...frame.results.map((each) => {
    const row = document.createElement("div");
    row.className = `result${each.rank <= 3 ? ` top-${each.rank}` : ""}`;
    const whose = piece("span", "whose", "");
    whose.append(piece("b", "", each.name || each.title), piece("i", "", each.name ? each.unit : ""));
    row.append(piece("span", "rank", String(each.rank)), piece("span", "code num", each.code), whose, piece("span", "figure num", each.shown));
    if (old.has(row.textContent)) row.style.animation = "none";
    return row;
  }));
}

/** The clock runs on from the frame's reading; a new frame sets it right. */
function tick() {
  const hands = frame.clock;
  const dial = one("dial");
  one("time").textContent = new Date(Date.parse(frame.made_at) + (performance.now() - drawnAt)).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  if (!hands || (hands.state === "ended" && !frame.entries.some((each) => each.state === "current"))) {
    dial.dataset.hands = "idle";
    one("hands").textContent = hands ? face(hands.passed_ms) : "--:--";
    one("clock-state").textContent = hands ? words.clock_ended : words.clock_idle;
    return;
  }
  const passed = hands.passed_ms + (hands.state === "running" ? performance.now() - drawnAt : 0);
  const left = hands.limit_ms - passed;
  dial.dataset.hands = left <= 0 ? "over" : passed >= hands.warning_ms ? "warning" : hands.state;
  one("hands").textContent = left > 0 ? face(Math.ceil(left / 1000) * 1000) : `+${face(-left)}`;
  const bar = /** @type {HTMLProgressElement} */ (one("passed"));
  bar.max = hands.limit_ms;
  bar.value = Math.min(passed, hands.limit_ms);
  one("clock-state").textContent = left <= 0 ? words.clock_over : hands.state === "paused" ? words.clock_paused : passed >= hands.warning_ms ? words.clock_warning : words.clock_left;
}

/** @param {number} milliseconds */
function face(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @type {EventSource | null} */
let line = null;

function listen() {
  line?.close();
  line = new EventSource(`/scoring/boards/${frame.division_id}/events?since=${frame.version}`);
  line.addEventListener("beat", heard);
  line.addEventListener("frame", (event) => {
    heard();
    /** @type {Frame} */
    const got = JSON.parse(/** @type {MessageEvent} */ (event).data);
    if (got.version < frame.version) return;
    frame = got;
    drawnAt = performance.now();
    draw();
  });
}

function heard() {
  heardAt = performance.now();
  one("line").classList.remove("lost");
  one("stale").hidden = true;
}

function watch() {
  const silent = performance.now() - heardAt;
  if (silent > 25000) {
    one("line").classList.add("lost");
    heardAt = performance.now() - 20000;
    listen();
  }
  if (silent > 30000 || one("line").classList.contains("lost")) {
    one("stale").hidden = false;
    one("stale").textContent = say("stale", { time: new Date(frame.made_at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }) });
  }
}

draw();
listen();
setInterval(tick, 250);
setInterval(watch, 5000);
