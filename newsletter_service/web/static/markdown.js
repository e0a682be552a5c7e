/* What word processors, mail programs and web pages put on the clipboard, as the Markdown that we know: emphasis, links,
   headings, lists, quotes and small tables. No styles, no pictures; nothing of it runs or loads, for it is only read. */
"use strict";

window.markdown = (() => {
  const SKIPPED = new Set(["SCRIPT", "STYLE", "HEAD", "META", "TITLE", "LINK", "IMG", "SVG", "TEMPLATE", "NOSCRIPT", "HR", "BUTTON", "OBJECT"]);
  const BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, section, article, header, footer, main, aside, pre, dl, dt, dd, figure";
  const LIST = "ul, ol";
  const MOST_COLUMNS = 6;
  const GOES_OUT = /^(https?:|mailto:|tel:)/i;

  const styleOf = (node) => (node.getAttribute("style") || "").toLowerCase();
  const isHidden = (node) => node.hidden || /display:\s*none|mso-hide:\s*all/.test(styleOf(node));
  const isSkipped = (node) => SKIPPED.has(node.nodeName.toUpperCase()) || isHidden(node);

  /* What the element itself says of its text, or else what is said around it. */
  const isBold = (node, around) => {
    const weight = styleOf(node).match(/(?:^|[;\s])font-weight:\s*(\w+)/);
    if (weight) return weight[1] === "bold" || Number(weight[1]) >= 600;
    return around || node.matches("b, strong");
  };
  const isItalic = (node, around) => {
    const slant = styleOf(node).match(/(?:^|[;\s])font-style:\s*(\w+)/);
    return slant ? slant[1] !== "normal" : around || node.matches("i, em");
  };

  /* Pieces of text with their looks; a line end is a piece of its own. */
  const runsOf = (node, looks, found) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) found.push({ ...looks, text: child.data.replace(/[\s\u00a0]+/g, " ") });
      else if (child.nodeName === "BR") found.push({ bold: false, italic: false, href: "", text: "\n" });
      else if (child.nodeType === Node.ELEMENT_NODE && !isSkipped(child)) {
        const address = child.matches("a") ? (child.getAttribute("href") || "").trim() : "";
        const href = GOES_OUT.test(address) ? address : looks.href;
        runsOf(child, { bold: isBold(child, looks.bold), italic: isItalic(child, looks.italic), href }, found);
      }
    }
    return found;
  };

  const isAlike = (one, other) => one.bold === other.bold && one.italic === other.italic && one.href === other.href;
  const joined = (runs) => {
    const found = [];
    for (const run of runs) {
      const last = found.at(-1);
      const isGap = run.text.trim() === "" && run.text !== "\n" && !run.href;
      if (last && last.text !== "\n" && run.text !== "\n" && (isAlike(last, run) || (isGap && !last.href))) last.text += run.text;
      else found.push({ ...run });
    }
    return found;
  };

  const asLink = (label, href) => {
    const address = href.replaceAll(" ", "%20");
    const bare = address.replace(/^mailto:|^tel:/i, "");
    const isBare = [address, bare, bare.replace(/\/$/, "")].includes(label) || `https://${label}` === bare.replace(/\/$/, "");
    return isBare ? label : `[${label.replaceAll("[", "(").replaceAll("]", ")")}](${address})`;
  };
  const written = ({ text, bold, italic, href }) => {
    const core = text.trim();
    if (!core) return text;
    const stars = (bold ? "**" : "") + (italic ? "*" : "");
    const label = href ? asLink(core, href) : core;
    return text.replace(core, () => `${stars}${label}${[...stars].reverse().join("")}`);
  };
  const lineOf = (node, looks = {}) => tidy(joined(runsOf(node, { bold: false, italic: false, href: "", ...looks }, [])).map(written).join(""));
  const tidy = (text) => text.replace(/ +/g, " ").replace(/ ?\n ?/g, "\n").replace(/\n{3,}/g, "\n\n").trim();

  /* A paragraph of Word that is an item of a list: how deep, whether it counts, and its text. */
  const itemOfWord = (node) => {
    const level = styleOf(node).match(/mso-list:\s*l\d+\s+level(\d+)/);
    if (!level) return null;
    const sign = [...node.querySelectorAll("span")].find((one) => /mso-list:\s*ignore/.test(styleOf(one)));
    const marker = sign ? sign.textContent.trim() : "";
    sign?.remove();
    const number = marker.match(/^(\d+)[.)]/);
    const counts = number !== null || /^[a-z]{1,4}[.)]$/i.test(marker);
    return { deep: Number(level[1]), counts, number: number ? Number(number[1]) : 0, text: lineOf(node) };
  };
  const listOfWord = (items) => {
    const above = [];
    const lines = items.filter((one) => one.text).map((item) => {
      above.length = Math.min(above.length, item.deep);
      const level = above[item.deep - 1] ?? { count: (item.number || 1) - 1 };
      level.count += 1;
      above[item.deep - 1] = level;
      const marker = item.counts ? `${level.count}. ` : "- ";
      level.width = marker.length;
      const indent = " ".repeat(above.slice(0, item.deep - 1).reduce((sum, one) => sum + (one?.width ?? 2), 0));
      return indented(item.text, indent, marker);
    });
    return lines.join("\n");
  };

  const indented = (text, indent, marker) => indent + marker + text.replaceAll("\n", `\n${indent}${" ".repeat(marker.length)}`);

  const textOf = (item) => {
    const own = item.cloneNode(true);
    own.querySelectorAll(LIST).forEach((one) => one.remove());
    own.querySelectorAll("p, div").forEach((one) => one.append(" "));
    return lineOf(own);
  };
  const listOf = (list, indent = "") => {
    const lines = [];
    let count = (Number(list.getAttribute("start")) || 1) - 1;
    let within = `${indent}  `;
    for (const child of list.children) {
      if (child.matches(LIST)) lines.push(listOf(child, within));
      else if (child.matches("li")) {
        const text = textOf(child);
        if (text) count += 1;
        const marker = list.matches("ol") ? `${Math.max(count, 0)}. ` : "- ";
        within = indent + " ".repeat(marker.length);
        if (text) lines.push(indented(text, indent, marker));
        child.querySelectorAll(":scope > ul, :scope > ol, :scope > div > ul, :scope > div > ol").forEach((one) => lines.push(listOf(one, within)));
      }
    }
    return lines.filter(Boolean).join("\n");
  };

  /* A table that holds data; one that only puts things in their place is read as what stands in it. */
  const tableOf = (table) => {
    const rows = [...table.rows].map((row) => [...row.cells].flatMap((cell) => {
      const text = lineOf(cell).replace(/\n+/g, " ").replaceAll("|", "\\|");
      return [text, ...Array.from({ length: Math.min(cell.colSpan, MOST_COLUMNS) - 1 }, () => "")];
    })).filter((row) => row.some(Boolean));
    const columns = Math.max(0, ...rows.map((row) => row.length));
    if (table.querySelector("table, li") || rows.length < 2 || columns < 2 || columns > MOST_COLUMNS) return null;
    const wide = rows.map((row) => [...row, ...Array.from({ length: columns - row.length }, () => "")]);
    const line = (row) => `| ${row.join(" | ")} |`;
    return [line(wide[0]), line(wide[0].map(() => "---")), ...wide.slice(1).map(line)].join("\n");
  };

  const isHeading = (node) => node.matches("h1, h2, h3, h4, h5, h6, .MsoTitle, .MsoSubtitle, [role=heading]");
  const headingOf = (node) => {
    const text = lineOf(node).replace(/\*\*|\n/g, (found) => found === "\n" ? " " : "");
    return text && `${node.matches("h1, h2, .MsoTitle") ? "##" : "###"} ${text}`;
  };
  const quoteOf = (node) => blocksOf(node).join("\n\n").split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");

  const blockOf = (node) => {
    if (isHeading(node)) return [headingOf(node)];
    if (node.matches(LIST)) return [listOf(node)];
    if (node.matches("blockquote")) return [quoteOf(node)];
    const table = node.matches("table") ? tableOf(node) : null;
    if (table) return [table];
    return node.querySelector(BLOCKS) || node.matches("table") ? blocksOf(node) : [lineOf(node)];
  };

  /* The blocks inside `node`: what stands loose between them is a paragraph too. */
  const blocksOf = (node) => {
    const found = [];
    let loose = document.createElement("p");
    let items = [];
    const close = () => {
      if (loose.childNodes.length) found.push(lineOf(loose));
      loose = document.createElement("p");
    };
    const end = () => {
      if (items.length) found.push(listOfWord(items));
      items = [];
    };
    for (const child of [...node.childNodes]) {
      const isElement = child.nodeType === Node.ELEMENT_NODE;
      if (!isElement || isSkipped(child)) {
        if (child.nodeType === Node.TEXT_NODE && child.data.trim()) end();
        if (child.nodeType === Node.TEXT_NODE) loose.append(child.cloneNode());
        continue;
      }
      const item = itemOfWord(child);
      const isBlock = child.matches(`${BLOCKS}, tbody, tr, td, th, thead, tfoot`) || child.querySelector(BLOCKS);
      if (item || isBlock) close();
      if (item) items.push(item);
      else {
        end();
        if (isBlock) found.push(...blockOf(child));
        else loose.append(child.cloneNode(true));
      }
    }
    close();
    end();
    return found.filter(Boolean);
  };

  return { fromHtml: (html) => blocksOf(new DOMParser().parseFromString(html, "text/html").body).join("\n\n") };
})();
