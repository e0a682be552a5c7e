/* Keys for who would rather not reach for a mouse: each does what a link or a button of the page does, and none of
   them while somebody types. The list of them, which can switch them off, stands in templates/web/frame.html. */
"use strict";

(() => {
  const list = document.getElementById("toetsen");
  if (!list) return;
  const OFF = "toetsen-uit";
  const SECONDS = 2;
  const box = document.getElementById("toetsen-aan");
  const quietly = (act) => { try { return act(); } catch { return null; } };

  const areOn = () => quietly(() => localStorage.getItem(OFF)) === null;
  const show = () => {
    box.checked = areOn();
    document.documentElement.toggleAttribute("data-keys", areOn());
    document.querySelectorAll("[data-key-of]").forEach((one) => {
      if (areOn()) one.setAttribute("aria-keyshortcuts", one.dataset.keyOf);
      else one.removeAttribute("aria-keyshortcuts");
    });
  };
  box.addEventListener("change", () => {
    quietly(() => box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
    show();
  });

  const isTyping = (where) => where.matches("input:not([type=checkbox], [type=radio]), textarea, select") || where.isContentEditable;
  const isThere = (one) => one.checkVisibility();

  const rows = () => [...document.querySelectorAll("[data-row]")].filter(isThere);
  const step = (by) => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by];
    const target = next && [...next.querySelectorAll("a, button:not(:disabled), input")].find(isThere);
    if (target) target.focus();
  };

  const press = (where) => {
    const target = [...document.querySelectorAll(where)].find((one) => isThere(one) || one.closest("#gebieden"));
    if (target) target.click();
  };
  const otherView = () => {
    const views = [...document.querySelectorAll(".views input")].filter(isThere);
    const other = views.find((one) => !one.checked);
    if (other) { other.click(); other.focus(); }
  };

  let went = 0;
  const acts = {
    g: () => { went = Date.now(); },
    j: () => step(1),
    k: () => step(-1),
    n: () => press("[data-key-of=n]"),
    p: otherView,
    "?": () => list.togglePopover(),
  };

  /* Before a page's own keys, which may mean something else by the second of two. */
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || !areOn()) return;
    const area = Date.now() - went < SECONDS * 1000 && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    went = 0;
    if (area) {
      event.stopPropagation();
      area.click();
    } else if (Object.hasOwn(acts, key)) acts[key]();
    else return;
    event.preventDefault();
  }, { capture: true });

  const send = (event) => {
    const form = event.target.form;
    const button = form && form.querySelector(".form-end button.main");
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  };

  list.addEventListener("toggle", (event) => { if (event.newState === "open") list.focus(); });

  document.querySelectorAll("[data-with-keys]").forEach((one) => { one.hidden = false; });
  show();
})();
