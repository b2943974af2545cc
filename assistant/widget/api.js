/** The store's chat API, as HTTP. Every failure is an ApiError. */

const TIMEOUT_MS = 20_000;

/** `status` 0 means that no answer came. `title` is for people, in their language, and may be empty. */
export class ApiError extends Error {
  constructor(status, code, { title = "", retryAfterMs = 0 } = {}) {
    super(`${status} ${code}`);
    Object.assign(this, { status, code, title, retryAfterMs });
  }

  /** Sending the same again later may work. */
  get transient() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The session is gone; a new one is needed. */
  get sessionLost() {
    return this.status === 401 || this.code === "not_found";
  }
}

export class Api {
  constructor(host, store, language) {
    Object.assign(this, { host, store, language });
  }

  openSession(page, token) {
    const path = `/v1/stores/${encodeURIComponent(this.store)}/sessions`;
    const body = { language: this.language(), page, ...(token ? { session_token: token } : {}) };
    return this.#json("POST", path, { body });
  }

  send(session, entry) {
    const body = { client_message_id: entry.id, text: entry.text, page: entry.page };
    return this.#json("POST", this.#path(session, "messages"), { body, token: session.token });
  }

  history(session, after, limit) {
    return this.#json("GET", this.#path(session, `history?after=${after}&limit=${limit}`), { token: session.token });
  }

  rate(session, score, comment) {
    return this.#json("POST", this.#path(session, "rating"), { body: { score, comment }, token: session.token });
  }

  /** The open response of the event stream, from the event after `after` on. */
  async events(session, after, signal) {
    const headers = this.#headers(session.token, { Accept: "text/event-stream", "Last-Event-ID": String(after) });
    const response = await this.#fetch(this.#path(session, "events"), { headers, signal, cache: "no-store" });
    if (!response.ok) throw await problem(response);
    return response;
  }

  #path(session, rest) {
    return `/v1/conversations/${encodeURIComponent(session.conversationId)}/${rest}`;
  }

  #headers(token, more) {
    return { "Accept-Language": this.language(), ...(token ? { Authorization: `Bearer ${token}` } : {}), ...more };
  }

  async #json(method, path, { body, token }) {
    const headers = this.#headers(token, body ? { "Content-Type": "application/json" } : {});
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
    try {
      const options = { method, headers, signal: timeout.signal, body: body && JSON.stringify(body) };
      const response = await this.#fetch(path, options);
      if (!response.ok) throw await problem(response);
      return await response.json().catch(() => {
        throw new ApiError(response.status === 204 ? 204 : 0, "unreadable");
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(path, options) {
    try {
      return await fetch(this.host + path, { credentials: "omit", ...options });
    } catch {
      throw new ApiError(0, "unreachable");
    }
  }
}

/** RFC 9457 problem documents name code and title; a proxy's error page has neither. */
async function problem(response) {
  const body = await response.json().catch(() => ({}));
  const retryAfterMs = 1000 * (Number(response.headers.get("Retry-After")) || 0);
  return new ApiError(response.status, String(body.code || "unknown"), { title: String(body.title || ""), retryAfterMs });
}
