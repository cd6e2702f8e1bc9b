/** Live events, with reconnection: `connected` means that anything before it may have been missed. */

const EVENTS = ["message_create", "message_update", "message_delete", "presence"];
const RETRY_MS = 1_000;

export class Stream {
  /**
   * @param {string} person
   * @param {{event: (name: string, data: any) => void, connected: () => void, lost: () => void}} listener
   */
  constructor(person, listener) {
    this.person = person;
    this.listener = listener;
    this.closed = false;
    this.retry = 0;
    this.connect();
  }

  connect() {
    const source = new EventSource(`/sim/discord/stream?person=${encodeURIComponent(this.person)}`);
    this.source = source;
    source.addEventListener("open", () => this.listener.connected());
    source.addEventListener("error", () => this.lost(source));
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => this.listener.event(name, JSON.parse(event.data)));
    }
  }

  /** The browser retries a dropped connection itself but gives up on a refusal: then we start another. */
  lost(source) {
    if (this.closed) return;
    this.listener.lost();
    if (source.readyState !== EventSource.CLOSED) return;
    this.retry = window.setTimeout(() => this.connect(), RETRY_MS);
  }

  close() {
    this.closed = true;
    window.clearTimeout(this.retry);
    this.source.close();
  }
}
