// @ts-check
/** Ask the server for JSON. Only JSON of ours is an answer: a captive portal's page is as good as no network. */

/** @typedef {{ok: boolean, status: number, body: any}} Answer */

/** What every write repeats; the session's. */
export const session = { csrf: "" };

/** @param {string} path @param {{method?: string, body?: unknown, etag?: string}} [more] @returns {Promise<Answer>} raises when there is no answer of ours */
export async function ask(path, { method = "GET", body, etag } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && session.csrf) headers["X-CSRF-Token"] = session.csrf;
  if (etag) headers["If-None-Match"] = etag;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(8000) });
  if (answer.status === 304) return { ok: true, status: 304, body: null };
  if (!(answer.headers.get("Content-Type") ?? "").includes("json") || answer.status >= 500) throw new Error(String(answer.status));
  const told = await answer.json();
  return { ok: answer.ok, status: answer.status, body: told && typeof told === "object" ? { ...told, etag: answer.headers.get("ETag") ?? "" } : {} };
}
