/** The bar above the messages while something is out of order on purpose: what that means, what to try next. */

import { byId } from "./dom.js";

/**
 * @typedef {{says: string, far: string, mend: string, end: () => void}} Shown
 *   `far`: how often it has struck, too often new to be read aloud; `mend` is what the last button says
 */

export class Notice {
  /** @param {Record<string, () => void>} tries what its own buttons do, by element id */
  constructor(tries) {
    this.end = () => {};
    for (const [id, act] of Object.entries(tries)) byId(id).addEventListener("click", act);
    byId("notice-mend").addEventListener("click", () => this.end());
  }

  /** @param {Shown | null} shown null when all is well; the greeting gives way meanwhile */
  show(shown) {
    const [notice, greeting] = [byId("notice"), byId("greeting")];
    const [hidden, open] = shown === null ? [notice, greeting] : [greeting, notice];
    const isLeft = hidden.contains(document.activeElement);
    notice.hidden = shown === null;
    greeting.classList.toggle("waits", shown !== null);
    if (isLeft) (open.checkVisibility() ? open.querySelector("button") : byId("composer-text")).focus();
    if (shown === null) return;
    const words = byId("notice-text");
    if (words.textContent !== shown.says) words.textContent = shown.says;
    byId("notice-far").textContent = shown.far;
    byId("notice-mend").textContent = shown.mend;
    this.end = shown.end;
  }
}
