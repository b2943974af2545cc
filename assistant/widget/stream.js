/** Server-Sent Events over fetch, because EventSource cannot send an Authorization header. */
import { ApiError } from "./api.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const SILENCE_MS = 60_000; // the server sends a comment every 15 s or so; silence means the line is dead
const STEADY_MS = 5_000; // a connection that lived this long, or brought something, starts the back-off anew

/** Cuts a stream of text, in any pieces, into events {id, name, data}, by the rules of the HTML standard. */
export class SseParser {
  #rest = "";
  #event = { id: "", name: "message", data: [] };

  push(text) {
    const found = [];
    // A lone CR at the end may be half of a CRLF: it waits for the next piece.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line) this.#field(line);
      else if (this.#event.data.length) found.push(this.#take());
      else this.#take();
    }
    return found;
  }

  #field(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#event.data.push(value);
    else if (name === "event") this.#event.name = value;
    else if (name === "id") this.#event.id = value;
  }

  #take() {
    const { id, name, data } = this.#event;
    this.#event = { id: "", name: "message", data: [] };
    return { id, name, data: data.join("\n") };
  }
}

/**
 * Keeps a connection to the conversation's events, from wherever the reader is.
 *
 * connect(signal): opens the response; asked anew for each attempt, so it resumes after the last event read.
 * onEvent(name, data), onState("live" | "waiting"), onLost(error): the session is gone, the stream has stopped.
 */
export class EventStream {
  #current = null;
  #heard = false;
  #wake = () => {};

  constructor({ connect, onEvent, onState, onLost }) {
    Object.assign(this, { connect, onEvent, onState, onLost });
  }

  start() {
    this.stop();
    this.#current = new AbortController();
    this.#run(this.#current.signal);
  }

  stop() {
    this.#current?.abort();
    this.#current = null;
    this.#wake();
  }

  /** Try now instead of waiting out the back-off: the network is back, or somebody is looking. */
  nudge() {
    this.#wake();
  }

  async #run(stopped) {
    let failures = 0;
    while (!stopped.aborted) {
      const begun = Date.now();
      this.#heard = false;
      try {
        await this.#connection(stopped);
      } catch (error) {
        if (stopped.aborted) return;
        if (error instanceof ApiError && error.sessionLost) {
          this.onLost(error);
          return;
        }
      }
      if (stopped.aborted) return;
      failures = this.#heard || Date.now() - begun > STEADY_MS ? 0 : failures + 1;
      this.onState("waiting");
      await this.#pause(failures);
    }
  }

  /** Reads one connection to its end. */
  async #connection(stopped) {
    const line = new AbortController();
    const cut = () => line.abort();
    stopped.addEventListener("abort", cut, { once: true });
    let silence = setTimeout(cut, SILENCE_MS);
    try {
      const response = await this.connect(line.signal);
      this.onState("live");
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const parser = new SseParser();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        clearTimeout(silence);
        silence = setTimeout(cut, SILENCE_MS);
        if (stopped.aborted) return;
        parser.push(decoder.decode(piece.value, { stream: true })).forEach((event) => this.#pass(event));
      }
    } finally {
      clearTimeout(silence);
      stopped.removeEventListener("abort", cut);
      cut();
    }
  }

  #pass({ name, data }) {
    let parsed;
    try {
      parsed = JSON.parse(data);
    } catch {
      return; // not ours to read; the log still has it
    }
    this.#heard = true;
    this.onEvent(name, parsed);
  }

  /** Exponential back-off with jitter, so that a thousand widgets do not come back in the same second. */
  #pause(failures) {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
