// While an item is written, asks now and then whether there is something like it. A button does so without this.
"use strict";

const written = document.getElementById("bericht");
const line = document.querySelector(".alike-line");
const question = document.getElementById("zoiets");
const COMPARED = ["csrf_token", "kind", "title", "lead", "body", "link_url", "day", "place"];
const PAUSE = 1200;

function askedOf(form) {
  const all = new FormData(form);
  return new URLSearchParams(COMPARED.map((name) => [name, all.get(name) ?? ""]));
}

async function lookForAlike(signal) {
  const address = new URL(question.formAction);
  address.searchParams.set("los", "1");
  const answer = await fetch(address, { method: "POST", body: askedOf(written), signal });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  line.replaceChildren(...page.body.childNodes);
}

if (written && line && question) {
  let waiting;
  let asking = new AbortController();
  question.hidden = true;
  written.addEventListener("input", (event) => {
    if (!COMPARED.includes(event.target.name)) return;
    clearTimeout(waiting);
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    // What fails is asked again with the next word; nobody waits for it.
    waiting = setTimeout(() => lookForAlike(signal).catch(() => {}), PAUSE);
  });
}
