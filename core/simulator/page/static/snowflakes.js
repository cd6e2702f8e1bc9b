/** Discord's ids, which outgrow exact numbers: the longer text is the larger one, equal lengths compare as text. */

/** @param {string} one @param {string} other @returns {number} negative when `one` is older */
export function compareIds(one, other) {
  if (one.length !== other.length) return one.length - other.length;
  return one === other ? 0 : one < other ? -1 : 1;
}
