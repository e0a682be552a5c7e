/* What forms of staff have beside what HTML gives them: counters, a warning before unsaved words are left behind, and
   drafts in this browser. A draft is kept under the account that wrote it, until the server says that it is saved. */
"use strict";

(() => {
  const words = document.getElementById("concepten");
  if (!words) return;
  const DAYS_KEPT = 14;
  const SECONDS = 2;
  const ALL = "concept:";
  const MINE = `${ALL}${words.dataset.account}:`;
  const ASIDE = new Set(["began", "sleutel", "kept_image"]);
  const OF_THIS_PAGE = new Set(["csrf_token", "pagina-van"]);

  /* A browser may refuse to store anything, or have no room left: forms work without drafts. */
  const quietly = (act, otherwise) => { try { return act(); } catch { return otherwise; } };
  const read = (key) => quietly(() => JSON.parse(localStorage.getItem(key)), null);
  const keys = (start) => quietly(() => Object.keys(localStorage).filter((key) => key.startsWith(start)), []);
  const warnAtTheDoor = () => { document.getElementById("concepten-weg").hidden = !keys(MINE).length; };
  const write = (key, draft) => { quietly(() => localStorage.setItem(key, JSON.stringify(draft))); warnAtTheDoor(); };
  const remove = (key) => { quietly(() => localStorage.removeItem(key)); warnAtTheDoor(); };

  const forgetOld = () => keys(ALL).forEach((key) => {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > DAYS_KEPT * 86400000) remove(key);
  });
  const forgetSaved = () => words.dataset.saved.split(" ").filter(Boolean).forEach((name) => {
    keys(MINE + name).filter((key) => key === MINE + name || key.startsWith(`${MINE}${name}#`)).forEach(remove);
  });

  const isKept = (field) => field.name && !OF_THIS_PAGE.has(field.name) && !["submit", "button", "file"].includes(field.type);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const isChosen = (field) => !isTicked(field) || field.checked;

  const valuesOf = (form) => {
    const values = {};
    for (const field of [...form.elements].filter(isKept)) {
      values[field.name] ||= [];
      if (isChosen(field)) values[field.name].push(field.value);
    }
    return values;
  };

  /* What people typed or chose, whatever the form takes along beside it. */
  const typed = (values) => JSON.stringify(Object.entries(values).filter(([name]) => !ASIDE.has(name)));

  const fill = (form, values) => {
    for (const field of [...form.elements].filter((one) => isKept(one) && one.name in values)) {
      const [before, now] = [isTicked(field) ? field.checked : field.value, values[field.name]];
      if (isTicked(field)) field.checked = now.includes(field.value);
      else field.value = now[0] ?? "";
      if (before === (isTicked(field) ? field.checked : field.value)) continue;
      const folded = field.closest("details");
      if (folded) folded.open = true;
      if (field.type !== "hidden") field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const addCounter = (field) => {
    const limit = Number(field.dataset.count);
    const line = field.parentElement.querySelector(".count");
    const show = () => {
      const length = [...field.value].length;
      const over = length > limit ? ` · ${words.dataset.over.replace("{number}", (length - limit).toLocaleString(document.documentElement.lang))}` : "";
      line.textContent = `${length} / ${limit}${over}`;
      line.hidden = length < limit / 2;
      line.classList.toggle("over", length > limit);
    };
    field.addEventListener("input", show);
    show();
  };

  let leaving = false;
  let signingOut = false;
  const kept = [];

  const keep = (form) => {
    const [family, slot] = form.dataset.draft.split("#");
    let key = `${MINE}${family}#${slot || Math.random().toString(36).slice(2)}`;
    const opened = valuesOf(form);
    let touched = false;
    let timer = null;

    const differs = () => typed(valuesOf(form)) !== typed(opened) ||
      [...form.elements].some((field) => field.type === "file" && field.files.length);
    const isDirty = () => "unsaved" in form.dataset || (touched && differs());
    const flush = () => {
      clearTimeout(timer);
      timer = null;
      const dirty = isDirty();
      if (dirty) write(key, { at: Date.now(), values: valuesOf(form) });
      else remove(key);
      form.toggleAttribute("data-kept", dirty);
    };

    const others = keys(`${MINE}${family}#`).map((one) => ({ key: one, ...read(one) })).filter((one) => one.values);
    const same = others.filter((one) => typed(one.values) === typed(opened));
    const offered = others.filter((one) => !same.includes(one)).sort((one, other) => other.at - one.at);
    same.forEach((one) => remove(one.key));
    if (offered.length) {
      offer(form, offered[0].at, () => {
        remove(key);
        key = offered[0].key;
        fill(form, offered[0].values);
        flush();
      }, () => offered.forEach((one) => remove(one.key)));
    }

    form.addEventListener("input", () => {
      leaving = signingOut = false;
      touched = differs();
      form.toggleAttribute("data-dirty", isDirty());
      timer ||= setTimeout(flush, SECONDS * 1000);
    });
    if ("unsaved" in form.dataset) flush();
    form.toggleAttribute("data-dirty", isDirty());
    kept.push({ isDirty, flush });
  };

  /* As the server writes moments: in the zone of the page and in the one form that all pages have. */
  const moment = (at) => {
    const wanted = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const inZone = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: words.dataset.zone, ...wanted });
    const parts = Object.fromEntries(inZone.formatToParts(at).map((part) => [part.type, part.value]));
    return words.dataset.when.replace(/\{(\w+)\}/g, (_all, name) => parts[name]);
  };

  const offer = (form, at, restore, discard) => {
    const bar = document.createElement("div");
    bar.className = "notice info draft-offer";
    bar.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words.dataset.offer.replace("{when}", moment(at));
    bar.append(text);
    for (const [label, act] of [[words.dataset.restore, restore], [words.dataset.discard, discard]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        bar.remove();
        act();
        form.querySelector("input:not([type=hidden]), textarea, select").focus();
      });
      bar.append(button);
    }
    form.before(bar);
    const folded = bar.closest("details");
    if (folded) folded.open = true;
  };

  forgetOld();
  forgetSaved();
  document.querySelectorAll("[data-count]").forEach(addCounter);
  document.querySelectorAll("form[data-draft]").forEach(keep);
  warnAtTheDoor();
  window.addEventListener("storage", warnAtTheDoor);

  document.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.formTarget) return;
    signingOut = event.target.matches("[data-sign-out]");
    leaving = event.target.matches("[data-draft]");
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && kept.some((form) => form.isDirty())) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    if (signingOut) keys(MINE).forEach(remove);
    else kept.filter((form) => form.isDirty()).forEach((form) => form.flush());
  });
})();
