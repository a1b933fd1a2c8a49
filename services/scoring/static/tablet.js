// @ts-check
/**
 * The judge's sheet: keypad, draft on the tablet, and the revision sent to the server.
 * Two promises are kept here. "On the tablet" is said after the browser's database has completed its transaction;
 * "on the server" is said after an answer that names the same revision and a position in the ledger.
 * Marks are integer counts of the criterion's unit; no floating point is used anywhere.
 */
import { acknowledged, draftOf, dropDraft, keep, saveDraft, waiting } from "./drafts.js";

/** @typedef {{key: string, entry_id: string, part: string, base: string | null, rubric_version: number, protocol: number, open: boolean, digits: number, words: Record<string, string>}} Facts */
/** @typedef {{id: string, ledger_position: number, disposition: string, head: string | null}} Acknowledgement */

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Facts} */
const facts = JSON.parse(one("facts").textContent ?? "{}");
const words = facts.words;
const say = (/** @type {string} */ key, /** @type {Record<string, string|number>} */ values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[key] ?? key);
const clockTime = () => new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

/** A rational number: numerator and denominator. @typedef {[bigint, bigint]} Ratio */
/** @typedef {{key: string, title: string, kind: string, group: string, n: bigint, d: bigint, digits: number, lowest: bigint, highest: bigint, least: string, shown: string, step: string, worth: Ratio[], steps: bigint[], weight: Ratio, earlier: string, box: HTMLElement, input: HTMLInputElement | null, choices: HTMLInputElement[]}} Criterion */
/** @param {string} text @returns {Ratio} */
const ratio = (text) => { const [n, d] = text.split("/"); return [BigInt(n), BigInt(d)]; };
/** @param {Ratio} one @param {Ratio} other @returns {Ratio} */
const plus = (one, other) => [one[0] * other[1] + other[0] * one[1], one[1] * other[1]];
/** @param {Ratio} one @param {Ratio} other @returns {Ratio} */
const times = (one, other) => [one[0] * other[0], one[1] * other[1]];

/** @type {Criterion[]} */
const criteria = Array.from(document.querySelectorAll(".crit")).filter((box) => box.querySelector("input")).map((element) => {
  const box = /** @type {HTMLElement} */ (element);
  const data = box.dataset;
  const words = (/** @type {string | undefined} */ text) => (text ?? "").split(" ").filter(Boolean);
  return {
    key: data.criterion ?? "", title: data.title ?? "", kind: data.kind ?? "points", group: data.group ?? "", n: BigInt(data.n ?? 1), d: BigInt(data.d ?? 1),
    digits: Number(data.digits), lowest: BigInt(data.lowest ?? 0), highest: BigInt(data.highest ?? 0), least: data.least ?? "0", shown: data.shown ?? "", step: data.step ?? "",
    worth: words(data.worth).map(ratio), steps: words(data.steps).map(BigInt), weight: ratio(data.weight ?? "1/1"), earlier: data.earlier ?? "",
    box, input: /** @type {HTMLInputElement | null} */ (box.querySelector("input.num")), choices: /** @type {HTMLInputElement[]} */ (Array.from(box.querySelectorAll("input[type=radio]"))),
  };
});
let active = criteria[0];

/** What the form would send: typed text, or the key of the chosen step; empty while unmarked. @param {Criterion} criterion */
const given = (criterion) => (criterion.input ? criterion.input.value : criterion.choices.find((each) => each.checked)?.value ?? "");

/** @param {Criterion} criterion @param {string} value */
function put(criterion, value) {
  if (criterion.input) criterion.input.value = value;
  else for (const each of criterion.choices) each.checked = each.value === value;
}

/** The mark as a count of its scale: null when unmarked, a word of the catalogue when refused. @param {Criterion} criterion @returns {bigint | string | null} */
function count(criterion) {
  if (!criterion.input) {
    const chosen = criterion.choices.find((each) => each.checked);
    return chosen ? BigInt(chosen.dataset.count ?? 0) : null;
  }
  const typed = criterion.input.value.trim().replace("。", ".").replace("，", ".").replace("−", "-");
  if (typed === "") return null;
  const match = /^(-?)(\d{1,6})(?:\.(\d{0,4}))?$/.exec(typed);
  if (!match) return "not_number";
  const scale = 10n ** BigInt((match[3] ?? "").length);
  const value = BigInt(match[2] + (match[3] ?? "")) * criterion.d;
  if (value % (scale * criterion.n) !== 0n) return "not_multiple";
  const units = (value / (scale * criterion.n)) * (match[1] ? -1n : 1n);
  if (units > criterion.highest) return "too_high";
  return units < criterion.lowest ? "too_low" : units;
}

/** What a mark is worth, exact. @param {Criterion} criterion @param {bigint} units @returns {Ratio} */
function worth(criterion, units) {
  if (criterion.choices.length) return criterion.worth[Number(units)];
  if (criterion.steps.length) return criterion.worth[criterion.steps.findIndex((to) => units <= to)];
  return times([units, 1n], criterion.worth[0]);
}

/** A ratio as decimal text, half up. @param {Ratio} value @param {number} digits */
function decimal([n, d], digits) {
  const scaled = (n < 0n ? -n : n) * 10n ** BigInt(digits);
  const whole = scaled / d + (2n * (scaled % d) >= d ? 1n : 0n);
  return `${n < 0n && whole ? "-" : ""}${text(whole, 1n, 10n ** BigInt(digits), digits)}`;
}

/** A count as decimal text with the unit's digits. @param {bigint} units @param {bigint} n @param {bigint} d @param {number} digits */
function text(units, n, d, digits) {
  const scaled = ((units < 0n ? -units : units) * n * 10n ** BigInt(digits)) / d;
  const padded = `${units < 0n ? "-" : ""}${scaled.toString().padStart(digits + 1, "0")}`;
  return digits ? `${padded.slice(0, -digits)}.${padded.slice(-digits)}` : padded;
}

/** @param {string} id @param {"idle"|"ok"|"wait"|"err"} state @param {string} icon @param {string} word */
function pill(id, state, icon, word) {
  const box = one(id);
  box.className = `s-${state}`;
  box.querySelector("use")?.setAttribute("href", `#${icon}`);
  const place = box.querySelector("[data-word]");
  if (place) place.textContent = word;
}

/** @param {string} state @param {string} icon @param {string} sentence */
function message(state, icon, sentence) {
  const box = one("message");
  box.className = `msg ${state}`;
  box.innerHTML = `<svg class="i" aria-hidden="true"><use href="#${icon}"/></svg><span></span>`;
  /** @type {HTMLElement} */ (box.querySelector("span")).textContent = sentence;
}

/** Show sums, faults and what is missing; answers whether the sheet may be sent. */
function show() {
  /** @type {string[]} */
  const missing = [];
  let faulty = false;
  /** @type {Ratio} */
  let sum = [0n, 1n];
  /** @type {Map<string, Ratio | null>} */
  const groups = new Map();
  for (const criterion of criteria) {
    const units = count(criterion);
    const wrong = typeof units === "string";
    criterion.box.classList.toggle("bad", wrong);
    criterion.box.classList.toggle("on", criterion === active);
    for (const each of criterion.input ? [criterion.input] : criterion.choices) each.setAttribute("aria-invalid", String(wrong));
    const twice = typeof units === "bigint" && criterion.kind === "place" ? doubled(criterion) : "";
    criterion.box.classList.toggle("twice", twice !== "");
    tell(criterion, wrong ? say(units, { highest: criterion.shown, lowest: criterion.least, unit: criterion.step }) : twice);
    if (wrong) faulty = true;
    else if (units === null) missing.push(criterion.title);
    const points = typeof units === "bigint" ? worth(criterion, units) : null;
    if (points) sum = plus(sum, times(points, criterion.weight));
    if (criterion.group) {
      const so_far = groups.has(criterion.group) ? groups.get(criterion.group) : /** @type {Ratio} */ ([0n, 1n]);
      groups.set(criterion.group, so_far && points ? plus(so_far, points) : null);
    }
    const bar = criterion.box.querySelector("progress");
    if (bar) bar.value = typeof units === "bigint" ? Number(units - criterion.lowest) : 0;
    for (const band of criterion.box.querySelectorAll(".bands li")) {
      const { lowest, highest } = /** @type {HTMLElement} */ (band).dataset;
      band.classList.toggle("here", typeof units === "bigint" && BigInt(lowest ?? 0) <= units && units <= BigInt(highest ?? 0));
    }
  }
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-subtotal]"))) figure(place, groups.get(place.dataset.subtotal ?? "") ?? null, Number(place.dataset.digits));
  figure(document.getElementById("part-sum"), missing.length || faulty ? null : sum, facts.digits);
  const ready = !missing.length && !faulty;
  one("submit").setAttribute("aria-disabled", String(!ready));
  showPad();
  return { ready, missing, faulty };
}

/** A sum in its place; 未评 while a mark is missing, never 0. @param {Element | null} place @param {Ratio | null} points @param {number} digits */
function figure(place, points, digits) {
  if (!place) return;
  place.textContent = points ? decimal(points, digits) : words.unmarked;
  place.classList.toggle("none", !points);
}

/** @param {Criterion} criterion @param {string} sentence */
function tell(criterion, sentence) {
  const place = one(`fault-${criterion.key}`);
  place.hidden = !sentence;
  /** @type {HTMLElement} */ (place.querySelector("span")).textContent = sentence;
}

/** A judge gives each place once; who has it already is said, and the sheet may still be sent. @param {Criterion} criterion */
function doubled(criterion) {
  const place = criterion.input?.value.trim() ?? "";
  const codes = criterion.earlier.split(" ").filter((pair) => pair.split(":")[1] === place).map((pair) => pair.split(":")[0]);
  return codes.length ? say("place_twice", { place, codes: codes.join("、") }) : "";
}

function showPad() {
  one("pad-title").textContent = active.title;
  one("pad-range").textContent = active.input ? `${active.least} – ${active.shown}` : "";
  const value = one("pad-value");
  const chosen = active.choices.find((each) => each.checked);
  const now = active.input ? active.input.value : active.kind === "judgement" ? chosen?.value : chosen?.parentElement?.querySelector("b")?.textContent;
  value.textContent = now || words.unmarked;
  value.classList.toggle("none", !now);
  if (active.input && now) value.append(document.createElement("i"));
  const list = one("pad-earlier");
  list.replaceChildren(...active.earlier.split(" ").filter(Boolean).slice(-8).map((pair) => {
    const item = document.createElement("li");
    const [code, mark] = pair.split(":");
    item.append(`${code} `, Object.assign(document.createElement("b"), { textContent: mark }));
    return item;
  }));
  if (!active.earlier) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: words.no_earlier }));
  for (const key of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(".key"))) key.disabled = !active.input || (key.dataset.key === "." && active.digits === 0);
  const following = criteria[criteria.indexOf(active) + 1];
  const button = one("next-criterion");
  button.hidden = criteria.length < 2;
  button.textContent = following ? say("next_criterion", { title: following.title }) : say("first_criterion", { title: criteria[0].title });
}

let saving = Promise.resolve();
/** Write the draft down; the pill says so only when the database has. */
function changed() {
  const { ready, missing, faulty } = show();
  const goOn = document.getElementById("go-on");
  if (goOn) {
    goOn.hidden = true;
    one("submit").hidden = false;
    one("submit").classList.add("btn-primary");
  }
  const draft = {
    key: facts.key, marks: Object.fromEntries(criteria.map((each) => [each.key, given(each)])), base: facts.base,
    comment: field("comment"), reason: field("reason"), at: clockTime(),
  };
  pill("on-tablet", "wait", "tablet", words.tablet_saving);
  saving = saving.then(() => saveDraft(draft)).then(
    () => pill("on-tablet", "ok", "tablet", say("tablet_saved", { time: draft.at })),
    () => pill("on-tablet", "err", "alert", words.tablet_failed),
  );
  if (faulty) message("err", "alert", words.has_fault);
  else if (missing.length) message("", "pen", say("still_missing", { titles: missing.join("、") }));
  else if (ready) message("ok", "tick", words.ready);
}

/** @param {string} id */
function field(id) {
  return /** @type {HTMLTextAreaElement | null} */ (document.getElementById(id))?.value ?? "";
}

/** Only an answer with the same id and a ledger position is an acknowledgement: a captive portal answers 200 too. @param {import("./drafts.js").Waiting} revision @returns {Promise<Acknowledgement>} */
async function send(revision) {
  const csrf = /** @type {HTMLInputElement} */ (document.querySelector('[name="_csrf"]')).value;
  const answer = await fetch(`/scoring/revisions/${revision.id}`, {
    method: "PUT", credentials: "same-origin", signal: AbortSignal.timeout(8000), body: JSON.stringify(revision.body),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const body = isJson ? await answer.json() : {};
  if (answer.ok && body.id === revision.id && Number.isInteger(body.ledger_position)) return body;
  if (isJson && answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) throw Object.assign(new Error(body.detail ?? ""), { final: true, status: answer.status });
  throw new Error("no acknowledgement");
}

let sending = false;
/** Send what waits, oldest first, again and again until the server has acknowledged it. */
async function flush(pause = 1000) {
  if (sending) return;
  sending = true;
  try {
    for (const revision of await waiting()) {
      const mine = revision.sheet === facts.key;
      try {
        if (mine) pill("on-server", "wait", "server", words.server_sending);
        const answer = await send(revision);
        await acknowledged(revision.id);
        if (mine) {
          await dropDraft(facts.key);
          await readBack(answer);
        }
      } catch (error) {
        const final = /** @type {{final?: boolean, status?: number, message: string}} */ (error);
        if (!final.final) throw error;
        if (final.status === 401) pill("on-server", "err", "alert", words.server_signed_out);
        else pill("on-server", "err", "alert", words.server_refused);
        message("err", "alert", final.message || words.server_refused);
        if (final.status !== 401 && final.status !== 403) await acknowledged(revision.id);
        return;
      }
    }
  } catch {
    pill("on-server", "wait", "off", words.server_waiting);
    message("warn", "tablet", words.offline);
    setTimeout(() => flush(Math.min(pause * 2, 15000)), pause * (0.75 + Math.random() / 2));
  } finally {
    sending = false;
  }
}

/** Fetch what the server holds now and compare it with what is on the screen before saying so. @param {Acknowledgement} answer */
async function readBack(answer) {
  if (answer.disposition !== "counted") {
    location.reload();
    return;
  }
  pill("on-server", "ok", "server", say("server_counted", { position: answer.ledger_position }));
  const held = await fetch(location.pathname, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then((reply) => reply.json());
  /** @type {Record<string, number>} */
  const marks = held.marks ?? {};
  const same = criteria.every((each) => count(each) === BigInt(marks[each.key] ?? -1));
  facts.base = held.base;
  sessionStorage.setItem("laurel-read-back", JSON.stringify({ key: facts.key, same, position: answer.ledger_position }));
  location.replace(location.pathname);
}

/** @param {Event} event */
async function submit(event) {
  event.preventDefault();
  const { ready, missing } = show();
  if (!ready) {
    const first = criteria.find((each) => typeof count(each) !== "bigint");
    if (first) choose(first, true);
    message("err", "alert", missing.length ? say("still_missing", { titles: missing.join("、") }) : words.has_fault);
    return;
  }
  if (facts.base && !field("reason").trim()) {
    one("reason").focus();
    message("err", "alert", words.reason_missing);
    return;
  }
  const marks = Object.fromEntries(criteria.map((each) => [each.key, Number(count(each))]));
  try {
    await saving;
    await keep(facts.key, {
      protocol: facts.protocol, base: facts.base, entry_id: facts.entry_id, part: facts.part, rubric_version: facts.rubric_version, marks,
      comment: field("comment"), reason: field("reason"), written_at: new Date().toISOString(),
    });
  } catch {
    pill("on-tablet", "err", "alert", words.tablet_failed);
    message("err", "alert", words.tablet_failed_long);
    return;
  }
  pill("on-tablet", "ok", "tablet", say("tablet_saved", { time: clockTime() }));
  message("", "server", words.sending);
  await flush();
}

/** @param {Criterion} criterion @param {boolean} [focus] */
function choose(criterion, focus = false) {
  active = criterion;
  if (focus) (criterion.input ?? criterion.choices[0]).focus({ preventScroll: false });
  show();
}

/** @param {string} key */
function press(key) {
  if (!active.input) return;
  const value = active.input.value;
  if (key === "back") active.input.value = value.slice(0, -1);
  else if (key === ".") { if (!value.includes(".") && active.digits) active.input.value = `${value || "0"}.`; }
  else if ((value.split(".")[1] ?? "").length < active.digits || !value.includes(".")) active.input.value = value === "0" ? key : value + key;
  changed();
}

/** One step of the rule's unit; an unmarked criterion starts at its highest for − and at its lowest for +. @param {Criterion} criterion @param {bigint} by */
function step(criterion, by) {
  const now = count(criterion);
  const next = typeof now === "bigint" ? now + by : by < 0n ? criterion.highest : criterion.lowest;
  if (criterion.input && next >= criterion.lowest && next <= criterion.highest) criterion.input.value = text(next, criterion.n, criterion.d, criterion.digits);
  choose(criterion);
  changed();
}

function ready() {
  document.documentElement.classList.add("js");
  document.querySelector(".e[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (!facts.open || !criteria.length) return;
  const pad = document.querySelector(".pad");
  const hasKeys = pad && getComputedStyle(pad).display !== "none" && matchMedia("(pointer: coarse)").matches;
  for (const criterion of criteria) {
    if (criterion.input) criterion.input.inputMode = hasKeys && criterion.lowest >= 0n ? "none" : "decimal";
    for (const each of criterion.input ? [criterion.input] : criterion.choices) {
      each.addEventListener("focus", () => choose(criterion));
      each.addEventListener("input", changed);
    }
    criterion.box.addEventListener("click", (event) => { if (!(event.target instanceof Element && event.target.closest("button, label"))) choose(criterion, Boolean(criterion.input)); });
    for (const button of criterion.box.querySelectorAll("button")) button.addEventListener("click", () => step(criterion, BigInt(button.dataset.stepBy ?? 0)));
  }
  for (const key of document.querySelectorAll(".key")) key.addEventListener("click", () => press(/** @type {HTMLElement} */ (key).dataset.key ?? ""));
  one("next-criterion").addEventListener("click", () => choose(criteria[criteria.indexOf(active) + 1] ?? criteria[0]));
  for (const id of ["comment", "reason"]) document.getElementById(id)?.addEventListener("input", changed);
  one("form").addEventListener("submit", submit);
  if (document.getElementById("go-on")) one("submit").hidden = true;
  document.documentElement.classList.toggle("no-keys", criteria.every((each) => !each.input));
  for (const name of ["online", "focus", "pageshow"]) addEventListener(name, () => flush());
  show();
  restore();
}

async function restore() {
  try {
    const draft = await draftOf(facts.key);
    if (draft && draft.base === facts.base) {
      for (const each of criteria) put(each, draft.marks[each.key] ?? given(each));
      for (const id of ["comment", "reason"]) { const box = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(id)); if (box) box.value = /** @type {Record<string, string>} */ (/** @type {unknown} */ (draft))[id] ?? ""; }
      pill("on-tablet", "ok", "tablet", say("tablet_saved", { time: draft.at }));
      message("", "tablet", words.draft_back);
      active = criteria.find((each) => count(each) === null) ?? criteria[0];
      if (document.getElementById("go-on")) changed();
      show();
    }
  } catch {
    pill("on-tablet", "err", "alert", words.tablet_failed);
    message("err", "alert", words.tablet_failed_long);
  }
  const note = JSON.parse(sessionStorage.getItem("laurel-read-back") ?? "null");
  sessionStorage.removeItem("laurel-read-back");
  if (note?.key === facts.key) {
    if (note.same) message("ok", "tick2", say("read_back", { position: note.position }));
    else message("err", "alert", words.read_back_differs);
  }
  await flush();
}

ready();
