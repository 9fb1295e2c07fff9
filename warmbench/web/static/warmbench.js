// Everything the pages do without the server: theme, keys, selections, dialogs, toasts.
// Every page also works with this file missing.
(function () {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  // ---- Toasts: window.dispatchEvent, or HX-Trigger: {"toast": {"text", "level", "undo"}}
  function toast({ text, value, level = "info", undo = "" }) {
    const box = $("#toasts");
    if (!box) return;
    const item = document.createElement("div");
    item.className = `toast toast--${level}`;
    item.setAttribute("role", level === "error" ? "alert" : "status");
    const words = document.createElement("span");
    words.textContent = text || value || "";
    item.append(words);
    const button = (label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = label;
      made.addEventListener("click", () => { item.remove(); act(); });
      item.append(made);
    };
    if (undo) button("Undo", () => window.htmx.ajax("POST", undo, { target: "body", swap: "none" }));
    button("Dismiss", () => {});
    box.append(item);
    while (box.children.length > 3) box.firstChild.remove();
    // An error stays until it is read; the rest leaves room for reading and undoing.
    if (level !== "error") setTimeout(() => item.remove(), undo ? 12000 : 6000);
  }
  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast({ level: "error", text:
      status === 403 ? "You may not do that. If you were signed out, reload the page."
      : status === 404 ? "That no longer exists. Reload the page to see what is there now."
      : status === 409 ? "Somebody else was faster. Reload the page to see what changed."
      : status === 429 ? "Too many tries. Wait a minute, then try again."
      : "That did not work on our side; nothing was changed. Try again in a moment." });
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, () => toast({ level: "error",
      text: "No answer from Warmbench. Check that it is running, then try again." }));
  }

  // ---- Dialogs. hx-confirm asks in our own dialog instead of the browser's.
  document.addEventListener("htmx:confirm", (event) => {
    const dialog = $("#confirm");
    if (!event.detail.question || !dialog) return;
    event.preventDefault();
    const source = event.target;
    $("[data-question]", dialog).textContent = event.detail.question;
    const yes = $("[value=yes]", dialog);
    yes.textContent = source.dataset.confirmLabel || "Yes, go ahead";
    yes.classList.toggle("button--stop", "confirmStop" in source.dataset);
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") event.detail.issueRequest(true);
    }, { once: true });
  });

  // ---- Theme
  const dark = () => (root.dataset.theme ||
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  function turnTheme() {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (blocked) { /* Not kept. */ }
  }

  // ---- Clicks
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    for (const open of $$("details.pop[open]")) {
      if (!open.contains(event.target) || at(".menu button, .menu a")) open.open = false;
    }
    if (at("[data-theme-toggle]")) turnTheme();
    const opener = at("[data-dialog]");
    if (opener) { event.preventDefault(); $(`#${opener.dataset.dialog}`)?.showModal(); }
    if (at("[data-close]")) at("dialog")?.close();
    if (event.target.matches?.("dialog")) event.target.close();
    const rail = $(".rail");
    if (at("[data-nav-toggle]")) { event.preventDefault(); rail.classList.toggle("is-open"); }
    else if (rail && !rail.contains(event.target)) rail.classList.remove("is-open");
  });

  // ---- Selections: a checkbox in the header, a count in the bulk bar, shift for a range
  let last = null;
  const picks = (box) => $$("tbody .pick input", box.closest("table"));
  function tally(box) {
    const scope = box.closest("form, .table-wrap");
    const boxes = picks(box);
    const chosen = boxes.filter((one) => one.checked).length;
    for (const count of $$("[data-picked]", scope)) count.textContent = chosen;
    const all = $("thead .pick input", scope);
    if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  }
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches?.("[data-unpick]")) {
      const scope = box.closest("form, .table-wrap");
      for (const one of $$(".pick input", scope)) { one.checked = false; one.indeterminate = false; }
    }
    if (!box.matches?.(".pick input")) return;
    if (box.closest("thead")) for (const one of picks(box)) one.checked = box.checked;
    else if (event.shiftKey && last) {
      const boxes = picks(box);
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) for (const one of boxes.slice(from, to)) one.checked = box.checked;
    }
    last = box;
    tally(box);
  });

  // ---- Keys
  const items = () => $$("[data-item]").filter((item) => item.offsetParent);
  const current = () => document.activeElement?.closest?.("[data-item]") || $("[data-item].is-current");
  let place = -1;
  function move(by) {
    const all = items();
    if (!all.length) return;
    const now = all.indexOf(current());
    // What was marked may be done and gone: its place is taken by the next one.
    const to = now >= 0 ? now + by : place < 0 ? 0 : by < 0 ? place - 1 : place;
    place = Math.min(all.length - 1, Math.max(0, to));
    const next = all[place];
    for (const item of all) item.classList.toggle("is-current", item === next);
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:afterRequest", () => setTimeout(() => {
    if (place >= 0 && !$("[data-item].is-current") && document.activeElement === document.body) move(0);
  }, 400));
  let going = false;
  const keys = {
    "/": () => { const box = $("main [data-search]") || $("[data-search]"); if (box) { box.focus(); box.select(); } },
    "?": () => $("#shortcuts")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    x: () => $(".pick input", current() || undefined)?.click(),
    g: () => { going = true; setTimeout(() => { going = false; }, 1200); },
    t: turnTheme,
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape") {
      for (const open of $$("details.pop[open]")) { open.open = false; $("summary", open).focus(); }
      $(".rail")?.classList.remove("is-open");
      if (at.matches?.("[data-search]")) at.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || at.closest?.("dialog[open]")) return;
    if (at.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    if (going) {
      going = false;
      const link = $(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    if (event.key === "Enter") {
      if (at.matches?.("[data-item]")) $("[data-open]", at)?.click();
      return;
    }
    const own = $(`.is-current [data-key="${CSS.escape(event.key)}"]`);
    const act = own && current()?.contains(own) ? () => own.click() : keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // ---- Files dropped on an upload area
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const area = event.target.closest?.(".drop");
      if (!area) return;
      event.preventDefault();
      area.classList.toggle("is-over", kind === "dragover");
      const input = $("input[type=file]", area);
      if (kind === "drop" && input) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
    });
  }
  document.addEventListener("change", (event) => {
    const name = $("[data-file-name]", event.target.closest?.(".drop") || document.createElement("i"));
    if (name && event.target.files?.[0]) name.textContent = event.target.files[0].name;
  });
})();
