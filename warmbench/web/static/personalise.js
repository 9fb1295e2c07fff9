// On the page of a check-in: the letter follows what is typed, as soon as the writer rests.
(function () {
  "use strict";
  const form = document.querySelector("form[data-letter]");
  const show = form?.querySelector("[data-show]");
  if (!show || !document.getElementsByName("letter").length) return;
  show.hidden = true;
  let rest;
  form.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(() => { if (form.checkValidity()) form.requestSubmit(show); }, 500);
  });
})();
