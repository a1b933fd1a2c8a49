// @ts-check
/** A button that prints the page; without this script it stays hidden. */
const button = /** @type {HTMLButtonElement} */ (document.getElementById("print-page"));
button.hidden = false;
button.addEventListener("click", () => window.print());
