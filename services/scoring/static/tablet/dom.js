// @ts-check
/**
 * Pages as text, shown by changing only what differs: focus, scrolling, half-typed text and live regions stay.
 * Every value in `html` is escaped unless it is itself made by `html`.
 */

/** @type {Record<string, string>} */
const MARKS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export class Markup {
  /** @param {string} text */
  constructor(text) { this.text = text; }
}

/** @param {unknown} value @returns {string} */
const told = (value) => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(told).join("");
  return value === false || value === null || value === undefined ? "" : String(value).replace(/[&<>"']/g, (mark) => MARKS[mark]);
};

/** @param {TemplateStringsArray} parts @param {unknown[]} values */
export const html = (parts, ...values) => new Markup(parts.reduce((made, part, at) => made + told(values[at - 1]) + part));

/** @param {string} name @param {string} [more] */
export const icon = (name, more = "") => html`<svg class="i ${more}" aria-hidden="true" focusable="false"><use href="#${name}"/></svg>`;

/** @param {string} id */
export const one = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Make `root` hold exactly this page. @param {Element} root @param {Markup} page */
export function show(root, page) {
  const made = document.createElement("template");
  made.innerHTML = page.text;
  children(root, made.content);
}

/** @param {Node} node */
const keyOf = (node) => (node instanceof Element ? node.id || node.getAttribute("data-key") : null);

/** @param {Node} old @param {Node} fresh */
function children(old, fresh) {
  let here = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    let found = here;
    if (key) while (found && keyOf(found) !== key) found = found.nextSibling;
    if (!found || found.nodeName !== wanted.nodeName || keyOf(found) !== key) old.insertBefore(wanted, here);
    else {
      if (found === here) here = found.nextSibling;
      else old.insertBefore(found, here);
      same(found, wanted);
    }
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
}

/** @param {ChildNode} old @param {ChildNode} fresh */
function same(old, fresh) {
  if (!(old instanceof Element && fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DIALOG")) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    if (old.value !== fresh.value) old.value = fresh.value;
    old.checked = fresh.checked;
  } else if (old instanceof HTMLTextAreaElement && fresh instanceof HTMLTextAreaElement) {
    if (old.value !== fresh.value) old.value = fresh.value;
  } else if (!old.hasAttribute("data-kept")) children(old, fresh);
}
