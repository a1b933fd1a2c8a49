// @ts-check
/**
 * What the tablet keeps, in IndexedDB with strict durability: a promise here resolves only after its transaction is on
 * disk, and is rejected with StoreFailed where it is not. Nothing is ever deleted but a draft whose sheet is submitted,
 * and everything by `wipe` once all of it has reached the server.
 */
import { sign } from "./keys.js";

/** @typedef {{id: string, ledger_position: number, chain_hash: string, disposition: string, head: string | null}} Ack */
/** @typedef {{id: string, judge_id: string, entry_id: string, part: string, seq: number, wire: string, signature: string, state: "waiting" | "acked" | "parked", ack: Ack | null, parked: {status: number, code: string, text: string} | null, at: number}} Kept */
/** @typedef {{marks: Record<string, string>, comment: string, reason: string, base: string | null, written_at: number}} Draft */
/** @typedef {{entry_id: string, part: string, base: string | null, rubric_version: number, marks: Record<string, number>, comment: string, reason: string, judge_id: string}} Sheet */
/** device_id and keys come with the enrolment, csrf with the session; whoever enrols keeps more in it. @typedef {{device_id: string, keys: CryptoKeyPair, csrf?: string, [more: string]: unknown}} Identity */
/** @typedef {"unsupported" | "blocked" | "quota" | "lost" | "failed" | "no_identity" | "too_long" | "unsent" | "open"} Reason */

const NAME = "laurel-marks", STORES = ["facts", "records", "drafts", "materials"], COPIES = "laurel-copies";
const SLOW = 10_000, LATEST = 253_402_300_799_999;
const LOST = ["InvalidStateError", "UnknownError", "AbortError", "TransactionInactiveError", "TimeoutError"];

/** reason: what the page tells the judge. */
export class StoreFailed extends Error {
  /** @param {Reason} reason @param {unknown} [cause] */
  constructor(reason, cause) {
    super(`${reason}: ${cause ?? ""}`, { cause });
    this.reason = reason;
  }
}

/** UUIDv7: time first, so that the server's index stays local. @returns {string} */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let index = 5; index >= 0; index -= 1, now = Math.floor(now / 256)) bytes[index] = now % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte, at) => (/^(4|6|8|10)$/.test(`${at}`) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<IDBDatabase>} */
const connect = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of STORES) request.result.createObjectStore(name, name === "records" ? { keyPath: "id" } : {});
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new StoreFailed("blocked"));
  setTimeout(() => reject(new StoreFailed("blocked")), SLOW);
});

/**
 * What the server has not acknowledged is kept a second time, outside the database: Chromium throws a database away whole
 * when it was killed in the middle of writing it. One copy is what the screen promises, so this one may fail.
 * @param {(copies: Cache) => Promise<unknown>} work
 */
const copying = (work) => caches.open(COPIES).then(work).catch(() => {});

/** Well formed and without NUL: what the server can read and store byte for byte. @param {string} text */
const clean = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd").replaceAll("\0", "");

/** The bytes a judge's sheet is from now on: JSON with sorted keys and no blanks, whatever order an object has. @param {Sheet} sheet @param {{id: string, seq: number, device_id: string, written_at: number}} more */
function wireOf(sheet, more) {
  const comment = clean(sheet.comment), reason = clean(sheet.reason);
  if ([...comment].length > 2000 || [...reason].length > 500) throw new StoreFailed("too_long");
  const marks = Object.keys(sheet.marks).sort().map((key) => `${JSON.stringify(key)}:${Number(sheet.marks[key])}`);
  const { base, entry_id, judge_id, part, rubric_version } = sheet, { device_id, id, seq, written_at } = more;
  return JSON.stringify({ base, comment, device_id, entry_id, id, judge_id }).replace(/}$/, `,"marks":{${marks}},`)
    + JSON.stringify({ part, protocol: 2, reason, rubric_version, seq, written_at }).slice(1);
}

/**
 * One tab at a time. A tab that the system froze with the lock in hand does not stop the others.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
const alone = (work) => navigator.locks.request("laurel-number", { signal: AbortSignal.timeout(SLOW / 2) }, work).catch((error) => {
  if (!(error instanceof DOMException)) throw error;
  return navigator.locks.request("laurel-number", { steal: true }, work);
});

export class Store {
  /** @type {IDBDatabase | null} */
  #database = null;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {((failed: StoreFailed) => void)[]} */
  #listeners = [];
  /** @type {(() => void)[]} */
  #drafted = [];
  /** Whether the browser promised to keep the storage; never relied on. */
  isPersisted = false;

  /** The handle, opened if there is none. */
  async #handle() {
    if (!this.#database) {
      const database = this.#database = await connect();
      database.onclose = database.onversionchange = () => {
        database.close();
        if (this.#database === database) this.#database = null;
      };
    }
    return this.#database;
  }

  /**
   * Run `work` in one transaction; resolves with the answer of its request once the transaction is complete. A handle that
   * the system took away is opened again, once.
   * @template T @param {IDBTransactionMode} mode @param {(tx: IDBTransaction) => IDBRequest<T> | null} work @returns {Promise<T>}
   */
  async #within(mode, work) {
    for (let isAgain = false; ; isAgain = true) {
      try {
        return await this.#attempt(await this.#handle(), mode, work);
      } catch (error) {
        const name = error instanceof Error || error instanceof DOMException ? error.name : "";
        const isLost = LOST.includes(name) || (error instanceof StoreFailed && error.reason === "blocked");
        if (isLost) {
          this.#database?.close();
          this.#database = null;
          if (!isAgain) continue;
        }
        const reason = name === "QuotaExceededError" ? "quota" : isLost ? "lost" : "failed";
        const failed = error instanceof StoreFailed && !isLost ? error : new StoreFailed(reason, error);
        if (["lost", "quota"].includes(failed.reason)) for (const tell of this.#listeners) tell(failed);
        throw failed;
      }
    }
  }

  /** @template T @param {IDBDatabase} database @param {IDBTransactionMode} mode @param {(tx: IDBTransaction) => IDBRequest<T> | null} work @returns {Promise<T>} */
  #attempt(database, mode, work) {
    return new Promise((resolve, reject) => {
      const tx = database.transaction(STORES, mode, { durability: "strict" });
      const slow = setTimeout(() => reject(new DOMException("the storage does not answer", "TimeoutError")), SLOW);
      const request = work(tx);
      tx.oncomplete = () => (clearTimeout(slow), resolve(/** @type {T} */ (request?.result)));
      tx.onabort = () => (clearTimeout(slow), reject(tx.error ?? new DOMException("aborted", "AbortError")));
    });
  }

  /** Writes one after the other, in the order they were asked for. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const made = this.#last.then(work, work);
    this.#last = made.catch(() => {});
    return made;
  }

  /** @template T @param {string} store @param {IDBValidKey} key @returns {Promise<T | null>} */
  async #get(store, key) {
    return (await this.#within("readonly", (tx) => tx.objectStore(store).get(key))) ?? null;
  }

  /** @param {string} store @param {IDBValidKey} key @param {unknown} value */
  #put(store, key, value) {
    return this.#inTurn(() => this.#within("readwrite", (tx) => (tx.objectStore(store).put(value, key), null)));
  }

  /** Called when the storage is lost or full; then nothing more may be called saved. @param {(failed: StoreFailed) => void} tell */
  onLost(tell) { this.#listeners.push(tell); }

  /** Called when a draft was saved. @param {() => void} tell */
  onDrafted(tell) { this.#drafted.push(tell); }

  /** @returns {Promise<Identity | null>} */
  identity() { return this.#get("facts", "identity"); }
  /** @param {Identity} identity */
  setIdentity(identity) { return this.#put("facts", "identity", identity); }
  /** @returns {Promise<any>} */
  desk() { return this.#get("facts", "desk"); }
  /** @param {unknown} desk */
  setDesk(desk) { return this.#put("facts", "desk", desk); }
  /** @param {string} key @returns {Promise<Draft | null>} */
  draft(key) { return this.#get("drafts", key); }
  /** Resolves once the draft is on disk; null drops it. @param {string} key @param {Draft | null} draft */
  async setDraft(key, draft) {
    if (draft) await this.#put("drafts", key, draft);
    else await this.#inTurn(() => this.#within("readwrite", (tx) => (tx.objectStore("drafts").delete(key), null)));
    for (const tell of this.#drafted) tell();
  }
  /** @param {string} id @returns {Promise<Blob | null>} */
  material(id) { return this.#get("materials", id); }
  /** @param {string} id @param {Blob} blob */
  setMaterial(id, blob) { return this.#put("materials", id, blob); }

  /** By `judge/entry/part`. @returns {Promise<Record<string, Draft>>} */
  async drafts() {
    /** @type {IDBRequest<IDBValidKey[]>} */
    let keys;
    const values = await this.#within("readonly", (tx) => {
      keys = tx.objectStore("drafts").getAllKeys();
      return tx.objectStore("drafts").getAll();
    });
    return Object.fromEntries(values.map((draft, at) => [`${keys.result[at]}`, draft]));
  }

  /** Everything ever submitted here, in the order of its numbers. @returns {Promise<Kept[]>} */
  async records() {
    const all = await this.#within("readonly", (tx) => tx.objectStore("records").getAll());
    return all.sort((one, other) => one.seq - other.seq);
  }

  /**
   * A sheet becomes a record: numbered, signed, kept, its draft dropped, all at once. Two tabs never share a number: signing
   * and keeping are under one lock, and a number taken meanwhile fails the transaction.
   * @param {Sheet} sheet @returns {Promise<Kept>}
   */
  submit(sheet) {
    return this.#inTurn(() => alone(async () => {
      const identity = await this.identity(), { judge_id, entry_id, part } = sheet;
      if (!identity) throw new StoreFailed("no_identity");
      for (;;) {
        const seq = ((await this.#get("facts", "seq")) ?? 0) + 1, id = newId(), at = Date.now();
        const wire = wireOf(sheet, { id, seq, device_id: identity.device_id, written_at: Math.min(Math.max(at, 0), LATEST) });
        const signature = await sign(identity.keys, new TextEncoder().encode(wire));
        /** @type {Kept} */
        const record = { id, judge_id, entry_id, part, seq, wire, signature, state: "waiting", ack: null, parked: null, at };
        let isTaken = false;
        await this.#within("readwrite", (tx) => {
          const facts = tx.objectStore("facts"), records = tx.objectStore("records"), last = facts.get("seq"), mine = records.getKey(id);
          mine.onsuccess = () => {
            if (mine.result) return; // kept already: the handle was lost between the commit and the news of it
            isTaken = (last.result ?? 0) !== seq - 1;
            if (isTaken) return;
            facts.put(seq, "seq");
            records.add(record);
            tx.objectStore("drafts").delete(`${judge_id}/${entry_id}/${part}`);
          };
          return null;
        });
        if (isTaken) continue;
        await copying((copies) => copies.put(`/${id}`, new Response(JSON.stringify(record))));
        return record;
      }
    }));
  }

  /** What became of a record; of one acknowledged already nothing changes. @param {string} id @param {Pick<Kept, "state" | "ack" | "parked">} news */
  settle(id, news) {
    return this.#inTurn(async () => {
      await this.#within("readwrite", (tx) => {
        const records = tx.objectStore("records"), found = records.get(id);
        found.onsuccess = () => {
          if (found.result && found.result.state !== "acked") records.put({ ...found.result, ...news });
        };
        return null;
      });
      if (news.state === "acked") await copying((copies) => copies.delete(`/${id}`));
    });
  }

  /** Take back every copy. What the server has by now, it only acknowledges again. */
  restore() {
    return copying(async (copies) => {
      for (const request of await copies.keys()) {
        const record = await (await copies.match(request))?.json().catch(() => null);
        if (record) await this.#inTurn(() => this.#within("readwrite", (tx) => tx.objectStore("records").put(record)));
      }
    });
  }

  /** Empty the tablet once its divisions are sealed and staff say so. Raises `open` before that, `unsent` while anything has not reached the server. */
  async wipe() {
    /** @type {Reason | ""} */
    let why = "";
    await this.#inTurn(() => this.#within("readwrite", (tx) => {
      const all = tx.objectStore("records").getAll(), desk = tx.objectStore("facts").get("desk");
      desk.onsuccess = () => {
        const isSealed = desk.result?.divisions.every((/** @type {{sealed: boolean}} */ each) => each.sealed);
        why = all.result.some((each) => each.state !== "acked") ? "unsent" : isSealed ? "" : "open";
        if (!why) for (const name of ["records", "drafts", "materials"]) tx.objectStore(name).clear();
      };
      return null;
    }));
    if (why) throw new StoreFailed(why);
  }
}

/** Open the storage. Raises StoreFailed: `unsupported`, `blocked`, `failed`: then the judge marks on paper. @returns {Promise<Store>} */
export async function open() {
  if (!globalThis.indexedDB || !navigator.locks || !crypto.subtle || !AbortSignal.timeout) throw new StoreFailed("unsupported");
  const store = new Store();
  if (!await store.identity()) await store.restore(); // never used, or thrown away
  navigator.storage?.persist?.().then((kept) => { store.isPersisted = kept; }, () => {});
  return store;
}
