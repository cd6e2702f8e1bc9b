/** Inputs for the options of a slash command, each with the value that the bot will be given. */

import { el } from "./dom.js";

/**
 * @typedef {import("./types.js").CommandOption} CommandOption
 * @typedef {import("./types.js").Choice} Choice
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {string | number | boolean | {filename: string, content: string} | undefined} Value a file is in base64
 * @typedef {{option: CommandOption, control: HTMLInputElement | HTMLSelectElement, label: HTMLLabelElement,
 *   read: () => Value, ready: () => Promise<void>}} OptionInput `ready`: what was chosen has been read
 */

const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const MENTIONABLE = 9;
const NUMBER = 10;
const ATTACHMENT = 11;
const KINDS = {
  3: "text",
  4: "whole number",
  5: "yes or no",
  6: "person",
  7: "channel",
  8: "role",
  9: "person or role",
  10: "number",
  11: "file",
};

/** @param {CommandOption} option @param {Directory} directory @returns {OptionInput} */
export function optionInput(option, directory) {
  const choices = offeredChoices(option, directory);
  const control = choices === null ? typedControl(option) : choiceControl(option, choices);
  const mark = option.required ? el("span", { class: "required", title: "required" }, "*") : null;
  const label = el(
    "label",
    { class: "command-option" },
    el("span", { class: "command-option-name" }, option.name, mark),
    control,
  );
  if (option.type === ATTACHMENT) return { option, control, label, ...fileReader(control) };
  return { option, control, label, read: () => readValue(option, control, choices), ready: async () => {} };
}

/** @param {CommandOption} option @returns {string} what to type, in one line */
export function optionHint(option) {
  const kind = option.choices?.length ? "choice" : KINDS[option.type];
  const bounds = [
    option.min_value !== undefined && `from ${option.min_value}`,
    option.max_value !== undefined && `up to ${option.max_value}`,
    option.required ? "required" : "optional",
  ].filter(Boolean);
  return `${option.name}: ${option.description} (${kind}, ${bounds.join(", ")})`;
}

/**
 * Remember that a typed text stands for a suggested choice.
 *
 * @param {OptionInput} input
 * @param {Choice} choice
 */
export function takeChoice(input, choice) {
  input.control.value = choice.name;
  picked.set(input.control, choice);
}

/** @type {WeakMap<HTMLElement, Choice>} */
const picked = new WeakMap();

/** @returns {Choice[] | null} null when the value is typed freely */
function offeredChoices(option, directory) {
  const named = (things, mark) => things.map((thing) => ({ name: mark + thing.name, value: thing.id }));
  const allowed = option.channel_types ?? [];
  const isOffered = (channel) => channel.can_view && (allowed.length === 0 || allowed.includes(channel.type));
  if (option.choices?.length) return option.choices;
  if (option.type === BOOLEAN)
    return [
      { name: "yes", value: "true" },
      { name: "no", value: "false" },
    ];
  if (option.type === USER) return named(directory.users(), "@");
  if (option.type === CHANNEL) return named(directory.channels().filter(isOffered), "#");
  if (option.type === ROLE) return named(directory.roles(), "@");
  if (option.type === MENTIONABLE)
    return [...named(directory.users(), "@"), ...named(directory.roles(), "@")];
  return null;
}

function choiceControl(option, choices) {
  return el(
    "select",
    { name: option.name, required: option.required === true },
    el("option", { value: "" }, option.required ? "choose…" : "–"),
    choices.map((choice) => el("option", { value: choice.value }, choice.name)),
  );
}

function typedControl(option) {
  const isNumber = (option.type === INTEGER || option.type === NUMBER) && !option.autocomplete;
  const limits = isNumber
    ? {
        type: "number",
        min: option.min_value,
        max: option.max_value,
        step: option.type === INTEGER ? 1 : "any",
      }
    : { type: option.type === ATTACHMENT ? "file" : "text", minlength: option.min_length, maxlength: option.max_length };
  return el("input", {
    ...limits,
    name: option.name,
    required: option.required === true,
    placeholder: KINDS[option.type],
    autocomplete: "off",
    role: option.autocomplete ? "combobox" : null,
    "aria-autocomplete": option.autocomplete ? "list" : null,
    "aria-expanded": option.autocomplete ? "false" : null,
  });
}

/** @param {HTMLInputElement} control @returns {{read: () => Value, ready: () => Promise<void>}} */
function fileReader(control) {
  /** @type {Value} */
  let value;
  const ready = async () => {
    const file = control.files?.[0];
    value = file && { filename: file.name, content: await base64(file) };
  };
  return { read: () => value, ready };
}

/** @param {File} file @returns {Promise<string>} */
function base64(file) {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.addEventListener("load", () => resolve(String(reader.result).split(",")[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

/** @returns {Value} undefined when nothing was entered */
function readValue(option, control, choices) {
  const typed = control.value;
  if (typed === "") return undefined;
  if (option.type === BOOLEAN) return typed === "true";
  const choice = picked.get(control);
  const value = choice !== undefined && choice.name === typed ? choice.value : typed;
  const isNumber = option.type === INTEGER || option.type === NUMBER;
  if (isNumber && value !== "" && !Number.isNaN(Number(value))) return Number(value);
  return choices?.find((each) => String(each.value) === typed)?.value ?? value;
}
