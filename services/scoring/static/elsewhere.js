// @ts-check
/** The one-time code stands behind # and never reaches the server: here it is put into the address and its picture. */
import { svg } from "./tablet/qr.js";

if (location.hash) {
  const address = /** @type {HTMLElement} */ (document.getElementById("address"));
  const whole = address.textContent + location.hash;
  address.textContent = whole;
  const picture = /** @type {HTMLElement} */ (document.getElementById("address-picture"));
  picture.innerHTML = svg(whole);
}
