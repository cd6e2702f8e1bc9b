/** Where a person writes: plain messages, and slash commands with their options. */

import { Attachments } from "./attachments.js";
import { CommandForm } from "./commandform.js";
import { matchCommands, slashCommands } from "./commands.js";
import { channelTitle, PRIVATE } from "./directory.js";
import { byId } from "./dom.js";
import { namesFor, withMentions } from "./mentions.js";
import { Suggestions } from "./suggestions.js";

/**
 * @typedef {import("./types.js").Channel} Channel
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Choice} Choice
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {import("./commands.js").SlashCommand} SlashCommand
 * @typedef {Record<string, import("./options.js").Value>} Options
 * @typedef {{refresh: () => Promise<void>, send: (content: string, files: File[]) => Promise<string | null>,
 *   run: (command: SlashCommand, options: Options) => Promise<string | null>,
 *   complete: (command: SlashCommand, options: Options, focused: string) => Promise<Choice[]>}} Handlers
 *   `send` and `run` resolve with a sentence when they failed, else null; `refresh` leads to `learn`.
 */

export class Composer {
  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.text = byId("composer-text");
    this.form = byId("text-form");
    this.error = byId("composer-error");
    this.attachments = new Attachments();
    this.suggestions = new Suggestions(byId("suggestions"));
    this.commandForm = new CommandForm(byId("command-form"), this.suggestions, this);
    /** @type {SlashCommand[]} */
    this.commands = [];
    /** @type {Directory | null} */
    this.directory = null;
    /** @type {Channel | null} */
    this.channel = null;
    this.listen();
  }

  listen() {
    this.text.setAttribute("role", "combobox");
    this.text.setAttribute("aria-autocomplete", "list");
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("blur", () => this.suggestions.hide());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** @param {Directory} directory @param {Channel} channel @param {Command[]} commands */
  enter(directory, channel, commands) {
    this.directory = directory;
    this.channel = channel;
    this.text.disabled = false;
    this.learn(commands);
    this.text.placeholder = placeholder(channel);
    this.attachments.allow(channel.can_send);
    this.leaveCommand();
  }

  /** @param {Command[]} commands what the bot has registered by now */
  learn(commands) {
    this.commands = slashCommands(commands);
    if (this.text.value.startsWith("/")) this.suggest();
  }

  /** Start a command as if it had been typed and chosen. @param {string} path */
  async start(path) {
    await this.handlers.refresh();
    const command = this.commands.find((each) => each.path === path);
    if (command === undefined) this.say(`The bot has not registered /${path} yet.`);
    else this.choose(command);
  }

  typed() {
    this.say(null);
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
    if (this.text.value === "/") this.handlers.refresh();
    if (this.text.value.startsWith("/")) this.suggest();
    else this.suggestNames();
  }

  suggestNames() {
    const { value, selectionStart } = this.text;
    const names = this.directory === null ? [] : namesFor(this.directory, value.slice(0, selectionStart));
    const items = names.map((named) => ({ label: named.name, value: named }));
    this.suggestions.show(this.text, items, ({ value: { name, typed } }) => {
      const caret = this.text.selectionStart;
      this.text.setRangeText(`${name} `, caret - typed, caret, "end");
    });
  }

  suggest() {
    const items = matchCommands(this.commands, this.text.value).map((command) => ({
      label: `/${command.path}`,
      detail: command.description,
      value: command,
    }));
    this.suggestions.show(this.text, items, (item) => this.choose(item.value));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.suggestions.handleKey(event) || event.isComposing) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.submit();
  }

  /** @param {SlashCommand} command */
  choose(command) {
    this.say(null);
    this.text.value = "";
    this.form.hidden = true;
    this.commandForm.open(command, this.directory);
  }

  leaveCommand() {
    this.commandForm.close();
    this.form.hidden = false;
    this.say(null);
  }

  /** @param {string | null} sentence */
  say(sentence) {
    this.error.hidden = sentence === null;
    this.error.textContent = sentence ?? "";
  }

  async submit() {
    const content = this.text.value.trim();
    if (content === "" && this.attachments.files.length === 0) return;
    if (content.startsWith("/")) this.say(`There is no command ${content.split(/\s/)[0]} here.`);
    else if (!this.channel?.can_send) this.say("You may not write here. Commands work: type /");
    else await this.send(content);
  }

  async send(content) {
    const failure = await this.handlers.send(withMentions(this.directory, content), this.attachments.files);
    this.say(failure);
    if (failure !== null) return;
    this.attachments.clear();
    this.text.value = "";
    this.typed();
  }
}

/** @param {Channel} channel @returns {string} what may be written there; the bot reads commands alone */
function placeholder(channel) {
  if (channel.type === PRIVATE) return "Type / to see what the bot can do here";
  const title = channelTitle(channel);
  return channel.can_send
    ? `Message ${title} or type /`
    : `You may not write in ${title}, but / commands work`;
}
