/* One key for each button of the claim at hand. They work while the focus is in its block, which has it when the page
   opens: nobody who speaks or types elsewhere presses one by accident. */
"use strict";

(() => {
  document.querySelectorAll("[data-with-js]").forEach((one) => { one.hidden = false; });

  const claim = document.getElementById("nu");
  if (claim) {
    claim.focus({ preventScroll: true });
    claim.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (name === "ArrowRight" && event.target.matches("input")) return;
      const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === name);
      if (!target) return;
      event.preventDefault();
      event.stopPropagation(); // the desk's own keys lead elsewhere
      target.click();
    });
  }

  const all = document.querySelector("[data-all]");
  if (all) all.addEventListener("click", () => {
    document.querySelectorAll("#samen input[type=checkbox]").forEach((box) => { box.checked = true; });
  });
})();
