/* Makes a text area pleasant to write Markdown in: a toolbar and keys that put marks on and take them off, lists that go
   on, and what is pasted keeps its shape. All that it changes the browser can undo. Without it the area is a text area. */
"use strict";

(() => {
  const LIST = /^(\s*)([-*+•]|\d{1,3}[.)]|>)( +)(.*)$/;
  const PREFIX = /^(#{1,6} +|[-*+•] +|\d{1,3}[.)] +|> ?)/;
  const LINK = /\[([^\]\n]*)\]\(([^)\n]*)\)/g;
  const MARKED = /(\*{1,3})(?=\S)([^*\n]*[^*\s])\1/g;
  const ADDRESS = /^(https?:\/\/|www\.|mailto:)\S+$/i;
  const SIGNS = {
    heading: [/^#{1,6} +/, () => "## "],
    bullets: [/^[-*+•] +/, () => "- "],
    numbers: [/^\d{1,3}[.)] +/, (place) => `${place + 1}. `],
    quote: [/^> ?/, () => "> "],
  };
  const KEYS = { b: "bold", i: "italic", k: "link" };

  /* By the browser's own command, for only what that changes can be undone. */
  const put = (area, start, end, text) => {
    area.focus();
    area.setSelectionRange(start, end);
    if (start === end && !text) return;
    if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* What is selected, without blanks and stars at its ends; all that is marked together, or of nothing the word around. */
  const chosen = (area) => {
    const { value } = area;
    let { selectionStart: start, selectionEnd: end } = area;
    const marked = [...value.matchAll(MARKED)].find((one) => one.index <= start && end <= one.index + one[0].length);
    if (marked) {
      start = marked.index + marked[1].length;
      return { start, end: start + marked[2].length };
    }
    if (start === end) {
      while (start > 0 && /[\p{L}\p{N}]/u.test(value[start - 1])) start -= 1;
      while (end < value.length && /[\p{L}\p{N}]/u.test(value[end])) end += 1;
    }
    while (start < end && /\s/.test(value[start])) start += 1;
    while (end > start && /\s/.test(value[end - 1])) end -= 1;
    while (end - start > 1 && value[start] === "*" && value[end - 1] === "*") { start += 1; end -= 1; }
    return { start, end };
  };
  const starsAround = (value, start, end) => {
    let count = 0;
    while (count < 3 && value[start - count - 1] === "*" && value[end + count] === "*") count += 1;
    return count;
  };
  const hasStars = (count, mark) => mark === "**" ? count >= 2 : count % 2 === 1;

  const toggleMark = (area, mark) => {
    const { start, end } = chosen(area);
    const { value } = area;
    const size = mark.length;
    const isOn = hasStars(starsAround(value, start, end), mark);
    if (isOn) {
      put(area, start - size, end + size, value.slice(start, end));
      area.setSelectionRange(start - size, end - size);
      return false;
    }
    const text = value.slice(start, end).split("\n").map((line) => {
      const sign = line.match(PREFIX)?.[0] ?? "";
      return line.trim() || start === end ? `${sign}${mark}${line.slice(sign.length)}${mark}` : line;
    }).join("\n");
    put(area, start, end, text);
    const isOneLine = !value.slice(start, end).includes("\n");
    area.setSelectionRange(start + (isOneLine ? size : 0), start + text.length - (isOneLine ? size : 0));
    return true;
  };

  const linkAt = (area) => [...area.value.matchAll(LINK)].find(
    (one) => one.index <= area.selectionStart && area.selectionEnd <= one.index + one[0].length);
  const toggleLink = (area) => {
    const here = linkAt(area);
    if (here) {
      put(area, here.index, here.index + here[0].length, here[1]);
      area.setSelectionRange(here.index, here.index + here[1].length);
      return false;
    }
    const { start, end } = chosen(area);
    const text = area.value.slice(start, end);
    const [label, address] = ADDRESS.test(text) ? ["", text] : [text, "https://"];
    put(area, start, end, `[${label}](${address})`);
    const from = label ? start + label.length + 3 : start + 1;
    area.setSelectionRange(from, label ? from + address.length : from);
    return true;
  };

  const linesOf = (area) => {
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const next = area.value.indexOf("\n", Math.max(area.selectionEnd - (area.selectionEnd > area.selectionStart), start));
    const end = next < 0 ? area.value.length : next;
    return { start, end, lines: area.value.slice(start, end).split("\n") };
  };
  const haveSign = (lines, sign) => {
    const full = lines.filter((line) => line.trim());
    return full.length > 0 && full.every((line) => sign.test(line));
  };
  const toggleLines = (area, kind) => {
    const [sign, mark] = SIGNS[kind];
    const { start, end, lines } = linesOf(area);
    const isOn = haveSign(lines, sign);
    let place = -1;
    const text = lines.map((line) => {
      if (!line.trim() && lines.length > 1) return line;
      place += 1;
      return (isOn ? "" : mark(place)) + line.replace(PREFIX, "");
    }).join("\n");
    put(area, start, end, text);
    area.setSelectionRange(lines.length > 1 ? start : start + text.length, start + text.length);
    return !isOn;
  };

  const isOn = (area, kind) => {
    if (kind === "link") return Boolean(linkAt(area));
    if (kind in SIGNS) return haveSign(linesOf(area).lines, SIGNS[kind][0]);
    const { start, end } = chosen(area);
    return hasStars(starsAround(area.value, start, end), kind === "bold" ? "**" : "*");
  };
  const toggle = (area, kind) => {
    if (kind === "link") return toggleLink(area);
    return kind in SIGNS ? toggleLines(area, kind) : toggleMark(area, kind === "bold" ? "**" : "*");
  };

  /* Enter in an item begins the next one; in an empty one it ends the list. Whether there was an item. */
  const goOn = (area) => {
    const { start, end, lines } = linesOf(area);
    const item = area.selectionStart === area.selectionEnd && lines[0].match(LIST);
    if (!item) return "";
    const [all, indent, marker, gap, text] = item;
    const at = area.selectionStart;
    if (at < start + all.length - text.length) return "";
    if (!text.trim()) {
      put(area, start, end, "\n"); // without an empty line what follows would belong to the item
      return "ended";
    }
    const next = /\d/.test(marker) ? `${parseInt(marker, 10) + 1}${marker.at(-1)}` : marker;
    put(area, at, at, `\n${indent}${next}${gap}`);
    return "went on";
  };

  /* A piece of several blocks stands apart from the words around it. */
  const paste = (area, text) => {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const isPiece = text.includes("\n") || PREFIX.test(text);
    const before = value.slice(0, start);
    const after = value.slice(end);
    const above = isPiece && before.trim() ? "\n".repeat(Math.max(0, 2 - before.match(/\n*$/)[0].length)) : "";
    const below = isPiece && after.trim() ? "\n".repeat(Math.max(0, 2 - after.match(/^\n*/)[0].length)) : "";
    put(area, start, end, above + text + below);
  };
  const pasted = (event) => {
    const area = event.target;
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain").trim();
    const words = area.value.slice(area.selectionStart, area.selectionEnd);
    const isLabel = ADDRESS.test(plain) && words.trim() && !/[\n[\]]/.test(words);
    const text = isLabel ? `[${words}](${plain})` : html && window.markdown.fromHtml(html);
    if (!text) return "";
    event.preventDefault();
    paste(area, text);
    return isLabel ? "linked" : "pasted";
  };

  const equip = (bar) => {
    const area = document.getElementById(bar.dataset.for);
    const said = document.getElementById(bar.dataset.said);
    const buttons = [...bar.querySelectorAll("button")];
    const say = (text) => { said.textContent = text; };
    const show = () => buttons.forEach((one) => one.setAttribute("aria-pressed", String(isOn(area, one.dataset.do))));
    const act = (button) => {
      const on = toggle(area, button.dataset.do);
      show();
      say(said.dataset[on ? "on" : "off"].replace("{what}", button.textContent.trim()));
    };
    const stopAt = (place) => {
      buttons.forEach((one, number) => { one.tabIndex = number === place ? 0 : -1; });
      buttons[place].focus();
    };

    buttons.forEach((button, number) => {
      button.tabIndex = number ? -1 : 0;
      button.addEventListener("click", () => act(button));
    });
    bar.addEventListener("keydown", (event) => {
      const here = buttons.indexOf(document.activeElement);
      const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 };
      if (here < 0 || !(event.key in steps)) return;
      event.preventDefault();
      stopAt((steps[event.key] + buttons.length) % buttons.length);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing || event.altKey || event.shiftKey) return;
      const isShortcut = (event.ctrlKey || event.metaKey) && Object.hasOwn(KEYS, event.key.toLowerCase());
      if (isShortcut) {
        event.preventDefault();
        act(buttons.find((one) => one.dataset.do === KEYS[event.key.toLowerCase()]));
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        const went = goOn(area);
        if (went) event.preventDefault();
        if (went === "ended") say(said.dataset.ended);
      }
    });
    area.addEventListener("paste", (event) => {
      const how = pasted(event);
      if (how) say(said.dataset[how]);
    });
    ["input", "keyup", "click", "focus"].forEach((kind) => area.addEventListener(kind, show));
    area.before(bar);
    bar.hidden = false;
  };

  document.querySelectorAll("[role=toolbar][data-for]").forEach(equip);
})();
