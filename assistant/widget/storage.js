/** What outlives a page: the session, messages not sent yet, the language, and whether the panel was open. */

export class Storage {
  constructor(store) {
    this.prefix = `storebot:${store}:`;
    this.local = usable(() => window.localStorage);
    this.tab = usable(() => window.sessionStorage);
  }

  /** {token, conversationId} or null. */
  get session() {
    return this.#read(this.local, "session");
  }

  set session(value) {
    this.#write(this.local, "session", value);
  }

  /** Messages [{id, text, page}] that no server has confirmed. */
  get outbox() {
    const saved = this.#read(this.local, "outbox");
    return Array.isArray(saved) ? saved : [];
  }

  set outbox(entries) {
    this.#write(this.local, "outbox", entries.length ? entries : null);
  }

  get language() {
    return this.#read(this.local, "language");
  }

  set language(value) {
    this.#write(this.local, "language", value);
  }

  get wasOpen() {
    return this.#read(this.tab, "open") === true;
  }

  rememberOpen(open) {
    this.#write(this.tab, "open", open);
  }

  #read(area, key) {
    try {
      return JSON.parse(area.getItem(this.prefix + key));
    } catch {
      return null;
    }
  }

  #write(area, key, value) {
    try {
      if (value === null) area.removeItem(this.prefix + key);
      else area.setItem(this.prefix + key, JSON.stringify(value));
    } catch {
      // Full or forbidden: the chat goes on, it only will not survive a reload.
    }
  }
}

/** Browsers that block storage throw on first touch; then memory has to do. */
function usable(open) {
  try {
    const area = open();
    area.getItem("storebot");
    return area;
  } catch {
    const items = new Map();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => items.set(key, value),
      removeItem: (key) => items.delete(key),
    };
  }
}
