/** A form that the bot opens as its answer: a native dialog with the bot's inputs. */

import { SELECT_TYPES, selectOptions } from "./components.js";
import { el, freshId } from "./dom.js";
import { renderMarkdown } from "./markdown.js";

/**
 * @typedef {import("./types.js").Modal} Modal
 * @typedef {import("./types.js").Component} Component
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {{customId: string, read: () => string | string[], block: HTMLElement}} Field
 */

const ACTION_ROW = 1;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const PARAGRAPH = 2;
const TEXT_LENGTH_MAX = 4000;

/**
 * @param {HTMLDialogElement} dialog
 * @param {Modal} modal
 * @param {Directory} directory
 * @param {(fields: Record<string, string | string[]>) => Promise<string | null>} submit resolves with a sentence
 *   when it failed (the dialog stays open and shows it), else null
 */
export function openModal(dialog, modal, directory, submit) {
  const parts = modal.components.flatMap((component) => modalParts(component, directory));
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const send = el("button", { type: "submit", class: "button primary" }, "Submit");
  const cancel = el(
    "button",
    { type: "button", class: "button secondary", click: () => dialog.close() },
    "Cancel",
  );
  const form = el(
    "form",
    {},
    parts.map((part) => part.block),
    problem,
    el("div", { class: "modal-actions" }, cancel, send),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    const failure = await submit(readFields(parts));
    send.disabled = false;
    problem.hidden = failure === null;
    problem.textContent = failure ?? "";
    if (failure === null) dialog.close();
  });
  const title = el("h2", { id: freshId("modal-title"), dir: "auto" }, modal.title);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.replaceChildren(title, form);
  dialog.showModal();
}

/** @param {Field[]} parts */
function readFields(parts) {
  const named = parts.filter((part) => part.customId !== "");
  return Object.fromEntries(named.map((part) => [part.customId, part.read()]));
}

/** @param {Component} component @param {Directory} directory @returns {Field[]} */
function modalParts(component, directory) {
  if (component.type === ACTION_ROW)
    return (component.components ?? []).flatMap((each) => modalParts(each, directory));
  if (component.type === TEXT_INPUT) return [textField(component, component.label ?? "", "")];
  if (component.type === TEXT_DISPLAY) {
    return [
      {
        customId: "",
        read: () => "",
        block: el("div", { class: "markdown" }, renderMarkdown(component.value ?? "", directory)),
      },
    ];
  }
  const inner = component.component;
  if (component.type !== LABEL || inner === undefined) return [];
  const label = component.label ?? "";
  if (inner.type === TEXT_INPUT) return [textField(inner, label, component.description ?? "")];
  return SELECT_TYPES.includes(inner.type)
    ? [selectField(inner, label, component.description ?? "", directory)]
    : [];
}

/** @param {Component} input @param {string} label @param {string} description @returns {Field} */
function textField(input, label, description) {
  const isLong = input.style === PARAGRAPH;
  const attributes = {
    id: freshId("field"),
    placeholder: input.placeholder,
    required: input.required !== false,
    minlength: input.min_length,
    maxlength: input.max_length ?? TEXT_LENGTH_MAX,
    autocomplete: "off",
    dir: "auto",
  };
  const control = isLong
    ? el("textarea", { ...attributes, rows: 4 })
    : el("input", { ...attributes, type: "text" });
  control.value = input.value ?? "";
  const block = fieldBlock(control, label, description, input.required !== false);
  return { customId: input.custom_id ?? "", read: () => control.value, block };
}

/** @returns {Field} */
function selectField(input, label, description, directory) {
  const isRequired = input.required !== false;
  const isMany = (input.max_values ?? 1) > 1;
  const options = selectOptions(input, directory).map((option) =>
    el("option", { value: option.value, selected: option.default === true }, option.label),
  );
  const blank = isMany ? null : el("option", { value: "" }, input.placeholder || "choose…");
  const control = el(
    "select",
    { id: freshId("field"), required: isRequired, multiple: isMany },
    blank,
    options,
  );
  const read = () => Array.from(control.selectedOptions, (option) => option.value).filter(Boolean);
  return {
    customId: input.custom_id ?? "",
    read,
    block: fieldBlock(control, label, description, isRequired),
  };
}

function fieldBlock(control, label, description, isRequired) {
  const mark = isRequired ? el("span", { class: "required", title: "required" }, "*") : null;
  const name = el("label", { for: control.id, dir: "auto" }, label, mark);
  return el(
    "div",
    { class: "modal-field" },
    name,
    description && el("p", { class: "modal-hint" }, description),
    control,
  );
}
