// @ts-check
/**
 * Keeps the hall's page fresh: every three seconds it asks with the version it shows (304 while nothing changed) and
 * takes over the sections that differ. Where somebody is typing, or has opened a form, that section waits. If the server
 * is silent the last good picture stays, and a line says since when. Whoever comes back to the page sees it at once.
 */

const STEP = 3000;
const PATIENCE = 8000;
const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
const hour = () => { const now = new Date(); return [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":"); };

let version = "";
let shownAt = performance.now();
let good = hour();
let isLooking = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer = setTimeout(look, STEP);

/** @param {Element} section */
const isBusy = (section) => section.contains(document.activeElement) && document.activeElement?.matches("input, select, textarea") || section.querySelector("details[open]") !== null;

/** @param {Document} next */
function take(next) {
  const fresh = /** @type {HTMLElement} */ (next.getElementById("live"));
  live.dataset.now = fresh.dataset.now;
  let whole = true;
  for (const section of live.querySelectorAll("[data-live]")) {
    const other = next.getElementById(section.id);
    if (!other || other.innerHTML === section.innerHTML) continue;
    if (isBusy(section)) { whole = false; continue; }
    const held = document.activeElement instanceof HTMLButtonElement && section.contains(document.activeElement);
    section.innerHTML = other.innerHTML;
    if (held) /** @type {HTMLElement} */ (section).tabIndex = -1, /** @type {HTMLElement} */ (section).focus();
  }
  shownAt = performance.now();
  return whole;
}

async function look() {
  clearTimeout(timer);
  if (isLooking) return;
  isLooking = true;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html", "If-None-Match": version }, signal: AbortSignal.timeout(PATIENCE), redirect: "error" });
    if (answer.status === 200) {
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!next.getElementById("live")) throw new Error("not our page");
      version = take(next) ? answer.headers.get("ETag") ?? "" : "";
    } else if (answer.status !== 304) throw new Error(String(answer.status));
    good = hour();
    lost.hidden = true;
    /** @type {HTMLElement} */ (document.getElementById("fresh-at")).textContent = good;
  } catch {
    lost.hidden = false;
    /** @type {HTMLElement} */ (document.getElementById("lost-since")).textContent = good;
  }
  isLooking = false;
  timer = setTimeout(look, STEP);
}

/** Clock faces and "12 seconds ago" go on between two answers. */
function tick() {
  const passed = performance.now() - shownAt;
  const now = Number(live.dataset.now) + passed;
  for (const face of live.querySelectorAll("[data-clock]")) {
    const { clock, state, limit, warning } = /** @type {HTMLElement} */ (face).dataset;
    const shown = Number(clock) + (state === "running" ? passed : 0);
    const seconds = Math.floor(shown / 1000);
    face.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
    face.classList.toggle("warn", shown >= Number(warning) && shown < Number(limit));
    face.classList.toggle("late", shown >= Number(limit));
  }
  for (const time of live.querySelectorAll("[data-ago]")) {
    const seconds = Math.max(0, Math.floor((now - Number(/** @type {HTMLElement} */ (time).dataset.ago)) / 1000));
    const words = seconds < 120 ? live.dataset.agoSeconds : live.dataset.agoMinutes;
    time.textContent = (words ?? "").replace("{n}", String(seconds < 120 ? seconds : Math.floor(seconds / 60)));
  }
}

setInterval(tick, 500);
document.addEventListener("visibilitychange", () => { if (!document.hidden) void look(); });
