// @ts-check
/** The reader's words. The shell brings both languages, so that the switch needs no network. */

/** @type {Record<string, Record<string, string>>} */
const all = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const kept = /laurel_language=(zh-CN|en)/.exec(document.cookie);
export let language = kept?.[1] ?? document.documentElement.lang;
document.documentElement.lang = language;

/** @param {string} wanted */
export function speak(wanted) {
  language = document.documentElement.lang = wanted;
  document.cookie = `laurel_language=${wanted}; path=/; max-age=31536000; samesite=lax`;
}

/** A sentence of the catalogue with its places filled. @param {string} key @param {Record<string, unknown>} [values] */
export const say = (key, values = {}) => (all[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** @param {string} key */
export const has = (key) => key in all[language];

/** The time of day in the hall. @param {number | string} [at] */
export const clockTime = (at = Date.now()) => new Date(at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

/** Day and time, for what may be of yesterday. @param {number | string} at */
export const moment = (at) => new Date(at).toLocaleString(language, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });

export const comma = () => (language === "en" ? ", " : "、");
