/** The form of one chosen slash command: its options, their hints, suggestions while typing, and Run. */

import { el } from "./dom.js";
import { optionHint, optionInput, takeChoice } from "./options.js";

/**
 * @typedef {import("./commands.js").SlashCommand} SlashCommand
 * @typedef {import("./options.js").OptionInput} OptionInput
 * @typedef {import("./suggestions.js").Suggestions} Suggestions
 * @typedef {import("./composer.js").Composer} Composer
 * @typedef {import("./directory.js").Directory} Directory
 */

const COMPLETE_AFTER_MS = 120;

export class CommandForm {
  /** @param {HTMLFormElement} form @param {Suggestions} suggestions @param {Composer} composer */
  constructor(form, suggestions, composer) {
    this.form = form;
    this.suggestions = suggestions;
    this.composer = composer;
    /** @type {OptionInput[]} */
    this.inputs = [];
    this.asked = 0;
    this.timer = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    form.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {SlashCommand} command @param {Directory} directory */
  open(command, directory) {
    this.command = command;
    this.inputs = command.options.map((option) => optionInput(option, directory));
    for (const input of this.inputs) this.listen(input);
    this.hint = el("p", { class: "command-hint" }, command.description);
    const cancel = {
      type: "button",
      class: "icon-button",
      "aria-label": "Leave the command",
      click: () => this.leave(),
    };
    this.runButton = el("button", { type: "submit", class: "button primary" }, "Run");
    this.form.replaceChildren(
      el(
        "div",
        { class: "command-head" },
        el("strong", {}, `/${command.path}`),
        this.hint,
        el("button", cancel, "✕"),
      ),
      el("div", { class: "command-options" }, ...this.inputs.map((input) => input.label), this.runButton),
    );
    this.form.setAttribute("aria-label", `Command /${command.path}`);
    this.form.hidden = false;
    (this.inputs[0]?.control ?? this.runButton).focus();
  }

  close() {
    window.clearTimeout(this.timer);
    this.asked += 1;
    this.suggestions.hide();
    this.form.hidden = true;
    this.inputs = [];
    this.form.replaceChildren();
  }

  leave() {
    this.composer.leaveCommand();
    this.composer.text.focus();
  }

  /** Enter runs the command from a select too, where browsers would do nothing. @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.leave();
    if (event.key !== "Enter" || !(event.target instanceof HTMLSelectElement)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /** @param {OptionInput} input */
  listen(input) {
    const { control, option } = input;
    control.addEventListener("focus", () => {
      this.hint.textContent = optionHint(option);
    });
    if (!option.autocomplete) return;
    const ask = () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.complete(input), COMPLETE_AFTER_MS);
    };
    control.addEventListener("focus", ask);
    control.addEventListener("input", ask);
    control.addEventListener("blur", () => this.suggestions.hide());
    control.addEventListener("keydown", (event) => this.suggestions.handleKey(event));
  }

  /** Only the answer to the latest question counts, and only while its input has the focus. */
  async complete(input) {
    this.asked += 1;
    const question = this.asked;
    const typed = { [input.option.name]: input.control.value };
    const choices = await this.composer.handlers.complete(
      this.command,
      { ...this.values(), ...typed },
      input.option.name,
    );
    if (question !== this.asked || document.activeElement !== input.control) return;
    const items = choices.map((choice) => ({ label: choice.name, value: choice }));
    this.suggestions.show(input.control, items, (item) => takeChoice(input, item.value));
  }

  /** @returns {Record<string, import("./options.js").Value>} what was filled in */
  values() {
    const filled = this.inputs.map((input) => [input.option.name, input.read()]);
    return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
  }

  async run() {
    if (this.runButton.getAttribute("aria-busy") === "true") return;
    this.runButton.setAttribute("aria-busy", "true");
    this.composer.say(null);
    await Promise.all(this.inputs.map((input) => input.ready()));
    const failure = await this.composer.handlers.run(this.command, this.values());
    this.runButton.removeAttribute("aria-busy");
    if (failure === null) this.leave();
    else this.composer.say(failure);
  }
}
