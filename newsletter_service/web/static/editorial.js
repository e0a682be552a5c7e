// Makes writing an item easier: a toolbar, and a preview that follows. All of it works without, too.
"use strict";

const form = document.getElementById("bericht");

function wrapSelection(area, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  area.setRangeText(before + value.slice(start, end) + after, start, end, "end");
  area.setSelectionRange(start + before.length, start + before.length + (end - start));
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function listSelection(area) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const lines = area.value.slice(start, area.selectionEnd).split("\n");
  area.setRangeText(lines.map((line) => `- ${line}`).join("\n"), start, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function addToolbar(area) {
  const words = area.dataset;
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words.toolbarName);
  const actions = [
    [words.bold, () => wrapSelection(area, "**", "**")],
    [words.italic, () => wrapSelection(area, "*", "*")],
    [words.link, () => wrapSelection(area, "[", "](https://)")],
    [words.list, () => listSelection(area)],
  ];
  for (const [label, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    bar.append(button);
  }
  area.before(bar);
}

// A fresh frame takes its first page without leaving a step in the browser's history.
function renewPreview() {
  const old = document.querySelector("iframe[name=voorbeeld]");
  const fresh = old.cloneNode();
  old.replaceWith(fresh);
  form.requestSubmit(document.getElementById("toon-voorbeeld"));
}

if (form) {
  form.querySelectorAll("[data-toolbar]").forEach(addToolbar);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    // A picture travels along each time: look less often.
    timer = setTimeout(renewPreview, form.elements.image.files.length ? 2000 : 600);
  });
  // The preview follows by itself: nobody needs the button any more.
  document.getElementById("toon-voorbeeld").hidden = true;
  renewPreview();
}
