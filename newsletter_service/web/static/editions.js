/* Makes the page of an edition quicker where it can: everything here also works without it, by plain forms and links.
   After every change the page is fetched anew and its parts made like it, so that what is shown is what the server says. */
"use strict";

(() => {
  const says = document.getElementById("zegt");
  if (!says) return;

  const choose = () => {
    document.querySelectorAll("[data-with-js]").forEach((one) => { one.hidden = false; });
    document.querySelectorAll("[data-without-js]").forEach((one) => { one.hidden = true; });
  };

  const announce = (text) => { says.textContent = ""; requestAnimationFrame(() => { says.textContent = text; }); };

  const fresh = async (response) => {
    if (!response.ok) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html");
  };

  /* What makes a part of the page the same one in the next version of the page. */
  const keyOf = (node) => node.nodeType !== Node.ELEMENT_NODE ? node.nodeName : [
    node.nodeName, node.id || node.dataset.key || node.getAttribute("href") || node.getAttribute("action") || node.className,
  ].join(" ");

  const copyAttributes = (old, now) => {
    for (const { name } of [...old.attributes]) if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  /* Make `old` like `now`. Only what differs is touched: the keyboard stays where it is, what is selected stays
     selected, and what somebody folded out stays open. */
  const become = (old, now) => {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = now.nodeValue; return; }
    copyAttributes(old, now);
    let at = old.firstChild;
    for (const next of [...now.childNodes]) {
      let same = at;
      while (same && keyOf(same) !== keyOf(next)) same = next.nodeType === Node.ELEMENT_NODE ? same.nextSibling : null;
      if (!same) { old.insertBefore(document.adoptNode(next), at); continue; }
      while (at !== same) { const gone = at; at = at.nextSibling; gone.remove(); }
      become(same, next);
      at = same.nextSibling;
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  };

  const update = (old, now) => {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const key = focused && keyOf(focused);
    become(old, now);
    if (!focused || focused.isConnected) return;
    const again = [...old.querySelectorAll("a, button, summary")].find((one) => keyOf(one) === key);
    (again || old.closest("[tabindex]") || document.body).focus({ preventScroll: true });
  };

  /* Renew the parts that may have changed; an open <details> in which somebody may be typing is left alone. What was
     said about an act of theirs stays until the next one. */
  const show = (page, acted = true) => {
    const messages = document.getElementById("meldingen");
    for (const old of [...document.querySelectorAll("[data-live]"), ...(acted ? [messages] : [])]) {
      const same = old.id ? page.getElementById(old.id) : page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (same && !old.querySelector("form details[open], details[open] form, form[data-dirty]")) update(old, same);
    }
    choose();
    makeDraggable();
  };

  const reloadFrame = (address) => {
    const frame = document.querySelector("[data-frame] iframe");
    if (frame) frame.src = address || frame.getAttribute("src");
  };

  const placeOf = (id) => {
    const rows = [...document.querySelectorAll(".contents [data-item]")];
    const at = rows.findIndex((row) => row.dataset.item === id);
    return at < 0 ? null : { title: rows[at].dataset.title, place: at + 1, all: rows.length };
  };

  const announceMove = (id) => {
    const now = placeOf(id);
    if (!now) return;
    announce(says.dataset.moved.replace("{title}", now.title).replace("{place}", now.place).replace("{all}", now.all));
  };

  const focusAgain = (key) => {
    const button = key && document.querySelector(`[data-key="${key}"]`);
    if (button && !button.disabled) return button.focus();
    const twin = key && document.querySelector(`[data-key$="-${key.split("-").pop()}"]:not(:disabled)`);
    (twin || document.getElementById("inhoudsopgave").closest("section")).focus();
  };

  const send = async (form, extra = {}) => {
    const data = new FormData(form);
    for (const [name, value] of Object.entries(extra)) data.set(name, value);
    try {
      show(await fresh(await fetch(form.action, { method: "POST", body: new URLSearchParams(data) })));
      reloadFrame();
      announceMove(String(data.get("item_id")));
    } catch {
      announce(says.dataset.failed);
      location.reload();
    }
  };

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("form[data-quiet]")) return;
    event.preventDefault();
    const key = event.submitter && event.submitter.dataset.key;
    await send(event.target);
    focusAgain(key);
  });

  /* Preview: another reader, language or shape without leaving the page. */
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-pick]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const page = await fresh(await fetch(link.href));
      const { pick, value } = link.dataset;
      show(page);
      document.querySelector(".edition-grid").className = page.querySelector(".edition-grid").className;
      const mine = document.querySelector("[data-frame]");
      const theirs = page.querySelector("[data-frame]");
      if (mine && theirs) mine.replaceWith(document.adoptNode(theirs));
      history.replaceState(null, "", link.href.split("#")[0]);
      const again = document.querySelector(`a[data-pick="${pick}"][data-value="${value}"]`);
      if (again) again.focus();
    } catch {
      location.assign(link.href);
    }
  });

  /* Dragging: the same order form, with a place. */
  let dragged = null;

  function makeDraggable() {
    document.querySelectorAll(".contents [data-item]").forEach((row) => {
      row.draggable = Boolean(row.querySelector(".grip"));
    });
  }

  const over = (event) => event.target.closest && event.target.closest(".contents [data-item]");
  const clear = () => document.querySelectorAll(".drop-before, .drop-after").forEach((row) => {
    row.classList.remove("drop-before", "drop-after");
  });
  const isAfter = (event, row) => {
    const box = row.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  };

  document.addEventListener("dragstart", (event) => {
    dragged = over(event);
    if (!dragged) return;
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.title);
  });
  document.addEventListener("dragover", (event) => {
    const row = over(event);
    if (!dragged || !row) return;
    event.preventDefault();
    clear();
    if (row !== dragged) row.classList.add(isAfter(event, row) ? "drop-after" : "drop-before");
  });
  document.addEventListener("drop", async (event) => {
    const row = over(event);
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    const rows = [...document.querySelectorAll(".contents [data-item]")].filter((one) => one !== dragged);
    const position = rows.indexOf(row) + (isAfter(event, row) ? 1 : 0);
    await send(dragged.querySelector("form"), { position });
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("dragged");
    dragged = null;
    clear();
  });

  /* A menu closes on Escape and when the focus or the pointer goes elsewhere. */
  const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* While letters go out their numbers are fetched anew, but not behind somebody's back: a page that nobody looks
     at waits. When there is more to see than other numbers, the whole page is. */
  const follow = async () => {
    const old = document.querySelector("[data-runs]");
    if (!old) return;
    try {
      if (!document.hidden) await followed(old);
    } catch {
      /* The server is away for a moment; what stands there stays, and the next try comes. */
    }
    setTimeout(follow, 2000);
  };

  /* This is the page asking, and nobody doing something: it keeps no session going. */
  const inBackground = { headers: { "X-Background": "1" } };

  const followed = async (old) => {
    const now = (await fresh(await fetch(old.dataset.runs, inBackground))).getElementById(old.id);
    if (now.dataset.runs && now.dataset.state === old.dataset.state) {
      update(old, now);
      const step = document.querySelector(".steps [aria-current] span");
      if (step && old.dataset.step) step.textContent = old.dataset.step;
      choose();
      return;
    }
    show(await fresh(await fetch(location.href, inBackground)), false);
    if (!old.dataset.runs) announce(says.dataset.done);
    else if (old.dataset.state === "held") announce(says.dataset.held);
  };

  choose();
  makeDraggable();
  setTimeout(follow, 2000);
})();
