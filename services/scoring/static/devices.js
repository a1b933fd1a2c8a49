// @ts-check
/** The one-time code on the desk's page: counts its two minutes down, and says when a tablet has used it. */

const LOOK_MS = 2000;
const card = /** @type {HTMLElement} */ (document.getElementById("offered"));
const until = performance.now() + Number(card.dataset.seconds) * 1000;
const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {"used" | "over"} state @param {string} label */
function end(state, label) {
  clearInterval(counting);
  clearInterval(looking);
  for (const id of ["picture", "scan-how", "left"]) part(id).hidden = true;
  const said = part(state);
  const text = /** @type {HTMLElement} */ (said.querySelector("span"));
  if (said.dataset.text) text.textContent = said.dataset.text.replace("{label}", label);
  said.hidden = false;
  part("told").textContent = text.textContent;
  const again = card.querySelector("button");
  again?.classList.add("btn-primary");
  again?.focus();
}

function count() {
  const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
  part("left").textContent = (card.dataset.left ?? "").replace("{seconds}", String(seconds));
  if (!seconds) end("over", "");
}

async function look() {
  try {
    const answer = await fetch(card.dataset.address ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const told = await answer.json();
    if (told.state === "used") end("used", told.label);
  } catch {
    // the next look tries again
  }
}

const counting = setInterval(count, 250);
const looking = setInterval(look, LOOK_MS);
