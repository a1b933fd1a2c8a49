// @ts-check
/**
 * The judge's page: what is in hand, how it is drawn again after every change, and when the server is asked.
 * Marks live in the store of this tablet; the queue sends them. Nothing is said to be saved before the store has said so.
 */
import { html, one, show } from "./dom.js";
import { act, changed, focused, keyed, typedIn } from "./acts.js";
import { enrol, own, restoreDrafts, whoSits } from "./enrol.js";
import { start as startQueue } from "./queue.js";
import { figure } from "./sheet.js";
import { drafts, keep, sheetOf } from "./state.js";
import { open } from "./store.js";
import { ask, session } from "./talk.js";
import { desk, look } from "./view.js";
import { say } from "./words.js";

/** @typedef {import("./state.js").Desk} Desk */
/** @typedef {import("./state.js").Kept} Kept */

const root = one("app");
const EVERY = 20_000;

export const app = {
  /** @type {import("./store.js").Store} */ store: /** @type {any} */ (null),
  /** @type {{kick: () => void, stop: () => void} | null} */ queue: null,
  /** @type {any} */ identity: null,
  /** @type {Desk | null} */ desk: null,
  /** @type {Kept[]} */ records: [],
  /** What is open: division, entry, part and mark; the material beside it. */
  at: { division: "", entry: "", part: "", item: "", material: "", isWhole: false },
  saved: { state: "idle", time: "" },
  screen: "loading",
  /** @type {{name: string, of: string} | null} */ dialog: null,
  /** @type {[string, string, string] | null} */ flash: null,
  /** @type {Map<string, string>} addresses of the materials kept here */ materials: new Map(),
  /** @type {Set<string>} */ asked: new Set(),
  /** @type {{judge_id: string, name: string, position: number, kind: string, asks_pin?: boolean}[]} */ judges: [],
  /** @type {{judge_id: string, name: string, asks_pin?: boolean} | null} */ chosen: null,
  etag: "", /** Take the new version of the page, where there is one. @type {(() => Promise<void>) | null} */ update: null,
  isOnline: navigator.onLine, unlocking: false, hasKeys: matchMedia("(pointer: coarse)").matches,
  signature: "", lockedBy: "", pin: "", fault: "", broken: "", size: Number(localStorage.getItem("laurel-size") ?? 0),

  get judge() { return this.desk?.judge.judge_id ?? ""; },

  /** The division, entry and part that are open; the first that is to be done where nothing is chosen. */
  get here() {
    const divisions = /** @type {Desk} */ (this.desk).divisions;
    const division = divisions.find((each) => each.division_id === this.at.division) ?? divisions.find((each) => each.entries.some((entry) => entry.entry_id === this.at.entry)) ?? divisions[0];
    const isDone = (/** @type {any} */ entry, /** @type {any} */ part) => !["todo", "partly"].includes(sheetOf(this.judge, division, entry, part).standing);
    const part = division.parts.find((each) => each.key === this.at.part) ?? division.parts.find((each) => division.entries.some((entry) => !isDone(entry, each))) ?? division.parts[0];
    const entry = division.entries.find((each) => each.entry_id === this.at.entry) ?? division.entries.find((each) => !isDone(each, part)) ?? division.entries[0];
    return { division, entry, part };
  },

  get hasUpdate() { return Boolean(this.update) && isFree(); },

  /** @param {string} key */
  draftOf: (key) => drafts.get(key) ?? null,

  /** Records that somebody must look at, with what they are about. */
  needs() {
    return (this.desk?.divisions ?? []).flatMap((division) => division.entries.flatMap((entry) => division.parts.flatMap((part) => sheetOf(this.judge, division, entry, part).parked.map((record) => ({
      record, code: entry.code, part: part.title, shown: figure(part, record.sent.marks) || say("tablet.unmarked"),
    })))));
  },

  /** What is typed and not known to be kept, to be copied to paper. */
  lost() {
    return (this.desk?.divisions ?? []).flatMap((division) => division.entries.flatMap((entry) => division.parts.map((part) => ({ entry, part, sheet: sheetOf(this.judge, division, entry, part) })))
      .filter(({ sheet }) => sheet.isDirty || sheet.waiting.length)
      .map(({ entry, part, sheet }) => ({ code: entry.code, part: part.title, rows: part.criteria.map((each) => [each.title, sheet.texts[each.key] || say("tablet.unmarked")]) })));
  },
};
/** @typedef {typeof app} App */

/** @type {typeof import("./screens.js") | null} */
let screens = null;

/** Draw what there is now. Dialogs and the screens before the desk come when they are first needed. */
export async function render() {
  document.documentElement.dataset.size = String(app.size);
  root.setAttribute("aria-busy", String(app.screen === "loading"));
  const screen = app.broken ? "broken" : app.screen;
  if ((screen !== "desk" || app.dialog) && !screens) screens = await import("./screens.js");
  if (screen === "desk" && !app.desk?.divisions.length) { app.screen = "none"; return render(); }
  const page = screen === "desk" ? desk(app) : /** @type {NonNullable<typeof screens>} */ (screens).SCREENS[screen](app);
  show(root, html`${page}<dialog id="dialog" aria-labelledby="dialog-title">${app.dialog && screens?.DIALOGS[app.dialog.name](app)}</dialog>`);
  const box = /** @type {HTMLDialogElement} */ (one("dialog"));
  if (app.dialog && !box.open) box.showModal();
  else if (!app.dialog && box.open) box.close();
  document.title = screen === "desk" ? say("tablet.title", { code: app.here.entry.code, part: app.here.part.title }) : say("tablet.brand");
}

/** This tablet can keep nothing any more. @param {unknown} error */
export function breaks(error) {
  app.broken = String(/** @type {any} */ (error)?.reason ?? error);
  app.saved = { state: "failed", time: "" };
  render();
}

/** Read the records again and draw. */
export async function records() {
  app.records = await app.store.records();
  keep(app.records);
  await render();
}

/** Take the judge's desk from the server, and keep it. Says whether there was one. */
export async function refresh() {
  const isShared = app.identity?.is_own === false, holder = app.identity?.judge?.judge_id;
  if (isShared && !holder) { // whoever had it has left it, whatever session there still is
    if (app.screen === "loading") await whoSits();
    return false;
  }
  let answer;
  try {
    answer = await ask("/scoring/tablet/desk", { etag: app.desk ? app.etag : undefined });
  } catch {
    app.isOnline = false;
    if (app.desk) render();
    return false;
  }
  app.isOnline = true;
  if (isShared && app.identity?.judge?.judge_id !== holder) return false; // it changed hands meanwhile
  if (answer.status === 401 || answer.status === 403) {
    if (app.desk && app.identity?.judge) locked(answer.body.code ?? "");
    else if (app.screen === "loading") { app.screen = app.identity?.is_own === false ? "names" : "start"; if (app.screen === "names") await whoSits(); }
    else app.fault = answer.body.detail ?? "";
  } else if (answer.ok && Array.isArray(answer.body?.divisions)) {
    const { judge, csrf } = answer.body;
    if (isShared && judge.judge_id !== holder) { locked("sign_in_first"); return false; }
    session.csrf = csrf;
    if (!await own(judge)) { app.desk = null; app.fault = say("tablet.no_network"); app.screen = "start"; await render(); return false; }
    app.etag = answer.body.etag;
    app.desk = answer.body;
    if (app.dialog?.name === "unlock") app.dialog = null;
    app.unlocking = false;
    await app.store.setDesk(answer.body);
    if (app.screen !== "locked") app.screen = "desk";
    fetchMaterials();
  }
  await render();
  return answer.ok;
}

/** The session is over; the queue waits until the judge has unlocked. @param {string} code */
export function locked(code) {
  if (!app.identity?.judge) return; // the next to sign on sends it
  if (!app.unlocking) { app.dialog = { name: "unlock", of: code }; app.pin = app.fault = ""; }
  Object.assign(app, { unlocking: true, lockedBy: code });
  render();
}

/** Read every teaching design once, so that it is there without a network; marks never want for room because of it. */
async function fetchMaterials() {
  for (const material of (app.desk?.divisions ?? []).flatMap((each) => each.entries.flatMap((entry) => entry.materials ?? []))) {
    if (app.materials.has(material.id)) continue;
    try {
      let blob = await app.store.material(material.id);
      if (!blob) {
        const answer = await fetch(`/scoring/materials/${material.id}`, { credentials: "same-origin", signal: AbortSignal.timeout(60_000) });
        if (!answer.ok || !(answer.headers.get("Content-Type") ?? "").startsWith(material.media_type)) continue;
        blob = await answer.blob();
        const { quota = 0, usage = 0 } = await navigator.storage.estimate();
        if (blob.size < (quota - usage) / 2) await app.store.setMaterial(material.id, blob);
      }
      app.materials.set(material.id, URL.createObjectURL(blob));
      if (app.at.material === material.id) render();
    } catch { /* asked again with the next desk */ }
  }
}

/** Tell the desk how this tablet is: what waits, what must be seen to, its clock and battery. */
async function report() {
  if (!app.identity?.device_id || !app.isOnline) return;
  const battery = await /** @type {any} */ (navigator).getBattery?.().catch(() => null);
  const positions = app.records.map((each) => each.ack?.ledger_position ?? 0);
  const body = {
    queue: app.records.filter((each) => each.state === "waiting").length, parked: app.needs().length, clock_ms: Date.now(), version: import.meta.url.split("/").at(-2),
    last_position: positions.length ? Math.max(...positions) : null, battery: battery ? Math.round(battery.level * 100) : null,
  };
  await ask("/scoring/devices/reports", { method: "POST", body }).catch(() => {});
}

/** Ask what is new, and tell how we are. */
const beat = () => { if (app.desk && !document.hidden) refresh().then((isThere) => isThere && report()); };

let asking = 0;
/** After something reached the server: what it holds now, once for several. */
function soon() {
  clearTimeout(asking);
  asking = window.setTimeout(beat, 800);
}

/** Begin to send, and to ask. */
export function begin() {
  app.queue ??= startQueue(app.store, { changed: () => records().catch(breaks), unlock: locked, acked: () => { app.isOnline = true; soon(); } });
  app.queue.kick();
}

/** Nothing waits to be sent and no sheet is open with something typed in it. */
const isFree = () => !app.records.some((each) => each.state === "waiting") && !app.dialog && (!app.desk || !look(app).sheet.isDirty);

/** The worker keeps the page for a start without a network; a new version is offered between entries. */
async function keepShell() {
  const shell = await import("./shell.js");
  await shell.keepShell(isFree, (take) => { app.update = take; render(); }).catch(() => {});
}

const ENROL = /^#enrol=(\w+)$/;
/** The sheet that the address names. */
function place() {
  const [, entry, part] = /^#([\w-]{36})\/(.+)$/.exec(location.hash) ?? [];
  if (entry) Object.assign(app.at, { division: "", entry, part: decodeURIComponent(part), item: "" });
}

async function main() {
  addEventListener("click", act);
  addEventListener("input", typedIn);
  addEventListener("change", changed);
  addEventListener("focusin", focused);
  addEventListener("keydown", keyed);
  one("app").addEventListener("cancel", (event) => { event.preventDefault(); if (app.dialog && app.dialog.name !== "unlock") { app.dialog = null; render(); } }, true);
  for (const name of ["online", "focus", "pageshow"]) addEventListener(name, () => { if (app.desk) refresh(); });
  addEventListener("offline", () => { app.isOnline = false; render(); });
  import("./touch.js").then(({ follow }) => follow(app, render));
  try {
    app.store = await open();
    app.store.onLost(breaks);
    app.identity = await app.store.identity();
    for (const [key, draft] of Object.entries(await app.store.drafts())) drafts.set(key, draft);
    app.records = await app.store.records();
    keep(app.records);
    const stored = app.identity?.judge ? await app.store.desk() : null;
    app.desk = stored?.judge.judge_id === app.identity?.judge?.judge_id ? stored : null;
  } catch (error) {
    breaks(error);
    return;
  }
  session.csrf = app.identity?.csrf ?? "";
  const [, code] = ENROL.exec(location.hash) ?? [];
  place();
  addEventListener("hashchange", () => { if (ENROL.test(location.hash)) location.reload(); else { place(); render(); } });
  if (code) await enrol(code);
  else {
    if (app.desk) {
      app.screen = app.identity?.pin && !sessionStorage.getItem("laurel-unlocked") ? "locked" : "desk";
      await render();
      begin();
      fetchMaterials();
    }
    const isThere = await refresh();
    if (isThere) { await restoreDrafts(); begin(); }
    else if (app.screen === "loading") { app.screen = app.identity?.is_own === false ? "names" : "start"; await render(); }
  }
  setInterval(beat, EVERY);
  keepShell();
}

main();
