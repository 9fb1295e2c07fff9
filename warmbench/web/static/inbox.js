// In conversations: r begins the answer, keys that are shown press their buttons, snippets go in
// where the cursor is, and Ctrl+Enter sends.
(function () {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const words = () => $("#answer-text");
  const typing = (at) => at.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");

  function write() {
    const area = words();
    if (!area) return false;
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.scrollIntoView({ block: "center" });
    return true;
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (at === words() && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      at.form.requestSubmit(at.form.querySelector("[data-send]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(at) || at.closest?.("dialog[open]")) return;
    if (event.key === "r" && write()) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const button = $(`[data-hotkey="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); button.click(); }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-insert]");
    const area = words();
    if (!button || !area) return;
    const before = area.value.slice(0, area.selectionStart);
    const gap = before && !before.endsWith("\n") && !before.endsWith(" ") ? " " : "";
    area.setRangeText(gap + button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const one of document.querySelectorAll(".needs-script")) one.hidden = false;
  if (location.hash === "#answer") write();
})();
