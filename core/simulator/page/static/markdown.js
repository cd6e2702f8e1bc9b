/** Discord's markdown as DOM nodes. Text that means nothing special stays text, whatever is in it. */

import { append, el, outsideLink, safeUrl } from "./dom.js";
import { messageLink } from "./links.js";
import { timestampNode } from "./time.js";

/**
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {{pattern: RegExp, render: (match: RegExpExecArray, inside: (text: string) => Node, directory: Directory)
 *   => Node | null}} Rule
 */

const DEPTH_MAX = 8;
const FENCE = /```(?:([\w+#-]+)\n|\n)?([\s\S]+?)```/g;
const COPY = { type: "button", class: "copy", "aria-label": "Copy this text", "aria-live": "polite" };
const SPECIAL = /[\\`*_~|[<@hH]/;

/** @type {Rule[]} sticky patterns, the first that matches wins; null from `render` means "not this rule after all" */
const RULES = [
  { pattern: /\\([^\p{L}\p{N}\s])/uy, render: (match) => text(match[1]) },
  { pattern: /``([\s\S]+?)``/y, render: (match) => el("code", {}, match[1].trim()) },
  { pattern: /`([^`\n]+)`/y, render: (match) => el("code", {}, match[1]) },
  {
    pattern: /\*\*(?=\S)([\s\S]+?)\*\*(?!\*)/y,
    render: (match, inside) => el("strong", {}, inside(match[1])),
  },
  { pattern: /__(?=\S)([\s\S]+?)__(?!_)/y, render: (match, inside) => el("u", {}, inside(match[1])) },
  {
    pattern: /\*(?![\s*])((?:\\.|\*\*[^*]+\*\*|[^*\\])+)(?<!\s)\*/y,
    render: (match, inside) => el("em", {}, inside(match[1])),
  },
  {
    pattern: /(?<![\p{L}\p{N}])_(?![\s_])((?:\\.|[^_\\])+)_(?![\p{L}\p{N}])/uy,
    render: (match, inside) => el("em", {}, inside(match[1])),
  },
  { pattern: /~~(?=\S)([\s\S]+?)~~/y, render: (match, inside) => el("s", {}, inside(match[1])) },
  { pattern: /\|\|([\s\S]+?)\|\|/y, render: (match, inside) => spoiler(inside(match[1])) },
  {
    pattern: /\[((?:\\.|[^\\[\]\n])+)\]\(<?(https?:\/\/(?:\\.|[^\s()<>\\]|\([^\s()<>]*\))+)>?\)/y,
    render: (match, inside) => (match[1].includes("://") ? null : link(match[2], inside(match[1]))),
  },
  {
    pattern: /<(https?:\/\/[^\s<>]+)>/y,
    render: (match, _, directory) => messageLink(match[1], directory) ?? link(match[1]),
  },
  {
    pattern: /https?:\/\/[^\s<>[\]]*[^\s<>[.,:;"'\])}!?*_~|`\\]/iy,
    render: (match, _, directory) => messageLink(match[0], directory) ?? link(match[0]),
  },
  {
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    render: (match) => timestampNode(Number(match[1]), match[2] ?? "f"),
  },
  {
    pattern: /<@!?(\d{1,20})>/y,
    render: (match, _, directory) => mention(`@${directory.userName(match[1])}`),
  },
  {
    pattern: /<@&(\d{1,20})>/y,
    render: (match, _, directory) => mention(`@${directory.roleName(match[1])}`),
  },
  {
    pattern: /<#(\d{1,20})>/y,
    render: (match, _, directory) => mention(`#${directory.channelName(match[1])}`),
  },
  { pattern: /<(\/[\w -]{1,100}):\d{1,20}>/y, render: (match) => mention(match[1]) },
  { pattern: /<a?(:\w{2,32}:)\d{1,20}>/y, render: (match) => text(match[1]) },
  { pattern: /@(?:everyone|here)\b/y, render: (match) => mention(match[0]) },
];

/** @type {{pattern: RegExp, keepsStart?: boolean, wrap: (lines: string[], inside: (text: string) => Node) => Node}[]} by line start */
const BLOCKS = [
  { pattern: /^(#{1,3}) +(?=\S)/, keepsStart: true, wrap: heading },
  {
    pattern: /^-# +(?=\S)/,
    wrap: (lines, inside) => el("p", { class: "subtext" }, inside(lines.join("\n"))),
  },
  { pattern: /^> /, wrap: (lines, inside) => el("blockquote", {}, inside(lines.join("\n"))) },
  { pattern: /^ *[-*] +(?=\S)/, wrap: bulleted },
  { pattern: /^ *\d{1,3}\. +(?=\S)/, keepsStart: true, wrap: numbered },
];

/**
 * @param {string} source a whole message or embed description
 * @param {Directory} directory
 * @returns {DocumentFragment}
 */
export function renderMarkdown(source, directory) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const fence of source.matchAll(FENCE)) {
    renderBlocks(fragment, source.slice(from, fence.index), directory);
    fragment.append(codeBlock(fence[2].replace(/\n$/, "")));
    from = fence.index + fence[0].length;
  }
  renderBlocks(fragment, source.slice(from), directory);
  return fragment;
}

/**
 * @param {string} source one line: a title or the name of a field
 * @param {Directory} directory
 * @param {number} [depth] how deep in nested marks we are
 * @returns {DocumentFragment}
 */
export function renderInline(source, directory, depth = 0) {
  const fragment = document.createDocumentFragment();
  const inside = (part) => (depth < DEPTH_MAX ? renderInline(part, directory, depth + 1) : text(part));
  let plain = "";
  for (let at = 0; at < source.length; ) {
    const found = SPECIAL.test(source[at]) ? firstMatch(source, at, inside, directory) : null;
    if (found === null) {
      plain += source[at];
      at += 1;
      continue;
    }
    append(fragment, plain || null, found.node);
    plain = "";
    at = found.end;
  }
  append(fragment, plain || null);
  return fragment;
}

/** @returns {{node: Node, end: number} | null} */
function firstMatch(source, at, inside, directory) {
  for (const { pattern, render } of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    const node = match === null ? null : render(match, inside, directory);
    if (match !== null && node !== null) return { node, end: at + match[0].length };
  }
  return null;
}

/**
 * @param {DocumentFragment} fragment
 * @param {string} source text without code fences
 * @param {Directory} directory
 */
function renderBlocks(fragment, source, directory) {
  const inside = (part) => renderInline(part, directory);
  for (const { block, lines } of groupLines(source.replace(/^\n+|\n+$/g, "").split("\n"))) {
    const content = lines.join("\n");
    if (block !== null) fragment.append(block.wrap(lines, inside));
    else if (content.trim() !== "") fragment.append(el("p", {}, inside(content)));
  }
}

/** Neighbouring lines of one kind belong together; a heading stands alone; `>>> ` takes all that follows. */
function groupLines(lines) {
  const groups = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(">>> ")) {
      groups.push({ block: BLOCKS[2], lines: [line.slice(4), ...lines.slice(index + 1)] });
      break;
    }
    const block = BLOCKS.find(({ pattern }) => pattern.test(line)) ?? null;
    const last = groups[groups.length - 1];
    const kept = block === null || block.keepsStart ? line : line.replace(block.pattern, "");
    if (last !== undefined && last.block === block && block?.wrap !== heading) last.lines.push(kept);
    else groups.push({ block, lines: [kept] });
  }
  return groups;
}

/** Headings inside messages are visual: the page's own outline stays free of them. */
function heading(lines, inside) {
  const marks = lines[0].indexOf(" ");
  return el("p", { class: `heading heading-${marks}` }, inside(lines[0].slice(marks).trim()));
}

function bulleted(lines, inside) {
  const items = lines.map((line) => el("li", {}, inside(line)));
  return el("ul", {}, items);
}

/** Counts on from the first number, as the second page of a list does. */
function numbered(lines, inside) {
  const items = lines.map((line) => el("li", {}, inside(line.replace(/^ *\d+\. +/, ""))));
  return el("ol", { start: Number.parseInt(lines[0], 10) }, items);
}

/** @param {string} content */
function codeBlock(content) {
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(content);
    button.textContent = "Copied";
  };
  const block = el("pre", { tabindex: "0" }, el("code", {}, content));
  return el("div", { class: "code-block" }, block, el("button", { ...COPY, click: copy }, "Copy"));
}

function text(content) {
  return document.createTextNode(content);
}

/** @returns {Node | null} */
function link(address, label) {
  const url = safeUrl(address.replace(/\\(.)/g, "$1"));
  return url === null ? null : outsideLink(url, label ?? address);
}

function mention(name) {
  return el("span", { class: "mention", dir: "auto" }, name);
}

function spoiler(content) {
  const show = (event) => event.currentTarget.setAttribute("aria-expanded", "true");
  const attributes = { class: "spoiler", type: "button", "aria-expanded": "false", "aria-label": "Spoiler" };
  return el("button", { ...attributes, click: show }, content);
}
