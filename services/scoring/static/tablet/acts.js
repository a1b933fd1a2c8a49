// @ts-check
/** What a judge does with the page: every button, field and key has its act here. */
import { one } from "./dom.js";
import { app, breaks, records, refresh, render } from "./main.js";
import { again, chooses, pinned, signOn, unsign, whoSits } from "./enrol.js";
import { count, pressed, stepped } from "./sheet.js";
import { drafts, histories, keyOf } from "./state.js";
import { newId } from "./store.js";
import { ask, session } from "./talk.js";
import { look } from "./view.js";
import { clockTime, comma, say, speak } from "./words.js";

let saving = 0;

/** Take typed text into the draft and keep it; the pill says so only when the store has. @param {{marks?: Record<string, string>, comment?: string, reason?: string}} change */
function edit(change) {
  const { sheet } = look(app);
  if (!sheet.isOpen) return;
  const was = (sheet.isDirty && drafts.get(sheet.key)) || { marks: sheet.texts, comment: sheet.comment, reason: "", base: sheet.base };
  const draft = { ...was, ...change, marks: { ...was.marks, ...change.marks }, written_at: Date.now() };
  drafts.set(sheet.key, draft);
  app.saved = { state: "saving", time: "" };
  app.flash = null;
  const mine = ++saving;
  app.store.setDraft(sheet.key, draft).then(() => {
    if (mine !== saving) return;
    app.saved = { state: "saved", time: clockTime() };
    render();
  }, breaks);
  render();
}

/** @param {string} state @param {string} mark @param {string} text */
function flash(state, mark, text) {
  app.flash = [state, mark, text];
  render();
}

/** @param {string} key */
const field = (key) => /** @type {HTMLInputElement | null} */ (document.getElementById(`marks.${key}`));

/** Open another sheet, at the mark that is missing. @param {Partial<typeof app.at>} place */
function open(place) {
  Object.assign(app.at, { item: "", ...place });
  if ("entry" in place && app.at.material && !app.here.entry.materials?.some((each) => each.id === app.at.material)) app.at.material = "";
  app.flash = null;
  app.dialog = null;
  app.saved = { state: "idle", time: "" };
  const { entry, part } = app.here;
  Object.assign(app.at, { entry: entry.entry_id, part: part.key });
  history.replaceState(null, "", `#${entry.entry_id}/${encodeURIComponent(part.key)}`);
  render().then(() => {
    one("sheet").scrollTop = 0;
    one("title").focus({ preventScroll: true });
    document.querySelector(".e[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

/** Choose a mark to give. @param {string} key */
function choose(key) {
  app.at.item = key;
  render().then(() => document.querySelector(".crit.on")?.scrollIntoView({ block: "nearest" }));
}

/** The sheet as it stands becomes a record of this tablet, and the queue sends it. */
async function submit() {
  const { part, sheet } = look(app);
  if (!sheet.ready) {
    const first = part.criteria.find((each) => typeof count(each, sheet.texts[each.key]) !== "bigint");
    if (first) { choose(first.key); field(first.key)?.focus({ preventScroll: true }); }
    const missing = part.criteria.filter((each) => count(each, sheet.texts[each.key]) === null).map((each) => each.title);
    return flash("err", "alert", missing.length ? say("tablet.still_missing", { titles: missing.join(comma()) }) : say("tablet.has_fault"));
  }
  if (sheet.head && !sheet.reason.trim()) {
    one("reason").focus();
    return flash("err", "alert", say("tablet.reason_missing"));
  }
  await send(sheet, sheet.ready, sheet.comment.trim(), sheet.reason.trim(), sheet.base);
  document.getElementById("go-on")?.focus();
}

/** @param {import("./state.js").Sheet} sheet @param {Record<string, number>} marks @param {string} comment @param {string} reason @param {string | null} base */
async function send(sheet, marks, comment, reason, base) {
  if (isSending) return;
  isSending = true;
  const typed = drafts.get(sheet.key);
  try {
    await app.store.submit({ entry_id: sheet.entry.entry_id, part: sheet.part.key, base, rubric_version: app.here.division.rubric_version, marks, comment, reason, judge_id: app.judge });
    if (drafts.get(sheet.key) === typed) drafts.delete(sheet.key); // what was typed meanwhile stays
    app.saved = { state: "saved", time: clockTime() };
    app.flash = null;
    await records();
    app.queue?.kick();
    setTimeout(() => { if (app.records.some((each) => each.state === "waiting")) refresh(); }, 1500);
  } catch (error) {
    breaks(error);
  } finally {
    isSending = false;
  }
}
let isSending = false;

/** The judge says which of two sheets is meant: a new revision on top of what counts. @param {string} id */
async function pick(id) {
  const { sheet } = look(app);
  const sent = [sheet.head, sheet.last].find((each) => each?.revision_id === id);
  if (sent) await send(sheet, sent.marks, sent.comment, say("tablet.picked"), sheet.head?.revision_id ?? null);
}

/** Call staff, with where the judge is. @param {string} kind */
async function call(kind) {
  const { entry, part, sheet } = look(app);
  app.fault = "";
  try {
    const answer = await ask("/scoring/assistances", { method: "POST", body: { id: newId(), kind, entry_id: entry.entry_id, part: part.key } });
    if (!answer.ok) throw new Error(answer.body.detail);
    app.asked.add(kind === "unlock" ? `unlock/${sheet.key}` : `help/${entry.entry_id}`);
    render();
  } catch {
    app.fault = say("tablet.assistance_failed");
    if (kind === "unlock") flash("err", "alert", app.fault);
    render();
  }
}

/** One own sheet through time; what this tablet does not know comes from the server where there is a network. @param {string} of */
async function recall(of) {
  app.dialog = { name: "history", of };
  await render();
  const { part } = look(app);
  const answer = await ask(`/scoring/tablet/history/${of}/${encodeURIComponent(part.key)}`).catch(() => null);
  if (!answer?.ok) return;
  histories.set(keyOf(app.judge, of, part.key), answer.body.revisions);
  await render();
}

async function exportFile() {
  const { asFile } = await import("./export.js");
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await asFile(app.store)), download: `laurel-${app.identity?.label ?? "tablet"}-${clockTime().replaceAll(":", "")}.json` });
  link.click();
}

async function exportCodes() {
  const [{ asCodes }, { svg }] = await Promise.all([import("./export.js"), import("./qr.js")]);
  const codes = await asCodes(app.store);
  one("codes").innerHTML = codes.map((code, at) => `<figure>${svg(code)}<figcaption class="num">${at + 1} / ${codes.length}</figcaption></figure>`).join("");
}

/** Empty the tablet when the activity is closed and everything has reached the server. */
async function wipe() {
  try {
    await app.store.wipe();
    drafts.clear();
    await leave();
  } catch {
    app.fault = say("tablet.wipe_not_yet");
    render();
  }
}

async function leave() {
  try {
    await ask("/scoring/sign-out", { method: "POST", body: {} });
  } catch { /* without a network the session ends when the next judge signs on */ }
  session.csrf = "";
  await app.store.setIdentity(app.identity = { ...app.identity, judge: null, csrf: "", pin: null });
  sessionStorage.removeItem("laurel-unlocked");
  app.desk = app.dialog = null;
  history.replaceState(null, "", location.pathname);
  if (app.identity?.is_own) location.assign("/scoring/");
  else await whoSits();
}

/** @type {Record<string, (of: string, target: HTMLElement) => unknown>} */
const ACTS = {
  entry: (of) => open({ entry: of }),
  part: (of) => open({ part: of }),
  go: (of) => { const [entry, part] = of.split("/"); open({ entry, part }); },
  item: (of, target) => { if (look(app).item.key !== of || target.id) choose(of); },
  key: (of) => { const { item, sheet } = look(app); app.at.item = item.key; edit({ marks: { [item.key]: pressed(item, sheet.texts[item.key], of) } }); },
  step: (of, target) => {
    const { part, sheet } = look(app);
    const item = part.criteria.find((each) => each.key === of);
    app.at.item = of;
    if (item) edit({ marks: { [of]: stepped(item, sheet.texts[of], Number(target.dataset.by)) } });
  },
  submit, pick,
  ask: call,
  dialog: (of) => {
    app.dialog = of ? { name: of, of: of === "unlock" ? app.lockedBy : "" } : null;
    app.fault = "";
    render();
  },
  history: recall,
  material: (of) => { Object.assign(app.at, { material: app.at.material === of ? "" : of, isWhole: false }); render(); },
  whole: () => { app.at.isWhole = !app.at.isWhole; render(); },
  size: (of) => { app.size = Math.min(4, Math.max(0, app.size + Number(of))); localStorage.setItem("laurel-size", String(app.size)); render(); },
  language: (of) => { speak(of); render(); if (app.desk) refresh(); },
  reload: () => location.reload(),
  update: () => app.update?.(),
  judges: whoSits, judge: chooses, unsign, "sign-on": signOn, again, pin: pinned, leave, wipe,
  "export-file": exportFile, "export-codes": exportCodes,
};

/** @param {Event} event */
export function act(event) {
  const target = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-do]")) : null;
  if (!target || target.hasAttribute("disabled") || event.target instanceof HTMLInputElement || event.target instanceof HTMLLabelElement) return;
  ACTS[target.dataset.do ?? ""]?.(target.dataset.of ?? "", target);
}

/** @param {Event} event */
export function typedIn(event) {
  const target = /** @type {HTMLInputElement} */ (event.target), of = target.dataset.of ?? "";
  if (target.dataset.on === "mark") { app.at.item = of; edit({ marks: { [of]: target.value } }); }
  if (target.dataset.on === "choice") { app.at.item = of; edit({ marks: { [of]: target.value } }); }
  if (target.dataset.on === "text") edit({ [of]: target.value });
}

/** @param {Event} event */
export function changed(event) {
  const target = /** @type {HTMLSelectElement} */ (event.target);
  if (target.dataset.on === "division") open({ division: target.value, entry: "", part: "" });
}

/** Enter goes on to the next mark, and from the last one to the end of the sheet. @param {KeyboardEvent} event */
export function keyed(event) {
  const target = /** @type {HTMLElement} */ (event.target), of = target.dataset?.of;
  if (event.key !== "Enter" || target.dataset?.on !== "mark") return;
  event.preventDefault();
  const { part } = look(app);
  const next = part.criteria[part.criteria.findIndex((each) => each.key === of) + 1];
  if (!next) { document.getElementById("submit")?.focus(); return; }
  choose(next.key);
  (field(next.key) ?? /** @type {HTMLElement | null} */ (document.querySelector(`[data-of="${CSS.escape(next.key)}"][data-on="choice"]`)))?.focus();
}

/** A field that gets the focus is the mark in hand. @param {Event} event */
export function focused(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if ((target.dataset?.on === "mark" || target.dataset?.on === "choice") && app.at.item !== target.dataset.of) { app.at.item = target.dataset.of ?? ""; render(); }
}

