/** Who and what an id stands for: names of people, roles and channels as one person sees them. */

import { el } from "./dom.js";

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").User} User
 * @typedef {import("./types.js").Message} Message
 */

export const PRIVATE = 1;
const HUES = [152, 38, 205, 282, 340, 12, 188, 96];

export class Directory {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  get me() {
    return this.state.me;
  }

  /** @returns {{id: string, name: string}[]} everyone a person can name, the bot included */
  users() {
    return [...this.state.people, this.state.bot];
  }

  channels() {
    return this.state.guilds.flatMap((guild) => guild.channels);
  }

  /** @returns {import("./types.js").Channel} where the person and the bot talk alone; its id is empty until then */
  privateChannel() {
    const known = this.state.private?.[0];
    const { name } = this.state.bot;
    return { id: "", ...known, name, type: PRIVATE, can_view: true, can_send: true };
  }

  /** @param {string} id @returns {import("./types.js").Channel | undefined} one that the person may open */
  openable(id) {
    return [...this.channels(), this.privateChannel()].find(
      (channel) => channel.can_view && channel.id === id,
    );
  }

  /** @param {string} channelId @returns {string} the server that a channel belongs to, "" for a private one */
  guildOf(channelId) {
    const holds = (guild) => guild.channels.some((channel) => channel.id === channelId);
    return this.state.guilds.find(holds)?.id ?? "";
  }

  roles() {
    return this.state.guilds.flatMap((guild) => guild.roles ?? []);
  }

  /** @param {string} id */
  userName(id) {
    return this.users().find((user) => user.id === id)?.name ?? "unknown person";
  }

  /** @param {string} id @returns {string} what one may call the person's place here; "" for the bot and strangers */
  roleOf(id) {
    const person = this.state.people.find((each) => each.id === id);
    return person === undefined ? "" : (person.role_names[0] ?? "no role");
  }

  /** @param {string} id */
  roleName(id) {
    return this.roles().find((role) => role.id === id)?.name ?? "role";
  }

  /** @param {string} id */
  channelName(id) {
    return this.channels().find((channel) => channel.id === id)?.name ?? "unknown-channel";
  }

  /** @param {User} user */
  displayName(user) {
    const known = this.users().find((each) => each.id === user.id);
    return known?.name ?? (user.global_name || user.username);
  }

  /** @param {Message} message @returns {boolean} whether it calls the person who is reading */
  callsMe(message) {
    return (message.pinged ?? []).includes(this.me.id);
  }

  /** @param {string} id @param {string} name @returns {HTMLElement} a coloured disc with initials; the bot's icon */
  avatar(id, name) {
    if (id === this.state.bot.id) return el("img", { class: "avatar", src: "/static/icon.svg", alt: "" });
    const disc = el("span", { class: "avatar", "aria-hidden": "true" }, initials(name));
    const own = this.state.people.find((person) => person.id === id)?.avatar_color;
    disc.style.setProperty("--disc", own && CSS.supports("color", own) ? own : discColor(id));
    return disc;
  }
}

/** @param {import("./types.js").Channel} channel @returns {string} with its mark, such as "#deals" */
export function channelTitle(channel) {
  return (channel.type === PRIVATE ? "@" : "#") + channel.name;
}

/** @param {string} name @returns {string} at most two letters */
function initials(name) {
  const words = name.split(/\s+/u).filter(Boolean).slice(0, 2);
  return words.map((word) => Array.from(word)[0].toUpperCase()).join("");
}

/** @param {string} id */
function discColor(id) {
  const sum = Array.from(id).reduce((total, digit, index) => total + digit.charCodeAt(0) * (index + 1), 0);
  return `hsl(${HUES[sum % HUES.length]} 46% 42%)`;
}
