// A shortlist: prints, copies, and notes who was looked at and for how long. The page works without.
(function () {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];

  for (const button of all("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }

  const say = (text, level) =>
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) {
      button.hidden = true; // Not there without HTTPS: the words can be marked by hand.
      continue;
    }
    button.addEventListener("click", () => {
      const from = document.getElementById(button.dataset.copy);
      const lines = [...from.querySelectorAll("li")].map((one) => one.textContent.trim());
      navigator.clipboard.writeText(lines.join("\n") || from.textContent.trim()).then(
        () => say("Copied."), () => say("The browser did not let it be copied.", "error"));
    });
  }

  // ---- Looks: a block that fills half of the screen, or half of which is seen, is looked at.
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const looked = new Map(all("[data-look]").map((one) => [one, { since: 0, seconds: 0, told: -1 }]));
  if (!looked.size || !token || !window.IntersectionObserver) return;
  function tell(block) {
    const look = looked.get(block);
    const seconds = Math.round(look.seconds + (look.since ? (Date.now() - look.since) / 1000 : 0));
    if (seconds < 1 || seconds <= look.told) return;
    look.told = seconds;
    fetch(block.dataset.look, {
      method: "POST", keepalive: true, headers: { "x-csrftoken": token },
      body: new URLSearchParams({ seconds }),
    }).catch(() => {}); // Nobody waits for it.
  }
  function leave(block) {
    const look = looked.get(block);
    if (!look.since) return;
    look.seconds += (Date.now() - look.since) / 1000;
    look.since = 0;
    tell(block);
  }
  const seen = (one) => one.intersectionRatio >= 0.5 ||
    one.intersectionRect.height >= one.rootBounds?.height / 2;
  const watch = new IntersectionObserver((entries) => {
    for (const one of entries) {
      const look = looked.get(one.target);
      if (!seen(one) || document.hidden) leave(one.target);
      else if (!look.since) {
        look.since = Date.now();
        setTimeout(() => { if (look.since) tell(one.target); }, 1100);
      }
    }
  }, { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] });
  for (const block of looked.keys()) watch.observe(block);
  document.addEventListener("visibilitychange", () => {
    for (const block of looked.keys()) {
      if (document.hidden) leave(block);
      else { watch.unobserve(block); watch.observe(block); }
    }
  });
  window.addEventListener("pagehide", () => { for (const block of looked.keys()) leave(block); });
})();
