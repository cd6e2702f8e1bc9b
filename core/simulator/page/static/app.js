/** Joins the parts of the page: who reads, which channel is open, what arrives and what a person does. */

import * as api from "./api.js";
import { chooseChannel, markCurrent, markUnread, renderChannels, renderIdentity } from "./channels.js";
import { Drawers, Follower, greet, toast } from "./chrome.js";
import { Composer } from "./composer.js";
import { Directory } from "./directory.js";
import { byId } from "./dom.js";
import { openMenu } from "./menu.js";
import { isEphemeral, MessageList } from "./messages.js";
import { openModal } from "./modal.js";
import { Panel } from "./panel.js";
import { Stream } from "./stream.js";
import { keepTimesFresh } from "./time.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Channel} Channel
 */

const RETRY_MS = 1_000;
/** Ada, who runs the demo server; the population of the look-alike is fixed. */
const FIRST_PERSON = "1100000000000000011";
const FAILED = "This interaction failed";
const USER_COMMAND = 2;
const MESSAGE_COMMAND = 3;
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
    this.drawers = new Drawers();
    this.follower = new Follower();
    this.panel = new Panel({ messages: () => this.messages?.newestFirst() ?? [], toast });
    this.composer = new Composer({
      refresh: () => this.readCommands(),
      send: (content) => this.send(content),
      run: (command, options) => this.interact({ type: "command", name: command.path, options }),
      complete: (command, options, focused) => this.complete(command, options, focused),
    });
    byId("person").addEventListener("change", (event) => this.become(event.target.value));
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
      this.showStatus("lost", error.message);
      window.setTimeout(() => attempt === this.attempts && this.become(person), RETRY_MS);
      return;
    }
    if (attempt !== this.attempts) return;
    localStorage.setItem(PERSON, this.directory.me.id);
    renderIdentity(this.directory);
    renderChannels(this.directory.state, (channel) => this.open(channel));
    this.showPresence();
    await this.openRemembered();
    this.panel.refresh();
    this.follow();
  }

  follow() {
    this.stream?.close();
    this.stream = new Stream(this.directory.me.id, {
      event: (name, payload) => this.happened(name, payload),
      connected: () => this.catchUp(),
      lost: () => this.showStatus("lost", "Reconnecting to the simulator…"),
    });
  }

  /** Whatever happened while nobody listened is read anew; what a person was typing stays. */
  async catchUp() {
    const { directory, channel } = this;
    const state = await api.fetchState(directory.me.id).catch(() => null);
    if (state === null || directory !== this.directory) return;
    directory.state = state;
    this.showPresence();
    await this.readCommands();
    if (channel !== undefined) await this.load(channel);
  }

  async openRemembered() {
    const channel = chooseChannel(this.directory.state, localStorage.getItem(CHANNEL));
    if (channel !== undefined) await this.open(channel);
  }

  /** @param {Channel} channel */
  async open(channel) {
    this.channel = channel;
    localStorage.setItem(CHANNEL, channel.id);
    byId("channel-name").textContent = `#${channel.name}`;
    byId("channel-topic").textContent = channel.topic ?? "";
    byId("log").setAttribute("aria-label", `Messages in #${channel.name}`);
    markCurrent(channel.id);
    this.drawers.closeAll();
    this.composer.enter(this.directory, channel, this.commands);
    this.messages = new MessageList(byId("messages"), this.directory, {
      use: (message, component, values) => this.use(message, component, values),
      openMenu: (message, anchor) => this.openMenu(message, anchor),
      dismiss: (id) => this.dismiss(id),
    });
    await this.load(channel);
    this.follower.toEnd();
  }

  /** @param {Channel} channel */
  async load(channel) {
    const touched = new Set();
    this.touched = touched;
    const messages = await api.fetchMessages(this.directory.me.id, channel.id).catch((error) => {
      toast(error.message);
      return [];
    });
    if (this.channel !== channel) return;
    const shown = messages.filter((message) => !this.dismissed.has(message.id));
    this.messages.replaceAll(shown, touched);
    this.changed();
  }

  changed() {
    const empty = byId("empty");
    empty.hidden = this.messages.known.size > 0;
    empty.textContent = `Nothing has been posted in #${this.channel.name} yet.`;
    this.panel.messagesChanged();
  }

  /** Something arrived on the stream. */
  happened(name, payload) {
    if (name === "presence") {
      this.directory.state.bot.online = payload.online;
      this.showPresence();
      if (payload.online) this.readCommands();
    } else if (payload.channel_id !== this.channel?.id) {
      if (name === "message_create") markUnread(payload.channel_id);
    } else {
      this.touched.add(payload.id);
      if (name === "message_delete") this.forget(payload.id);
      else if (!this.dismissed.has(payload.id)) this.show(payload);
    }
  }

  /** @param {string} id */
  forget(id) {
    this.messages.remove(id);
    this.changed();
  }

  /** @param {Message} message */
  show(message) {
    const isNew = !this.messages.known.has(message.id);
    this.messages.put(message);
    this.changed();
    if (isNew && isEphemeral(message)) this.messages.item(message.id)?.scrollIntoView({ block: "nearest" });
    else if (isNew) this.follower.announceNew();
  }

  /** A bot that came back may have registered other commands. */
  async readCommands() {
    const { me, state } = this.directory;
    this.commands = await api.fetchCommands(me.id, state.guilds[0]?.id ?? "").catch(() => this.commands);
    this.composer.learn(this.commands);
  }

  /**
   * Do something to the bot. Messages of its answer come by the stream, where they cannot overtake each other.
   *
   * @returns {Promise<string | null>} a sentence when it failed
   */
  async interact(interaction) {
    const answer = await this.ask(interaction);
    if (answer.state === "failed") return answer.error ?? FAILED;
    if (answer.modal) this.openModal(answer.modal);
    return null;
  }

  /** @returns {Promise<import("./types.js").Answer>} a failed answer when the simulator refused the question */
  async ask(interaction) {
    const question = { person: this.directory.me.id, channel: this.channel.id, ...interaction };
    return api.interact(question).catch((error) => {
      if (!(error instanceof api.ApiError)) throw error;
      return { id: "", state: "failed", message: null, modal: null, choices: null, error: error.message };
    });
  }

  use(message, component, values) {
    return this.interact({ type: "component", message: message.id, custom_id: component.custom_id, values });
  }

  openModal(modal) {
    const submit = (fields) => this.interact({ type: "modal", custom_id: modal.custom_id, fields });
    openModal(byId("modal"), modal, this.directory, submit);
  }

  async complete(command, options, focused) {
    const answer = await this.ask({ type: "autocomplete", name: command.path, options, focused });
    return answer.choices ?? [];
  }

  openMenu(message, anchor) {
    const offer = (type, target, words) =>
      this.commands
        .filter((command) => command.type === (type === "user_command" ? USER_COMMAND : MESSAGE_COMMAND))
        .map((command) => ({
          label: command.name + words,
          run: () => this.runFromMenu(type, command, target),
        }));
    const author = ` (${this.directory.displayName(message.author)})`;
    openMenu(byId("menu"), anchor, [
      ...offer("message_command", message.id, ""),
      ...offer("user_command", message.author.id, author),
    ]);
  }

  async runFromMenu(type, command, target) {
    const failure = await this.interact({ type, name: command.name, command_id: command.id, target });
    if (failure !== null) toast(failure);
  }

  async send(content) {
    try {
      await api.sendMessage({ person: this.directory.me.id, channel: this.channel.id, content });
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
  }

  showPresence() {
    const { bot } = this.directory.state;
    if (bot.online) this.showStatus("online", `${bot.name} is online`);
    else this.showStatus("offline", `${bot.name} is offline`);
  }

  /** @param {"online" | "offline" | "lost"} kind @param {string} sentence */
  showStatus(kind, sentence) {
    const status = byId("status");
    status.dataset.kind = kind;
    status.textContent = sentence;
  }
}

keepTimesFresh();
new App().become(localStorage.getItem(PERSON) ?? FIRST_PERSON);
