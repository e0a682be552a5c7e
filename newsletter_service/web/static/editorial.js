// Makes writing an item easier: a preview that follows, and hints that come without leaving the page. All of it works
// without, too.
"use strict";

const form = document.getElementById("bericht");

// A fresh frame takes its first page without leaving a step in the browser's history.
function renewPreview() {
  const old = document.querySelector("iframe[name=voorbeeld]");
  const fresh = old.cloneNode();
  old.replaceWith(fresh);
  form.requestSubmit(document.getElementById("toon-voorbeeld"));
}

// The same page that the button leads to, of which only the hints are taken: what was typed can still be undone.
async function renewTips(button) {
  const body = new FormData(form);
  body.delete("image");
  const answer = await fetch(button.formAction, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("tips-samen")) return false;
  for (const tips of page.querySelectorAll("[data-tips]")) {
    const here = document.querySelector(`[data-tips="${CSS.escape(tips.dataset.tips)}"]`);
    here.replaceWith(document.adoptNode(tips));
    if (tips.querySelector("li") && tips.closest("details")) tips.closest("details").open = true;
  }
  document.getElementById("tips-samen").textContent = page.getElementById("tips-samen").textContent;
  return true;
}

if (form) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    // A picture travels along each time: look less often.
    timer = setTimeout(renewPreview, form.elements.image.files.length ? 2000 : 600);
  });
  // The preview follows by itself: nobody needs the button any more.
  document.getElementById("toon-voorbeeld").hidden = true;
  renewPreview();

  let leads = false;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.id !== "kijk-na" || leads) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leads = !(await renewTips(event.submitter));
    if (leads) form.requestSubmit(event.submitter);
  });
}
