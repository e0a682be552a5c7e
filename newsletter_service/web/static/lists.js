/* Shows how the work on a list goes, once a second, until it is done; without it a link does the same. */
"use strict";

(() => {
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("lijst");
      const now = document.getElementById("lijst");
      if (next && !next.isEqualNode(now)) now.replaceWith(next);
    }
    if (document.querySelector("#lijst[data-busy]")) setTimeout(look, 1000);
  };
  if (document.querySelector("#lijst[data-busy]")) setTimeout(look, 1000);
})();
