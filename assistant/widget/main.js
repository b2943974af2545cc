/** Puts the parts together: reads the page's settings, draws the launcher, and wires view and chat. */
import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { h } from "./dom.js";
import { Storage } from "./storage.js";
import { baseLanguage, LanguageChoice } from "./texts.js";
import { View } from "./view.js";

const PHONE = "(max-width: 520px)";

export async function start(config) {
  const host = h("storebot-widget", { "data-theme": config.theme });
  const root = host.attachShadow({ mode: "open" });
  await Promise.all([addStyles(root, config), bodyParsed()]);

  const storage = new Storage(config.store);
  const language = new LanguageChoice(storage, pageLanguage(config));
  const api = new Api(config.host, config.store, () => language.current);
  const view = new View(root, language);
  const chat = new Chat({ api, storage, view, language, product: config.product, emit: config.emit });

  const widget = new Widget(view, chat, storage, config.emit);
  document.body.append(host);
  widget.resume();
  return widget;
}

class Widget {
  constructor(view, chat, storage, emit) {
    Object.assign(this, { view, chat, storage, emit });
    view.on({ open: () => this.open(), close: () => this.close() });
  }

  open() {
    if (this.view.isOpen) return;
    this.view.open();
    this.storage.rememberOpen(true);
    this.emit("open");
    this.chat.begin();
  }

  close() {
    if (!this.view.isOpen) return;
    this.view.close();
    this.storage.rememberOpen(false);
    this.emit("close");
  }

  setProduct(id) {
    this.chat.setProduct(id);
  }

  /** After a page change the panel is as the shopper left it; on a phone it would hide the page they went to. */
  resume() {
    if (this.storage.wasOpen && !window.matchMedia(PHONE).matches) this.open();
  }
}

function pageLanguage(config) {
  const candidates = [config.language, document.documentElement.lang, ...(navigator.languages || [])];
  return candidates.map(baseLanguage).find(Boolean) || "en";
}

/** Constructable style sheets pass any content security policy; older browsers take a <style> with the page's nonce. */
async function addStyles(root, config) {
  const response = await fetch(new URL("widget.css", config.base), { credentials: "omit" });
  if (!response.ok) throw new Error(`storebot: widget.css answered ${response.status}`);
  const css = await response.text();
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } else {
    root.append(h("style", { nonce: config.nonce }, css));
  }
}

function bodyParsed() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}
