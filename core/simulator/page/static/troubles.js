/** What is out of order on purpose: one button a trouble, a list of what strikes now, and the way back. */

import * as api from "./api.js";
import { byId, el } from "./dom.js";

/**
 * @typedef {import("./types.js").Fault} Fault
 * @typedef {{id: string, target: string, start: () => Promise<unknown>, begin: string, end: string,
 *   begun: string, ended: string}} Trouble
 */

/** @type {Trouble[]} `begin` and `end` are what the button says, `begun` and `ended` what is said after it */
const TROUBLES = [
  {
    id: "break-alt",
    target: "vendor:alt",
    start: () => api.breakTarget("vendor:alt"),
    begin: "Break ALT",
    end: "Mend ALT",
    begun: "ALT answers with errors now. List a deal: the bot waits, and posts it once ALT is mended.",
    ended: "ALT works again.",
  },
  {
    id: "storm",
    target: "vendor:*",
    start: api.startStorm,
    begin: "Rate-limit storm",
    end: "End the storm",
    begun: "Every vendor refuses with “too many requests” now. Deals come late, none is lost.",
    ended: "The storm is over.",
  },
];
const VENDORS = {
  "*": "Every vendor",
  alt: "ALT",
  collectorcrypt: "Collector Crypt",
  magiceden: "Magic Eden",
  coingecko: "CoinGecko",
};

export class Troubles {
  /**
   * @param {(sentence: string) => void} toast
   * @param {(id: string, action: () => Promise<void>) => void} press binds a button of the panel
   */
  constructor(toast, press) {
    this.toast = toast;
    /** @type {Fault[]} what can still strike */
    this.active = [];
    for (const trouble of TROUBLES) press(trouble.id, () => this.toggle(trouble));
    press("mend", () => this.mendEverything());
  }

  async refresh() {
    const faults = await api.fetchFaults();
    this.active = faults.filter((fault) => fault.times == null || (fault.hits ?? 0) < fault.times);
    for (const trouble of TROUBLES) this.showButton(trouble);
    byId("mend").disabled = this.active.length === 0;
    const rows = this.active.map((fault) => el("li", {}, words(fault)));
    byId("troubles").replaceChildren(...(rows.length > 0 ? rows : [el("li", {}, "Everything works.")]));
  }

  /** @param {Trouble} trouble */
  async toggle(trouble) {
    const own = this.of(trouble);
    if (own.length === 0) await trouble.start();
    else await Promise.all(own.map((fault) => api.mendFault(fault.id)));
    this.toast(own.length === 0 ? trouble.begun : trouble.ended);
    await this.refresh();
  }

  async mendEverything() {
    await api.mendEverything();
    this.toast("Everything works again.");
    await this.refresh();
  }

  /** @param {Trouble} trouble */
  showButton(trouble) {
    const isOn = this.of(trouble).length > 0;
    const button = byId(trouble.id);
    button.textContent = isOn ? trouble.end : trouble.begin;
    button.setAttribute("aria-pressed", String(isOn));
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
