/** The sidebar: servers, their channels, and who one is. */

import { byId, el } from "./dom.js";

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Channel} Channel
 * @typedef {import("./directory.js").Directory} Directory
 */

/**
 * @param {State} state
 * @param {(channel: Channel) => void} open
 */
export function renderChannels(state, open) {
  const sections = state.guilds.map((guild) =>
    el(
      "section",
      { "aria-label": guild.name },
      el("h2", { class: "guild-name", dir: "auto" }, guild.name),
      el(
        "ul",
        { class: "channel-list" },
        guild.channels.map((channel) => el("li", {}, channelButton(channel, state, open))),
      ),
    ),
  );
  byId("channels").replaceChildren(...sections);
}

/** @param {Channel} channel @param {State} state @param {(channel: Channel) => void} open */
function channelButton(channel, state, open) {
  const attributes = channel.can_view
    ? {}
    : { disabled: true, title: `${state.me.name} may not see this channel` };
  return el(
    "button",
    {
      type: "button",
      class: "channel",
      "data-channel": channel.id,
      ...attributes,
      click: () => open(channel),
    },
    el("span", { class: "channel-mark", "aria-hidden": "true" }, channel.can_view ? "#" : ""),
    el("span", { class: "channel-label", dir: "auto" }, channel.name),
    el("span", { class: "unread", hidden: true }, el("span", { class: "visually-hidden" }, "new messages")),
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
  const options = state.people.map((person) => {
    const role = person.role_names.length > 0 ? ` · ${person.role_names[0]}` : "";
    return el("option", { value: person.id, selected: person.id === me.id }, person.name + role);
  });
  byId("person").replaceChildren(...options);
  const avatar = directory.avatar(me.id, me.name);
  avatar.id = "me-avatar";
  byId("me-avatar").replaceWith(avatar);
}

/** @returns {Channel | undefined} the wanted channel when it may be seen, else the first that may */
export function chooseChannel(state, wanted) {
  const visible = state.guilds.flatMap((guild) => guild.channels).filter((channel) => channel.can_view);
  return visible.find((channel) => channel.id === wanted) ?? visible[0];
}
