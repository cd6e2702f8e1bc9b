/** The sidebar: servers, their channels, the talk with the bot alone, and who one is. */

import { PRIVATE } from "./directory.js";
import { byId, el } from "./dom.js";

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Channel} Channel
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {import("./unread.js").Unread} Unread
 */

/**
 * @param {Directory} directory
 * @param {Unread} unread
 * @param {(channel: Channel) => void} open
 */
export function renderChannels(directory, unread, open) {
  const row = (channel) => channelButton(channel, directory.me.name, unread, open);
  const servers = directory.state.guilds.map((guild) => section(guild.name, guild.channels.map(row)));
  byId("channels").replaceChildren(
    ...servers,
    section("Direct messages", [row(directory.privateChannel())]),
  );
}

/** @param {string} title @param {HTMLElement[]} rows */
function section(title, rows) {
  const items = rows.map((row) => el("li", {}, row));
  const heading = el("h2", { class: "guild-name", dir: "auto" }, title);
  return el("section", { "aria-label": title }, heading, el("ul", { class: "channel-list" }, items));
}

/** @param {Channel} channel @param {string} person @param {Unread} unread @param {(channel: Channel) => void} open */
function channelButton(channel, person, unread, open) {
  const attributes = channel.can_view
    ? {}
    : { disabled: true, title: `${person} may not see this channel`, "aria-description": "locked" };
  const isNew = channel.can_view && unread.has(channel.id, channel.last_message_id);
  const note = el("span", { class: "visually-hidden" }, " (new messages)");
  const mark = channel.type === PRIVATE ? "@" : "#";
  return el(
    "button",
    {
      type: "button",
      class: "channel",
      "data-channel": channel.id,
      ...attributes,
      click: () => open(channel),
    },
    el("span", { class: "channel-mark", "aria-hidden": "true" }, channel.can_view ? mark : ""),
    el("span", { class: "channel-label", dir: "auto" }, channel.name),
    el("span", { class: "unread", hidden: !isNew }, note),
  );
}

/** @param {string} id the open channel */
export function markCurrent(id) {
  for (const button of byId("channels").querySelectorAll("[data-channel]")) {
    const isCurrent = button.getAttribute("data-channel") === id;
    button.setAttribute("aria-current", isCurrent ? "page" : "false");
    if (isCurrent) button.querySelector(".unread").hidden = true;
  }
}

/** @param {string} id a channel where something happened while another one was open */
export function markUnread(id) {
  const dot = byId("channels").querySelector(`[data-channel="${CSS.escape(id)}"] .unread`);
  if (dot !== null) dot.hidden = false;
}

/** @param {Directory} directory */
export function renderIdentity(directory) {
  const { me, state } = directory;
  const options = state.people.map((person) =>
    el(
      "option",
      { value: person.id, selected: person.id === me.id },
      `${person.name} · ${directory.roleOf(person.id)}`,
    ),
  );
  byId("person").replaceChildren(...options);
  const own = state.people.find((person) => person.id === me.id)?.role_names ?? [];
  const others = own.slice(1).map((role) => `also ${role}`);
  const mayWrite = directory.channels().some((channel) => channel.can_send);
  byId("me-roles").textContent = [...others, ...(mayWrite ? [] : ["may read, not write"])].join(", ");
  const avatar = directory.avatar(me.id, me.name);
  avatar.id = "me-avatar";
  byId("me-avatar").replaceWith(avatar);
}

/** @param {Directory} directory @returns {Channel | undefined} the wanted channel when it may be seen, else the first that may */
export function chooseChannel(directory, wanted) {
  const visible = directory.channels().filter((channel) => channel.can_view);
  return (wanted && directory.openable(wanted)) || visible[0];
}
