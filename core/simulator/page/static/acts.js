/** What a person does to the bot: commands, presses, forms, the menu of a message. */

import * as api from "./api.js";
import { byId } from "./dom.js";
import { openMenu } from "./menu.js";
import { openModal } from "./modal.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {{directory: Directory, channel: import("./types.js").Channel,
 *   commands: import("./types.js").Command[]}} Scene who acts, where, and what the bot offers there
 */

const FAILED = "This interaction failed";
const USER_COMMAND = 2;
const MESSAGE_COMMAND = 3;

export class Acts {
  /** @param {() => Scene} scene @param {(sentence: string) => void} toast */
  constructor(scene, toast) {
    this.scene = scene;
    this.toast = toast;
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

  /** @returns {Promise<Answer>} a failed answer when the simulator refused the question */
  async ask(interaction) {
    const { directory, channel } = this.scene();
    const question = { person: directory.me.id, channel: channel.id, ...interaction };
    return api.interact(question).catch((error) => {
      if (!(error instanceof api.ApiError)) throw error;
      return { id: "", state: "failed", message: null, modal: null, choices: null, error: error.message };
    });
  }

  run(command, options) {
    return this.interact({ type: "command", name: command.path, options });
  }

  use(message, component, values) {
    return this.interact({ type: "component", message: message.id, custom_id: component.custom_id, values });
  }

  openModal(modal) {
    const submit = (fields) => this.interact({ type: "modal", custom_id: modal.custom_id, fields });
    openModal(byId("modal"), modal, this.scene().directory, submit);
  }

  async complete(command, options, focused) {
    const answer = await this.ask({ type: "autocomplete", name: command.path, options, focused });
    return answer.choices ?? [];
  }

  /** @param {Message} message @param {HTMLElement} anchor */
  openMenu(message, anchor) {
    const author = ` (${this.scene().directory.displayName(message.author)})`;
    openMenu(byId("menu"), anchor, [
      ...this.offers(MESSAGE_COMMAND, "message_command", message.id, ""),
      ...this.offers(USER_COMMAND, "user_command", message.author.id, author),
      ...this.copies(message),
    ]);
  }

  offers(kind, type, target, words) {
    const offered = this.scene().commands.filter((command) => command.type === kind);
    return offered.map((command) => ({
      label: command.name + words,
      run: () => this.runFromMenu(type, command, target),
    }));
  }

  /** What every client offers, whatever the bot does. */
  copies(message) {
    const copy = async (text, sentence) => {
      await navigator.clipboard.writeText(text);
      this.toast(sentence);
    };
    const place = `${this.scene().directory.guildOf(message.channel_id) || "@me"}/${message.channel_id}`;
    const link = `https://discord.com/channels/${place}/${message.id}`;
    const ofLink = { label: "Copy message link", run: () => copy(link, "Link copied.") };
    const ofText = { label: "Copy text", run: () => copy(message.content, "Text copied.") };
    return message.content ? [ofText, ofLink] : [ofLink];
  }

  async runFromMenu(type, command, target) {
    const failure = await this.interact({ type, name: command.name, command_id: command.id, target });
    if (failure !== null) this.toast(failure);
  }
}
