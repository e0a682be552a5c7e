/* Says in time that the session is about to end, and keeps it going while somebody works on a page. Without this the
   foot of the page says until when; what is typed after that is kept over the sign-in all the same. */
"use strict";

(() => {
  const notice = document.getElementById("sessie");
  if (!notice) return;
  const SECOND = 1000;
  const warnBefore = Number(notice.dataset.warn) * SECOND;
  const tellEvery = 5 * 60 * SECOND;
  let ends = Date.parse(notice.dataset.ends);
  /* Clocks differ: what counts is how long it is from when the server made this page. */
  const ahead = Date.now() - Date.parse(notice.dataset.now);
  let told = Date.now();
  let timer;

  const left = () => ends + ahead - Date.now();
  const show = (which) => {
    notice.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== which; });
    notice.hidden = !which;
  };

  const ask = async (options = {}) => {
    const answer = await fetch(notice.dataset.address, { redirect: "error", ...options });
    if (!answer.ok) throw new Error(String(answer.status));
    ends = Date.parse((await answer.json()).ends);
  };

  /* Another tab may have kept the session going: ask before saying anything. */
  const look = async () => {
    try {
      await ask();
    } catch {
      if (left() > 0) { timer = setTimeout(look, 30 * SECOND); return; }
    }
    if (left() <= 0) return show("over");
    show(left() <= warnBefore ? "soon" : "");
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(SECOND, left() > warnBefore ? left() - warnBefore : left()));
  };

  const stay = async () => {
    told = Date.now();
    const body = new URLSearchParams(new FormData(notice.querySelector("form")));
    try {
      await ask({ method: "POST", body });
      show(left() <= warnBefore ? "soon" : "");
    } catch {
      if (left() <= 0) show("over");
    }
    plan();
  };

  const works = () => { if (left() > 0 && Date.now() - told >= tellEvery) stay(); };
  ["input", "keydown", "pointerdown"].forEach((kind) => document.addEventListener(kind, works, { passive: true }));
  notice.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  plan();
})();
