/** The list of suggestions above the composer: one listbox that any text input can borrow. */

import { el } from "./dom.js";

/**
 * @template T
 * @typedef {{label: string, detail?: string, value: T}} Suggestion
 */

const KEY_STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Suggestions {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {HTMLElement | null} */
    this.input = null;
    this.items = [];
    this.pick = (_item) => {};
    this.active = 0;
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /**
   * @template T
   * @param {HTMLElement} input keeps the focus; arrow keys must be handed to `handleKey`
   * @param {Suggestion<T>[]} items
   * @param {(item: Suggestion<T>) => void} pick
   */
  show(input, items, pick) {
    if (items.length === 0) {
      this.hide();
      return;
    }
    Object.assign(this, { input, items, pick });
    this.list.replaceChildren(...items.map((item, index) => this.row(item, index)));
    this.list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", this.list.id);
    this.highlight(0);
  }

  hide() {
    this.list.hidden = true;
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
    this.input = null;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  handleKey(event) {
    if (this.input === null || event.isComposing) return false;
    if (event.key in KEY_STEPS) {
      this.highlight((this.active + KEY_STEPS[event.key] + this.items.length) % this.items.length);
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      this.choose(this.active);
    } else if (event.key === "Escape") {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  choose(index) {
    const item = this.items[index];
    this.hide();
    this.pick(item);
  }

  highlight(index) {
    this.active = index;
    for (const [at, row] of Array.from(this.list.children).entries()) {
      row.setAttribute("aria-selected", String(at === index));
    }
    const row = this.list.children[index];
    row.scrollIntoView({ block: "nearest" });
    this.input?.setAttribute("aria-activedescendant", row.id);
  }

  row(item, index) {
    const detail = item.detail && el("span", { class: "suggestion-detail", dir: "auto" }, item.detail);
    return el(
      "li",
      {
        role: "option",
        id: `suggestion-${index}`,
        click: () => this.choose(index),
        mousemove: () => this.highlight(index),
      },
      el("span", { class: "suggestion-label", dir: "auto" }, item.label),
      detail,
    );
  }
}
