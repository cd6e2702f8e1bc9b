/** Links to messages: Discord's own addresses lead to the message on this page. */

import { el } from "./dom.js";

const ADDRESS =
  /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d{1,20}|@me)\/(\d{1,20})(?:\/(\d{1,20}))?$/;
const PLACE = /^#(\d{1,20})\/(\d{0,20})$/;

/**
 * @param {string} address
 * @param {import("./directory.js").Directory} directory
 * @returns {HTMLElement | null} null when the address leads elsewhere
 */
export function messageLink(address, directory) {
  const match = ADDRESS.exec(address);
  if (match === null) return null;
  const [, channel, message = ""] = match;
  const name = directory.openable(channel)?.name ?? "unknown-channel";
  return el(
    "a",
    { class: "mention", href: `#${channel}/${message}`, title: address, dir: "auto" },
    `#${name}${message && " › message"}`,
  );
}

/** @param {(channel: string, message: string) => void} show */
export function listenToMessageLinks(show) {
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a[href^='#']");
    const place = PLACE.exec(link?.getAttribute("href") ?? "");
    if (place === null) return;
    event.preventDefault();
    show(place[1], place[2]);
  });
}
