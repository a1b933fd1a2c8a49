// @ts-check
/** What stands before the sheets (enrolment, sign-on, a tablet that cannot keep marks) and the dialogs over them. */
import { html, icon } from "./dom.js";
import { figure, words } from "./sheet.js";
import { sheetOf } from "./state.js";
import { look, top } from "./view.js";
import { has, language, moment, say } from "./words.js";

/** @typedef {import("./main.js").App} App */

/** @param {App} app @param {import("./dom.js").Markup} inside */
const frame = (app, inside) => html`${top(app)}<main class="start" id="start">${inside}</main>`;

/** @param {string} fault */
const wrong = (fault) => fault && html`<div class="notice notice-err" role="alert" id="fault">${icon("alert")}<p>${fault}</p></div>`;

/** @type {Record<string, (app: App) => import("./dom.js").Markup>} */
export const SCREENS = {
  loading: (app) => frame(app, html`<p class="lead" role="status">${say("tablet.loading")}</p>`),

  /** Said loudly: nothing typed from now on would be kept. What was typed is there to be copied to paper. */
  broken: (app) => frame(app, html`<section class="card loud" role="alert">${icon("alert")}<h1>${say("tablet.broken")}</h1><p>${say("tablet.broken_text")}</p>
    ${app.desk && app.lost().map(({ code, part, rows }) => html`<h2>${code} · ${part}</h2><dl class="num">${rows.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl>`)}
    <p class="why">${app.broken}</p><button class="btn btn-primary" data-do="reload">${say("tablet.try_again")}</button></section>`),

  /** The way in for who has none: staff's code, or the own account. */
  start: (app) => frame(app, html`<section class="card"><h1>${say("tablet.start")}</h1>${wrong(app.fault)}<p>${say("tablet.start_text")}</p>
    <ol class="steps"><li>${say("tablet.start_1")}</li><li>${say("tablet.start_2")}</li><li>${say("tablet.start_3")}</li></ol></section>
    <section class="card quiet"><h2>${say("tablet.own_account")}</h2><p>${say("tablet.own_account_text")}</p><a class="btn" href="/registration/tickets?service=scoring&return_to=%2Fscoring%2Ftablet">${say("tablet.sign_in")}</a><button class="btn" data-do="reload">${say("tablet.try_again")}</button></section>`),

  /** Own name on the panel's tablet. */
  names: (app) => frame(app, html`<section class="card"><h1>${say("tablet.names")}</h1>${wrong(app.fault)}<p>${say("tablet.names_text")}</p>
    ${app.judges.length === 0 && html`<button class="btn btn-primary" data-do="judges">${say("tablet.try_again")}</button>`}
    <ul class="names">${app.judges.map((each) => html`<li data-key="${each.judge_id}"><button data-do="judge" data-of="${each.judge_id}"><span>${say(each.kind === "judge" ? "tablet.judge_seat" : "tablet.reserve_seat", { seat: each.position })}</span><b>${each.name}</b></button></li>`)}</ul></section>`),

  /** The finger's signature, and the PIN where the activity asks for one. */
  sign: (app) => frame(app, html`<section class="card"><h1>${say("tablet.sign", { name: app.chosen?.name })}</h1>${wrong(app.fault)}<p id="sign-text">${say("tablet.sign_text")}</p>
    <svg class="signature" id="signature" viewBox="0 0 600 200" role="img" aria-labelledby="sign-text" tabindex="0"><path class="line" d="M40 150H560"/><path class="ink" d="${app.signature}"/></svg>
    ${app.chosen?.asks_pin && pin(app)}
    <div class="row"><button class="btn" data-do="judges">${say("tablet.not_me")}</button><button class="btn" data-do="unsign">${say("tablet.sign_again")}</button><button class="btn btn-primary" data-do="sign-on" aria-disabled="${app.signature.length > 40 && (!app.chosen?.asks_pin || app.pin.length >= 4) ? "false" : "true"}">${say("tablet.sign_on")}</button></div></section>`),

  none: (app) => frame(app, html`<section class="card"><h1>${say("tablet.none")}</h1><p>${say("tablet.none_text")}</p><button class="btn btn-primary" data-do="reload">${say("tablet.try_again")}</button></section>`),

  locked: (app) => frame(app, html`<section class="card"><h1>${say("tablet.pin_title", { name: app.identity?.judge?.name })}</h1>${wrong(app.fault)}<p>${say("tablet.pin_text")}</p>${pin(app)}</section>`),
};

/** @param {App} app */
const pin = (app) => html`<div class="pin"><output id="pin" aria-label="${say("tablet.pin_typed", { count: app.pin.length })}">${[0, 1, 2, 3, 4, 5].map((at) => html`<i class="${at < app.pin.length ? "full" : ""}"></i>`)}</output>
  <div class="keys num">${[..."123456789"].map((each) => html`<button class="key" data-do="pin" data-of="${each}">${each}</button>`)}<button class="key alt" data-do="pin" data-of="back" aria-label="${say("tablet.key_back")}">${icon("delete")}</button><button class="key" data-do="pin" data-of="0">0</button><button class="key alt" data-do="pin" data-of="ok" aria-label="${say("tablet.pin_ok")}">${icon("tick")}</button></div></div>`;

/** @param {string} title @param {import("./dom.js").Markup} inside @param {boolean} [canClose] */
const box = (title, inside, canClose = true) => html`<div class="dialog"><h1 id="dialog-title" tabindex="-1">${title}</h1>${inside}${canClose && html`<button class="btn close" data-do="dialog" data-of="">${icon("close")}${say("tablet.close")}</button>`}</div>`;

/** @type {Record<string, (app: App) => import("./dom.js").Markup>} */
export const DIALOGS = {
  menu: (app) => box(say("tablet.menu"), html`
    <div class="line"><span id="size-word">${say("tablet.size")}</span><button class="btn" data-do="size" data-of="-1" aria-label="${say("tablet.size_less")}" ${app.size === 0 ? html`disabled` : ""}>A−</button><output class="num" aria-labelledby="size-word">${app.size + 1} / 5</output><button class="btn big-a" data-do="size" data-of="1" aria-label="${say("tablet.size_more")}" ${app.size === 4 ? html`disabled` : ""}>A+</button></div>
    <div class="line"><span>${say("tablet.language")}</span>${[["zh-CN", "中文"], ["en", "English"]].map(([code, name]) => html`<button class="btn" lang="${code}" data-do="language" data-of="${code}" aria-pressed="${code === language ? "true" : "false"}">${name}</button>`)}</div>
    ${app.desk && html`<div class="choices"><button class="btn" data-do="dialog" data-of="marks">${icon("list")}${say("tablet.own_sheets")}</button>
      <button class="btn" data-do="dialog" data-of="parked">${icon("alert")}${say("tablet.parked_title")} ${app.needs().length || ""}</button>
      <button class="btn" data-do="dialog" data-of="help">${icon("bell")}${say("tablet.assistance")}</button>
      <button class="btn" data-do="dialog" data-of="export">${icon("out")}${say("tablet.export")}</button>
      ${app.here.division.is_leader && html`<a class="btn" href="/scoring/sheets">${icon("next")}${say("tablet.leader")}</a>`}
      <button class="btn" data-do="dialog" data-of="leave">${icon("lock")}${say("tablet.leave")}</button></div>`}`),

  leave: (app) => box(say("tablet.leave"), html`<p>${say("tablet.leave_text")}</p>${app.records.some((each) => each.state === "waiting") && html`<div class="notice notice-warn">${icon("tick")}<p>${say("tablet.leave_waiting", { count: app.records.filter((each) => each.state === "waiting").length })}</p></div>`}
    <button class="btn btn-primary" data-do="leave">${say("tablet.leave_now")}</button>
    ${app.desk?.divisions.every((each) => each.sealed) && html`<p>${say("tablet.wipe_text")}</p>${wrong(app.fault)}<button class="btn" data-do="wipe">${say("tablet.wipe")}</button>`}`),

  /** Own earlier marks of the part in one list; a row opens that sheet's history. */
  marks: (app) => {
    const { division, part } = look(app);
    return box(say("tablet.own_marks", { part: part.title }), html`<div class="tw" tabindex="0" role="region" aria-labelledby="dialog-title"><table class="num"><thead><tr><th scope="col">${say("tablet.entry")}</th>${part.criteria.map((each) => html`<th scope="col" class="rt">${each.title}</th>`)}<th scope="col" class="rt">${part.highest ? say("tablet.sum") : ""}</th><th scope="col">${say("tablet.standing")}</th><th scope="col"><span class="vh">${say("tablet.history")}</span></th></tr></thead>
      <tbody>${division.entries.map((entry) => {
        const sheet = sheetOf(app.judge, division, entry, part);
        return html`<tr data-key="r-${entry.entry_id}"><th scope="row">${entry.code}</th>${part.criteria.map((each) => html`<td class="rt">${words(each, sheet.shown?.marks[each.key]) || "—"}</td>`)}<td class="rt"><b>${sheet.figure || say("tablet.unmarked")}</b></td><td>${say(`tablet.state_${sheet.standing}`)}</td><td>${(sheet.shown || sheet.last) && html`<button class="btn" data-do="history" data-of="${entry.entry_id}" aria-label="${say("tablet.history")} ${entry.code}">${icon("next")}</button>`}</td></tr>`;
      })}</tbody></table></div>`);
  },

  /** Every revision of one own sheet: what was sent, when, and what became of it. */
  history: (app) => {
    const { division, part } = look(app);
    const entry = division.entries.find((each) => each.entry_id === app.dialog?.of) ?? division.entries[0];
    const sheet = sheetOf(app.judge, division, entry, part);
    return box(say("tablet.history_of", { code: entry.code, part: part.title }), html`<ol class="history">${sheet.history.map((sent) => html`<li data-key="${sent.revision_id}" class="${sent.revision_id === sheet.head?.revision_id ? "now" : ""}"><p><b class="num">${figure(part, sent.marks) || say("tablet.unmarked")}</b> <span class="tag ${sent.disposition === "counted" ? "tag-ok" : sent.disposition ? "tag-warn" : ""}">${say(`tablet.became_${sent.disposition || "waiting"}`)}</span></p>
      <p class="t num">${moment(sent.at)}${sent.ledger_position > 0 && html` · ${say("tablet.ledger_position", { position: sent.ledger_position })}`}</p><dl class="num">${part.criteria.map((each) => html`<dt>${each.title}</dt><dd>${words(each, sent.marks[each.key]) || say("tablet.unmarked")}</dd>`)}</dl>${sent.comment && html`<p>${say("tablet.comment")}：${sent.comment}</p>`}${sent.reason && html`<p>${say("tablet.reason")}：${sent.reason}</p>`}</li>`)}</ol>
      <button class="btn" data-do="dialog" data-of="marks">${say("tablet.back")}</button>`);
  },

  parked: (app) => box(say("tablet.parked_title"), app.needs().length ? html`<p>${say("tablet.parked_text")}</p><ul class="history">${app.needs().map(({ record, code, part, shown }) => html`<li data-key="${record.id}"><p><b>${code} · ${part} · <span class="num">${shown}</span></b></p><p>${has(`tablet.parked_${record.parked?.code}`) ? say(`tablet.parked_${record.parked?.code}`) : record.parked?.text || say("tablet.server_refused")}</p><p class="t num">${moment(record.at)} · ${record.parked?.status} ${record.parked?.code}</p><button class="btn" data-do="go" data-of="${record.entry_id}/${record.part}">${say("tablet.go_to", { code })}</button></li>`)}</ul><button class="btn" data-do="dialog" data-of="export">${icon("out")}${say("tablet.export")}</button>` : html`<p class="empty">${say("tablet.parked_none")}</p>`),

  help: (app) => {
    const { entry, part } = look(app);
    const isAsked = app.asked.has(`help/${app.here.entry.entry_id}`);
    return box(say("tablet.assistance"), html`<p>${say("tablet.assistance_text", { code: entry.code, part: part.title })}</p>${wrong(app.fault)}
      ${isAsked ? html`<div class="notice notice-ok" role="status">${icon("tick")}<p>${say("tablet.assistance_asked")}</p></div>` : html`<button class="btn btn-primary" data-do="ask" data-of="help">${icon("bell")}${say("tablet.assistance_now")}</button>`}`);
  },

  export: (app) => box(say("tablet.export"), html`<p>${say("tablet.export_text", { count: app.records.filter((each) => each.state !== "acked").length })}</p><div class="row"><button class="btn" data-do="export-file">${icon("out")}${say("tablet.export_file")}</button><button class="btn" data-do="export-codes">${say("tablet.export_codes")}</button></div>${wrong(app.fault)}<div class="codes" id="codes" data-kept></div>`),

  /** The session is over; the marks are not. */
  unlock: (app) => box(say("tablet.unlock_title"), html`<p>${say(app.dialog?.of === "device_revoked" ? "tablet.revoked_text" : "tablet.unlock_text")}</p>${wrong(app.fault)}
    ${app.dialog?.of === "device_revoked" ? html`<button class="btn" data-do="dialog" data-of="export">${icon("out")}${say("tablet.export")}</button>`
      : app.identity?.is_own ? html`<a class="btn btn-primary" href="/registration/tickets?service=scoring&return_to=%2Fscoring%2Ftablet">${say("tablet.sign_in")}</a>`
      : html`${app.identity?.pin && pin(app)}${!app.identity?.pin && html`<button class="btn btn-primary name" data-do="again">${say("tablet.i_am", { name: app.identity?.judge?.name })}</button>`}<button class="btn" data-do="judges">${say("tablet.not_me")}</button>`}`),
};
