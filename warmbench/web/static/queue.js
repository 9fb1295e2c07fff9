// What Today does beyond its links and forms: keys, the drawer, selections, and the way back.
// Without it everything still works, as pages of their own.
(function () {
  "use strict";
  const $ = (selector, within = document) => within?.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const rows = () => $$("#queue [data-drawer]");
  const marked = () => $("#queue .is-current[data-drawer]");
  const drawer = () => $("#drawer");
  const asked = () => $("#change-dialog");
  const isTyping = (at) => at.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  let lastUndo = "";
  let kept = null;

  // ---- The mark: one entry is the one that keys are about.
  function mark(row) {
    for (const one of $$("#queue .is-current")) one.classList.toggle("is-current", one === row);
    row?.classList.add("is-current");
    row?.scrollIntoView({ block: "nearest" });
  }
  function focus(row) {
    if (!row || drawer()?.open) return;
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  // ---- The drawer: everything about whom an entry is about, beside the list.
  let loading = 0;
  function show(row) {
    const dialog = drawer(), body = $("#drawer-body");
    if (!dialog || !row) return;
    mark(row);
    if (!dialog.open) dialog.showModal();
    clearTimeout(loading);
    // Whoever runs through the list does not want to see everybody on the way.
    loading = setTimeout(() => {
      window.htmx.trigger(body, "htmx:abort");
      window.htmx.ajax("GET", row.dataset.drawer, { source: body, target: body, swap: "innerHTML" })
        .then(() => { dialog.scrollTop = 0; });
    }, dialog.dataset.filled ? 60 : 0);
    dialog.dataset.filled = "yes";
  }
  function step(by) {
    const all = rows();
    const next = all[all.indexOf(marked()) + by];
    if (next) show(next);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-drawer] [data-open]");
    if (link && drawer() && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(link.closest("[data-drawer]"));
    }
    const by = event.target.closest("[data-step]");
    if (by) step(Number(by.dataset.step));
    const call = event.target.closest("[data-call]");
    if (call) ask(call.dataset.call);
    // What was asked last must not be seen, or answered, while the next is on its way.
    if (event.target.closest("[data-dialog=change-dialog]")) empty();
  }, true);
  document.addEventListener("close", (event) => {
    if (event.target === drawer()) { delete event.target.dataset.filled; focus(marked()); }
    if (event.target === asked()) { pending = ""; if (!drawer()?.open) focus(marked()); }
  }, true);

  // ---- What is asked about an entry. A key that comes before the answers do is kept for them.
  let pending = "";
  let isReady = false;
  function empty() {
    const body = $("#change");
    isReady = false;
    if (!body) return;
    kept ??= body.cloneNode(true);
    if ($("form", body)) body.replaceChildren(...kept.cloneNode(true).childNodes);
  }
  function ask(address) {
    const dialog = asked();
    if (!dialog) return;
    empty();
    if (!dialog.open) dialog.showModal();
    window.htmx.ajax("GET", address, { target: "#change", swap: "innerHTML" });
  }
  function answer(key) {
    const note = key === "n" && $("[name=note]", asked());
    if (note) { note.focus(); return true; }
    const button = $(`[data-answer="${CSS.escape(key)}"]`, asked());
    if (!button) return false;
    const field = $("input, select", button.closest(".answer"));
    if (field && document.activeElement !== field) field.focus();
    else button.click();
    return true;
  }
  // Before it is settled a form would be sent as a page.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "change" || !$("form", event.target)) return;
    isReady = true;
    const key = pending;
    pending = "";
    if (key) answer(key);
  });

  // ---- Keys. They come here first: in a dialog, and while something is selected, they mean more.
  const chosen = () => $$("#queue .mark input:checked");
  function inAsked(event) {
    const at = event.target;
    if (!isReady) {
      if (event.key.length !== 1) return;
      pending = event.key;
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      $(".button--primary", asked())?.click();
    } else if (event.key === "Enter" && at.closest(".answer-field")) {
      $("[data-answer]", at.closest(".answer"))?.click();
    } else if (isTyping(at) || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (!answer(event.key)) return;
    event.preventDefault();
  }
  function inDrawer(event) {
    const act = { j: () => step(1), k: () => step(-1), u: undo }[event.key] ||
      ($(`[data-key="${CSS.escape(event.key)}"]`, drawer()) && (() => $(`[data-key="${CSS.escape(event.key)}"]`, drawer()).click()));
    if (act) { event.preventDefault(); act(); }
  }
  function undo() {
    const address = lastUndo;
    lastUndo = "";
    if (!address) return;
    for (const one of $$("#toasts .toast")) one.remove();
    window.htmx.ajax("POST", address, { target: "body", swap: "none" });
  }
  document.addEventListener("keydown", (event) => {
    if (asked()?.open) { inAsked(event); return; }
    const at = event.target;
    if (isTyping(at) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (drawer()?.open) { inDrawer(event); return; }
    if (!$("#queue") || at.closest?.("dialog[open]")) return;
    const several = chosen().length && $(`[data-several="${CSS.escape(event.key)}"]`);
    const act = several ? () => several.click()
      : { u: undo, ".": () => $("[data-news]:not([hidden])")?.click(), "?": () => $("#today-keys")?.showModal() }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);

  // ---- Selections; with shift, a range.
  let lastBox = null;
  function tally() {
    for (const count of $$("[data-marked]")) count.textContent = chosen().length;
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-unmark]")) for (const box of chosen()) box.checked = false;
    const box = event.target;
    if (box.matches?.(".mark input")) {
      const boxes = $$("#queue .mark input");
      if (event.shiftKey && lastBox && boxes.includes(lastBox)) {
        const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const one of boxes.slice(from, to)) one.checked = box.checked;
      }
      lastBox = box;
    }
    tally();
  });

  // ---- What was done: the next entry takes the place of what is gone.
  document.addEventListener("toast", (event) => { if (event.detail.undo) lastUndo = event.detail.undo; });
  document.addEventListener("acted", (event) => {
    const gone = new Set(event.detail.gone.map((pk) => `follow-up-${pk}`));
    const all = rows();
    const at = all.indexOf(marked());
    const left = all.filter((row) => !gone.has(row.id));
    const next = at < 0 ? null : all.slice(at).find((row) => !gone.has(row.id)) || left[left.length - 1];
    asked()?.close();
    for (const box of chosen()) box.checked = false;
    tally();
    setTimeout(() => {
      const row = next && document.getElementById(next.id);
      if (!row) { drawer()?.close(); return; }
      mark(row);
      if (drawer()?.open) show(row); else focus(row);
    }, 60);
  });
  // As many as are shown are asked for no second time, whatever has left the list meanwhile.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches?.("[data-more]")) event.detail.path = event.detail.path.replace(/first=\d+/, `first=${$$("#queue-rows [data-drawer]").length}`);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const seen = new Set();
    for (const row of rows()) {
      if (seen.has(row.id)) row.remove();
      seen.add(row.id);
    }
    if (event.target.id === "queue") tally();
  });
})();
