/** The side panel that moves the simulated market. */

import * as api from "./api.js";
import { byId, el } from "./dom.js";
import { Troubles } from "./troubles.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {{messages: () => Message[], toast: (sentence: string) => void, acted: () => void,
 *   notice: (shown: import("./notice.js").Shown | null) => void}} Surroundings
 *   `messages` gives the shown channel's messages, newest first; `acted`: there is something to see elsewhere
 */

const PACES = [0, 1, 3, 6, 12, 30, 60, 120, 300, 600];
const REFRESH_MS = 2_000;
/** What the market's own counts mean to somebody who sees them for the first time. */
const COUNTS = {
  cards: "Different cards",
  tokens: "Graded copies",
  people: "Collectors",
  listed: "On sale now",
  activities: "Sales and listings so far",
};
const MINT = /(?<![1-9A-HJ-NP-Za-km-z])[1-9A-HJ-NP-Za-km-z]{32,44}(?![1-9A-HJ-NP-Za-km-z])/;

export class Panel {
  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.surroundings = surroundings;
    /** @type {string | null} the card listed last from here, sold next when no post shows one */
    this.listed = null;
    /** @type {Set<string>} cards that cannot be sold any more */
    this.gone = new Set();
    this.press("list-deal", () => this.list());
    this.press("sell", () => this.sell());
    this.press("restart", () => this.restart());
    this.troubles = new Troubles(surroundings, (id, action) => this.press(id, action));
    byId("words").addEventListener("toggle", (event) => event.target.scrollIntoView({ block: "nearest" }));
    this.pace = byId("pace");
    this.pace.addEventListener("input", () => this.showPace(PACES[this.pace.value]));
    this.pace.addEventListener("change", () => this.attempt(() => api.setPace(PACES[this.pace.value])));
    window.setInterval(() => document.hidden || this.read().catch(() => null), REFRESH_MS);
  }

  /** Read the market's state anew, and say when that fails. */
  refresh() {
    return this.attempt(() => this.read());
  }

  async read() {
    const [market] = await Promise.all([api.fetchMarket(), this.troubles.refresh()]);
    this.showMarket(market);
    this.messagesChanged();
  }

  /** Show which card "Sell it" would sell: the newest open deal post's, else the one listed last. */
  messagesChanged() {
    const post = this.newestDeal();
    const target = post?.mint ?? this.listed;
    byId("sell").disabled = target === null;
    byId("sell-target").textContent =
      post?.title ?? (target ? "The card you listed." : "No open deal is in this channel.");
  }

  /** @returns {{mint: string, title: string} | null} */
  newestDeal() {
    for (const message of this.surroundings.messages()) {
      const mint = message.author.bot ? mintOf(message) : null;
      const isOpen = mint !== null && !this.gone.has(mint) && !hasDisabledButton(message);
      if (isOpen) return { mint, title: message.embeds?.[0]?.title ?? "The newest deal." };
    }
    return null;
  }

  async list() {
    const deal = await api.listDeal();
    this.listed = deal.mint;
    this.gone.delete(deal.mint);
    byId("listed").textContent =
      `${deal.name}, ${dollars(deal.price_usd_micros)} (worth ${dollars(deal.fair_usd_micros)})`;
    this.messagesChanged();
    this.surroundings.toast("Listed. The bot has not been told: it has to find it.");
  }

  async sell() {
    const mint = this.newestDeal()?.mint ?? this.listed;
    if (mint === null) return;
    this.gone.add(mint);
    if (this.listed === mint) this.listed = null;
    this.messagesChanged();
    await api.sell(mint);
    this.surroundings.toast("Sold. Its post says so within seconds.");
  }

  async restart() {
    await api.restartBot();
    this.surroundings.toast("The bot is asked to restart. It is back in a few seconds.");
  }

  /** @param {{events_per_minute: number, counts: Record<string, number>}} market */
  showMarket(market) {
    if (document.activeElement !== this.pace) {
      this.pace.value = String(nearestPace(market.events_per_minute));
      this.showPace(market.events_per_minute);
    }
    const rows = Object.entries(market.counts).map(([name, count]) =>
      el("div", {}, el("dt", {}, COUNTS[name] ?? name.replaceAll("_", " ")), el("dd", {}, count.toLocaleString())),
    );
    byId("summary").replaceChildren(...rows);
  }

  /** @param {number} pace */
  showPace(pace) {
    const sentence = pace === 0 ? "The market stands still" : `${pace} events a minute`;
    byId("pace-text").textContent = sentence;
    this.pace.setAttribute("aria-valuetext", sentence);
  }

  /** @param {string} id @param {() => Promise<void>} action */
  press(id, action) {
    const button = byId(id);
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-busy") === "true") return;
      button.setAttribute("aria-busy", "true");
      await this.attempt(action);
      button.removeAttribute("aria-busy");
      this.surroundings.acted();
    });
  }

  /** @param {() => Promise<unknown>} action */
  async attempt(action) {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      this.surroundings.toast(error.message);
    }
  }
}

/** @param {Message} message @returns {string | null} the first token address in its links */
function mintOf(message) {
  const buttons = (message.components ?? []).flatMap((row) => row.components ?? []);
  const links = [...(message.embeds ?? []).map((embed) => embed.url), ...buttons.map((button) => button.url)];
  return links.map((link) => link?.match(MINT)?.[0]).find(Boolean) ?? null;
}

/** @param {Message} message */
function hasDisabledButton(message) {
  return (message.components ?? []).some((row) => (row.components ?? []).some((button) => button.disabled));
}

/** @param {number} pace @returns {number} a position of the slider */
function nearestPace(pace) {
  const distances = PACES.map((each) => Math.abs(each - pace));
  return distances.indexOf(Math.min(...distances));
}

/** @param {number} micros */
function dollars(micros) {
  return (micros / 1_000_000).toLocaleString("en-US", { style: "currency", currency: "USD" });
}
