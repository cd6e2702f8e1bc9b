/** What surrounds the chat: drawers on narrow screens, short notices, the greeting, following the newest message. */

import { byId, el } from "./dom.js";

const TOAST_MS = 5_000;
const READING_MS_A_LETTER = 90;
const NEAR_END_PX = 60;
const NEAR_TOP_PX = 80;
const GREETED = "greeted";

/** Side columns that slide in where there is no room for them. */
export class Drawers {
  constructor() {
    this.pairs = [
      { drawer: byId("sidebar"), button: byId("open-sidebar") },
      { drawer: byId("panel"), button: byId("open-panel") },
    ];
    for (const pair of this.pairs) {
      pair.button.addEventListener("click", () => this.toggle(pair, !pair.drawer.classList.contains("open")));
    }
    byId("backdrop").addEventListener("click", () => this.closeAll());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeAll();
    });
  }

  toggle({ drawer, button }, isOpen) {
    drawer.classList.toggle("open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
    byId("backdrop").hidden = !this.pairs.some((pair) => pair.drawer.classList.contains("open"));
    if (isOpen) drawer.querySelector("button:not(:disabled), select")?.focus();
    else if (drawer.contains(document.activeElement)) button.focus();
  }

  closeAll() {
    for (const pair of this.pairs) if (pair.drawer.classList.contains("open")) this.toggle(pair, false);
  }
}

/** Keeps the newest message in view as long as the reader is at the end. */
export class Follower {
  /** @param {() => void} reachedTop called when a reader scrolls up to the oldest message */
  constructor(reachedTop) {
    this.reachedTop = reachedTop;
    this.log = byId("log");
    this.jump = byId("jump");
    this.isAtEnd = true;
    this.top = 0;
    this.log.addEventListener("scroll", () => this.scrolled());
    this.jump.addEventListener("click", () => this.toEnd());
    this.log.addEventListener("keydown", (event) => event.key === "Escape" && byId("composer-text").focus());
    new ResizeObserver(() => this.settle()).observe(byId("messages"));
    new ResizeObserver(() => this.settle()).observe(this.log);
  }

  /** Only moving up leaves the end: a message that grew in the meantime does not. */
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.isAtEnd = true;
    else if (scrollTop < this.top) this.isAtEnd = false;
    if (!this.isAtEnd && scrollTop < this.top && scrollTop < NEAR_TOP_PX) this.reachedTop();
    this.top = scrollTop;
    if (this.isAtEnd) this.jump.hidden = true;
  }

  settle() {
    if (this.isAtEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  toEnd() {
    this.isAtEnd = true;
    this.jump.hidden = true;
    this.settle();
  }

  /** What came for this reader alone; of what is longer than the view, its beginning. @param {HTMLElement} message */
  reveal(message) {
    const isLong = message.offsetHeight > this.log.clientHeight;
    if (isLong) this.isAtEnd = false;
    message.scrollIntoView({ block: isLong ? "start" : "nearest" });
    this.top = this.log.scrollTop;
  }

  /** @param {() => void} addAbove adds messages above without moving what is being read */
  keepPlace(addAbove) {
    const below = this.log.scrollHeight - this.log.scrollTop;
    this.isAtEnd = false;
    addAbove();
    this.log.scrollTop = this.log.scrollHeight - below;
    this.top = this.log.scrollTop;
  }

  announceNew() {
    if (!this.isAtEnd) this.jump.hidden = false;
  }
}

/** @param {string} sentence shown for a few seconds */
export function toast(sentence) {
  const note = el("p", { class: "toast" }, sentence);
  byId("toasts").append(note);
  window.setTimeout(() => note.remove(), Math.max(TOAST_MS, sentence.length * READING_MS_A_LETTER));
}

/** The links of posts are as they would be in life; the sites behind them know nothing of made-up cards. */
export function warnOfOutsideLinks() {
  const warn = (event) => {
    if (event.target.closest("a[target='_blank']:not([href*='//127.0.0.1'], [href*='//localhost'])") === null)
      return;
    document.removeEventListener("click", warn);
    toast("This opens the real site, which does not know our made-up cards.");
  };
  document.addEventListener("click", warn);
}

/** @param {Record<string, () => void>} tries what the three suggestions do, by element id */
export function greet(tries) {
  const greeting = byId("greeting");
  greeting.hidden = localStorage.getItem(GREETED) !== null;
  byId("greeting-close").addEventListener("click", () => {
    localStorage.setItem(GREETED, "yes");
    greeting.hidden = true;
    byId("composer-text").focus();
  });
  for (const [id, act] of Object.entries(tries)) {
    const step = byId(id);
    step.addEventListener("click", () => {
      step.dataset.tried = "yes";
      act();
    });
  }
}
