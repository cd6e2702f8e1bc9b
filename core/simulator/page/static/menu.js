/** The small menu of a message: the bot's message commands and user commands. */

import { el } from "./dom.js";

const GAP_PX = 4;

/**
 * @param {HTMLElement} menu a popover element
 * @param {HTMLElement} anchor what was pressed
 * @param {{label: string, run: () => void}[]} entries
 */
export function openMenu(menu, anchor, entries) {
  const rows = entries.map(({ label, run }) => {
    const choose = () => {
      menu.hidePopover();
      anchor.focus();
      run();
    };
    return el(
      "button",
      { type: "button", role: "menuitem", class: "menu-item", dir: "auto", click: choose },
      label,
    );
  });
  const none = el("p", { class: "menu-empty" }, "The bot offers nothing for messages here.");
  menu.replaceChildren(...(rows.length > 0 ? rows : [none]));
  menu.onkeydown = (event) => walk(event, rows);
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  rows[0]?.focus();
}

function place(menu, anchor) {
  const left = Math.min(anchor.right - menu.offsetWidth, window.innerWidth - menu.offsetWidth - GAP_PX);
  const fitsBelow = anchor.bottom + menu.offsetHeight + GAP_PX < window.innerHeight;
  const top = fitsBelow ? anchor.bottom + GAP_PX : anchor.top - menu.offsetHeight - GAP_PX;
  menu.style.left = `${Math.max(GAP_PX, left)}px`;
  menu.style.top = `${Math.max(GAP_PX, top)}px`;
}

function walk(event, rows) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || rows.length === 0) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  rows[(at + step + rows.length) % rows.length].focus();
}
