/** People and channels named in what a person writes: offered while typing, turned into mentions when sent. */

/**
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {{name: string, typed: number}} Named `name` with its mark; `typed`: how many characters it replaces
 */

const BEING_TYPED = /(?<![\p{L}\p{N}])([@#])([^@#\n]{0,40})$/u;

/**
 * @param {Directory} directory
 * @param {string} before the text up to the caret
 * @returns {Named[]} whom or what the last "@…" or "#…" may become
 */
export function namesFor(directory, before) {
  const [typed, mark, start] = BEING_TYPED.exec(before) ?? [];
  if (typed === undefined) return [];
  const begins = ({ name }) => name.toLowerCase().startsWith(start.toLowerCase());
  return named(directory, mark)
    .filter(begins)
    .map(({ name }) => ({ name: mark + name, typed: typed.length }));
}

/**
 * Longest names first, so that "@Cards Cartel" is not "@Cards".
 *
 * @param {Directory} directory
 * @param {string} content
 * @returns {string} with every "@Name" and "#channel" as Discord writes it
 */
export function withMentions(directory, content) {
  let text = content;
  for (const mark of ["@", "#"])
    for (const { id, name } of longestFirst(named(directory, mark)))
      text = text.replace(
        new RegExp(`(?<![\\p{L}\\p{N}])${mark}${escapePattern(name)}(?![\\p{L}\\p{N}])`, "giu"),
        `<${mark}${id}>`,
      );
  return text;
}

/** @param {Directory} directory @param {string} mark */
function named(directory, mark) {
  return mark === "@" ? directory.users() : directory.channels().filter((channel) => channel.can_view);
}

function longestFirst(things) {
  return [...things].sort((one, other) => other.name.length - one.name.length);
}

/** @param {string} text */
function escapePattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
