// @ts-check
/**
 * The way out where no network helps: everything submitted on this tablet as a file, and what the server has not
 * acknowledged as texts for QR codes. The desk reads both; each record still proves itself by its signature.
 */
import { base64url } from "./keys.js";

const FORMAT = "laurel-queue-1", CHUNK = 640;

/** @param {import("./store.js").Kept[]} records */
const said = (records) => JSON.stringify({ format: FORMAT, records: records.map(({ wire, signature }) => ({ signature, wire })) });

/** All records, acknowledged or not: what is in the ledger already changes nothing. @param {import("./store.js").Store} store */
export async function asFile(store) {
  return new Blob([said(await store.records())], { type: "application/json" });
}

/** @param {BufferSource} bytes */
const digest = async (bytes) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Texts `LQ1.set.number.of.check.piece`, to be scanned in any order; none if nothing waits. @param {import("./store.js").Store} store @returns {Promise<string[]>} */
export async function asCodes(store) {
  const records = (await store.records()).filter((each) => each.state !== "acked");
  if (!records.length) return [];
  const packed = await new Response(new Blob([said(records)]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
  const text = base64url(packed), set = (await digest(packed)).slice(0, 8), encoder = new TextEncoder();
  const pieces = text.match(new RegExp(`.{1,${CHUNK}}`, "g")) ?? [];
  return Promise.all(pieces.map(async (piece, at) => `LQ1.${set}.${at + 1}.${pieces.length}.${(await digest(encoder.encode(piece))).slice(0, 6)}.${piece}`));
}
