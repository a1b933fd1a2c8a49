// @ts-check
// Adds up and down buttons to the branch's order. Without it the numbers are typed; the form is the same.
const list = document.querySelector("[data-order]");
if (list instanceof HTMLElement) {
  /** @returns {HTMLElement[]} */
  const rows = () => [...list.querySelectorAll("li[data-entry]")].filter((each) => each instanceof HTMLElement);
  /** @param {HTMLElement} row */
  const field = (row) => /** @type {HTMLInputElement} */ (row.querySelector("input[data-number]"));
  const said = document.querySelector("[data-said]");

  /** Number the rows of each quota that have a number, in the order in which they stand. */
  const renumber = () => {
    /** @type {Map<string, number>} */
    const next = new Map();
    for (const row of rows()) {
      if (!field(row).value.trim()) continue;
      const quota = row.dataset.quota ?? "";
      const number = (next.get(quota) ?? 0) + 1;
      next.set(quota, number);
      field(row).value = String(number);
    }
  };

  /** @param {HTMLElement} row @param {number} step */
  const move = (row, step) => {
    const peers = rows().filter((each) => each.dataset.quota === row.dataset.quota && field(each).value.trim());
    if (!field(row).value.trim()) {
      field(row).value = String(peers.length + 1);
      if (peers.length) peers[peers.length - 1].after(row);
    } else {
      const other = peers[peers.indexOf(row) + step];
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
    }
    renumber();
    if (said) said.textContent = `${row.dataset.name} ${field(row).value}`;
  };

  for (const row of rows()) {
    for (const button of row.querySelectorAll("button[data-step]")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      button.hidden = false;
      button.addEventListener("click", () => {
        move(row, Number(button.dataset.step));
        button.focus();
      });
    }
  }
}
