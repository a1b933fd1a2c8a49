// @ts-check
/**
 * The hall screen of a ceremony. It fetches the whole script beforehand, each step sealed under a key of its own, and is told
 * the key when the step is shown; where the browser cannot decrypt (no secure context) it is told the picture instead. An
 * older version is ignored; a silent line is opened again after 25 seconds, and the last good picture stays.
 */
/** @typedef {{id: string, state: "ready" | "running" | "closed", version: number, step: number, is_blank: boolean, key: string | null, frame: import("./stage.js").Frame | null}} Moment */

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Record<string, string>} */
const words = JSON.parse(one("words").textContent ?? "{}");
/** @type {typeof import("./stage.js")} */
const { draw, fit, say } = await import(one("words").dataset.stage ?? "");
/** @type {Moment} */
let moment = JSON.parse(one("moment").textContent ?? "{}");
/** @type {Map<number, {nonce: string, sealed: string}>} */
const steps = new Map();
const address = `/awards/reveals/${moment.id}`;
const RETURNS_AFTER = 12000;
let form = globalThis.crypto?.subtle ? "sealed" : "plain";
let heardAt = performance.now();
let openedAt = 0;
let drawn = 0;
let goodAt = new Date();
/** @type {EventSource | null} */
let line = null;

/** Shows what the moment says, unless something newer has come meanwhile. @param {Moment} got */
async function show(got) {
  if (got.version < moment.version) return;
  moment = got;
  const frame = got.is_blank ? null : got.frame ?? (got.key ? await opened(got) : null);
  if (got !== moment) return;
  one("waiting").hidden = got.state !== "ready";
  if (got.version > drawn || !drawn) draw(one("stage"), frame, words);
  drawn = got.version;
  goodAt = new Date();
  document.documentElement.dataset.version = String(got.version);
  if (got.state === "closed") turnBack();
}

/** The step's picture, from the sealed script; from the server where that fails. @param {Moment} got */
async function opened(got) {
  const step = steps.get(got.step);
  if (step && got.key) {
    try {
      const key = await crypto.subtle.importKey("raw", bytes(got.key), "AES-GCM", false, ["decrypt"]);
      const about = new TextEncoder().encode(`${got.id}/${got.step}`);
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(step.nonce), additionalData: about }, key, bytes(step.sealed));
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      form = "plain";
    }
  }
  const answer = await fetch(`${address}/screen`, { headers: { Accept: "application/json" } });
  const now = /** @type {Moment} */ ((await answer.json()).moment);
  return now.step === got.step ? now.frame : null;
}

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

async function preload() {
  if (form === "plain") return;
  try {
    const answer = await fetch(`${address}/steps`, { headers: { Accept: "application/json" } });
    for (const each of (await answer.json()).steps) steps.set(each.step, each);
  } catch {
    form = "plain";
  }
}

function listen() {
  line?.close();
  openedAt = performance.now();
  line = new EventSource(`${address}/events?since=${moment.version}&form=${form}`);
  line.addEventListener("beat", heard);
  line.addEventListener("step", (event) => {
    heard();
    show(JSON.parse(/** @type {MessageEvent} */ (event).data)).catch(() => undefined);
  });
}

function heard() {
  heardAt = performance.now();
  goodAt = new Date();
  one("stale").hidden = true;
}

function watch() {
  const silent = performance.now() - heardAt;
  if (silent > 25000 && performance.now() - openedAt > 10000) listen();
  if (silent < 30000) return;
  one("stale").hidden = false;
  one("stale").textContent = say(words, "stale", { time: goodAt.toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }) });
}

/** The board that sent the hall here takes it back. */
function turnBack() {
  const back = new URLSearchParams(location.search).get("back") ?? "";
  if (/^\/scoring\/[\w/-]+$/.test(back)) setTimeout(() => location.replace(back), RETURNS_AFTER);
}

addEventListener("resize", () => fit(one("stage")));
await preload();
await document.fonts.ready;
await show(moment).catch(() => undefined);
listen();
setInterval(watch, 5000);
navigator.wakeLock?.request("screen").catch(() => undefined);
