// Keeps the numbers of the frame current while somebody looks at a page, and says on pages that
// list things that there is something new. Asks nothing while nobody looks.
(function () {
  "use strict";
  const EVERY = 15000;
  const $$ = (selector) => [...document.querySelectorAll(selector)];
  let seen = "";
  let timer = 0;
  let over = false;

  function show(told) {
    for (const [name, count] of Object.entries(told.counts)) {
      for (const place of $$(`[data-count="${name}"]`)) {
        place.textContent = count > 99 && place.closest(".bell") ? "99+" : count;
        place.hidden = !count;
      }
    }
    for (const bell of $$(".bell")) {
      bell.setAttribute("aria-label", told.counts.unread ? `Notifications, ${told.counts.unread} unread` : "Notifications");
    }
    for (const pill of $$("[data-news]")) {
      pill.hidden = !told.news;
      pill.querySelector("b").textContent = told.news ? `${told.news} new` : "";
    }
  }
  async function look() {
    clearTimeout(timer);
    if (over || document.hidden) return;
    const page = document.querySelector("[data-live-page]");
    const asked = new URLSearchParams({ seen });
    if (page) {
      asked.set("page", page.dataset.livePage);
      asked.set("since", page.dataset.since);
      asked.set("total", page.dataset.total || "");
    }
    try {
      const answer = await fetch(`/live/?${asked}`, { headers: { "HX-Request": "true" }, redirect: "error" });
      // Signed out elsewhere: whoever clicks is led to the sign-in page; until then all stays.
      if (answer.status === 403) { over = true; return; }
      if (answer.status === 200) {
        const told = await answer.json();
        seen = told.seen;
        show(told);
        document.dispatchEvent(new CustomEvent("live", { detail: told }));
      }
    } catch (unreachable) { /* The next time. */ }
    timer = setTimeout(look, EVERY);
  }
  // The page was just made: its numbers are right.
  timer = setTimeout(look, EVERY);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("acted", () => { clearTimeout(timer); timer = setTimeout(look, 400); });
  document.addEventListener("live:look", look);
})();
