/** Messages on their way: sent one after the other, kept until the server has them, never sent as two. */
import { ApiError } from "./api.js";

const RETRY_AFTER_MS = [800, 2_500, 6_000];

/** States of an entry: sending; waiting (no network); failed (may be tried again); refused (may not). */
export class Outbox {
  #busy = false;

  /** deliver(entry) sends it or throws an ApiError; onState(entry) draws it; storage keeps the rest over a reload. */
  constructor({ storage, deliver, onState }) {
    Object.assign(this, { storage, deliver, onState });
    this.entries = storage.outbox.map((saved) => ({ ...saved, state: "waiting", tries: 0 }));
  }

  add(text, page) {
    const entry = { id: newId(), text, page, state: "sending", tries: 0 };
    this.entries.push(entry);
    this.#save();
    this.onState(entry);
    this.flush();
  }

  retry(id) {
    const entry = this.entries.find((other) => other.id === id);
    if (!entry) return;
    entry.tries = 0;
    this.#set(entry, "sending");
    this.flush();
  }

  /** The log has it, whatever became of the answer to our request. */
  confirm(id) {
    this.entries = this.entries.filter((entry) => entry.id !== id);
    this.#save();
  }

  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) await this.#attempt(entry);
    } finally {
      this.#busy = false;
    }
  }

  #next() {
    const open = this.entries.filter((entry) => entry.state === "sending" || entry.state === "waiting");
    if (navigator.onLine) return open[0];
    open.forEach((entry) => this.#set(entry, "waiting"));
    return undefined;
  }

  async #attempt(entry) {
    this.#set(entry, "sending");
    try {
      const { seq } = await this.deliver(entry);
      this.confirm(entry.id);
      this.onState({ ...entry, state: "sent", seq });
    } catch (error) {
      await this.#failed(entry, error);
    }
  }

  async #failed(entry, error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.transient) {
      entry.problem = error.title;
      this.#set(entry, "refused");
      this.confirm(entry.id);
    } else if (navigator.onLine && entry.tries >= RETRY_AFTER_MS.length) {
      this.#set(entry, "failed");
    } else if (navigator.onLine) {
      const wait = Math.max(RETRY_AFTER_MS[entry.tries], error.retryAfterMs);
      await new Promise((resolve) => setTimeout(resolve, wait));
      entry.tries += 1;
    }
  }

  #set(entry, state) {
    if (entry.state === state) return;
    entry.state = state;
    this.onState(entry);
  }

  #save() {
    this.storage.outbox = this.entries.map(({ id, text, page }) => ({ id, text, page }));
  }
}

/** A version 4 UUID; crypto.randomUUID is missing on pages without TLS. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
