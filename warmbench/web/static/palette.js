// The palette: one box over every page, opened by Ctrl-K or Cmd-K. Without this file its links
// lead to the page /search/.
(function () {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const box = dialog.querySelector("[role=combobox]");
  const list = document.getElementById("palette-found");
  const said = dialog.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let at = -1;

  function mark(to) {
    const all = options();
    at = all.length ? (to + all.length) % all.length : -1;
    all.forEach((one, place) => {
      one.id = `palette-option-${place}`;
      one.setAttribute("aria-selected", String(place === at));
    });
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  }
  function open() {
    if (!dialog.open) dialog.showModal();
    box.focus();
    box.select();
    window.htmx.trigger(box, "palette-open");
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close(); else open();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  box.addEventListener("keydown", (event) => {
    const turn = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 6, options().length - 1), PageUp: Math.max(at - 6, 0) }[event.key];
    if (turn !== undefined) { event.preventDefault(); mark(turn); }
    else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = options()[at];
      if (chosen) chosen.click();
      else if (box.value.trim()) box.form.submit();
    }
  });
  list.addEventListener("mousemove", (event) => {
    const place = options().indexOf(event.target.closest("[role=option]"));
    if (place >= 0 && place !== at) mark(place);
  });
  list.addEventListener("htmx:afterSettle", () => {
    mark(0);
    const count = options().length;
    // A list box without an option is none, for those who hear it.
    list.setAttribute("role", count ? "listbox" : "group");
    box.setAttribute("aria-expanded", String(count > 0));
    said.textContent = count ? `${count} ${count === 1 ? "entry" : "entries"}` : "Nothing found";
  });
})();
