/** Joins the parts of the page: who reads, which channel is open, what arrives and what a person does. */

import { Acts } from "./acts.js";
import * as api from "./api.js";
import { chooseChannel, markCurrent, markUnread, renderChannels, renderIdentity } from "./channels.js";
import { Drawers, Follower, greet, toast, warnOfOutsideLinks } from "./chrome.js";
import { Composer } from "./composer.js";
import { channelTitle, Directory, PRIVATE } from "./directory.js";
import { byId } from "./dom.js";
import { listenToMessageLinks } from "./links.js";
import { isEphemeral, MessageList } from "./messages.js";
import { Notice } from "./notice.js";
import { Panel } from "./panel.js";
import { showLost, showPresence } from "./presence.js";
import { Stream } from "./stream.js";
import { keepTimesFresh } from "./time.js";
import { Unread } from "./unread.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Channel} Channel
 */

const RETRY_MS = 1_000;
/** Ada, who runs the demo server; the population of the look-alike is fixed. */
const FIRST_PERSON = "1100000000000000011";
const PERSON = "person";
const CHANNEL = "channel";
const DISMISSED = "dismissed";

class App {
  constructor() {
    /** @type {Set<string>} answers that the reader waved away, until the tab is closed */
    this.dismissed = new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
    /** @type {Stream | null} */
    this.stream = null;
    this.attempts = 0;
    /** @type {Set<string>} messages that the stream told of since the history was asked for: it knows better */
    this.touched = new Set();
    /** How often the stream told whether the bot is there: it knows better, too. */
    this.presences = 0;
    this.drawers = new Drawers();
    this.follower = new Follower(() => this.loadOlder());
    this.acts = new Acts(() => this, toast);
    const ask = () => this.acts.runFromMenu("command", { name: "deals latest" });
    const notice = new Notice({ "notice-list": () => byId("list-deal").click(), "notice-ask": ask });
    this.panel = new Panel({
      messages: () => this.messages?.newestFirst() ?? [],
      acted: () => this.drawers.closeAll(),
      notice: (shown) => notice.show(shown),
      toast,
    });
    this.composer = new Composer({
      refresh: () => this.readCommands(),
      send: (content, files) => this.send(content, files),
      run: (command, options) => this.acts.run(command, options),
      complete: (command, options, focused) => this.acts.complete(command, options, focused),
    });
    byId("person").addEventListener("change", (event) => this.become(event.target.value));
    byId("older").addEventListener("click", () => this.loadOlder());
    listenToMessageLinks((channel, message) => this.show(channel, message));
    greet({
      "try-deal": () => byId("list-deal").click(),
      "try-command": () => this.composer.start("deals latest"),
      "try-outage": () => byId("break-alt").click(),
    });
  }

  /** @param {string} person */
  async become(person) {
    this.stream?.close();
    this.attempts += 1;
    const attempt = this.attempts;
    try {
      const state = await api.fetchState(person).catch(() => api.fetchState(FIRST_PERSON));
      this.directory = new Directory(state);
      this.commands = await api.fetchCommands(state.me.id, state.guilds[0]?.id ?? "");
    } catch (error) {
      showLost(error.message);
      window.setTimeout(() => attempt === this.attempts && this.become(person), RETRY_MS);
      return;
    }
    if (attempt !== this.attempts) return;
    localStorage.setItem(PERSON, this.directory.me.id);
    this.unread = new Unread(this.directory.me.id);
    renderIdentity(this.directory);
    this.showChannels();
    showPresence(this.directory.state.bot);
    await this.openRemembered();
    this.panel.refresh();
    this.follow();
  }

  showChannels() {
    renderChannels(this.directory, this.unread, (channel) => this.open(channel));
    markCurrent(this.channel?.id ?? "");
  }

  follow() {
    this.stream?.close();
    this.stream = new Stream(this.directory.me.id, {
      event: (name, payload) => this.happened(name, payload),
      connected: () => this.catchUp(),
      lost: () => showLost("Reconnecting to the simulator…"),
    });
  }

  /** Whatever happened while nobody listened is read anew; what a person was typing stays. */
  async catchUp() {
    await this.readState();
    await this.readCommands();
    if (this.channel !== undefined) await this.load(this.channel);
  }

  async readState() {
    const { directory, presences } = this;
    const state = await api.fetchState(directory.me.id).catch(() => null);
    if (state === null || directory !== this.directory) return;
    if (presences !== this.presences) state.bot.online = directory.state.bot.online;
    directory.state = state;
    this.showChannels();
    showPresence(this.directory.state.bot);
  }

  async openRemembered() {
    const channel = chooseChannel(this.directory, localStorage.getItem(CHANNEL));
    if (channel !== undefined) await this.open(channel);
  }

  /** @param {Channel} channel */
  async open(channel) {
    if (channel.id === "") return this.openPrivate();
    const title = channelTitle(channel);
    this.channel = channel;
    localStorage.setItem(CHANNEL, channel.id);
    byId("channel-name").textContent = title;
    byId("channel-topic").textContent =
      channel.type === PRIVATE ? "You and the bot alone" : (channel.topic ?? "");
    byId("log").setAttribute("aria-label", `Messages in ${title}`);
    document.title = `${title} · Cards Cartel demo`;
    markCurrent(channel.id);
    this.drawers.closeAll();
    this.composer.enter(this.directory, channel, this.commands);
    this.messages = new MessageList(byId("messages"), this.directory, {
      use: (message, component, values) => this.acts.use(message, component, values),
      openMenu: (message, anchor) => this.acts.openMenu(message, anchor),
      dismiss: (id) => this.dismiss(id),
    });
    await Promise.all([this.load(channel), this.readCommands()]);
    this.follower.toEnd();
  }

  /** The first words between a person and the bot need a place first. */
  async openPrivate() {
    try {
      await api.openPrivate(this.directory.me.id);
    } catch (error) {
      toast(error.message);
      return;
    }
    await this.readState();
    const channel = this.directory.privateChannel();
    if (channel.id !== "") await this.open(channel);
  }

  /** @param {Channel} channel */
  async load(channel) {
    const touched = new Set();
    this.touched = touched;
    const messages = await this.fetch(channel);
    if (this.channel !== channel) return;
    this.messages.replaceAll(this.wanted(messages), touched);
    byId("older").hidden = messages.length < api.HISTORY_LIMIT;
    this.changed();
  }

  /** The messages before the oldest shown; what one is reading stays where it is. */
  async loadOlder() {
    const { channel, messages } = this;
    const button = byId("older");
    if (button.hidden || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const older = await this.fetch(channel, messages.oldest());
    button.removeAttribute("aria-busy");
    if (this.messages !== messages) return;
    if (document.activeElement === button) byId("log").focus({ preventScroll: true });
    button.hidden = older.length < api.HISTORY_LIMIT || messages.isFull;
    this.follower.keepPlace(() => messages.putOlder(this.wanted(older)));
  }

  /** @param {Channel} channel @param {string} [before] @returns {Promise<Message[]>} none when it failed, with a notice */
  fetch(channel, before) {
    return api.fetchMessages(this.directory.me.id, channel.id, before).catch((error) => {
      toast(error.message);
      return [];
    });
  }

  wanted(messages) {
    return messages.filter((message) => !this.dismissed.has(message.id));
  }

  /** Bring one message before the reader's eyes. @param {string} channelId @param {string} messageId */
  async show(channelId, messageId) {
    const channel = this.directory.openable(channelId);
    if (channel === undefined) toast(`${this.directory.me.name} may not see that channel.`);
    else if (this.channel.id !== channelId) await this.open(channel);
    if (channel !== undefined && messageId && !this.messages.pointAt(messageId))
      toast("That message is not loaded here.");
  }

  changed() {
    const empty = byId("empty");
    empty.hidden = this.messages.known.size > 0;
    empty.textContent =
      this.channel.type === PRIVATE
        ? "Nothing here yet. Type / to see what the bot can do in private."
        : `Nothing has been posted in ${channelTitle(this.channel)} yet.`;
    this.unread.saw(this.channel.id, this.messages.newestFirst()[0]?.id);
    this.panel.messagesChanged();
  }

  /** Something arrived on the stream. */
  happened(name, payload) {
    if (name === "presence") {
      this.presenceChanged(payload.online);
    } else if (payload.channel_id !== this.channel?.id) {
      if (name === "message_create") this.happenedElsewhere(payload.channel_id);
    } else {
      this.touched.add(payload.id);
      if (name === "message_delete") this.forget(payload.id);
      else if (!this.dismissed.has(payload.id)) this.put(payload);
    }
  }

  /** @param {boolean} isOnline */
  presenceChanged(isOnline) {
    const { bot } = this.directory.state;
    this.presences += 1;
    if (bot.online !== isOnline)
      toast(isOnline ? `${bot.name} is online now.` : `${bot.name} went offline.`);
    bot.online = isOnline;
    showPresence(this.directory.state.bot);
    if (isOnline) this.readCommands();
  }

  /** @param {string} channelId perhaps a private channel that the bot has just opened */
  async happenedElsewhere(channelId) {
    if (this.directory.openable(channelId) === undefined) await this.readState();
    markUnread(channelId);
  }

  /** @param {string} id */
  forget(id) {
    this.messages.remove(id);
    this.changed();
  }

  /** @param {Message} message */
  put(message) {
    const hasCome = this.messages.put(message);
    this.changed();
    const shown = this.messages.item(message.id)?.querySelector(".message");
    if (hasCome && isEphemeral(message) && shown) this.follower.reveal(shown);
    else if (hasCome) this.follower.announceNew();
  }

  /** A bot that came back may have registered other commands; in private there are fewer. */
  async readCommands() {
    const { directory, channel } = this;
    const guild = directory.guildOf(channel?.id ?? "");
    const commands = await api.fetchCommands(directory.me.id, guild).catch(() => this.commands);
    if (this.directory !== directory || this.channel !== channel) return;
    this.commands = commands;
    this.composer.learn(commands);
  }

  /** @param {string} content @param {File[]} files */
  async send(content, files) {
    try {
      await api.sendMessage({ person: this.directory.me.id, channel: this.channel.id, content }, files);
    } catch (error) {
      return error.message;
    }
    this.follower.toEnd();
    return null;
  }

  /** @param {string} id */
  dismiss(id) {
    this.dismissed.add(id);
    sessionStorage.setItem(DISMISSED, JSON.stringify([...this.dismissed].slice(-200)));
    this.forget(id);
    byId("composer-text").focus();
  }
}

keepTimesFresh();
warnOfOutsideLinks();
new App().become(localStorage.getItem(PERSON) ?? FIRST_PERSON);
