// The editor of content pieces: a field goes where its author wrote last.
// The page also works with this file missing.
(function () {
  "use strict";
  let writing = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-takes-field]")) writing = event.target;
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-insert]");
    if (!chip) return;
    const box = writing || document.querySelector("textarea[data-takes-field]");
    if (!box) return;
    box.focus();
    box.setRangeText(chip.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // ---- What was added is gone on with.
  const added = document.querySelector("[data-added] input:not([type=hidden])");
  if (added) { added.focus(); added.select(); }
})();
