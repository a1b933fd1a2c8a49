// Sends the chosen folder to all three services, shows all their faults together, and stores it in all three.
// Without JavaScript the form goes to registration alone, and the page links to the other two.

const SERVICES = /** @type {const} */ (["registration", "scoring", "awards"]);
const form = /** @type {HTMLFormElement} */ (document.getElementById("season"));
const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const table = /** @type {HTMLElement} */ (document.getElementById("fault-table"));
const store = /** @type {HTMLButtonElement} */ (document.getElementById("store"));

/** @type {Map<string, {csrf: string, check: string}>} */
const checked = new Map();

/** @param {string} service @param {string} state @param {string} [summary] */
function show(service, state, summary = "") {
  const line = /** @type {HTMLElement} */ (progress.querySelector(`[data-service=${service}]`));
  const said = /** @type {HTMLElement} */ (line.querySelector(".said"));
  line.dataset.state = state;
  said.textContent = said.dataset[state] ?? "";
  /** @type {HTMLElement} */ (line.querySelector(".summary")).textContent = summary;
}

/** @param {string} address @param {string} csrf @param {BodyInit} body @param {Record<string, string>} [headers] */
async function send(address, csrf, body, headers = {}) {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Token": csrf, ...headers },
    body,
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail ?? ""), { status: response.status });
  return answer;
}

const JSON_BODY = { "Content-Type": "application/json" };

/** The session's CSRF token at a service; a ticket is swapped where there is no session yet. @param {string} service */
async function csrfOf(service) {
  const own = await (await fetch("/registration/session", { headers: { Accept: "application/json" } })).json();
  if (service === "registration") return own.csrf;
  const there = await fetch(`/${service}/session`, { headers: { Accept: "application/json" } }).then((got) => got.json()).catch(() => ({}));
  if (there.csrf) return there.csrf;
  const { ticket } = await send("/registration/tickets", own.csrf, JSON.stringify({ service }), JSON_BODY);
  return (await send(`/${service}/session`, "", JSON.stringify({ ticket }), JSON_BODY)).csrf;
}

/** @param {string} service @param {FormData} files */
async function check(service, files) {
  show(service, "checking");
  try {
    const csrf = await csrfOf(service);
    const answer = await send(`/${service}/seasons/checks`, csrf, files);
    show(service, answer.faults.length ? "faulty" : "fine");
    checked.set(service, { csrf, check: answer.check_id });
    return answer.faults.map((/** @type {object} */ fault) => ({ service, ...fault }));
  } catch (error) {
    const told = /** @type {Error & {status?: number}} */ (error);
    show(service, told.status === 403 ? "denied" : "failed", told.message);
    return null;
  }
}

/** @param {Record<string, string | number | undefined>[]} faults */
function tabulate(faults) {
  const body = /** @type {HTMLElement} */ (table.querySelector("tbody"));
  body.replaceChildren(...faults.map((fault) => {
    const row = document.createElement("tr");
    const name = progress.querySelector(`[data-service=${fault.service}] b`)?.textContent ?? "";
    for (const text of [name, fault.file, fault.sheet, fault.row, fault.column, fault.value, fault.sentence ?? fault.detail]) {
      row.insertCell().textContent = String(text ?? "");
    }
    return row;
  }));
  table.hidden = faults.length === 0;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const files = new FormData();
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=file]"))) {
    for (const file of input.files ?? []) files.append("files", file, file.webkitRelativePath || file.name);
  }
  if (![...files.keys()].length) return form.querySelector("input")?.focus();
  progress.hidden = false;
  store.hidden = true;
  checked.clear();
  const found = [];
  for (const service of SERVICES) found.push(await check(service, files));
  tabulate(found.flatMap((faults) => faults ?? []));
  store.hidden = found.some((faults) => faults === null || faults.length > 0);
  (store.hidden ? table : store).focus();
});

store.addEventListener("click", async () => {
  store.disabled = true;
  let all = true;
  for (const service of SERVICES) {
    const known = checked.get(service);
    if (!known) continue;
    show(service, "storing");
    try {
      await send(`/${service}/seasons/${known.check}`, known.csrf, "{}", JSON_BODY);
      show(service, "stored");
    } catch (error) {
      all = false;
      show(service, "failed", /** @type {Error} */ (error).message);
    }
  }
  store.disabled = false;
  if (all) location.assign("/registration/seasons");
});
