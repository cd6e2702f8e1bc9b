/** The simulator's control API: one function a route. Every failure is an ApiError with a sentence in it. */

/**
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Answer} Answer
 */

const TIMEOUT_MS = 10_000;
export const HISTORY_LIMIT = 50;
const STORM_REFUSALS = 40;
const STORM_RETRY_AFTER_S = 2;

export class ApiError extends Error {}

/** @param {string} person @returns {Promise<State>} */
export function fetchState(person) {
  return call("GET", `/sim/discord/state${query({ person })}`);
}

/**
 * @param {string} person
 * @param {string} channel
 * @param {string} [before] a message: only older ones are wanted
 * @returns {Promise<Message[]>} oldest first, `HISTORY_LIMIT` at most
 */
export async function fetchMessages(person, channel, before = "") {
  const path = `/sim/discord/channels/${encodeURIComponent(channel)}/messages`;
  return (await call("GET", path + query({ person, limit: HISTORY_LIMIT, before }))).messages;
}

/** @param {string} person begins to talk with the bot alone @returns {Promise<{id: string}>} */
export function openPrivate(person) {
  return call("POST", "/sim/discord/private", { person });
}

/** @param {string} person @param {string} guild @returns {Promise<Command[]>} */
export async function fetchCommands(person, guild) {
  const answer = await call("GET", `/sim/discord/commands${query({ person, guild })}`);
  return Array.isArray(answer) ? answer : answer.commands;
}

/**
 * Something a person does to the bot; resolves with the bot's first answer (the simulator waits 3 s for it).
 *
 * @param {{person: string, channel: string, type: string, name?: string, command_id?: string,
 *   options?: Record<string, import("./options.js").Value>, message?: string, custom_id?: string,
 *   values?: string[], fields?: Record<string, string | string[]>, focused?: string, target?: string}} interaction
 * @returns {Promise<Answer>}
 */
export function interact(interaction) {
  return call("POST", "/sim/discord/interactions", interaction);
}

/** @param {{person: string, channel: string, content: string}} message @param {File[]} files */
export function sendMessage(message, files) {
  const form = new FormData();
  form.set("payload_json", JSON.stringify(message));
  for (const [index, file] of files.entries()) form.set(`files[${index}]`, file, file.name);
  return call("POST", "/sim/discord/messages", files.length > 0 ? form : message);
}

export function fetchMarket() {
  return call("GET", "/sim/market");
}

/** @param {number} eventsPerMinute */
export function setPace(eventsPerMinute) {
  return call("POST", "/sim/market/pace", { events_per_minute: eventsPerMinute });
}

export function listDeal() {
  return call("POST", "/sim/market/list", { kind: "deal" });
}

/** @param {string} mint */
export function sell(mint) {
  return call("POST", "/sim/market/sell", { mint });
}

/** @returns {Promise<import("./types.js").Fault[]>} used-up ones included */
export async function fetchFaults() {
  const answer = await call("GET", "/sim/faults");
  return Array.isArray(answer) ? answer : answer.faults;
}

/** @param {string} target @returns {Promise<{id: number}>} */
export function breakTarget(target) {
  return call("POST", "/sim/faults", { target, kind: "status", status: 503, times: null });
}

/** Every vendor refuses a few dozen questions with "too many requests", then the storm is over. */
export function startStorm() {
  const refusal = { kind: "rate_limit", seconds: STORM_RETRY_AFTER_S, times: STORM_REFUSALS };
  return call("POST", "/sim/faults", { target: "vendor:*", ...refusal });
}

export function mendEverything() {
  return call("DELETE", "/sim/faults");
}

/** @param {number} id */
export function mendFault(id) {
  return call("DELETE", `/sim/faults/${id}`);
}

export function restartBot() {
  return call("POST", "/sim/restart-bot");
}

/** @param {Record<string, string | number>} parameters */
function query(parameters) {
  return `?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function call(method, path, body) {
  const request = { method, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const response = await fetch(path, body === undefined ? request : { ...request, ...jsonBody(body) }).catch(
    () => null,
  );
  if (response === null) throw new ApiError("The simulator does not answer.");
  const answer = await response.json().catch(() => null);
  if (!response.ok)
    throw new ApiError(answer?.error ?? answer?.message ?? `The simulator said ${response.status}.`);
  return answer;
}

/** @param {unknown} body a form carries its own type */
function jsonBody(body) {
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}
