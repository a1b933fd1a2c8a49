// @ts-check
/** Lets the timekeeper's clock count on between two answers of the server; it decides nothing. */

const face = document.getElementById("lesson-clock");
if (face) {
  const passed = Number(face.dataset.passed);
  const limit = Number(face.dataset.limit);
  const warning = Number(face.dataset.warning);
  const since = performance.now();
  const show = () => {
    const now = passed + (face.dataset.state === "running" ? performance.now() - since : 0);
    const seconds = Math.floor(now / 1000);
    face.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    face.classList.toggle("warn", now >= warning && now < limit);
    face.classList.toggle("late", now >= limit);
    /** @type {HTMLElement} */ (document.getElementById("warned")).hidden = !(now >= warning && now < limit);
    /** @type {HTMLElement} */ (document.getElementById("over")).hidden = now < limit;
  };
  show();
  setInterval(show, 250);
}
