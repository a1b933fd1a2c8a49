// @ts-check
/** The page's side of its worker: registered once, and a new version taken when nothing waits and no sheet is open. */

const OFTEN = 600_000;

/** @param {() => boolean | Promise<boolean>} isFree whether nothing waits to be sent and no sheet is open @param {(take: () => Promise<void>) => void} told there is a new version; `take` takes it if `isFree` */
export async function keepShell(isFree, told) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let isKept = Boolean(workers.controller);
  workers.addEventListener("controllerchange", async () => {
    if (isKept && await isFree()) location.reload();
    isKept = true;
  });
  const registration = await workers.register("/scoring/tablet/worker.js", { scope: "/scoring/tablet", updateViaCache: "none" });
  const offer = () => {
    const next = registration.waiting;
    if (next && workers.controller) told(async () => { if (await isFree()) next.postMessage("take over"); });
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  offer();
  setInterval(() => registration.update().catch(() => {}), OFTEN);
}
