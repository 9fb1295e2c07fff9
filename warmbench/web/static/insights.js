// What lists of facts do beyond their links and forms: the mark goes on to the next fact, one key
// takes the last decision back, and nothing that was open closes when parts come anew.
(function () {
  "use strict";
  const $ = (selector, within = document) => within?.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  let lastUndo = "";

  // ---- The mark: one fact is the one that keys are about.
  function mark(row) {
    for (const one of $$("[data-item].is-current")) one.classList.toggle("is-current", one === row);
    row.classList.add("is-current");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  const open = (list) => $$("[data-open-fact]", list).filter((row) => row.offsetParent);
  function begin() {
    const list = $("[data-review-start]");
    if (!list) return;
    list.removeAttribute("data-review-start");
    const first = open(list)[0];
    if (first) mark(first);
  }
  // The next one that nobody has checked: below what was decided, else above it.
  function goOn(list, place) {
    const rows = $$("[data-item]", list);
    const left = open(list);
    const next = left.find((row) => rows.indexOf(row) >= place) || left[left.length - 1];
    mark(next || rows[Math.min(place, rows.length - 1)]);
  }

  document.addEventListener("toast", (event) => { if (event.detail.undo) lastUndo = event.detail.undo; });
  let decided = null;
  document.addEventListener("decided", (event) => {
    const row = document.getElementById(`fact-${event.detail.fact}`) || $("[data-review] .is-current");
    const list = row?.closest("[data-review]");
    decided = list ? { list, place: $$("[data-item]", list).indexOf(row), stays: event.detail.stays } : null;
  });
  function follow() {
    if (!decided) return;
    const { list, place, stays } = decided;
    decided = null;
    if (!list.isConnected) return;
    const rows = $$("[data-item]", list);
    if (stays && rows[place]) mark(rows[place]);
    else goOn(list, place);
  }
  document.addEventListener("htmx:afterRequest", () => setTimeout(follow, 30));

  // ---- Whoever is faster than the page: before a new row is settled, its forms and links would
  // lead to pages of their own. They wait that moment.
  const settled = new WeakSet();
  let early = null;
  document.addEventListener("htmx:afterProcessNode", (event) => {
    settled.add(event.target);
    if (early?.at !== event.target) return;
    const { at } = early;
    early = null;
    setTimeout(() => (at.requestSubmit ? at.requestSubmit() : at.click()), 0);
  });
  for (const kind of ["submit", "click"]) {
    document.addEventListener(kind, (event) => {
      const at = event.target.closest?.(kind === "submit" ? "form[hx-post]" : "a[hx-get]");
      if (!at?.closest("[data-review]") || settled.has(at) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      early = { at };
    }, true);
  }

  // ---- Keys
  const isTyping = (at) => at.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  function undo() {
    const address = lastUndo;
    lastUndo = "";
    if (!address) return;
    for (const one of $$("#toasts .toast")) one.remove();
    const bare = $("[data-review] [data-key=o]") ? "" : `${address.includes("?") ? "&" : "?"}bare`;
    window.htmx.ajax("POST", address + bare, { target: "body", swap: "none" });
  }
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".fact-form");
    if (form && event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      // Not by a click: before the form is settled that would lead to another page.
      window.htmx.ajax("GET", $("[data-cancel]", form).getAttribute("hx-get"), { target: form.closest("[data-item]"), swap: "outerHTML" });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.target.closest?.("dialog[open]") || !$("[data-review]")) return;
    if (event.key === "u" && lastUndo) { event.preventDefault(); event.stopImmediatePropagation(); undo(); }
  }, true);

  // ---- Parts that come anew: what was open stays open, what had the focus has it again.
  let wasOpen = [];
  let held = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "known") return;
    wasOpen = $$("details[open][id]", event.target).map((one) => one.id);
    held = event.target.contains(document.activeElement) ? document.activeElement.id || "known-title" : "";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "known" || event.detail.elt?.id === "known") {
      for (const id of wasOpen) { const one = document.getElementById(id); if (one) one.open = true; }
      wasOpen = [];
      if (held && document.activeElement === document.body) (document.getElementById(held) || $("#known-title"))?.focus();
      held = "";
    }
    // Whoever leaves a form of a fact goes on where it was.
    const row = event.target.matches?.("[data-item]") ? event.target : event.detail.elt;
    if (row?.matches?.(".fact:not(.fact--form)") && document.activeElement === document.body) mark(row);
    // Settling gives a new row its classes, and takes the mark that it got meanwhile.
    const at = document.activeElement;
    if (at?.matches("[data-review] [data-item]") && !at.classList.contains("is-current")) mark(at);
    begin();
  });

  // ---- The box: what was kept is out of it, and a file shows by its name.
  document.addEventListener("note-kept", () => {
    const form = $("#hear");
    if (!form) return;
    const others = $("#hear-people");
    form.reset();
    others?.replaceChildren();
    $("#hear-trouble")?.replaceChildren();
    const name = $("[data-file-name]", form);
    if (name) name.textContent = "Choose a file";
  });
  begin();
})();
