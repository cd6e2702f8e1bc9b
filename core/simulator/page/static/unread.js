/** Which channels hold something that their person has not seen; remembered by the browser. */

import { compareIds } from "./snowflakes.js";

const KEY = "seen";

export class Unread {
  /** @param {string} person */
  constructor(person) {
    this.key = `${KEY}:${person}`;
    /** @type {Record<string, string>} the newest message seen, by channel */
    this.seen = JSON.parse(localStorage.getItem(this.key) ?? "{}");
  }

  /** @param {string} channel @param {string | null | undefined} message its newest */
  has(channel, message) {
    return Boolean(message) && compareIds(message, this.seen[channel] ?? "") > 0;
  }

  /** @param {string} channel @param {string | undefined} message up to here everything was on the screen */
  saw(channel, message) {
    if (!this.has(channel, message)) return;
    this.seen[channel] = message;
    localStorage.setItem(this.key, JSON.stringify(this.seen));
  }
}
