/* Shows who is found while somebody types; without it the form does the same by its button. */
"use strict";

(() => {
  const form = document.getElementById("lezers-zoeken");
  if (!form) return;
  let asked = 0;
  let timer = 0;

  const search = async () => {
    asked += 1;
    const mine = asked;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("gevonden");
    if (!found || mine !== asked) return;
    document.getElementById("gevonden").replaceWith(found);
    document.getElementById("filters-aan").replaceWith(page.getElementById("filters-aan"));
    history.replaceState(null, "", address);
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
})();
