/** A picture enlarged above the page; the keyboard closes it as any dialog. */

import { byId, el, outsideLink } from "./dom.js";

/** @param {string} url one that `safeUrl` let through @param {string} alt */
export function enlarge(url, alt) {
  const dialog = byId("picture");
  const close = { type: "button", class: "button", click: () => dialog.close() };
  const original = outsideLink(url, "Open in a new tab");
  dialog.replaceChildren(
    el("img", { src: url, alt: alt || "The picture, enlarged" }),
    el("div", { class: "picture-actions" }, original, el("button", close, "Close")),
  );
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.showModal();
}
