// @ts-check
/**
 * While codes are scanned: which of how many are read, and what could not be read. A scanner types each code and Enter; where
 * the browser can read codes itself, the camera does. Sending needs none of this.
 */

const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("codes"));
const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const camera = /** @type {HTMLElement} */ (document.getElementById("camera"));
const CODE = /^LQ1\.([0-9a-f]{8})\.([1-9]\d{0,3})\.([1-9]\d{0,3})\.([0-9a-f]{6})\.([A-Za-z0-9_-]+)$/;
const OFTEN = 250;

/** @param {string} name @param {Record<string, string | number>} values */
const say = (name, values = {}) => (progress.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_, place) => String(values[place]));

/** Whether the piece is as it was shown. @param {RegExpExecArray} match */
async function isWhole([, , number, of, check, piece]) {
  if (Number(number) > Number(of)) return false;
  if (!globalThis.crypto?.subtle) return true;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(piece)));
  return Array.from(hash.slice(0, 3), (byte) => byte.toString(16).padStart(2, "0")).join("") === check;
}

async function show() {
  /** @type {Map<string, Set<number>>} */
  const sets = new Map();
  let strange = 0;
  for (const line of field.value.split(/\s+/).filter(Boolean)) {
    const match = CODE.exec(line);
    if (match && await isWhole(match)) sets.set(`${match[1]}.${match[3]}`, (sets.get(`${match[1]}.${match[3]}`) ?? new Set()).add(Number(match[2])));
    else strange += 1;
  }
  const lines = Array.from(sets, ([key, found]) => {
    const [name, of] = key.split(".");
    const missing = Array.from({ length: Number(of) }, (_, at) => at + 1).filter((at) => !found.has(at));
    return `${say("read", { name, count: found.size, of })} ${missing.length ? say("missing", { missing: missing.join(", ") }) : say("whole")}`;
  });
  if (strange) lines.push(say("strange", { count: strange }));
  progress.replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
}

/** @param {string} text */
function add(text) {
  if (!CODE.test(text) || field.value.split(/\s+/).includes(text)) return;
  field.value = `${field.value.trim()}\n${text}\n`.trimStart();
  show();
}

async function look() {
  const video = /** @type {HTMLVideoElement} */ (camera.querySelector("video"));
  // @ts-ignore: not in every browser, and not in the types
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.hidden = false;
  await video.play();
  setInterval(async () => {
    for (const { rawValue } of await detector.detect(video).catch(() => [])) add(rawValue);
  }, OFTEN);
}

field.addEventListener("input", show);
if ("BarcodeDetector" in globalThis && navigator.mediaDevices) {
  camera.hidden = false;
  camera.querySelector("button")?.addEventListener("click", look, { once: true });
}
show();
