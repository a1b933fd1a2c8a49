// @ts-check
/**
 * The judge's hand and eye on the real page: taps and types what a judge would, and believes only what the screen says.
 * Read into each page by deploy/chaos/tablets.py; answers are those of `Outcome` there.
 */
(() => {
  const find = (/** @type {string} */ what) => /** @type {HTMLElement | null} */ (document.querySelector(what));
  const named = (/** @type {string} */ act, /** @type {string} */ of) => find(`[data-do="${act}"][data-of="${CSS.escape(of)}"]`);

  /** Look again after every change of the screen. @template T @param {() => T} look @param {number} [ms] of our clock @returns {Promise<T | null>} */
  const until = (look, ms = 6000) => new Promise((resolve) => {
    const began = performance.now();
    const again = () => {
      const found = look();
      if (found || performance.now() - began > ms) resolve(found || null);
      else setTimeout(again, 100); // of the page's clock
    };
    again();
  });
  /** @param {string} id @param {string} text */
  function type(id, text) {
    const box = /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (document.getElementById(id));
    if (!box) return false;
    box.value = text;
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return true;
  }

  const isSaved = () => Boolean(find("#on-tablet.s-ok"));
  const hasFailed = () => Boolean(find("#on-tablet.s-err") || find(".card.loud"));

  globalThis.judge = {
    /** Is there a desk to work at, or a loud word that there is none? */
    isReady: () => until(() => find("#entries") || hasFailed(), 8000).then(Boolean),

    /** Prepared, as staff would look: known to the server with a key of its own, and able to start without a network. */
    async isPrepared() {
      const [kept, memory] = await Promise.all([navigator.serviceWorker?.getRegistration(), globalThis.judge.memory()]);
      return Boolean(kept?.active && (await memory.identity())?.judge && await memory.desk());
    },

    /** The page's own module. */
    memory: async () => (globalThis.judge.store ??= await (await import(/** @type {HTMLLinkElement} */ (find('link[href$="/store.js"]')).href)).open()),

    /** @param {{entry: string, part: string, texts: Record<string, string>, comment: string, reason: string}} sheet */
    async mark(sheet) {
      if (hasFailed() && !find("#entries")) return "full";
      globalThis.judge.confirm();
      const at = `#sheet-${sheet.entry}-${CSS.escape(sheet.part)}`;
      named("entry", sheet.entry)?.click();
      await until(() => find(`[id^="sheet-${sheet.entry}-"]`));
      named("part", sheet.part)?.click();
      if (!(await until(() => find(at)))) return "stuck";
      const pick = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll('[data-do="pick"]')));
      if (pick.length) return pick[sheet.comment.length % pick.length].dataset.of ? `pick ${pick[sheet.comment.length % pick.length].dataset.of}` : "stuck";
      for (const [key, text] of Object.entries(sheet.texts)) if (!type(`marks.${key}`, text)) return "closed";
      type("comment", sheet.comment);
      type("reason", sheet.reason);
      const ready = await until(() => find('#submit[aria-disabled="false"]') || hasFailed());
      if (!ready) return find("#submit") ? "stuck" : "closed";
      find("#submit")?.click();
      const done = await until(() => hasFailed() || (!find("#submit") && isSaved() && find(at)));
      return hasFailed() ? "full" : done ? "saved" : "stuck";
    },

    /** Asked whether it is still the same judge at the tablet: yes. The strip asks on where the dialog was put away. */
    confirm: () => (find('dialog[open] [data-do="again"]') ?? find('.strip [data-do="dialog"][data-of="unlock"]'))?.click(),

    /** Two sheets stand side by side: say which is meant. @param {string} revision */
    async pick(revision) {
      const button = named("pick", revision);
      if (!button) return "closed";
      button.click();
      const done = await until(() => hasFailed() || (!named("pick", revision) && isSaved()));
      return hasFailed() ? "full" : done ? "saved" : "stuck";
    },

    /** What this tablet remembers of everything it was given. */
    async records() {
      return (await (await globalThis.judge.memory()).records()).map((/** @type {any} */ each) => ({
        id: each.id, comment: JSON.parse(each.wire).comment, reason: JSON.parse(each.wire).reason, state: each.state, ack: each.ack ?? null, parked: each.parked ?? null,
      }));
    },

    /** What stands on the screen, for whoever asks why nothing goes on. */
    told: () => document.body.innerText.replace(/\s+/g, " ").slice(0, 600),
  };
})();
