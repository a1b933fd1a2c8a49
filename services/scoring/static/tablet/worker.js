// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps the judge's page for a start without a network: the shell and the files it is made of, never any data. The server
 * puts `SHELL` before this text. A file is kept only if it is the one the server meant: a captive portal answers 200 too.
 * A new version waits until the page says that nothing waits to be sent and no sheet is open.
 */
/** @type {{version: string, page: string, files: Record<string, string>}} */
const shell = /** @type {any} */ (self).SHELL;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const NAME = `laurel-tablet ${shell.version}`;

/** @param {ArrayBuffer} bytes */
const digest = async (bytes) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {Cache} cache @param {string} address @param {(answer: Response) => Promise<boolean>} isMeant */
async function keep(cache, address, isMeant) {
  const answer = await fetch(address, { cache: "reload" });
  if (!answer.ok || answer.redirected || !(await isMeant(answer.clone()))) throw new Error(`not ours: ${address}`);
  await cache.put(address, answer);
}

worker.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(NAME);
  const files = Object.entries(shell.files).map(([address, hash]) => keep(cache, address, async (answer) => await digest(await answer.arrayBuffer()) === hash));
  await Promise.all([...files, keep(cache, shell.page, async (answer) => answer.headers.get("Laurel-Shell") === shell.version)]);
})()));

worker.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("laurel-tablet ") && name !== NAME) await caches.delete(name);
  await worker.clients.claim();
})()));

worker.addEventListener("message", (event) => {
  if (event.data === "take over") worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== worker.location.origin) return;
  const isPage = event.request.mode === "navigate" && pathname === shell.page;
  const address = isPage ? shell.page : pathname + search;
  if (!isPage && !(address in shell.files)) return;
  event.respondWith(caches.open(NAME).then((cache) => cache.match(address)).then((kept) => kept ?? fetch(event.request)));
});
