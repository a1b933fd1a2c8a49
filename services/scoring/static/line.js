// @ts-check
/**
 * The one line a screen holds to its server. A beat tells that it lives; silent for 25 seconds it is opened again. The last
 * good picture stays whatever happens: after 30 seconds the time of the data is shown, never a spinner or an error page.
 */
import { now, told } from "./hands.js";

const SILENT = 25000;
const STALE = 30000;
const NIGHT = "04"; // o'clock in Shanghai: a screen that has been open for hours starts afresh
const LONG = 6 * 3600 * 1000;

/** @typedef {{version(): number, frame(data: string): void, change?(data: string): boolean, lost(isLost: boolean, heardAt: number): void}} Screen */

/**
 * change: whether it could be applied; lost: whether the picture may be old, and the business time it is of.
 * @param {string} address of the events @param {Screen} screen
 */
export function follow(address, screen) {
  /** @type {EventSource | null} */
  let line = null;
  let heardAt = performance.now();
  let goodAt = now();
  let triedAt = 0;

  /** @param {number} since */
  function listen(since) {
    line?.close();
    triedAt = performance.now();
    line = new EventSource(`${address}?since=${since}`);
    /** @param {string} name @param {(data: string) => void} take */
    const on = (name, take) =>
      line?.addEventListener(name, (event) => {
        heardAt = performance.now();
        goodAt = now();
        screen.lost(false, goodAt);
        take(/** @type {MessageEvent<string>} */ (event).data);
      });
    on("beat", (data) => told(JSON.parse(data).now));
    on("frame", (data) => screen.frame(data));
    on("change", (data) => screen.change?.(data) || listen(0));
  }

  listen(screen.version());
  addEventListener("online", () => listen(screen.version()));
  setInterval(() => {
    const silent = performance.now() - heardAt;
    if (silent > SILENT && performance.now() - triedAt > SILENT) listen(screen.version());
    if (silent > STALE) screen.lost(true, goodAt);
  }, 1000);
}

/** A screen in a hall: it does not fall asleep, and starts afresh at night, only while its server answers. */
export function stand() {
  const awake = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  };
  awake();
  document.addEventListener("visibilitychange", awake);
  setInterval(async () => {
    const hour = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    if (performance.now() < LONG || !hour.startsWith(NIGHT)) return;
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }, 300000);
}

/** @param {string | number} at @param {Intl.DateTimeFormatOptions} parts */
export const clock = (at, parts) => new Date(at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai", ...parts });
