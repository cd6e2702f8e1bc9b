/** Buttons and selects under a message. */

import { append, el, freshId, outsideLink, safeUrl } from "./dom.js";

/**
 * @typedef {import("./types.js").Component} Component
 * @typedef {import("./types.js").SelectOption} SelectOption
 * @typedef {import("./types.js").Emoji} Emoji
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {(component: Component, values: string[], control: HTMLElement) => void} Use
 */

const BUTTON = 2;
const LINK_STYLE = 5;
const BUTTON_CLASSES = ["secondary", "primary", "secondary", "success", "danger"];
const OWN_OPTIONS_SELECT = 3;
const USER_SELECT = 5;
const ROLE_SELECT = 6;
const MENTIONABLE_SELECT = 7;
const CHANNEL_SELECT = 8;
export const SELECT_TYPES = [
  OWN_OPTIONS_SELECT,
  USER_SELECT,
  ROLE_SELECT,
  MENTIONABLE_SELECT,
  CHANNEL_SELECT,
];

/**
 * @param {Component[]} rows the action rows of a message
 * @param {Directory} directory
 * @param {Use} use called when a person pressed or chose something
 * @returns {HTMLElement[]}
 */
export function renderComponents(rows, directory, use) {
  return rows.map((row) =>
    el(
      "div",
      { class: "component-row" },
      (row.components ?? []).map((component) => renderComponent(component, directory, use)),
    ),
  );
}

function renderComponent(component, directory, use) {
  if (component.type === BUTTON) return renderButton(component, use);
  return SELECT_TYPES.includes(component.type) ? renderSelect(component, directory, use) : null;
}

/** @param {Component} component @param {Use} use */
function renderButton(component, use) {
  const label = [emojiNode(component.emoji), component.label && el("bdi", {}, component.label)];
  const url = component.style === LINK_STYLE ? safeUrl(component.url) : null;
  if (url !== null && !component.disabled) {
    const anchor = outsideLink(url, ...label, el("span", { class: "link-mark", "aria-hidden": "true" }, "↗"));
    anchor.className = "button link";
    return anchor;
  }
  const button = el("button", {
    type: "button",
    class: `button ${BUTTON_CLASSES[component.style ?? 2] ?? "secondary"}`,
    disabled: component.disabled === true || component.style === LINK_STYLE,
    "data-custom-id": component.custom_id,
    click: () => use(component, [], button),
  });
  append(button, ...label);
  return button;
}

/** @param {Component} component @param {Directory} directory @param {Use} use */
function renderSelect(component, directory, use) {
  const options = selectOptions(component, directory);
  const title = component.placeholder || "Choose…";
  if (component.disabled)
    return el("button", { type: "button", class: "button secondary select", disabled: true }, title);
  const isSingle = (component.max_values ?? 1) === 1;
  const chosen = options.filter((option) => option.default).map((option) => option.label);
  const summary = el(
    "summary",
    { class: "button secondary select" },
    el("bdi", {}, chosen.join(", ") || title),
  );
  const box = el("details", { class: "select-box", "data-custom-id": component.custom_id });
  const submit = (values) => {
    box.open = false;
    use(component, values, summary);
  };
  append(
    box,
    summary,
    isSingle ? singleChoice(options, title, submit) : manyChoice(options, component, title, submit),
  );
  box.addEventListener("keydown", (event) => moveBetweenOptions(event, box, summary));
  return box;
}

function singleChoice(options, title, submit) {
  const buttons = options.map((option) =>
    el(
      "button",
      {
        type: "button",
        class: "option",
        "aria-pressed": String(option.default === true),
        click: () => submit([option.value]),
      },
      optionLabel(option),
    ),
  );
  return el("div", { class: "options", role: "group", "aria-label": title }, buttons);
}

function manyChoice(options, component, title, submit) {
  const rows = options.map((option) => {
    const id = freshId("option");
    const check = el("input", {
      type: "checkbox",
      id,
      value: option.value,
      checked: option.default === true,
    });
    return el("label", { class: "option", for: id }, check, el("span", {}, optionLabel(option)));
  });
  const min = component.min_values ?? 1;
  const max = component.max_values ?? 1;
  const group = el("div", { class: "options", role: "group", "aria-label": title }, rows);
  const chosen = () => Array.from(group.querySelectorAll("input:checked"), (check) => check.value);
  const confirm = el(
    "button",
    { type: "button", class: "button primary", click: () => submit(chosen()) },
    "Confirm",
  );
  const update = () => {
    confirm.disabled = chosen().length < min || chosen().length > max;
  };
  group.addEventListener("change", update);
  update();
  append(group, el("p", { class: "options-note" }, `Choose ${min} to ${max}`), confirm);
  return group;
}

/** Arrow keys walk through an open select; Escape closes it. */
function moveBetweenOptions(event, box, summary) {
  if (!box.open) return;
  if (event.key === "Escape") {
    box.open = false;
    summary.focus();
    event.stopPropagation();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = /** @type {HTMLElement[]} */ (
    Array.from(box.querySelectorAll(".options button, .options input"))
  );
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  stops[(at + step + stops.length) % stops.length]?.focus();
  event.preventDefault();
}

/**
 * @param {Component} component
 * @param {Directory} directory
 * @returns {SelectOption[]} its own options, or the people, roles or channels that it offers
 */
export function selectOptions(component, directory) {
  const chosen = (component.default_values ?? []).map((value) => String(value.id));
  const named = (things, mark) =>
    things.map((thing) => ({
      label: `${mark}${thing.name}`,
      value: thing.id,
      default: chosen.includes(thing.id),
    }));
  const users = () => named(directory.users(), "@");
  const roles = () => named(directory.roles(), "@");
  const allowed = component.channel_types ?? [];
  const isOffered = (channel) => channel.can_view && (allowed.length === 0 || allowed.includes(channel.type));
  if (component.type === USER_SELECT) return users();
  if (component.type === ROLE_SELECT) return roles();
  if (component.type === MENTIONABLE_SELECT) return [...users(), ...roles()];
  if (component.type === CHANNEL_SELECT) return named(directory.channels().filter(isOffered), "#");
  return component.options ?? [];
}

/** @param {SelectOption} option */
function optionLabel(option) {
  const description =
    option.description && el("span", { class: "option-description", dir: "auto" }, option.description);
  return [
    el("span", { class: "option-label", dir: "auto" }, emojiNode(option.emoji), option.label),
    description,
  ];
}

/** @param {Emoji | undefined} emoji */
function emojiNode(emoji) {
  if (!emoji?.name) return null;
  return el("span", { class: "emoji", "aria-hidden": "true" }, emoji.id ? `:${emoji.name}:` : emoji.name);
}
