/** The launcher and the panel: opening and closing, focus, and the words around the conversation. */
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { Log } from "./log.js";
import { Sheets } from "./sheets.js";

const PHONE = window.matchMedia("(max-width: 520px)");
const TROUBLE_SHOWN_AFTER_MS = 2_500; // most reconnects are over before anybody should be told
const FOCUSABLE = "button:not([disabled]), a[href], textarea, input, [tabindex='0']";

export class View {
  #listeners = [];
  #bound = [];
  #unread = 0;
  #persona = null;
  #troubleTimer = 0;
  #connection = "live";

  constructor(root, language) {
    Object.assign(this, { root, language });
    const say = (apply) => (this.#bound.push(apply), apply(language.texts));
    const onSend = (text) => this.#tell("send", text);
    this.sheets = new Sheets(language);
    this.log = new Log({ language, say, onSend,
      showEvidence: (items, opener) => this.sheets.showEvidence(items, opener),
      onRetry: (id) => this.#tell("retry", id) });
    this.composer = new Composer({ say, onSend });
    this.#draw();
    say(() => this.#speak());
    this.#fitToKeyboard();
  }

  /** handlers: any of open, close, send(text), retry(id), rate(score, comment), again, language(code). */
  on(handlers) {
    this.#listeners.push(handlers);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  open() {
    this.panel.hidden = false;
    this.frame.classList.add("open");
    this.panel.setAttribute("aria-modal", String(PHONE.matches));
    this.launcher.setAttribute("aria-expanded", "true");
    document.documentElement.style.overflow = PHONE.matches ? "hidden" : "";
    this.#count(0);
    this.log.toEnd();
    this.composer.focus();
  }

  close() {
    this.sheets.close();
    this.panel.hidden = true;
    this.frame.classList.remove("open");
    this.launcher.setAttribute("aria-expanded", "false");
    document.documentElement.style.overflow = "";
    this.launcher.focus({ preventScroll: true });
  }

  introduce(store) {
    this.#persona = store.persona || store.name;
    this.log.introduced();
    this.#speak();
  }

  showProduct(name) {
    this.product.hidden = !name;
    this.productName.textContent = name;
  }

  showReply(turnId, reply, at, live) {
    this.log.showReply(turnId, reply, at, live);
    if (live && !this.isOpen) this.#count(this.#unread + 1);
  }

  showOpeningFailed(message) {
    this.log.showOpeningFailed(message, () => this.#tell("again"));
  }

  /** state: live, waiting (for a new connection) or offline. */
  showConnection(state) {
    this.#connection = state;
    clearTimeout(this.#troubleTimer);
    const delay = state === "waiting" ? TROUBLE_SHOWN_AFTER_MS : 0;
    this.#troubleTimer = setTimeout(() => this.#drawConnection(), delay);
  }

  startBulk() {
    return this.log.startBulk();
  }

  showShopperMessage(entry) {
    this.log.showShopperMessage(entry);
  }

  showNote(words) {
    this.log.showNote(words);
  }

  showTyping(turnId, forMs) {
    this.log.showTyping(turnId, forMs);
  }

  showDraft(turnId, index, text) {
    this.log.showDraft(turnId, index, text);
  }

  dropDraft(turnId) {
    this.log.dropDraft(turnId);
  }

  showOpening() {
    this.log.showOpening();
  }

  #draw() {
    this.badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
    this.launcher = h("button", { class: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
      onclick: () => this.#tell(this.isOpen ? "close" : "open") }, icon("chat"), icon("down"), this.badge);
    this.avatar = h("div", { class: "avatar", "aria-hidden": "true" });
    this.name = h("h2", { class: "name" });
    this.status = h("p", { class: "status" });
    this.more = h("button", { class: "round", type: "button", "aria-haspopup": "dialog", onclick: () => this.#openMenu() },
      icon("more"));
    this.shut = h("button", { class: "round", type: "button", onclick: () => this.#tell("close") }, icon("close"));
    this.trouble = h("p", { class: "banner", role: "status", hidden: true });
    this.productLabel = h("span", { class: "about-label" });
    this.productName = h("span", { class: "about-name" });
    this.product = h("p", { class: "about", hidden: true }, this.productLabel, this.productName);
    this.panel = h("section", { class: "panel", role: "dialog", hidden: true },
      h("header", { class: "head" }, this.avatar, h("div", { class: "who" }, this.name, this.status), this.more, this.shut),
      this.trouble, this.log.scroll, this.log.latest, this.product, this.composer.element, this.sheets.layer);
    this.frame = h("div", { class: "frame", onkeydown: (event) => this.#key(event) }, this.panel, this.launcher);
    this.root.append(this.frame);
  }

  /** Everything the widget says outside of messages, in the language of the moment. */
  #speak() {
    const { texts, current } = this.language;
    const name = this.#persona || texts.assistant;
    this.frame.lang = current;
    this.panel.setAttribute("aria-label", texts.panel(name));
    this.avatar.textContent = monogram(name);
    this.name.textContent = name;
    this.status.textContent = texts.status;
    this.productLabel.textContent = texts.about;
    this.more.setAttribute("aria-label", texts.menu);
    this.shut.setAttribute("aria-label", texts.close);
    this.#count(this.#unread);
    this.#drawConnection();
  }

  #count(unread) {
    const { texts } = this.language;
    this.#unread = unread;
    this.badge.hidden = unread === 0;
    this.badge.textContent = unread > 9 ? "9+" : String(unread);
    const words = unread ? texts.unread(unread) : texts.launcher;
    this.launcher.setAttribute("aria-label", this.isOpen ? texts.close : words);
  }

  #drawConnection() {
    const { texts } = this.language;
    const words = { waiting: texts.reconnecting, offline: texts.offline }[this.#connection];
    this.trouble.hidden = !words;
    this.trouble.textContent = words || "";
  }

  #openMenu() {
    this.sheets.showMenu({
      languages: this.language.all,
      chooseLanguage: (code) => {
        this.#tell("language", code);
        this.#bound.forEach((apply) => apply(this.language.texts));
      },
      openRating: (opener) => this.sheets.showRating((score, comment) => this.#tell("rate", score, comment), opener),
    }, this.more);
  }

  #key(event) {
    if (event.key === "Escape" && this.isOpen) {
      event.stopPropagation();
      if (this.sheets.isOpen) this.sheets.close();
      else this.#tell("close");
    } else if (event.key === "Tab" && this.isOpen) {
      this.#keepFocus(event);
    }
  }

  /** Tab goes round in the sheet that is open, else in the panel. */
  #keepFocus(event) {
    const area = this.sheets.isOpen ? this.sheets.sheet : this.panel;
    const stops = [...area.querySelectorAll(FOCUSABLE)].filter((element) => element.getClientRects().length);
    const [first, last] = [stops[0], stops.at(-1)];
    const at = this.root.activeElement;
    const leaving = event.shiftKey ? at === first || !area.contains(at) : at === last || !area.contains(at);
    if (!leaving || !first) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  /** On phones the keyboard covers the page without changing its size; the panel follows what is left. */
  #fitToKeyboard() {
    const visible = window.visualViewport;
    if (!visible) return;
    const fit = () => {
      this.frame.style.setProperty("--visible-height", `${visible.height}px`);
      this.frame.style.setProperty("--visible-top", `${visible.offsetTop}px`);
    };
    visible.addEventListener("resize", fit);
    visible.addEventListener("scroll", fit);
    fit();
  }

  /** Returns what the last handler returned, for those that can be awaited. */
  #tell(name, ...args) {
    return this.#listeners.map((handlers) => handlers[name]?.(...args)).findLast((result) => result !== undefined);
  }
}

/** One letter for a name: the first of "Hattie", the last of a Chinese name such as 小禾, whose first says little. */
function monogram(name) {
  const letters = [...name.trim()];
  return (/\p{Script=Han}/u.test(name) ? letters.at(-1) : letters[0]?.toUpperCase()) || "";
}
