// @ts-check
/** How a tablet becomes known and a judge takes it in hand: enrolment, own name and signature, PIN, unlocking. */
import { makeKeys, publicRaw } from "./keys.js";
import { app, begin, refresh, render } from "./main.js";
import { drafts, keyOf } from "./state.js";
import { newId } from "./store.js";
import { ask, session } from "./talk.js";
import { say } from "./words.js";

/** What this browser can do; the desk is told which tablets will not work without a network. */
async function abilities() {
  return {
    secure_context: isSecureContext,
    worker: "serviceWorker" in navigator,
    strict_storage: "durability" in IDBTransaction.prototype,
    locks: "locks" in navigator,
    subtle: Boolean(crypto.subtle),
    persist: Boolean(await navigator.storage?.persist?.().catch(() => false)),
  };
}

/** A name that staff can recognise. */
const label = () => `${/iPad|iPhone|Android|HarmonyOS|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0] ?? "Tablet"} ${screen.width}×${screen.height}`;

/** Make keys and tell the server; the private key never leaves this browser. @param {string} path @param {Record<string, unknown>} more @param {any} was */
async function known(path, more, was) {
  const identity = { ...was, keys: was?.keys ?? await makeKeys(), device_id: was?.device_id ?? newId(), label: was?.label ?? label() };
  const body = { device_id: identity.device_id, public_key: await publicRaw(identity.keys), label: identity.label, abilities: await abilities(), ...more };
  const answer = await ask(path, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.body.detail ?? "");
  return { ...identity, label: answer.body.label ?? identity.label };
}

/** Staff's one-time code of the address. @param {string} code */
export async function enrol(code) {
  history.replaceState(null, "", location.pathname);
  try {
    session.csrf ||= (await ask("/scoring/session")).body.csrf ?? "";
    await keep({ ...(await known("/scoring/enrolments", { code }, app.identity)), is_own: false, judge: null, csrf: "", pin: null });
    app.desk = null;
    await whoSits();
  } catch (error) {
    app.fault = /** @type {Error} */ (error).message || say("tablet.no_network");
    app.screen = "start";
    await render();
  }
}

/**
 * A judge who signed in with the own account: this browser signs for that judge, by a key of its own for each. False while it
 * has but another's.
 * @param {{judge_id: string, name: string}} judge
 */
async function owns(judge) {
  const { device_id, is_own, owner } = app.identity ?? {};
  if (!device_id || (is_own && owner !== judge.judge_id)) {
    try {
      await keep({ ...(await known("/scoring/devices/own", {}, null)), is_own: true, owner: judge.judge_id });
    } catch { return !device_id; }
  }
  if (app.identity?.judge?.judge_id !== judge.judge_id || app.identity.csrf !== session.csrf) await keep({ ...app.identity, judge, csrf: session.csrf });
  return true;
}
let last = Promise.resolve(true);
/** One at a time. @param {{judge_id: string, name: string}} judge */
export const own = (judge) => (last = last.catch(() => false).then(() => owns(judge)));

/** @param {any} identity */
async function keep(identity) {
  app.identity = identity;
  await app.store.setIdentity(identity);
}

/** Whom this tablet offers. */
export async function whoSits() {
  app.fault = app.signature = app.pin = "";
  app.dialog = app.chosen = null;
  try {
    const { ok, body } = await ask("/scoring/tablet/judges");
    if (ok) app.judges = body.judges.map((/** @type {any} */ each) => ({ ...each, asks_pin: body.asks_pin }));
    else app.fault = body.detail ?? "";
    app.screen = ok ? "names" : "start";
  } catch {
    app.fault = say("tablet.no_network");
    app.screen = "names";
  }
  await render();
}

/** @param {string} id */
export function chooses(id) {
  app.chosen = app.judges.find((each) => each.judge_id === id) ?? null;
  app.screen = "sign";
  app.signature = app.fault = app.pin = "";
  render();
}

export function unsign() {
  app.signature = "";
  render();
}

/** @param {{judge_id: string, name: string}} judge @param {string} signature @param {string} pin */
async function signsOn(judge, signature, pin) {
  app.fault = "";
  try {
    const { ok, body } = await ask("/scoring/sign-ons", { method: "POST", body: { id: newId(), judge_id: judge.judge_id, signature, pin } });
    if (!ok) app.fault = body.detail ?? say("tablet.server_refused");
    else {
      session.csrf = body.csrf;
      const isOther = app.identity?.judge?.judge_id !== judge.judge_id;
      await keep({ ...app.identity, judge: { judge_id: judge.judge_id, name: judge.name }, csrf: body.csrf, pin: pin ? await proof(pin) : null });
      sessionStorage.setItem("laurel-unlocked", "1");
      if (isOther) app.desk = null;
      Object.assign(app, { unlocking: false, dialog: null, pin: "", signature: "" });
      if (await refresh()) { await restoreDrafts(); begin(); }
    }
  } catch {
    app.fault = say("tablet.no_network");
  }
  app.pin = "";
  await render();
}

/** The judge takes the tablet in hand. */
export async function signOn() {
  if (!app.chosen || app.signature.length <= 40 || (app.chosen.asks_pin && app.pin.length < 4)) {
    app.fault = say("tablet.sign_first");
    await render();
    return;
  }
  await signsOn(app.chosen, app.signature, app.pin);
}

/** The same judge goes on after the session was over. */
export async function again() {
  if (app.identity?.judge) await signsOn(app.identity.judge, "", app.pin);
}

/** What the PIN is checked against while there is no network. @param {string} pin @param {string} [salt] */
async function proof(pin, salt = newId()) {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode(salt), iterations: 210_000 }, key, 256);
  return { salt, hash: Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join(""), wrong: 0 };
}

/** A key of the PIN pad. @param {string} key */
export async function pinned(key) {
  if (key === "back") app.pin = app.pin.slice(0, -1);
  else if (key !== "ok") app.pin = (app.pin + key).slice(0, 6);
  else if (app.dialog?.name === "unlock") return again();
  else if (app.screen === "sign") return signOn();
  else return unlock();
  return render();
}

/** Open the page that was closed, with or without a network; each five wrong tries cost a minute. */
async function unlock() {
  const { pin } = app.identity;
  const waits = (pin.until ?? 0) - Date.now();
  if (waits > 0 && waits < 60_000) app.fault = say("tablet.pin_wait", { seconds: Math.ceil(waits / 1000) });
  else if ((await proof(app.pin, pin.salt)).hash === pin.hash) {
    await keep({ ...app.identity, pin: { ...pin, wrong: 0, until: 0 } });
    sessionStorage.setItem("laurel-unlocked", "1");
    app.screen = "desk";
    app.fault = "";
  } else {
    await keep({ ...app.identity, pin: { ...pin, wrong: pin.wrong + 1, until: pin.wrong % 5 === 4 ? Date.now() + 59_000 : 0 } });
    app.fault = say("tablet.pin_wrong");
  }
  app.pin = "";
  await render();
}

/** What the judge typed on a tablet that is gone. */
export async function restoreDrafts() {
  try {
    const { ok, body } = await ask("/scoring/drafts");
    for (const draft of ok ? body.drafts : []) {
      const key = keyOf(app.judge, draft.entry_id, draft.part);
      if (draft.device_id === app.identity?.device_id || drafts.has(key)) continue;
      const { marks, comment, reason, base, written_at } = draft;
      drafts.set(key, { marks, comment, reason, base, written_at });
      await app.store.setDraft(key, { marks, comment, reason, base, written_at });
    }
    await render();
  } catch { /* the next sign-on asks again */ }
}
