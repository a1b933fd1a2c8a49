// @ts-check
/** The device's key: made on the tablet, its private half cannot leave the browser. ECDSA over P-256 with SHA-256. */

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** @returns {Promise<CryptoKeyPair>} */
export const makeKeys = () => crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);

/** The raw point, base64url. @param {CryptoKeyPair} keys */
export const publicRaw = async (keys) => base64url(await crypto.subtle.exportKey("raw", keys.publicKey));

/** Raw r ‖ s over these bytes, base64url. @param {CryptoKeyPair} keys @param {Uint8Array<ArrayBuffer>} bytes */
export const sign = async (keys, bytes) => base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes));

/** @param {ArrayBuffer} buffer */
export function base64url(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
