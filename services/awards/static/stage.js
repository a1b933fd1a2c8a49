// @ts-check
/**
 * Draws one step of a ceremony into a stage: the hall screen's whole window, or a small stage on the presenter's console.
 * A frame is a whole picture. What moves, moves for less than a second and ends where the picture stands without moving.
 */

/** @typedef {{division: string, division_en: string, name: string, members: string[], unit: string, work: string, rank: number | null, result: string}} Winner */
/** @typedef {{tier: string, tier_en: string, winners: Winner[]}} Prize */
/** @typedef {{kind: "title" | "tier" | "winners" | "list", tier: string, tier_en: string, winners: Winner[], prizes: Prize[], is_tied: boolean}} Step */
/** @typedef {{tier: string, tier_en: string, total: number, shown: number}} Dots */
/** @typedef {{number: number, title: string, title_en: string, organisation: string, is_proposed: boolean, is_rehearsal: boolean, step: Step, dots: Dots[], checksum: string}} Frame */
/** @typedef {Record<string, string>} Words */

const LEAST = 0.2;
const MOST_DOTS = 28;
const english = document.documentElement.lang === "en";

/** @param {Words} words @param {string} key @param {Record<string, string | number>} [values] */
export const say = (words, key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[key] ?? key);

/** A work in the reader's quotation marks. @param {string} work */
const quoted = (work) => (!work || /^[《“"]/.test(work) ? work : english ? `“${work}”` : `《${work}》`);

/** @param {string} tag @param {string} name @param {(Node | string)[]} inside */
export function piece(tag, name, ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
}

/** @param {{[name: string]: unknown}} thing @param {string} name */
const titled = (thing, name) => String((english && thing[`${name}_en`]) || thing[name]);

/**
 * Draws the frame; without one the stage is dark.
 * @param {HTMLElement} stage @param {Frame | null} frame @param {Words} words
 */
export function draw(stage, frame, words) {
  stage.dataset.kind = frame ? frame.step.kind : "blank";
  stage.replaceChildren();
  if (!frame) return;
  const inside = piece("div", "scene");
  inside.append(...({ title: titleOf, tier: tierOf, winners: winnersOf, list: listOf })[frame.step.kind](frame, words));
  const rays = piece("div", "rays");
  rays.setAttribute("aria-hidden", "true");
  stage.append(rays, inside, footOf(frame, words));
  if (frame.is_rehearsal) stage.append(piece("p", "drill", words.rehearsal));
  fit(stage);
}

/** Shrinks what is too wide or too high until it fits; nothing is cut off. Names on one step are of one size. @param {HTMLElement} stage */
export function fit(stage) {
  const scene = /** @type {HTMLElement | null} */ (stage.querySelector(".scene"));
  if (!scene) return;
  const texts = /** @type {HTMLElement[]} */ ([...scene.querySelectorAll(".fit")]);
  const names = texts.filter((each) => each.matches(".winner .name"));
  const lone = texts.filter((each) => !names.includes(each));
  largest(stage.dataset.kind === "list" ? 1.5 : 1, 0.03, (all) => {
    scene.style.setProperty("--all", String(all));
    for (const each of lone) each.style.setProperty("--k", "1");
    const narrowed = lone.filter((each) => each.scrollWidth > each.clientWidth).map((each) => [each, (each.clientWidth / each.scrollWidth) * 0.98]);
    for (const [each, k] of /** @type {[HTMLElement, number][]} */ (narrowed)) each.style.setProperty("--k", String(Math.max(LEAST, k)));
    largest(1, 0.04, (k) => {
      names.forEach((each) => each.style.setProperty("--k", String(k)));
      return names.every((each) => each.scrollWidth <= each.clientWidth && each.clientHeight < 2.9 * parseFloat(getComputedStyle(each).fontSize));
    });
    return scene.scrollHeight <= scene.clientHeight + 1 && scene.scrollWidth <= scene.clientWidth + 1;
  });
}

/** Leaves the largest size that fits, from `most` down in steps; the least where none does. @param {number} most @param {number} step @param {(size: number) => boolean} fits */
function largest(most, step, fits) {
  if (fits(most)) return;
  let low = 1, high = Math.ceil((most - LEAST) / step) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(most - middle * step)) high = middle;
    else low = middle + 1;
  }
  fits(most - low * step);
}

/** @param {Frame} frame @param {Words} words */
function titleOf(frame, words) {
  return [
    piece("p", "by", frame.organisation),
    piece("h1", "title fit", titled(frame, "title")),
    level(words.ceremony),
  ];
}

/** @param {Frame} frame @param {Words} words */
function tierOf(frame, words) {
  const dots = frame.dots.find((each) => each.tier === frame.step.tier);
  return [
    piece("p", "by", titled(frame, "title")),
    frame.is_proposed ? level(say(words, "proposed", { tier: "" }).trim()) : "",
    piece("h1", "tier-card fit", titled(frame.step, "tier")),
    piece("p", "of", dots ? say(words, "count", { count: dots.total }) : ""),
  ];
}

/** @param {Frame} frame @param {Words} words */
function winnersOf(frame, words) {
  const { winners } = frame.step;
  const head = level(prizeOf(frame, words));
  const where = piece("p", "by", titled(winners[0], "division"), frame.step.is_tied ? piece("span", "tied", words.tied) : "");
  const many = winners.length > 4;
  const row = piece("ol", `winners n${many ? "many" : winners.length}`);
  row.append(...winners.map((each, place) => winnerOf(each, words, many, place)));
  if (many) row.style.setProperty("--columns", String(winners.length > 9 ? 4 : 3));
  return winners.length === 1 ? [head, ...alone(winners[0], words)] : [head, where, row];
}

/** @param {Frame} frame @param {Words} words */
const prizeOf = (frame, words) =>
  frame.is_proposed ? say(words, "proposed", { tier: titled(frame.step, "tier") }) : titled(frame.step, "tier");

/** @param {Winner} winner @param {Words} words */
function alone(winner, words) {
  return [
    piece("h1", winner.members.length ? "name team fit" : "name fit", winner.name),
    membersOf(winner),
    piece("p", "of fit", winner.unit),
    piece("p", "work", quoted(winner.work)),
    figuresOf(winner, words),
  ];
}

/** @param {Winner} winner @param {Words} words @param {boolean} many @param {number} place */
function winnerOf(winner, words, many, place) {
  const one = piece("li", "winner", piece("h2", "name fit", ...broken(winner.name)), membersOf(winner), piece("p", "of", winner.unit));
  if (!many) one.append(piece("p", "work", quoted(winner.work)), figuresOf(winner, words));
  one.style.setProperty("--place", String(place));
  return one;
}

/** A long name may be broken after its dots. @param {string} name */
const broken = (name) => name.split(/(?<=·)/).flatMap((part, n) => [n ? document.createElement("wbr") : "", piece("span", "part", part)]);

/** @param {Winner} winner */
const membersOf = (winner) => winner.members.length ? piece("p", "members", ...winner.members.map((each) => piece("span", "", each))) : "";

/** @param {Winner} winner @param {Words} words */
function figuresOf(winner, words) {
  const cells = [
    winner.result ? piece("div", "", words.result, piece("b", "", winner.result)) : "",
    winner.result && winner.rank ? piece("div", "", say(words, "rank_of", { division: titled(winner, "division") }), piece("b", "", say(words, "rank", { rank: winner.rank }))) : "",
  ].filter(Boolean);
  return cells.length ? piece("div", "fin num", ...cells) : piece("p", "in-division", titled(winner, "division"));
}

/** @param {Frame} frame @param {Words} words */
function listOf(frame, words) {
  const several = new Set(frame.step.prizes.flatMap((prize) => prize.winners.map((each) => each.division))).size > 1;
  const rows = frame.step.prizes.flatMap((prize) => [
    piece("h2", "lv-list", titled(prize, "tier")),
    piece("ol", "listed", ...prize.winners.map((each) => piece("li", "", piece("b", "", ...broken(each.name)), ...beside(each, several)))),
  ]);
  return [
    piece("p", "by", titled(frame, "title")),
    level(frame.is_proposed ? words.list_proposed : words.list),
    piece("div", "whole", ...rows),
  ];
}

/** What stands under a name of the list. @param {Winner} winner @param {boolean} several divisions */
const beside = (winner, several) =>
  [winner.members.join(english ? ", " : "、"), [several ? titled(winner, "division") : "", winner.unit].filter(Boolean).join(" · ")]
    .filter(Boolean).map((text) => piece("span", "", text));

/** @param {string} text */
const level = (text) => piece("p", "lv", piece("span", "fit", text));

/** @param {Frame} frame @param {Words} words */
function footOf(frame, words) {
  const foot = piece("div", "prog");
  if (frame.step.kind === "list") {
    foot.append(piece("span", "num", say(words, "checksum", { sum: frame.checksum.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ") })));
    return foot;
  }
  if (frame.step.kind === "title") return foot;
  const all = frame.dots.reduce((sum, each) => sum + each.total, 0);
  foot.append(...frame.dots.map((each) => {
    const group = piece("span", each.shown < each.total || each.tier === frame.step.tier ? "" : "past", titled(each, "tier"));
    const dots = piece("span", "dots");
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", `${each.shown} / ${each.total}`);
    if (each.total > (all > MOST_DOTS ? MOST_DOTS / 4 : MOST_DOTS)) dots.append(piece("b", "num", `${each.shown} / ${each.total}`));
    else for (let n = 0; n < each.total; n += 1) dots.append(piece("i", n < each.shown ? "f" : ""));
    group.append(dots);
    return group;
  }));
  const legend = piece("span", "legend");
  const [shown, waiting] = words.legend.split("|");
  legend.append(piece("i", "f"), shown, piece("i", ""), waiting);
  foot.append(legend);
  return foot;
}
