// @ts-check
/**
 * The presenter's console. Every picture shown here has a version and one command: a second tap on the same picture is the
 * same command, and a console that is behind is told where the ceremony stands instead of moving it.
 */

/** @typedef {import("./stage.js").Frame} Frame */
/** @typedef {{state: "ready" | "running" | "closed", version: number, step: number, is_blank: boolean, steps: number}} Course */

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Record<string, string>} */
const words = JSON.parse(one("words").textContent ?? "{}");
/** @type {Record<string, string>} */
const told = JSON.parse(one("told").textContent ?? "{}");
/** @type {Frame[]} */
const frames = JSON.parse(one("frames").textContent ?? "[]");
/** @type {Course} */
let course = JSON.parse(one("course").textContent ?? "{}");
/** @type {typeof import("./stage.js")} */
const { draw, say } = await import(one("words").dataset.stage ?? "");
const address = location.pathname;
const mayRun = Boolean(document.getElementById("next-button"));
const HOLDS_MS = 350;
const TRIES = 4;
let commandId = made();
let drawnAt = 0;
let furthest = course.step;
let isBusy = false;

/** A version 4 UUID; crypto.randomUUID needs a secure context. */
function made() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (each, n) => ([4, 6, 8, 10].includes(n) ? "-" : "") + each.toString(16).padStart(2, "0")).join("");
}

function show() {
  furthest = Math.max(furthest, course.step);
  const next = course.is_blank ? course.step : course.step + 1;
  draw(one("hall-stage"), course.is_blank ? null : frames[course.step], words);
  draw(one("next-stage"), frames[next] ?? null, words);
  one("place").textContent = say(told, "place", { step: course.step + 1, all: course.steps });
  one("hall-said").textContent = course.is_blank ? told.blank_now : "";
  one("next-said").textContent = frames[next] ? "" : told.last;
  if (mayRun) showKeys(!frames[next]);
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button[data-step]"))) {
    const is_here = Number(each.dataset.step) === course.step;
    if (is_here) each.setAttribute("aria-current", "step");
    else each.removeAttribute("aria-current");
    const list = /** @type {HTMLElement} */ (each.closest(".steps-list"));
    if (is_here) list.scrollTop = each.offsetTop - list.offsetTop - list.clientHeight / 3;
  }
  for (const each of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=version]"))) each.value = String(course.version);
  commandId = made();
  drawnAt = performance.now();
  document.documentElement.dataset.version = String(course.version);
}

/** The small stages are the hall's own picture, made smaller. */
function scale() {
  for (const each of [one("hall-stage"), one("next-stage")]) each.style.transform = `scale(${(each.parentElement?.clientWidth ?? 0) / 1920})`;
}

/** @param {boolean} isLast */
function showKeys(isLast) {
  one("next-label").textContent = course.is_blank ? told.resume : told.next;
  one("blank-button").setAttribute("aria-pressed", String(course.is_blank));
  /** @type {HTMLButtonElement} */ (one("back-button")).disabled = course.step === 0 && !course.is_blank;
  /** @type {HTMLButtonElement} */ (one("next-button")).disabled = isLast;
}

/** @param {Course} got */
function take(got) {
  if (got.version <= course.version) return false;
  const { state } = course;
  course = { ...course, ...got };
  if (got.state !== state) location.reload();
  show();
  return true;
}

/** @param {string} kind @param {number} step */
async function press(kind, step = 0) {
  if (!mayRun || course.state !== "running" || isBusy || performance.now() - drawnAt < HOLDS_MS) return;
  isBusy = true;
  document.body.classList.add("busy");
  try {
    const body = JSON.stringify({ id: commandId, kind, version: course.version, step });
    const answer = await sent(body);
    const said = await answer.json();
    if (answer.status === 409) await look(told.other);
    else if (!answer.ok) notice(said.sentence ?? said.detail ?? String(answer.status));
    else {
      notice("");
      take(said);
    }
  } catch {
    notice(told.offline);
  } finally {
    isBusy = false;
    document.body.classList.remove("busy");
  }
}

/** The same command again where the network fails: it moves once. @param {string} body */
async function sent(body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf ?? "" };
  for (let n = 1; ; n += 1) {
    try {
      return await fetch(`${address}/commands`, { method: "POST", headers, body, signal: AbortSignal.timeout(3000) });
    } catch (error) {
      if (n === TRIES) throw error;
      await new Promise((done) => setTimeout(done, 200 * n));
    }
  }
}

/** @param {string} said what to tell if somebody else has moved it */
async function look(said) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.ok && take((await answer.json()).reveal.course)) notice(said);
}

/** @param {string} text */
function notice(text) {
  one("notice").hidden = !text;
  one("notice-text").textContent = text;
}

/** Far ahead means prizes that nobody has seen yet: that is asked first. @param {number} step */
function jump(step) {
  if (step <= furthest + 1) return press("show", step);
  const dialog = /** @type {HTMLDialogElement} */ (one("ahead"));
  one("ahead-text").textContent = say(told, "ahead", { step: step + 1 });
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "yes" && press("show", step);
  dialog.showModal();
}

const keys = {
  ArrowRight: () => press("next"), PageDown: () => press("next"), " ": () => press("next"),
  ArrowLeft: () => press("back"), PageUp: () => press("back"), b: toggle, B: toggle, ".": toggle,
  Home: () => jump(0), End: () => jump(course.steps - 1),
};

function toggle() {
  return course.is_blank ? press("next") : press("blank");
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const does = keys[/** @type {keyof typeof keys} */ (event.key)];
  if (!does || event.repeat || event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog, input, textarea, select")) return;
  if (event.key === " " && target.closest("button, summary, a")) return;
  event.preventDefault();
  does();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { kind, step } = form.dataset;
  if (!kind) return;
  event.preventDefault();
  if (kind === "show") jump(Number(step));
  else if (kind === "blank") toggle();
  else press(kind);
});
document.addEventListener("click", (event) => {  // a pressed button gives the keys back to the page
  if (event.detail > 0) /** @type {HTMLElement} */ (event.target).closest("button")?.blur();
});

function listen() {
  const line = new EventSource(`${address}/events?since=${course.version}`);
  line.addEventListener("step", (event) => {
    const got = JSON.parse(/** @type {MessageEvent} */ (event).data);
    if (got.version > course.version && !isBusy) {
      take(got);
      notice(told.other);
    }
  });
}

addEventListener("resize", scale);
document.body.classList.add("scripted");
await document.fonts.ready;
scale();
show();
drawnAt = 0;
listen();
