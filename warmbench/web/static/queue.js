// What the page Today does beyond its forms: focus goes into what a key has opened, and the
// count in the navigation follows the queue.
(function () {
  "use strict";
  document.addEventListener("toggle", (event) => {
    const pop = event.target;
    if (!pop.matches?.(".follow-up .actions .pop") || !pop.open) return;
    for (const other of document.querySelectorAll(".follow-up .pop[open]")) {
      if (other !== pop) other.open = false;
    }
    pop.querySelector(".pop-body input:not([type=hidden]), .pop-body button")?.focus();
  }, true);
  document.addEventListener("htmx:afterSwap", () => {
    const due = document.getElementById("queue")?.dataset.due;
    if (due === undefined) return;
    for (const link of document.querySelectorAll("nav a[aria-current=page]")) {
      const count = link.querySelector(".count");
      if (count) { count.textContent = due; count.hidden = due === "0"; }
    }
  });
})();
