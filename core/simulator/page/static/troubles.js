/** What is out of order on purpose: one button a trouble, a list of what strikes now, and the way back. */

import * as api from "./api.js";
import { byId, el } from "./dom.js";

/**
 * @typedef {import("./types.js").Fault} Fault
 * @typedef {{id: string, target: string, start: () => Promise<unknown>, begin: string, end: string,
 *   says: string, ended: string}} Trouble
 */

/** @type {Trouble[]} `begin` and `end` are what the button says, `says` what is said meanwhile, `ended` after it */
const TROUBLES = [
  {
    id: "break-alt",
    target: "vendor:alt",
    start: () => api.breakTarget("vendor:alt"),
    begin: "Break ALT",
    end: "Mend ALT",
    says: "ALT answers with errors now. The bot does not guess: a card that ALT has not valued lately waits. List a deal, then ask the bot.",
    ended: "ALT works again. What waited for it comes within minutes.",
  },
  {
    id: "storm",
    target: "vendor:*",
    start: api.startStorm,
    begin: "Rate-limit storm",
    end: "End the storm",
    says: "Every vendor refuses with “too many requests” now. Deals come late, none is lost. It ends by itself.",
    ended: "The storm is over.",
  },
];
const OTHER = "Something is out of order on purpose.";
const MEND = "Mend everything";
const VENDORS = {
  "*": "Every vendor",
  alt: "ALT",
  collectorcrypt: "Collector Crypt",
  magiceden: "Magic Eden",
  coingecko: "CoinGecko",
};

export class Troubles {
  /**
   * @param {import("./panel.js").Surroundings} surroundings
   * @param {(id: string, action: () => Promise<void>) => void} press binds a button of the panel
   */
  constructor(surroundings, press) {
    this.surroundings = surroundings;
    /** @type {Fault[]} what can still strike */
    this.active = [];
    this.asked = 0;
    for (const trouble of TROUBLES) press(trouble.id, () => this.toggle(trouble));
    press("mend", () => this.mendEverything());
  }

  /** Only the answer to the latest question counts: an older one may not know what was begun since. */
  async refresh() {
    this.asked += 1;
    const question = this.asked;
    const faults = await api.fetchFaults();
    if (question !== this.asked) return;
    const before = TROUBLES.filter((trouble) => this.isOn(trouble));
    this.active = faults.filter((fault) => fault.times == null || (fault.hits ?? 0) < fault.times);
    for (const trouble of before) if (!this.isOn(trouble)) this.surroundings.toast(trouble.ended);
    this.show();
  }

  show() {
    for (const trouble of TROUBLES) this.showButton(trouble);
    byId("mend").disabled = this.active.length === 0;
    const rows = this.active.map((fault) => el("li", {}, words(fault)));
    byId("troubles").replaceChildren(...(rows.length > 0 ? rows : [el("li", {}, "Everything works.")]));
    this.surroundings.notice(this.active.length === 0 ? null : this.summary());
  }

  /** @returns {import("./notice.js").Shown} */
  summary() {
    const own = TROUBLES.filter((trouble) => this.isOn(trouble));
    const isAlone = own.length === 1 && this.of(own[0]).length === this.active.length;
    return {
      says: own.map((trouble) => trouble.says).join(" ") || OTHER,
      far: this.active.map(words).join("; "),
      mend: isAlone ? own[0].end : MEND,
      end: () => byId(isAlone ? own[0].id : "mend").click(),
    };
  }

  /** @param {Trouble} trouble */
  async toggle(trouble) {
    const own = this.of(trouble);
    if (own.length === 0) await trouble.start();
    else await Promise.all(own.map((fault) => api.mendFault(fault.id)));
    await this.refresh();
  }

  async mendEverything() {
    await api.mendEverything();
    this.active = [];
    this.surroundings.toast("Everything works again.");
    await this.refresh();
  }

  /** @param {Trouble} trouble */
  showButton(trouble) {
    const isOn = this.isOn(trouble);
    const button = byId(trouble.id);
    button.textContent = isOn ? trouble.end : trouble.begin;
    button.setAttribute("aria-pressed", String(isOn));
  }

  /** @param {Trouble} trouble */
  isOn(trouble) {
    return this.of(trouble).length > 0;
  }

  /** @param {Trouble} trouble */
  of(trouble) {
    return this.active.filter((fault) => fault.target === trouble.target);
  }
}

/** @param {Fault} fault @returns {string} such as "ALT: error 503, 4 times so far" */
function words({ target, kind, status, times, hits = 0 }) {
  const vendor = target.startsWith("vendor:") ? target.slice("vendor:".length) : "";
  const what = { status: `error ${status ?? 500}`, rate_limit: "too many requests" }[kind];
  const far = times == null ? `${hits} ${hits === 1 ? "time" : "times"} so far` : `${hits} of ${times}`;
  return `${VENDORS[vendor] ?? target}: ${what ?? kind.replaceAll("_", " ")}, ${far}`;
}
