// The editor of role profiles, beyond its form: Alt and the arrow keys move the requirement that
// has the focus, and names of skills are suggested. Everything works without this file, too.
(function () {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target.closest?.("[data-row]");
    // There these keys open the list.
    if (!row || event.target.matches("select")) return;
    event.preventDefault();
    row.querySelector(`[value^="${event.key === "ArrowUp" ? "up" : "down"}:"]`).click();
  });

  // ---- What is open stays open, and what moved stays in sight
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "requirements") return;
    opened = [...event.detail.target.querySelectorAll(".asked-more[open]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    opened = [];
    document.activeElement?.closest?.("[data-row]")?.scrollIntoView({ block: "nearest" });
  });

  // ---- Names of skills, for what has been typed so far
  let waits = 0;
  document.addEventListener("input", (event) => {
    const there = event.target.dataset?.suggest;
    if (!there) return;
    clearTimeout(waits);
    waits = setTimeout(async () => {
      const answer = await fetch(`${there}&tag=${encodeURIComponent(event.target.value)}`);
      if (answer.ok) document.getElementById("skill-options").innerHTML = await answer.text();
    }, 200);
  });

  // ---- Nobody loses what they wrote by a slip
  let isChanged = false;
  document.addEventListener("input", (event) => { if (event.target.closest("#profile-form")) isChanged = true; });
  document.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
})();
