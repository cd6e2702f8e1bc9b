/** Whether the bot is there, in the header; who is meant is left to screen readers where there is no room. */

import { byId, el } from "./dom.js";

/** @param {import("./types.js").Bot} bot */
export function showPresence(bot) {
  const word = bot.online ? "online" : "offline";
  show(word, el("span", { class: "status-who" }, `${bot.name} is `), word);
}

/** @param {string} sentence why nothing is known */
export function showLost(sentence) {
  show("lost", sentence);
}

/** @param {"online" | "offline" | "lost"} kind @param {...(Node | string)} words */
function show(kind, ...words) {
  const status = byId("status");
  status.dataset.kind = kind;
  status.replaceChildren(...words);
}
