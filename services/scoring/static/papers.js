// @ts-check
/** Typing a paper sheet without the mouse: Enter goes on to the next field, from the last one it sends. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-typing]"));
if (form) {
  const fields = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input.in")]);
  form.addEventListener("keydown", (event) => {
    const at = fields.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (event.key !== "Enter" || event.isComposing || at < 0 || at === fields.length - 1) return;
    event.preventDefault();
    fields[at + 1].focus();
    fields[at + 1].select();
  });
}
