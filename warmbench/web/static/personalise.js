// On the page of a check-in: the letter follows what is typed, as soon as the writer rests, and
// Ctrl+Enter sends it.
(function () {
  "use strict";
  const form = document.querySelector("form[data-letter]");
  if (!form) return;
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-send]"));
  });
  const show = form.querySelector("[data-show]");
  if (!show) return;
  show.hidden = true;
  let rest;
  form.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(() => { if (form.checkValidity()) form.requestSubmit(show); }, 500);
  });
})();
