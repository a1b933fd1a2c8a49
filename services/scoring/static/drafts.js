// @ts-check
/**
 * What the tablet keeps: one typed draft per sheet and the revisions that the server has not acknowledged.
 * IndexedDB with strict durability: a promise here resolves only after the transaction is complete.
 * The handle is opened for each use, because iOS drops handles in the background.
 */

/** @typedef {{key: string, marks: Record<string, string>, comment: string, reason: string, base: string | null, at: string}} Draft */
/** @typedef {{id: string, sheet: string, body: Record<string, unknown>}} Waiting */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("laurel-tablet", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: "key" });
      request.result.createObjectStore("waiting", { keyPath: "id" });
      request.result.createObjectStore("device");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Run `work` in one transaction; resolves with its answer once the transaction is on disk.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(tx: IDBTransaction) => IDBRequest<T> | null} work
 * @returns {Promise<T | undefined>}
 */
async function within(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const tx = database.transaction(["drafts", "waiting", "device"], mode, { durability: "strict" });
      const request = work(tx);
      tx.oncomplete = () => resolve(request?.result);
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  } finally {
    database.close();
  }
}

/** UUIDv7: time first, so that the server's index stays local. @returns {string} */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** @param {Draft} draft */
export const saveDraft = (draft) => within("readwrite", (tx) => tx.objectStore("drafts").put(draft));

/** @param {string} key @returns {Promise<Draft | undefined>} */
export const draftOf = (key) => within("readonly", (tx) => tx.objectStore("drafts").get(key));

/** @param {string} key */
export const dropDraft = (key) => within("readwrite", (tx) => (tx.objectStore("drafts").delete(key), null));

/** @returns {Promise<Waiting[]>} */
export const waiting = async () => (await within("readonly", (tx) => tx.objectStore("waiting").getAll())) ?? [];

/** @param {string} id */
export const acknowledged = (id) => within("readwrite", (tx) => (tx.objectStore("waiting").delete(id), null));

/**
 * Keep a revision with this device's id and its next number, all in one transaction.
 * @param {string} sheet @param {Record<string, unknown>} body @returns {Promise<Waiting>}
 */
export async function keep(sheet, body) {
  /** @type {Waiting} */
  const revision = { id: newId(), sheet, body };
  await within("readwrite", (tx) => {
    const device = tx.objectStore("device");
    const known = device.get("device_id");
    known.onsuccess = () => {
      const id = known.result ?? newId();
      device.put(id, "device_id");
      const last = device.get("seq");
      last.onsuccess = () => {
        const seq = (last.result ?? 0) + 1;
        device.put(seq, "seq");
        revision.body = { ...body, device_id: id, seq };
        tx.objectStore("waiting").put(revision);
      };
    };
    return null;
  });
  return revision;
}
