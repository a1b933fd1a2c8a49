// @ts-check
/** A lesson's clock as every screen reads it: from the frame's reading on by business time, which the server's beats tell. */

/** @typedef {{code: string, state: string, limit_ms: number, warning_ms: number, passed_ms: number, at: string}} Hands */
/** @typedef {{face: string, word: string, hands: string, passed: number, limit: number}} Reading */

/** Business time of the server minus this screen's own monotonic clock. */
let ahead = Date.now() - performance.now();

/** @param {number} now business time in milliseconds, as the server just told it */
export function told(now) {
  ahead = now - performance.now();
}

/** Business time in milliseconds. */
export const now = () => performance.now() + ahead;

/**
 * What the clock shows now. hands: idle, running, paused, warning, over or ended; word: the key of what is said beside it.
 * @param {Hands | null} clock @returns {Reading}
 */
export function read(clock) {
  if (!clock) return { face: "--:--", word: "clock_idle", hands: "idle", passed: 0, limit: 1 };
  const passed = clock.passed_ms + (clock.state === "running" ? Math.max(0, now() - Date.parse(clock.at)) : 0);
  const left = clock.limit_ms - passed;
  const face = left > 0 ? minutes(Math.ceil(left / 1000)) : `+${minutes(Math.floor(-left / 1000))}`;
  const found = { face, passed, limit: clock.limit_ms };
  if (clock.state === "ended") return { ...found, face: minutes(Math.floor(passed / 1000)), word: "clock_ended", hands: "ended" };
  const hands = left <= 0 ? "over" : passed >= clock.warning_ms ? "warning" : "running";
  if (clock.state === "paused") return { ...found, word: "clock_paused", hands: "paused" };
  return { ...found, hands, word: { over: "clock_over", warning: "clock_warning", running: "clock_left" }[hands] };
}

/** @param {number} seconds */
export function minutes(seconds) {
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
