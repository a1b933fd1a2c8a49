// @ts-check
/** The contestant's clock, from the hall's own frames: colour and word say the same, and nothing makes a sound. */
import { read, told } from "./hands.js";
import { clock, follow, stand } from "./line.js";

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {{division_id: string, now: number, words: Record<string, string>}} */
const facts = JSON.parse(one("facts").textContent ?? "{}");
/** @type {import("./hands.js").Hands | null} */
let hands = null;
let version = 0;
told(facts.now);

function tick() {
  const found = read(hands);
  one("lone").dataset.hands = one("dial").dataset.hands = found.hands;
  one("code").textContent = hands?.code ?? "";
  one("hands").textContent = found.face;
  one("state").textContent = facts.words[found.word];
  const bar = /** @type {HTMLProgressElement} */ (one("passed"));
  bar.max = found.limit;
  bar.value = Math.min(found.passed, found.limit);
}

follow(`/scoring/boards/${facts.division_id}/events`, {
  version: () => version,
  frame(data) {
    ({ clock: hands, version } = JSON.parse(data));
    tick();
  },
  change(data) {
    const { rest, version: next } = JSON.parse(data);
    if ("clock" in rest) hands = rest.clock;
    version = next;
    tick();
    return true;
  },
  lost(isLost, goodAt) {
    one("stale").textContent = isLost ? facts.words.stale.replace("{time}", clock(goodAt, {})) : "";
  },
});
stand();
tick();
setInterval(tick, 100);
