// @ts-check
/**
 * Lets the timekeeper's clock count on between two answers of the server, presses its buttons by key, and reads the page
 * anew when the clock was moved elsewhere. It decides nothing.
 */
import { minutes } from "./hands.js";

const face = document.getElementById("lesson-clock");
if (face) {
  const passed = Number(face.dataset.passed);
  const limit = Number(face.dataset.limit);
  const warning = Number(face.dataset.warning);
  const since = performance.now();
  const show = () => {
    const now = passed + (face.dataset.state === "running" ? performance.now() - since : 0);
    face.textContent = minutes(Math.floor(now / 1000));
    face.classList.toggle("warn", now >= warning && now < limit);
    face.classList.toggle("late", now >= limit);
    /** @type {HTMLElement} */ (document.getElementById("warned")).hidden = !(now >= warning && now < limit);
    /** @type {HTMLElement} */ (document.getElementById("over")).hidden = now < limit;
  };
  show();
  setInterval(show, 250);
}

const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-division]"));
if (page) {
  const shown = `${page.dataset.code ?? ""} ${page.dataset.state ?? ""}`;
  const line = new EventSource(`/scoring/boards/${page.dataset.division}/events`);
  line.addEventListener("frame", (event) => {
    const { clock } = JSON.parse(/** @type {MessageEvent<string>} */ (event).data);
    const seen = clock && clock.state !== "ended" ? `${clock.code} ${clock.state}` : " ";
    const isTyping = document.activeElement instanceof HTMLInputElement && document.activeElement.value !== "";
    if (seen !== shown && !isTyping) location.reload();
  });
}

addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || (target instanceof HTMLElement && target.closest("input, textarea, select, button, a, summary"))) return;
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector(`[data-key~="${event.code}"]`));
  if (!button) return;
  event.preventDefault();
  button.form?.requestSubmit(button);
});
