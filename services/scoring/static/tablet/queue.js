// @ts-check
/**
 * Sends what waits on the tablet, in order, by one tab, for ever. Only an answer with the same id and a ledger position is
 * an acknowledgement: a captive portal answers 200 too. What needs attention is parked and stops nothing behind it.
 */

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {{changed?: () => void, unlock?: (code: string) => void, acked?: (record: Kept) => void}} Listener */

const PATIENCE = 8000, BEAT = 20_000, FIRST = 1000, LONGEST = 15_000, FROZEN = 60_000, TYPING = 2000;
const NEEDS_ATTENTION = [403, 409, 413, 422];
/** Answers about who asks, not about the sheet: it stays in the queue until somebody signs on. */
const SIGN_ON = ["csrf_wrong", "role_absent", "origin_wrong"];

/** The answer's JSON, null where it is none of ours. @param {Response} answer @returns {Promise<any>} */
async function told(answer) {
  if (!/\bjson\b/.test(answer.headers.get("Content-Type") ?? "")) return null;
  const said = await answer.json().catch(() => null);
  return said && typeof said === "object" ? said : null;
}

/** @param {string} method @param {string} address @param {string} csrf @param {string} [body] @param {Record<string, string>} [more] */
const ask = (method, address, csrf, body, more) => fetch(address, {
  method, body, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
  headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json", "X-CSRF-Token": csrf }), ...more },
});

/** @param {Store} store @param {Listener} listener */
export function start(store, listener) {
  const others = new BroadcastChannel("laurel-queue");
  /** @type {Record<string, number>} */
  const drafted = {};
  /** How often our server failed at a record: three such stop nothing either. @type {Record<string, number>} */
  const failed = {};
  let pause = FIRST, isOver = false, wanted = false, isRunning = false, blockedSince = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const changed = () => {
    listener.changed?.();
    others.postMessage("changed");
  };

  /** What the server says of one record: settled, or why not. @param {Kept} record @returns {Promise<"settled" | "later" | "stop">} */
  async function send(record) {
    const csrf = (await store.identity())?.csrf ?? "";
    const answer = await ask("PUT", `/scoring/revisions/${record.id}`, csrf, record.wire, { "Laurel-Signature": record.signature });
    const said = await told(answer);
    if (answer.ok && said?.id === record.id && Number.isInteger(said.ledger_position)) {
      const { id, ledger_position, chain_hash, disposition, head } = said;
      const news = /** @type {const} */ ({ state: "acked", ack: { id, ledger_position, chain_hash, disposition, head }, parked: null });
      await store.settle(record.id, news);
      listener.acked?.({ ...record, ...news });
      return "settled";
    }
    const isOurs = typeof said?.code === "string" && said.status === answer.status;
    if (isOurs && said.code === "csrf_wrong" && await renew(csrf)) return "later";
    if (isOurs && (answer.status === 401 || SIGN_ON.includes(said.code))) {
      listener.unlock?.(said.code);
      return "stop";
    }
    if (isOurs) failed[record.id] = (failed[record.id] ?? 0) + 1;
    if (!isOurs || !NEEDS_ATTENTION.includes(answer.status)) return "later";
    await store.settle(record.id, { state: "parked", ack: null, parked: { status: answer.status, code: said.code, text: said.detail ?? "" } });
    return "settled";
  }

  /** The session is another than we knew: fetch its token. @param {string} old */
  async function renew(old) {
    const said = await told(await ask("GET", "/scoring/session", ""));
    const identity = await store.identity();
    if (!identity || typeof said?.csrf !== "string" || said.csrf === old) return false;
    await store.setIdentity({ ...identity, csrf: said.csrf });
    return true;
  }

  /** Everything that waits, oldest first, and what was submitted meanwhile. True when nothing is left. */
  async function drain() {
    /** @type {Set<string>} */
    const tried = new Set();
    for (let failures = 0; ;) {
      const waiting = (await store.records()).filter((each) => each.state === "waiting" && !tried.has(each.id))
        .sort((one, other) => (failed[one.id] ?? 0) - (failed[other.id] ?? 0));
      if (!waiting.length) return failures === 0;
      for (const next of waiting) {
        const outcome = await send(next);
        tried.add(next.id);
        if (outcome === "settled") {
          pause = FIRST; // a bad network that lets something through is tried again soon
          changed();
        } else failures += 1;
        if (outcome === "stop" || failures > 2) return false;
      }
    }
  }

  /** What is half typed, for a tablet that may have to replace this one; as far as it goes. */
  async function lend() {
    const identity = await store.identity(), desk = await store.desk();
    for (const [key, draft] of Object.entries(await store.drafts())) {
      const [judge_id, entry_id, part] = key.split("/");
      if (!identity || judge_id !== desk?.judge?.judge_id || drafted[key] === draft.written_at) continue;
      const { marks, comment, reason, base, written_at } = draft;
      const body = JSON.stringify({ judge_id, device_id: identity.device_id, marks, comment, reason, base, written_at });
      const answer = await ask("PUT", `/scoring/drafts/${entry_id}/${part}`, identity.csrf ?? "", body);
      const said = await told(answer);
      if (said && answer.status !== 401 && answer.status < 500 && !SIGN_ON.includes(said.code)) drafted[key] = written_at;
    }
  }

  async function run() {
    clearTimeout(timer);
    wanted = true;
    if (isRunning || isOver) return;
    isRunning = true;
    let isDone = true;
    try {
      while (wanted && isDone && !isOver) {
        wanted = false;
        const isStolen = blockedSince > 0 && performance.now() - blockedSince > FROZEN;
        isDone = await navigator.locks.request("laurel-queue", isStolen ? { steal: true } : { ifAvailable: true }, async (lock) => {
          if (!lock) blockedSince ||= performance.now();
          if (!lock) return false;
          blockedSince = 0;
          const isEmpty = await drain();
          if (isEmpty) await lend();
          return isEmpty;
        });
      }
    } catch {
      isDone = false;
    }
    isRunning = false;
    pause = isDone ? FIRST : Math.min(pause * 2, LONGEST);
    if (!isOver) timer = setTimeout(run, isDone ? BEAT : pause * (0.75 + Math.random() / 2));
  }

  const kick = () => void run();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  store.onDrafted(() => {
    clearTimeout(typing);
    typing = setTimeout(kick, TYPING);
  });
  const seen = () => { if (document.visibilityState === "visible") kick(); };
  const wakes = /** @type {const} */ (["online", "focus", "pageshow"]);
  for (const wake of wakes) addEventListener(wake, kick);
  document.addEventListener("visibilitychange", seen);
  others.onmessage = () => listener.changed?.();
  kick();
  return {
    kick,
    stop() {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(typing);
      for (const wake of wakes) removeEventListener(wake, kick);
      document.removeEventListener("visibilitychange", seen);
      others.close();
    },
  };
}
