/** Embeds and attachments of a message. */

import { el, outsideLink, safeUrl } from "./dom.js";
import { enlarge } from "./picture.js";
import { renderInline, renderMarkdown } from "./markdown.js";
import { messageTime } from "./time.js";

/**
 * @typedef {import("./types.js").Embed} Embed
 * @typedef {import("./types.js").EmbedField} EmbedField
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Attachment} Attachment
 * @typedef {import("./directory.js").Directory} Directory
 */

const GRID_COLUMNS = 12;
const INLINE_FIELDS_MAX = 3;
const KIB = 1024;

/**
 * @param {Message} message
 * @param {Directory} directory
 * @returns {HTMLElement[]}
 */
export function renderEmbeds(message, directory) {
  const files = message.attachments ?? [];
  return (message.embeds ?? []).map((embed) => renderEmbed(embed, files, directory));
}

/**
 * @param {Message} message
 * @returns {HTMLElement[]} the files that no embed shows already
 */
export function renderAttachments(message) {
  const used = (message.embeds ?? []).flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]);
  return (message.attachments ?? [])
    .filter((file) => !used.includes(file.url) && !used.includes(`attachment://${file.filename}`))
    .map((file) => (file.content_type?.startsWith("image/") ? pictureFile(file) : otherFile(file)));
}

/** @param {Embed} embed @param {Attachment[]} files @param {Directory} directory */
function renderEmbed(embed, files, directory) {
  const thumbnail = picture(embed.thumbnail, files, "embed-thumbnail");
  const card = el(
    "article",
    { class: thumbnail ? "embed with-thumbnail" : "embed" },
    thumbnail,
    embed.author && author(embed.author, files),
    embed.title && title(embed, directory),
    embed.description &&
      el("div", { class: "markdown", dir: "auto" }, renderMarkdown(embed.description, directory)),
    embed.fields?.length ? fieldGrid(embed.fields, directory) : null,
    picture(embed.image, files, "embed-image"),
    footer(embed, files),
  );
  if (embed.color) card.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return card;
}

function author({ name, url, icon_url }, files) {
  const address = safeUrl(url);
  const icon = picture(icon_url ? { url: icon_url } : undefined, files, "embed-icon");
  const label = el("bdi", {}, name);
  return el("p", { class: "embed-author" }, icon, address ? outsideLink(address, label) : label);
}

function title(embed, directory) {
  const address = safeUrl(embed.url);
  const label = el("bdi", {}, renderInline(embed.title, directory));
  return el("p", { class: "embed-title" }, address ? outsideLink(address, label) : label);
}

/** @param {EmbedField[]} fields @param {Directory} directory */
function fieldGrid(fields, directory) {
  const grid = el("div", { class: "embed-fields" });
  for (const row of fieldRows(fields)) {
    for (const field of row) grid.append(renderField(field, row.length, directory));
  }
  return grid;
}

/** @param {EmbedField[]} fields @returns {EmbedField[][]} up to three inline neighbours share a row */
function fieldRows(fields) {
  /** @type {EmbedField[][]} */
  const rows = [];
  for (const field of fields) {
    const last = rows[rows.length - 1];
    const fits = last?.[0].inline && last.length < INLINE_FIELDS_MAX;
    if (field.inline && fits) last.push(field);
    else rows.push([field]);
  }
  return rows;
}

/** @param {EmbedField} field @param {number} rowLength @param {Directory} directory */
function renderField(field, rowLength, directory) {
  const span = field.inline ? GRID_COLUMNS / Math.max(rowLength, INLINE_FIELDS_MAX) : GRID_COLUMNS;
  const box = el(
    "div",
    { class: field.inline ? "embed-field inline" : "embed-field" },
    el("p", { class: "embed-field-name", dir: "auto" }, renderInline(field.name, directory)),
    el("div", { class: "markdown", dir: "auto" }, renderMarkdown(field.value, directory)),
  );
  box.style.setProperty("--span", String(span));
  return box;
}

function footer(embed, files) {
  if (!embed.footer && !embed.timestamp) return null;
  const icon = picture(
    embed.footer?.icon_url ? { url: embed.footer.icon_url } : undefined,
    files,
    "embed-icon",
  );
  const words = embed.footer && el("bdi", {}, embed.footer.text);
  const between = words && embed.timestamp ? " · " : null;
  return el(
    "p",
    { class: "embed-footer" },
    icon,
    words,
    between,
    embed.timestamp && messageTime(embed.timestamp),
  );
}

/** @returns {HTMLElement | null} the picture, behind a link to itself unless it is a small icon */
function picture(media, files, className) {
  const file = files.find((each) => media?.url === `attachment://${each.filename}`);
  const url = safeUrl(file?.url ?? media?.proxy_url ?? media?.url);
  if (url === null) return null;
  const image = el("img", {
    class: className,
    src: url,
    alt: "",
    loading: "lazy",
    referrerpolicy: "no-referrer",
  });
  if (className === "embed-icon") return image;
  return enlarging(url, "", image, `${className}-link`);
}

/** @param {string} url @param {string} alt @param {HTMLElement} image @param {string} className */
function enlarging(url, alt, image, className) {
  const attributes = { type: "button", class: `picture-button ${className}`, click: () => enlarge(url, alt) };
  return el("button", { ...attributes, "aria-label": `Enlarge the picture ${alt}`.trim() }, image);
}

/** @param {Attachment} file */
function pictureFile(file) {
  const url = safeUrl(file.url);
  if (url === null) return otherFile(file);
  const alt = file.description || file.filename;
  const size = { width: file.width ?? null, height: file.height ?? null };
  const image = el("img", { class: "attachment-image", src: url, alt, loading: "lazy", ...size });
  return enlarging(url, alt, image, "attachment-link");
}

/** @param {Attachment} file */
function otherFile(file) {
  const url = safeUrl(file.url);
  const name = el("bdi", {}, file.filename);
  const size = el("span", { class: "attachment-size" }, fileSize(file.size));
  return el("p", { class: "attachment" }, url ? outsideLink(url, name) : name, size);
}

/** @param {number} bytes @returns {string} */
function fileSize(bytes) {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${Math.round(bytes / KIB)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}
