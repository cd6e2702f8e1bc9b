/** The messages of one channel: kept in order, updated in place, answers for one person under what they answer. */

import { renderComponents } from "./components.js";
import { el } from "./dom.js";
import { renderAttachments, renderEmbeds } from "./embeds.js";
import { renderMarkdown } from "./markdown.js";
import { compareIds } from "./snowflakes.js";
import { messageTime } from "./time.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Component} Component
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {{use: (message: Message, component: Component, values: string[]) => Promise<string | null>,
 *   openMenu: (message: Message, anchor: HTMLElement) => void, dismiss: (id: string) => void}} Handlers
 */

const EPHEMERAL = 64;
const LOADING = 128;
const SHOWN_MAX = 200;
const SHOWN_WITH_OLDER_MAX = 1_000;

export class MessageList {
  /**
   * @param {HTMLElement} list
   * @param {Directory} directory
   * @param {Handlers} handlers
   */
  constructor(list, directory, handlers) {
    this.list = list;
    this.directory = directory;
    this.handlers = handlers;
    /** @type {Map<string, Message>} */
    this.known = new Map();
    this.max = SHOWN_MAX;
    list.replaceChildren();
  }

  /** @returns {Message[]} newest first */
  newestFirst() {
    return [...this.known.values()].sort((one, other) => compareIds(other.id, one.id));
  }

  get isFull() {
    return this.max >= SHOWN_WITH_OLDER_MAX;
  }

  /** @returns {string} the id of the oldest message, "" when there is none */
  oldest() {
    return this.newestFirst().at(-1)?.id ?? "";
  }

  /**
   * @param {Message[]} messages the newest that the channel holds; what is not among them goes away, unless older
   * @param {Set<string>} except messages to leave as they are
   */
  replaceAll(messages, except) {
    const present = new Set([...except, ...messages.map((message) => message.id)]);
    const oldest = messages[0]?.id ?? "";
    for (const id of [...this.known.keys()])
      if (!present.has(id) && compareIds(id, oldest) >= 0) this.remove(id);
    for (const message of messages) if (!except.has(message.id)) this.put(message);
  }

  /** @param {Message[]} messages older than all before; they make room for themselves, within limits */
  putOlder(messages) {
    this.max = Math.min(this.max + messages.length, SHOWN_WITH_OLDER_MAX);
    for (const message of messages) this.put(message);
  }

  /** Scroll to a message and let it stand out for a moment. @param {string} id @returns {boolean} whether it is here */
  pointAt(id) {
    const item = this.item(id);
    item?.scrollIntoView({ block: "center" });
    const shown = item?.querySelector(".message");
    shown?.classList.add("pointed-at");
    shown?.addEventListener("animationend", () => shown.classList.remove("pointed-at"), { once: true });
    return item !== null;
  }

  /**
   * Add a message or bring it up to date.
   *
   * @param {Message} message
   * @returns {boolean} whether there is something to read that was not there before: it is new, or was awaited
   */
  put(message) {
    const [existing, before] = [this.item(message.id), this.known.get(message.id)];
    if (existing !== null && JSON.stringify(before) === JSON.stringify(message)) return false;
    this.known.set(message.id, message);
    if (existing === null) this.insert(message);
    else this.refresh(existing, message);
    this.trim();
    return before === undefined || (isAwaited(before) && !isAwaited(message));
  }

  /** @param {string} id */
  remove(id) {
    this.known.delete(id);
    this.item(id)?.remove();
  }

  /** @param {string} id @returns {HTMLElement | null} */
  item(id) {
    return this.list.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  /** @param {Message} message */
  insert(message) {
    const item = el("li", { class: "message-item", "data-message": message.id });
    const replies = el("ol", { class: "replies", "aria-label": "Answers only you can see" });
    item.append(this.render(message), replies);
    const source = isEphemeral(message) ? sourceOf(message) : null;
    const parent = source === null ? null : this.item(source)?.closest(".messages > li");
    const siblings = parent?.querySelector(".replies") ?? this.list;
    const after = Array.from(siblings.children).find((each) => compareIds(idOf(each), message.id) > 0);
    siblings.insertBefore(item, after ?? null);
  }

  /** Replace what is shown; a button that had the focus keeps it. */
  refresh(item, message) {
    const shown = item.querySelector(":scope > .message");
    const focused = shown.contains(document.activeElement)
      ? document.activeElement?.closest("[data-custom-id]")?.getAttribute("data-custom-id")
      : null;
    const fresh = this.render(message);
    shown.replaceWith(fresh);
    if (!focused) return;
    const again = fresh.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`);
    (again?.querySelector("summary") ?? again)?.focus();
  }

  trim() {
    while (this.known.size > this.max && this.list.firstElementChild !== null) {
      const oldest = this.list.firstElementChild;
      for (const each of [oldest, ...oldest.querySelectorAll("[data-message]")])
        this.known.delete(idOf(each));
      oldest.remove();
    }
  }

  /** @param {Message} message @returns {HTMLElement} */
  render(message) {
    const name = this.directory.displayName(message.author);
    const classes = ["message"];
    if (isEphemeral(message)) classes.push("ephemeral");
    if (this.directory.callsMe(message)) classes.push("calls-me");
    return el(
      "article",
      { class: classes.join(" "), "aria-label": `Message from ${name}` },
      this.directory.avatar(message.author.id, name),
      el(
        "div",
        { class: "message-body" },
        this.context(message),
        this.header(message, name),
        ...this.body(message),
      ),
    );
  }

  /** One line above the message that says what it answers. */
  context(message) {
    const command = message.interaction;
    if (command?.name) {
      const who = el("bdi", {}, this.directory.displayName(command.user));
      return el(
        "p",
        { class: "context" },
        who,
        " used ",
        el("span", { class: "mention" }, `/${command.name}`),
      );
    }
    const quoted = message.referenced_message;
    if (!quoted || isEphemeral(message)) return null;
    const who = el("bdi", {}, this.directory.displayName(quoted.author));
    return el("p", { class: "context" }, "answers ", who, ": ", el("bdi", {}, quoted.content.slice(0, 80)));
  }

  header(message, name) {
    const openMenu = (event) => this.handlers.openMenu(message, event.currentTarget);
    const more = {
      type: "button",
      class: "icon-button more",
      "aria-label": `More about the message from ${name}`,
    };
    return el(
      "header",
      { class: "message-header" },
      el("bdi", { class: "author" }, name),
      message.author.bot
        ? el("span", { class: "badge" }, "bot")
        : el("span", { class: "role" }, this.directory.roleOf(message.author.id)),
      messageTime(message.timestamp),
      el("button", { ...more, "aria-haspopup": "menu", click: openMenu }, "⋯"),
    );
  }

  /** @returns {(Node | null)[]} */
  body(message) {
    if (isAwaited(message)) return [thinking(), ephemeralNote(message, this.handlers)];
    const problem = el("p", { class: "problem", role: "alert", hidden: true });
    const use = (component, values, control) => this.use(message, component, values, control, problem);
    return [
      this.content(message),
      ...renderEmbeds(message, this.directory),
      ...renderAttachments(message),
      ...renderComponents(message.components ?? [], this.directory, use),
      problem,
      ephemeralNote(message, this.handlers),
    ];
  }

  content(message) {
    if (!message.content) return null;
    const box = el(
      "div",
      { class: "markdown", dir: "auto" },
      renderMarkdown(message.content, this.directory),
    );
    const last = box.lastElementChild?.matches("p") ? box.lastElementChild : box;
    if (message.edited_timestamp) last.append(el("span", { class: "edited" }, " (edited)"));
    return box;
  }

  /** Send one press, with the control busy until the first answer. */
  async use(message, component, values, control, problem) {
    if (control.getAttribute("aria-busy") === "true") return;
    problem.hidden = true;
    control.setAttribute("aria-busy", "true");
    const failure = await this.handlers.use(message, component, values);
    control.removeAttribute("aria-busy");
    problem.hidden = failure === null;
    problem.textContent = failure ?? "";
  }
}

/** @param {Message} message */
export function isEphemeral(message) {
  return ((message.flags ?? 0) & EPHEMERAL) !== 0;
}

/** @param {Message} message @returns {boolean} whether the bot has only said that it is thinking */
function isAwaited(message) {
  return ((message.flags ?? 0) & LOADING) !== 0;
}

/** @param {Message} message @returns {string | null} the message whose button led to this one */
function sourceOf(message) {
  const metadata = message.interaction_metadata;
  const origin = metadata?.triggering_interaction_metadata ?? metadata;
  return origin?.interacted_message_id ?? message.message_reference?.message_id ?? null;
}

/** @param {Element} item */
function idOf(item) {
  return item.getAttribute("data-message") ?? "";
}

function thinking() {
  return el("p", { class: "thinking" }, "is thinking", el("span", { class: "dots", "aria-hidden": "true" }));
}

/** @param {Message} message @param {Handlers} handlers */
function ephemeralNote(message, handlers) {
  if (!isEphemeral(message)) return null;
  const dismiss = { type: "button", class: "link-button", click: () => handlers.dismiss(message.id) };
  return el("p", { class: "only-you" }, "Only you can see this · ", el("button", dismiss, "Dismiss"));
}
