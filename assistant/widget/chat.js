/** The conversation: opens the session, keeps up with the event log, and tells the view what to show. */
import { ApiError } from "./api.js";
import { Outbox } from "./outbox.js";
import { productName, readPage } from "./page.js";
import { EventStream } from "./stream.js";

const HISTORY_PAGE = 200;
const LONGEST_TYPING_MS = 60_000;

export class Chat {
  #session = null;
  #opening = null;
  #lastSeq = 0;
  #clockSkewMs = 0; // server's clock minus ours
  #continued = false; // an earlier conversation is on screen, so a new session need not greet

  constructor({ api, storage, view, language, product, emit }) {
    Object.assign(this, { api, storage, view, language, product, emit });
    this.outbox = new Outbox({
      storage,
      deliver: (entry) => this.#deliver(entry),
      onState: (entry) => this.view.showShopperMessage(entry),
    });
    this.stream = new EventStream({
      connect: (signal) => this.api.events(this.#session, this.#lastSeq, signal),
      onEvent: (name, data) => this.#receive(name, data, true),
      onState: (state) => this.#connection(state),
      onLost: () => this.#recover(),
    });
    view.on({
      send: (text) => this.send(text),
      retry: (id) => this.outbox.retry(id),
      rate: (score, comment) => this.rate(score, comment),
      again: () => this.begin(),
      language: (code) => this.language.choose(code),
    });
    this.#listenToBrowser();
  }

  /** Open or resume the session and show the conversation. Does nothing when that is done or under way. */
  async begin() {
    this.#showProduct();
    try {
      await this.#ensureSession();
      this.outbox.flush();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.view.showOpeningFailed(error.title);
      this.emit("error", { code: error.code });
    }
  }

  send(text) {
    this.outbox.add(text, readPage(this.product));
    this.emit("message", { text });
  }

  async rate(score, comment) {
    const session = await this.#ensureSession();
    await this.api.rate(session, score, comment).catch((error) => {
      if (error.code !== "unreadable") throw error;
    });
    this.emit("rating", { score });
  }

  setProduct(id) {
    this.product = id || null;
    this.#showProduct();
  }

  #showProduct() {
    this.view.showProduct(productName(this.product));
  }

  #ensureSession() {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #open() {
    const saved = this.storage.session;
    this.view.showOpening();
    const opened = await this.#openSession(saved?.token);
    if (opened.conversation_id !== this.#session?.conversationId) this.#lastSeq = 0;
    this.#session = { token: opened.session_token, conversationId: opened.conversation_id };
    this.storage.session = this.#session;
    this.view.introduce(opened.store);
    await this.#catchUp();
    this.outbox.entries.forEach((entry) => this.view.showShopperMessage(entry));
    this.stream.start();
    return this.#session;
  }

  /** A token that the server no longer takes is dropped without a word. */
  async #openSession(token) {
    const page = readPage(this.product);
    try {
      return await this.api.openSession(page, token);
    } catch (error) {
      if (!token || !(error instanceof ApiError) || error.transient) throw error;
      return this.api.openSession(page);
    }
  }

  async #catchUp() {
    const done = this.view.startBulk();
    try {
      for (let full = true; full; ) {
        const { events } = await this.api.history(this.#session, this.#lastSeq, HISTORY_PAGE);
        events.forEach((event) => this.#receive(event.type, event, false));
        full = events.length === HISTORY_PAGE;
      }
    } finally {
      done();
    }
  }

  async #deliver(entry) {
    const session = await this.#ensureSession();
    try {
      const receipt = await this.api.send(session, entry);
      this.stream.nudge();
      return receipt;
    } catch (error) {
      const over = error instanceof ApiError && (error.sessionLost || error.code === "conflict");
      if (!over) throw error;
      return this.api.send(await this.#renew(session), entry);
    }
  }

  /** A new session in place of `lost`; another tab may have opened one already. */
  #renew(lost) {
    if (this.#session === lost) {
      this.stream.stop();
      if (this.storage.session?.token === lost.token) this.storage.session = null;
      this.#continued = true;
      this.#opening = null;
    }
    return this.#ensureSession();
  }

  /** The stream found the session gone. */
  async #recover() {
    try {
      await this.#renew(this.#session);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.view.showConnection("waiting");
    }
  }

  #receive(name, data, live) {
    if (data.seq !== undefined) {
      if (data.seq <= this.#lastSeq) return;
      this.#lastSeq = data.seq;
      if (live) this.#clockSkewMs = Date.parse(data.at) - Date.now();
    }
    const handle = HANDLERS[name];
    if (handle) handle(this, data, live);
  }

  static handlers = {
    message(chat, { message, at }) {
      chat.outbox.confirm(message.client_message_id);
      chat.view.showShopperMessage({ id: message.client_message_id, text: message.text, at, state: "sent" });
    },
    reply(chat, { turn_id, reply, answers, at }, live) {
      if (answers === 0 && chat.#continued) return;
      chat.view.showReply(turn_id, reply, at, live);
      if (live) chat.emit("reply", { text: reply.parts.map((part) => part.text).join("\n") });
    },
    handoff(chat, { reason }, live) {
      chat.view.showNote((texts) => texts.handoff);
      if (live) chat.emit("handoff", { reason });
    },
    owner(chat, { owner }) {
      chat.view.showNote((texts) => texts.owner[owner]);
    },
    rating(chat, { score }) {
      chat.view.showNote((texts) => texts.rated(score));
    },
    typing(chat, { turn_id, until }) {
      const left = Date.parse(until) - Date.now() - chat.#clockSkewMs;
      if (left > 0) chat.view.showTyping(turn_id, Math.min(left, LONGEST_TYPING_MS));
    },
    delta(chat, { turn_id, index, text }) {
      chat.view.showDraft(turn_id, index, text);
    },
    dropped(chat, { turn_id }) {
      chat.view.dropDraft(turn_id);
    },
  };

  #connection(state) {
    if (state === "waiting") this.view.dropDraft();
    this.view.showConnection(navigator.onLine ? state : "offline");
  }

  #listenToBrowser() {
    const takeUp = (restart) => {
      if (!this.view.isOpen && !this.#session) return;
      if (!this.#opening) this.begin();
      else if (this.#session) restart();
      this.outbox.flush();
    };
    // After the network was gone a connection may look alive and never bring anything again.
    window.addEventListener("online", () => takeUp(() => this.stream.start()));
    window.addEventListener("offline", () => this.#connection("waiting"));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") takeUp(() => this.stream.nudge());
    });
  }
}

const HANDLERS = Chat.handlers;
