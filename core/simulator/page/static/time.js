/** Points in time as people read them, in the reader's own zone and language. */

/** @type {Record<string, Intl.DateTimeFormatOptions>} Discord's timestamp styles */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
/** @type {[Intl.RelativeTimeFormatUnit, number][]} unit and its length in seconds, longest first */
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const REFRESH_MS = 1_000;
const DATE_SECONDS_MAX = 8_640_000_000_000;

/**
 * @param {number} seconds Unix time
 * @param {string} style one of Discord's letters; R is relative to now and stays up to date
 * @returns {HTMLTimeElement | null} null when the number is no date
 */
export function timestampNode(seconds, style) {
  if (Math.abs(seconds) > DATE_SECONDS_MAX) return null;
  const date = new Date(seconds * 1000);
  const node = timeNode(date, style === "R" ? relative(date) : format(date, STYLES[style] ?? STYLES.f));
  node.className = "timestamp";
  if (style === "R") node.dataset.relative = "";
  return node;
}

/** @param {string} iso @returns {HTMLTimeElement} short time today, date and time before */
export function messageTime(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  const style = isToday
    ? STYLES.t
    : /** @type {Intl.DateTimeFormatOptions} */ ({ dateStyle: "short", timeStyle: "short" });
  return timeNode(date, format(date, style));
}

/** Keep every relative time on the page up to date. */
export function keepTimesFresh() {
  window.setInterval(() => {
    for (const node of document.querySelectorAll("time[data-relative]")) {
      const words = relative(new Date(node.getAttribute("datetime") ?? ""));
      if (node.textContent !== words) node.textContent = words;
    }
  }, REFRESH_MS);
}

/** @param {Date} date @returns {string} such as "3 minutes ago" */
export function relative(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[UNITS.length - 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(
    Math.trunc(seconds / length),
    unit,
  );
}

/** @param {Date} date @param {string} text */
function timeNode(date, text) {
  const node = document.createElement("time");
  node.textContent = text;
  if (!Number.isNaN(date.getTime())) {
    node.dateTime = date.toISOString();
    node.title = format(date, STYLES.F);
  }
  return node;
}

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
function format(date, options) {
  return Number.isNaN(date.getTime())
    ? "unknown time"
    : new Intl.DateTimeFormat(undefined, options).format(date);
}
