/** The middle of the panel: messages in the order of the log, what is on its way, and suggestions below. */
import { h, icon } from "./dom.js";
import { drawReply } from "./reply.js";

const NEAR_END_PX = 80;
const QUIET_MS = 10 * 60_000; // a pause after which the time is shown
const DRAFT_LIFE_MS = 30_000; // signs of life may be lost; a draft must not stay for ever

export class Log {
  #bubbles = new Map(); // client message id -> element
  #drafts = new Map(); // turn id -> {parts: Map(index -> text), timer}
  #lastTurn = ""; // of the newest reply shown; turn ids sort by time
  #lastMoment = 0;
  #bulk = false;

  /** say(apply): calls apply(texts) now and whenever the language changes. */
  constructor({ language, say, showEvidence, onSend, onRetry }) {
    Object.assign(this, { language, say, showEvidence, onSend, onRetry });
    this.messages = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.pending = h("div", { class: "pending", "aria-hidden": "true" });
    this.quick = h("div", { class: "quick", role: "group" });
    this.scroll = h("div", { class: "scroll", tabindex: "0", onscroll: () => this.#updateLatest() },
      this.messages, this.pending, this.quick);
    this.latest = h("button", { class: "latest", type: "button", hidden: true, onclick: () => this.toEnd(true) });
    say((texts) => {
      this.messages.setAttribute("aria-label", texts.log);
      this.quick.setAttribute("aria-label", texts.quick);
      this.latest.replaceChildren(icon("down"), texts.latest);
    });
  }

  get empty() {
    return !this.messages.querySelector(".message");
  }

  /** While history is drawn nothing is read out and nothing moves; the function returned ends that. */
  startBulk() {
    this.#bulk = true;
    this.messages.setAttribute("aria-live", "off");
    return () => {
      this.#bulk = false;
      this.toEnd();
      requestAnimationFrame(() => this.messages.setAttribute("aria-live", "polite"));
    };
  }

  showShopperMessage({ id, text, at, state, problem }) {
    const known = this.#bubbles.get(id);
    const bubble = known || this.#drawShopperMessage(id, text);
    const stored = at !== undefined;
    if (!known || stored) this.#place(bubble, at, stored);
    this.#drawState(bubble, id, state, problem);
    if (known) return;
    this.quick.replaceChildren();
    this.toEnd(true);
  }

  showReply(turnId, reply, at, live) {
    const follow = this.#nearEnd();
    const wasDrafted = this.#drafts.has(turnId);
    if (turnId > this.#lastTurn) this.#lastTurn = turnId;
    for (const drafted of [...this.#drafts.keys()]) if (drafted <= turnId) this.#forget(drafted);
    const content = drawReply(reply, this.language.texts, this.showEvidence);
    const arriving = live && !wasDrafted ? " arriving" : "";
    this.#place(h("div", { class: `message from-shop${arriving}` }, content), at, true);
    this.#offer(reply);
    this.#drawPending();
    if (follow) this.toEnd();
    else this.#updateLatest(true);
  }

  showNote(words) {
    const note = h("p", { class: "note" });
    this.say((texts) => (note.textContent = words(texts)));
    if (!note.textContent) return;
    const follow = this.#nearEnd();
    this.#insert(note);
    if (follow) this.toEnd();
  }

  /** A sign of life may overtake the reply it belongs to, or come after it; then it means nothing any more. */
  showTyping(turnId, forMs) {
    if (turnId > this.#lastTurn) this.#draft(turnId, forMs);
  }

  showDraft(turnId, index, text) {
    if (turnId <= this.#lastTurn) return;
    this.#draft(turnId, DRAFT_LIFE_MS).parts.set(index, text);
    this.#drawPending();
  }

  /** Drops one turn's signs of life, or all of them. */
  dropDraft(turnId) {
    for (const drafted of turnId ? [turnId] : [...this.#drafts.keys()]) this.#forget(drafted);
    this.#drawPending();
  }

  showOpening() {
    if (this.empty) this.pending.replaceChildren(drawDots());
  }

  showOpeningFailed(message, again) {
    this.pending.replaceChildren();
    this.messages.querySelector(".trouble")?.remove();
    const retry = (event) => (event.currentTarget.closest(".trouble").remove(), again());
    this.messages.append(h("div", { class: "trouble" }, h("p", {}, message || this.language.texts.cannotOpen),
      h("button", { type: "button", onclick: retry }, this.language.texts.again)));
  }

  introduced() {
    this.messages.querySelector(".trouble")?.remove();
    this.#drawPending();
  }

  toEnd(smooth = false) {
    if (this.#bulk) return;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth && !calm() ? "smooth" : "instant" });
    this.latest.hidden = true;
  }

  #drawShopperMessage(id, text) {
    const hidden = h("span", { class: "unseen" }, `${this.language.texts.you} `);
    const bubble = h("div", { class: "message from-shopper" },
      h("div", { class: "bubble" }, hidden, h("p", {}, text)), h("div", { class: "state" }));
    this.#bubbles.set(id, bubble);
    return bubble;
  }

  #drawState(bubble, id, state, problem) {
    const { texts } = this.language;
    const follow = this.#nearEnd();
    const line = bubble.querySelector(".state");
    bubble.dataset.state = state;
    const retry = () => h("button", { type: "button", onclick: () => this.onRetry(id) }, texts.failed);
    const refused = () => (problem ? `${texts.refused}: ${problem}` : texts.refused);
    const content = { waiting: () => texts.waiting, failed: retry, refused }[state];
    line.replaceChildren(...(content ? [content()] : []));
    if (follow) this.toEnd();
  }

  /** Stored entries stand in the order of the log; messages not stored yet stand after them. */
  #place(element, at, stored) {
    element.dataset.stored = stored;
    if (stored) this.#markTime(at);
    this.#insert(element, stored);
  }

  #insert(element, stored = true) {
    const before = stored ? this.messages.querySelector('[data-stored="false"]') : null;
    if (element !== before) this.messages.insertBefore(element, before);
  }

  #markTime(at) {
    const date = new Date(at);
    if (date - this.#lastMoment > QUIET_MS) {
      const mark = h("time", { class: "moment", datetime: at });
      this.say(() => (mark.textContent = this.language.moment(date)));
      this.#insert(mark);
    }
    this.#lastMoment = date;
  }

  #offer(reply) {
    const offered = [...(reply.quick_replies || []), ...(reply.expects?.options || [])];
    const different = offered.filter((option, at) => offered.findIndex((other) => other.text === option.text) === at);
    this.quick.replaceChildren(...different.map(({ label, text }) =>
      h("button", { type: "button", onclick: () => this.onSend(text) }, label)));
  }

  #draft(turnId, forMs) {
    const draft = this.#drafts.get(turnId) || { parts: new Map(), timer: 0 };
    clearTimeout(draft.timer);
    draft.timer = setTimeout(() => this.dropDraft(turnId), forMs);
    this.#drafts.set(turnId, draft);
    this.#drawPending();
    return draft;
  }

  #forget(turnId) {
    clearTimeout(this.#drafts.get(turnId)?.timer);
    this.#drafts.delete(turnId);
  }

  #drawPending() {
    const follow = this.#nearEnd();
    const newest = [...this.#drafts.keys()].sort().at(-1);
    if (newest === undefined) {
      this.pending.replaceChildren();
      return;
    }
    const { parts } = this.#drafts.get(newest);
    const texts = [...parts.entries()].sort(([a], [b]) => a - b).map(([, text]) => h("p", {}, text));
    const bubble = texts.length ? h("div", { class: "bubble" }, texts, drawDots()) : drawDots();
    this.pending.replaceChildren(h("div", { class: "message from-shop" }, bubble));
    if (follow) this.toEnd();
  }

  #nearEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_END_PX;
  }

  #updateLatest(arrived = false) {
    if (this.#nearEnd()) this.latest.hidden = true;
    else if (arrived && !this.#bulk) this.latest.hidden = false;
  }
}

function drawDots() {
  return h("div", { class: "dots" }, h("i"), h("i"), h("i"));
}

function calm() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
