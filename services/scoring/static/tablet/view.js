// @ts-check
/** The judge's page as it is drawn: top, list, sheet, keypad, foot. Nothing here changes anything. */
import { html, icon } from "./dom.js";
import { count, decimal, figure, sum, words } from "./sheet.js";
import { following, others, sheetOf, total } from "./state.js";
import { comma, moment, say } from "./words.js";

/** @typedef {import("./state.js").Sheet} Sheet */
/** @typedef {import("./state.js").Sent} Sent */
/** @typedef {import("./sheet.js").Criterion} Criterion */
/** @typedef {import("./main.js").App} App */

/** @type {Record<string, string>} */
const ICONS = { absent: "minus", paper: "paper", saved: "tick", parked: "alert", held: "alert", conflict: "alert", locked: "lock", partly: "part", counted: "tick2", todo: "circle" };

/** Everything of the page that is in hand. @param {App} app */
export function look(app) {
  const { division, entry, part } = app.here;
  const sheet = sheetOf(app.judge, division, entry, part);
  const item = part.criteria.find((each) => each.key === app.at.item) ?? part.criteria.find((each) => count(each, sheet.texts[each.key]) === null) ?? part.criteria[0];
  return { division, entry, part, sheet, item };
}

/** The whole page of a judge at work. @param {App} app */
export function desk(app) {
  const now = look(app);
  const material = now.entry.materials?.find((each) => each.id === app.at.material);
  const isSplit = material && !app.at.isWhole;
  const { standing, head, isDirty } = now.sheet;
  const isWide = standing === "conflict" || ((standing === "absent" || standing === "paper") && !head && !isDirty);
  return html`<a class="skip" href="#sheet">${say("tablet.skip")}</a>
  <div class="tablet ${isSplit ? "split" : ""} ${isWide ? "wide" : ""} ${now.sheet.isOpen && now.part.criteria.some((each) => !each.choices.length) ? "" : "no-keys"}">
  ${top(app, now.sheet)}${list(app, now)}
  ${material ? beside(app, material) : ""}
  <main class="sheet" id="sheet">${strips(app)}${body(app, now)}</main>
  ${isWide ? "" : now.sheet.isOpen ? pad(app, now) : closed(app, now)}
  ${foot(app, now)}</div>`;
}

/** @param {App} app @param {Sheet} [sheet] */
export function top(app, sheet) {
  const division = app.desk ? app.here.division : null;
  return html`<header class="top" id="top">
    <svg class="mark" viewBox="0 0 34 34" aria-hidden="true"><rect class="m1" width="34" height="34" rx="8"/><path class="m2" d="M17 12v15M17 12c-2.5-2-6-2.5-10-2v14c4-.5 7.5 0 10 3M17 12c2.5-2 6-2.5 10-2v14c-4-.5-7.5 0-10 3M17 8V5M11.5 6.5l1 1.5M22.5 6.5l-1 1.500"/></svg>
    <div class="who">${division ? html`<b>${say("tablet.judge_seat", { seat: division.seat })} · ${app.desk?.judge.name}</b><span>${division.venue ? `${division.venue} · ` : ""}${division.division}</span>` : html`<b>${say("tablet.brand")}</b><span>${app.identity?.label ?? ""}</span>`}</div>
    <div class="event">${division?.activity}</div>
    ${division && html`<div class="save">${pill(...onTablet(app))}${pill(...onServer(app, sheet))}</div>`}
    <button class="menu" data-do="dialog" data-of="menu" aria-label="${say("tablet.menu")}">${icon("menu")}</button>
  </header>`;
}

/** @param {string} id @param {string} state @param {string} mark @param {string} word */
const pill = (id, state, mark, word) => html`<div id="${id}" class="s-${state}">${icon(mark)}<span><b>${say(id === "on-tablet" ? "tablet.pill_tablet" : "tablet.pill_server")}</b><span class="num">${word}</span></span></div>`;

/** @param {App} app @returns {[string, string, string, string]} */
function onTablet({ saved }) {
  if (saved.state === "failed") return ["on-tablet", "err", "alert", say("tablet.tablet_failed")];
  if (saved.state === "saving") return ["on-tablet", "wait", "tablet", say("tablet.tablet_saving")];
  return saved.state === "saved" ? ["on-tablet", "ok", "tablet", say("tablet.tablet_saved", { time: saved.time })] : ["on-tablet", "idle", "tablet", say("tablet.pill_tablet_idle")];
}

/** @param {App} app @param {Sheet} [sheet] @returns {[string, string, string, string]} */
function onServer(app, sheet) {
  const waiting = app.records.filter((each) => each.state === "waiting").length;
  if (app.unlocking) return ["on-server", "err", "lock", say("tablet.server_signed_out")];
  if (waiting) return ["on-server", "wait", app.isOnline ? "server" : "off", app.isOnline ? say("tablet.server_sending") : say("tablet.server_queue", { count: waiting })];
  if (sheet?.standing === "parked") return ["on-server", "err", "alert", say("tablet.server_refused")];
  if (sheet && (sheet.standing === "held" || sheet.standing === "conflict")) return ["on-server", "err", "lock", say("tablet.pill_server_held")];
  if (!app.isOnline) return ["on-server", "wait", "off", say("tablet.server_off")];
  if (sheet?.head && !sheet.isDirty) return ["on-server", "ok", "server", say("tablet.pill_server_counted", { position: sheet.head.ledger_position })];
  return ["on-server", "idle", "server", say("tablet.pill_server_idle")];
}

/** @param {App} app @param {ReturnType<typeof look>} now */
function list(app, { division, entry, part }) {
  const sheets = division.entries.map((each) => sheetOf(app.judge, division, each, part));
  const done = sheets.filter((each) => each.figure).length, due = sheets.filter((each) => each.standing !== "absent").length;
  return html`<nav class="list" id="list" aria-label="${say("tablet.entries")}">
    ${(app.desk?.divisions.length ?? 0) > 1 && html`<label class="vh" for="division">${say("tablet.division")}</label><select id="division" class="choose" data-on="division">${app.desk?.divisions.map((each) => html`<option value="${each.division_id}" ${each === division ? html`selected` : ""}>${each.division}</option>`)}</select>`}
    <h2><span>${part.title}</span><span class="num">${say("tablet.progress", { done, all: due })}</span></h2>
    <ol id="entries" tabindex="-1">${sheets.map((sheet) => html`<li data-key="${sheet.entry.entry_id}"><button class="e ${sheet.standing}" data-do="entry" data-of="${sheet.entry.entry_id}" ${sheet.entry === entry ? html`aria-current="page"` : ""}>
      <span class="no num">${sheet.entry.code}</span><span class="sc num">${sheet.figure || "—"}</span><span class="st">${icon(ICONS[sheet.standing])}${say(`tablet.state_${sheet.standing}`)}</span></button></li>`)}</ol>
    <button class="btn help" data-do="dialog" data-of="help">${icon("bell")}<span>${say("tablet.assistance")}</span></button>
  </nav>`;
}

/** What concerns the whole tablet, above the sheet. @param {App} app */
function strips(app) {
  const parked = app.needs();
  return html`<div id="strips">
    ${app.here.division.is_rehearsal && html`<p class="strip rehearsal" role="note">${icon("alert")}<b>${say("tablet.rehearsal")}</b> ${say("tablet.rehearsal_text")}</p>`}
    ${app.unlocking && html`<p class="strip err" role="alert">${icon("lock")}<span>${say("tablet.unlock_text")}</span><button class="btn" data-do="dialog" data-of="unlock">${say("tablet.unlock_title")}</button></p>`}
    ${parked.length > 0 && html`<p class="strip err" role="alert">${icon("alert")}<span>${say("tablet.parked", { count: parked.length })}</span><button class="btn" data-do="dialog" data-of="parked">${say("tablet.see")}</button></p>`}
    ${app.hasUpdate && html`<p class="strip" role="status">${icon("again")}<span>${say("tablet.update")}</span><button class="btn" data-do="update">${say("tablet.update_now")}</button></p>`}
  </div>`;
}

/** @param {App} app @param {ReturnType<typeof look>} now */
function body(app, now) {
  const { division, entry, part, sheet } = now;
  const isHeadline = sheet.standing === "held" || sheet.standing === "conflict" || sheet.standing === "locked";
  return html`<div id="sheet-${entry.entry_id}-${part.key}" class="body">
    ${isHeadline || sheet.standing === "paper" || sheet.standing === "absent" ? headline(now) : ""}
    ${sheet.isAgain && html`<div class="notice notice-warn" role="status" id="again">${icon("alert")}<div><b>${say("tablet.asked_again")}</b><p>${say("tablet.asked_again_text")}</p></div></div>`}
    <div class="entry"><span class="big num">${entry.code}</span><div><h1 class="${isHeadline ? "lower" : ""}" tabindex="-1" id="title">${entry.title}</h1><p>${say("tablet.order", { order: entry.order })}</p></div>
      ${(entry.materials ?? []).map((each, at, all) => html`<button class="btn material" data-do="material" data-of="${each.id}" aria-pressed="${app.at.material === each.id ? "true" : "false"}">${icon("paper")}<span>${say("tablet.material")}${all.length > 1 && ` ${at + 1}`}</span></button>`)}</div>
    ${division.parts.length > 1 && html`<div class="parts" role="group" aria-label="${say("tablet.parts")}">${division.parts.map((each) => {
      const one = sheetOf(app.judge, division, entry, each);
      return html`<button class="${one.standing}" data-do="part" data-of="${each.key}" ${each === part ? html`aria-current="true"` : ""}><b>${each.title}</b><span class="num">${icon(ICONS[one.standing])}${one.figure ? html`${one.figure}${each.highest && ` / ${each.highest}`}` : html`${say("tablet.unmarked")}${each.highest && ` / ${each.highest}`}`}</span></button>`;
    })}</div>`}
    ${sheet.standing === "conflict" ? conflict(now) : html`<div class="crits">${part.criteria.map((each, at) => html`${each.group && each.group_key !== part.criteria[at - 1]?.group_key && part.criteria.some((other) => other.group_key !== each.group_key) ? group(part.criteria, each, sheet) : ""}${criterion(app, now, each)}`)}</div>`}
    ${sheet.isOpen ? texts(sheet) : sheet.comment && html`<div class="texts"><p><b>${say("tablet.comment")}</b> ${sheet.comment}</p></div>`}
  </div>`;
}

/** What counts comes first and large; what did not stays small below it. @param {ReturnType<typeof look>} now */
function headline({ sheet, entry }) {
  const kind = sheet.standing;
  const said = kind === "absent" ? say("tablet.state_absent") : kind === "paper" ? say("tablet.on_paper") : sheet.head ? say("tablet.held_counted", { shown: sheet.figure }) : kind === "locked" ? say("tablet.sheet_locked", { code: entry.code }) : say("tablet.held_none");
  const why = kind === "conflict" ? "tablet.conflict_what" : kind === "held" ? `tablet.held_${sheet.last?.disposition}` : kind === "locked" ? "tablet.sheet_locked_text" : `tablet.${kind}_text`;
  return html`<div class="notice ${kind === "held" || kind === "conflict" ? "notice-err" : "notice-warn"}" id="headline" role="${kind === "held" || kind === "conflict" ? "alert" : "status"}">${icon(ICONS[kind] === "alert" ? "lock" : ICONS[kind])}<div><p class="big-notice num">${said}</p><p>${say(why, { code: entry.code })}</p></div></div>`;
}

/** @param {Criterion[]} criteria @param {Criterion} first @param {Sheet} sheet */
function group(criteria, first, sheet) {
  const points = sum(criteria.filter((each) => each.group_key === first.group_key), (each) => count(each, sheet.texts[each.key]), false);
  return html`<h2 class="group" data-key="g-${first.group_key}"><span>${first.group}</span><span class="num"><b class="${points ? "" : "none"}" data-subtotal="${first.group_key}">${points ? decimal(points, first.group_digits) : say("tablet.unmarked")}</b> / ${first.group_highest}</span></h2>`;
}

/** @param {Criterion} one */
const limit = (one) => (["place", "measurement"].includes(one.kind) || one.lowest_count ? say(`tablet.limit_${one.kind}`, { lowest: one.lowest, highest: one.highest }) : say("tablet.criterion_limit", { highest: one.highest }));

/** @param {App} app @param {ReturnType<typeof look>} now @param {Criterion} one */
function criterion(app, { division, entry, part, sheet, item }, one) {
  const text = sheet.texts[one.key], units = count(one, text), isBad = typeof units === "string" && !(/\.$/.test(text) && one === item);
  const codes = one.kind === "place" && typeof units === "bigint" ? others(app.judge, division, part, entry.entry_id).filter((each) => each.marks?.[one.key] === Number(units)).map((each) => each.code) : [];
  const fault = isBad ? say(`tablet.${units}`, { highest: one.highest, lowest: one.lowest, unit: one.unit }) : codes.length ? say("tablet.place_twice", { place: text, codes: codes.join(comma()) }) : "";
  const told = html`<span class="fault" id="fault-${one.key}">${fault && html`${icon("alert")}<span>${fault}</span>`}</span>`;
  const dress = `crit ${one.group ? "item" : ""} ${one.choices.length ? "choice" : ""} ${one === item && sheet.isOpen ? "on" : ""} ${isBad ? "bad" : ""} ${codes.length ? "twice" : ""}`;
  const bar = !one.choices.length && one.kind !== "place" && html`<progress max="${one.highest_count - one.lowest_count}" value="${typeof units === "bigint" ? Number(units) - one.lowest_count : 0}" aria-hidden="true"></progress>`;
  if (!sheet.isOpen) return html`<section class="${dress}" data-key="c-${one.key}"><div class="what"><b>${one.title}</b><span class="num">${limit(one)}</span></div><div class="step"><output class="num ${text ? (one.choices.length ? "words" : "") : "none"}">${text ? words(one, Number(units)) : say("tablet.unmarked")}</output></div>${bar}</section>`;
  if (one.choices.length) {
    return html`<section class="${dress}" data-key="c-${one.key}" data-criterion="${one.key}" data-do="item" data-of="${one.key}"><fieldset aria-describedby="fault-${one.key}"><legend class="what"><b>${one.title}</b><span class="limit num">${limit(one)}</span>${told}</legend>
      <div class="options ${one.kind}">${one.choices.map((each, at) => html`<label><input type="radio" name="marks.${one.key}" value="${each.key}" data-on="choice" data-of="${one.key}" ${each.key === text ? html`checked` : ""}><span>${one.kind === "judgement" ? html`<b class="num">${at}</b> ${each.title}` : html`<b>${each.title}</b>${each.points && html` <i class="num">${each.points}</i>`}`}</span></label>`)}</div></fieldset></section>`;
  }
  const name = one.group ? `${one.group} ${one.title}` : one.title;
  return html`<section class="${dress}" data-key="c-${one.key}" data-criterion="${one.key}" data-do="item" data-of="${one.key}">
    <div class="what"><label for="marks.${one.key}">${one.title}</label><span class="limit num">${limit(one)}</span>${told}
      ${one.bands.length > 0 && html`<ul class="bands num" aria-label="${say("tablet.bands")}">${one.bands.map((band) => html`<li class="${typeof units === "bigint" && BigInt(band.lowest) <= units && units <= BigInt(band.highest) ? "here" : ""}"><b>${band.title}</b> ${band.text}</li>`)}</ul>`}</div>
    <div class="step"><button data-do="step" data-of="${one.key}" data-by="-1" aria-label="${say("tablet.step_down", { title: name, unit: one.unit })}">${icon("minus")}<span class="num">${one.unit}</span></button>
      <input class="num" id="marks.${one.key}" data-on="mark" data-of="${one.key}" inputmode="${app.hasKeys && one.lowest_count >= 0 && !(app.at.material && innerWidth < 1000) ? "none" : "decimal"}" autocomplete="off" maxlength="9" placeholder="${say("tablet.unmarked")}" value="${text}" aria-describedby="fault-${one.key}" aria-invalid="${isBad ? "true" : "false"}">
      <button data-do="step" data-of="${one.key}" data-by="1" aria-label="${say("tablet.step_up", { title: name, unit: one.unit })}">${icon("plus")}<span class="num">${one.unit}</span></button></div>${bar}</section>`;
}

/** @param {Sheet} sheet */
const texts = (sheet) => html`<div class="texts"><div><label for="comment">${say("tablet.comment")} <span>${say("tablet.optional")}</span></label><textarea id="comment" data-on="text" data-of="comment" maxlength="500" rows="1">${sheet.comment}</textarea></div>
  ${sheet.head && html`<div><label for="reason">${say("tablet.reason")} <span>${say("tablet.reason_needed")}</span></label><textarea id="reason" data-on="text" data-of="reason" maxlength="500" rows="1">${sheet.reason}</textarea></div>`}</div>`;

/** Two tablets of one judge: both sheets, and the judge says which is meant. @param {ReturnType<typeof look>} now */
function conflict({ sheet, part }) {
  const both = [{ sent: sheet.head, word: "tablet.conflict_counted" }, { sent: sheet.last, word: "tablet.conflict_other" }];
  return html`<div class="both">${both.map(({ sent, word }) => sent && html`<section class="counted" data-key="b-${sent.revision_id}"><h2>${say(word)} <span class="tag ${sent === sheet.head ? "tag-ok" : "tag-err"} num">${say(sent === sheet.head ? "tablet.counted" : "tablet.not_counted")}</span></h2><p class="t num">${moment(sent.at)} · ${say("tablet.ledger_position", { position: sent.ledger_position })} · ${say(sheet.own.some((each) => each.id === sent.revision_id) ? "tablet.this_tablet" : "tablet.other_tablet")}</p>
    <p class="s num">${figure(part, sent.marks) || say("tablet.unmarked")}</p><dl class="num">${part.criteria.map((each) => html`<dt>${each.title}</dt><dd class="${sheet.head?.marks[each.key] !== sheet.last?.marks[each.key] ? "chg" : ""}">${words(each, sent.marks[each.key]) || say("tablet.unmarked")}</dd>`)}</dl>${sent.comment && html`<p>${sent.comment}</p>`}
    <button class="btn" data-do="pick" data-of="${sent.revision_id}">${say("tablet.pick", { shown: figure(part, sent.marks) })}</button></section>`)}</div>`;
}

/** @param {App} app @param {ReturnType<typeof look>} now */
function pad(app, { division, entry, part, sheet, item }) {
  const text = sheet.texts[item.key], earlier = others(app.judge, division, part, entry.entry_id).filter((each) => each.marks && item.key in each.marks);
  const after = part.criteria[part.criteria.indexOf(item) + 1];
  const units = count(item, text);
  const shown = item.choices.length && typeof units === "bigint" ? (item.kind === "judgement" ? String(units) : item.choices[Number(units)].title) : text;
  return html`<aside class="pad" id="pad" aria-label="${say("tablet.keypad")}">
    <div class="disp"><div class="l"><b>${item.title}</b><span class="num">${item.choices.length ? "" : `${item.lowest} – ${item.highest}`}</span></div><div class="v num ${shown ? "" : "none"}" aria-hidden="true">${shown || say("tablet.unmarked")}${!item.choices.length && shown && html`<i></i>`}</div></div>
    <div class="earlier"><button data-do="dialog" data-of="marks"><span>${say("tablet.earlier")}</span>${icon("next")}</button><p class="num">${earlier.length ? earlier.slice(-8).map((each) => html`<span>${each.code} <b>${item.kind === "judgement" ? each.marks?.[item.key] : words(item, each.marks?.[item.key])}</b></span> `) : say("tablet.no_earlier")}</p></div>
    <div class="keys num">${[..."123456789"].map((each) => html`<button class="key" data-do="key" data-of="${each}" ${item.choices.length ? html`disabled` : ""}>${each}</button>`)}
      <button class="key alt dot" data-do="key" data-of="." aria-label="${say("tablet.key_point")}" ${item.choices.length || !item.digits ? html`disabled` : ""}>.</button><button class="key" data-do="key" data-of="0" ${item.choices.length ? html`disabled` : ""}>0</button><button class="key alt" data-do="key" data-of="back" aria-label="${say("tablet.key_back")}" ${item.choices.length ? html`disabled` : ""}>${icon("delete")}</button></div>
    ${part.criteria.length > 1 && html`<button class="btn" id="next-item" data-do="item" data-of="${(after ?? part.criteria[0]).key}">${after ? say("tablet.next_criterion", { title: after.title }) : say("tablet.first_criterion", { title: part.criteria[0].title })}${icon("next")}</button>`}
  </aside>`;
}

/** Beside a sheet that cannot be marked: what counts, and what of this judge's does not. @param {App} app @param {ReturnType<typeof look>} now */
function closed(app, { part, sheet, entry }) {
  const rows = (/** @type {Record<string, string>} */ given, /** @type {Record<string, string> | null} */ beside) => html`<dl class="num">${part.criteria.map((each) => html`<dt>${each.title}</dt><dd class="${beside && beside[each.key] !== given[each.key] ? "chg" : ""}">${given[each.key] || say("tablet.unmarked")}</dd>`)}</dl>`;
  const said = (/** @type {Record<string, number> | undefined} */ marks) => Object.fromEntries(part.criteria.map((each) => [each.key, words(each, marks?.[each.key])]));
  const head = sheet.head, held = sheet.standing === "held" ? sheet.last : null;
  const draft = sheet.isDirty ? app.draftOf(sheet.key) : null;
  return html`<aside class="pad always" id="pad" aria-label="${say("tablet.held_compare")}">
    ${head && html`<section class="counted"><h2>${say("tablet.counted")} <span class="tag tag-ok num">${say("tablet.ledger_position", { position: head.ledger_position })}</span></h2><p class="t num">${moment(head.at)}</p><p class="s num">${figure(part, head.marks)}</p>${rows(said(head.marks), null)}</section>`}
    ${held && html`<section class="counted minor"><h2>${say("tablet.your_change")} <span class="tag tag-err">${say("tablet.not_counted")}</span></h2><p class="t num">${moment(held.at)} · ${say("tablet.ledger_position", { position: held.ledger_position })}</p>${rows(said(held.marks), said(head?.marks))}</section>`}
    ${draft && html`<section class="counted minor"><h2>${say("tablet.not_sent")}</h2>${rows(draft.marks, null)}</section>`}
    <span class="grow"></span>
    ${sheet.isLocked && html`<p class="who-decides">${say("tablet.unlock_who")}</p><button class="btn" data-do="ask" data-of="unlock" ${app.asked.has(`unlock/${sheet.key}`) ? html`aria-disabled="true"` : ""}>${app.asked.has(`unlock/${sheet.key}`) ? html`${icon("tick")}${say("tablet.unlock_asked")}` : html`${icon("lock")}${say("tablet.unlock", { code: entry.code })}`}</button>`}</aside>`;
}

/** What is said at the foot: the last thing that happened, else how the sheet stands. @param {App} app @param {ReturnType<typeof look>} now @returns {[string, string, string]} */
function message(app, { part, sheet }) {
  if (app.flash) return app.flash;
  const missing = part.criteria.filter((each) => count(each, sheet.texts[each.key]) === null).map((each) => each.title);
  if (sheet.standing === "held" || sheet.standing === "locked" || sheet.standing === "paper" || sheet.standing === "absent") return ["", "next", say("tablet.held_go_on")];
  if (sheet.standing === "conflict") return ["err", "alert", say("tablet.conflict_pick")];
  if (sheet.standing === "parked") return ["err", "alert", say("tablet.parked_here")];
  if (sheet.standing === "saved") return app.isOnline ? ["warn", "tick", say("tablet.sending")] : ["warn", "tick", say("tablet.offline")];
  if (sheet.readBack === "differs") return ["err", "alert", say("tablet.read_back_differs")];
  if (sheet.standing === "counted" && !sheet.isAgain) return ["ok", "tick2", say(sheet.readBack ? "tablet.read_back" : "tablet.counted_at", { position: sheet.head?.ledger_position })];
  if (part.criteria.some((each) => typeof count(each, sheet.texts[each.key]) === "string")) return ["err", "alert", say("tablet.has_fault")];
  if (missing.length) return missing.length === part.criteria.length && !sheet.isDirty ? ["", "pen", say("tablet.begin")] : ["", "pen", say("tablet.still_missing", { titles: missing.join(comma()) })];
  if (sheet.head && !sheet.reason.trim()) return ["", "pen", say("tablet.reason_missing")];
  return app.isOnline ? ["ok", "tick", say("tablet.ready")] : ["warn", "tick", say("tablet.ready_off")];
}

/** @param {App} app @param {ReturnType<typeof look>} now */
function foot(app, now) {
  const { division, entry, part, sheet } = now;
  const all = division.parts.length > 1 && !sheet.isDirty ? total(app.judge, division, entry) : "";
  const points = sum(part.criteria, (each) => count(each, sheet.texts[each.key]));
  const next = following(app.judge, division, entry, part);
  const [state, mark, text] = message(app, now);
  const canSubmit = sheet.isOpen && (sheet.isDirty || !["saved", "counted"].includes(sheet.standing) || sheet.isAgain);
  return html`<footer class="foot" id="foot">
    <div class="points" id="points">${all ? html`<span>${say("tablet.total")}</span><b class="num" id="sum">${all}</b>` : html`<span>${part.title}</span><b class="num ${points ? "" : "none"}" id="sum">${points ? decimal(points, part.digits) : say("tablet.unmarked")}</b>${part.highest && html`<span class="num">/ ${part.highest}</span>`}`}</div>
    <p class="msg ${state}" id="message" role="status">${icon(mark)}<span>${text}</span></p>
    ${canSubmit && html`<button class="btn btn-primary" id="submit" data-do="submit" aria-disabled="${sheet.ready ? "false" : "true"}">${sheet.head ? say("tablet.submit_change", { code: entry.code }) : say("tablet.submit_sheet", { code: entry.code, part: part.title })}</button>`}
    ${!canSubmit && next && html`<button class="btn ${sheet.standing === "conflict" ? "" : "btn-primary"}" id="go-on" data-do="entry" data-of="${next.entry_id}">${say("tablet.go_to", { code: next.code })}${icon("next")}</button>`}
  </footer>`;
}

/** The teaching design beside the mark. @param {App} app @param {import("./state.js").Material} material */
function beside(app, material) {
  const address = app.materials.get(material.id);
  const tools = html`<div class="tools"><b>${material.name}</b><button class="btn" data-do="whole" aria-pressed="${app.at.isWhole ? "true" : "false"}">${icon("whole")}<span>${say(app.at.isWhole ? "tablet.beside" : "tablet.whole")}</span></button><button class="btn" data-do="material" data-of="">${icon("close")}<span>${say("tablet.close")}</span></button></div>`;
  const shown = !address ? html`<p class="empty">${say("tablet.material_absent")}</p>` : material.media_type === "application/pdf" ? html`<iframe src="${address}" title="${material.name}"></iframe>` : html`<div class="paper" tabindex="0"><img src="${address}" alt="${material.name}"></div>`;
  return html`<section class="beside ${app.at.isWhole ? "whole" : ""}" id="beside" aria-label="${material.name}">${tools}${shown}</section>`;
}
