// The editor of sequences, beyond its forms: steps are dragged by their handles or moved with
// Alt and the arrow keys, and fields are put where the author writes. Everything can be done with
// buttons, too, which work without this file.
(function () {
  "use strict";
  const EDGE = 72;
  const cards = () => [...document.querySelectorAll("#plan .plan-step")];
  let drag = null;

  // ---- Dragging: mouse, pen and finger alike
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".plan-handle");
    if (!handle || event.button > 0) return;
    event.preventDefault();
    const card = handle.closest(".plan-step");
    handle.setPointerCapture(event.pointerId);
    drag = { card, handle, pointer: event.pointerId, from: cards().indexOf(card),
      to: cards().indexOf(card), start: event.clientY + window.scrollY, y: event.clientY, timer: 0 };
    card.classList.add("is-dragged");
    drag.timer = requestAnimationFrame(scrolled);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.y = event.clientY;
    place();
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    document.addEventListener(kind, (event) => {
      if (drag && event.pointerId === drag.pointer) drop(kind === "pointerup");
    });
  }
  document.addEventListener("keydown", (event) => {
    if (drag && event.key === "Escape") { event.preventDefault(); drop(false); }
  });
  function place() {
    drag.card.style.transform = `translateY(${drag.y + window.scrollY - drag.start}px)`;
    const others = cards().filter((one) => one !== drag.card);
    drag.to = others.filter((one) => {
      const box = one.getBoundingClientRect();
      return box.top + box.height / 2 < drag.y;
    }).length;
    for (const [at, one] of others.entries()) {
      one.classList.toggle("is-after-drop", at === drag.to && drag.to !== drag.from);
      one.classList.toggle("is-before-drop",
        at === others.length - 1 && drag.to === others.length && drag.to !== drag.from);
    }
  }
  function scrolled() {
    if (!drag) return;
    const down = drag.y - (window.innerHeight - EDGE);
    const up = EDGE - drag.y;
    if (down > 0 || up > 0) { window.scrollBy(0, down > 0 ? down / 6 : -up / 6); place(); }
    drag.timer = requestAnimationFrame(scrolled);
  }
  function drop(isMeant) {
    const { card, handle, from, to, timer } = drag;
    drag = null;
    cancelAnimationFrame(timer);
    card.classList.remove("is-dragged");
    card.style.transform = "";
    for (const one of cards()) one.classList.remove("is-after-drop", "is-before-drop");
    if (!isMeant || to === from) return;
    const form = document.getElementById("arrange");
    const values = { drop: `${handle.dataset.step}:${to}` };
    window.htmx.ajax("POST", form.action, { source: form, values, target: "#plan", swap: "outerHTML" });
  }

  // ---- Alt and an arrow key move the step that has the focus
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const card = event.target.closest?.(".plan-step");
    // There these keys open the list.
    if (!card || event.target.matches("select")) return;
    const button = card.querySelector(event.key === "ArrowUp" ? "[name=up]" : "[name=down]");
    event.preventDefault();
    // What is being written is kept first.
    if (event.target.matches("input, textarea")) event.target.blur();
    if (button.getAttribute("aria-disabled") !== "true") button.click();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".plan-step [aria-disabled=true]")) event.preventDefault();
  }, true);

  // ---- A field goes where the author wrote last
  let writing = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(".step-form [data-takes-fields]")) writing = event.target;
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-insert]");
    if (!chip) return;
    const form = chip.closest("form");
    const box = writing && form.contains(writing) ? writing : form.querySelector("textarea[data-takes-fields]");
    if (!box) return;
    box.focus();
    box.setRangeText(chip.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // ---- What was asked for gets the focus: a step's form when it opens
  document.addEventListener("htmx:afterSettle", (event) => {
    const opened = event.detail.elt?.querySelector?.("[data-focus]") || document.querySelector("[data-focus]");
    if (!opened) return;
    opened.removeAttribute("data-focus");
    const first = opened.querySelector("input:not([type=hidden]), select, textarea") || opened;
    first.focus({ preventScroll: true });
    opened.scrollIntoView({ block: "nearest" });
  });
})();
