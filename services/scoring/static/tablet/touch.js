// @ts-check
/** Fingers on glass: the signature, and two fingers that change the size of the text. */
import { one } from "./dom.js";

/** @param {import("./main.js").App} app @param {() => unknown} render */
export function follow(app, render) {
  let drawing = false;
  /** @param {PointerEvent} event */
  const point = (event) => {
    const box = one("signature").getBoundingClientRect();
    return `${Math.round(((event.clientX - box.left) / box.width) * 600)} ${Math.round(((event.clientY - box.top) / box.height) * 200)}`;
  };
  addEventListener("pointerdown", (event) => {
    if (!(event.target instanceof Element && event.target.closest("#signature"))) return;
    drawing = true;
    one("signature").setPointerCapture(event.pointerId);
    app.signature += `M${point(event)}`;
  });
  addEventListener("pointermove", (event) => {
    if (!drawing || app.signature.length > 19_900) return;
    app.signature += `L${point(event)}`;
    one("signature").querySelector(".ink")?.setAttribute("d", app.signature);
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) addEventListener(name, () => { if (drawing) { drawing = false; render(); } });

  let apart = 0;
  /** @param {TouchEvent} event */
  const distance = ({ touches: [one, other] }) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  addEventListener("touchstart", (event) => { if (event.touches.length === 2) apart = distance(event); }, { passive: true });
  addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const now = distance(event), by = now > apart * 1.2 ? 1 : now < apart / 1.2 ? -1 : 0;
    if (!by) return;
    apart = now;
    app.size = Math.min(4, Math.max(0, app.size + by));
    localStorage.setItem("laurel-size", String(app.size));
    render();
  }, { passive: false });
}
