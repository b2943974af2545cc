/** Where the shopper writes. Enter sends, Shift+Enter starts a new line, and Enter in an input method does neither. */
import { h, icon } from "./dom.js";

const MAX_CHARS = 2000; // the API's own limit

export class Composer {
  constructor({ say, onSend }) {
    this.onSend = onSend;
    this.field = h("textarea", { rows: "1", maxlength: MAX_CHARS, enterkeyhint: "send", autocomplete: "off",
      onkeydown: (event) => this.#key(event), oninput: () => this.#fit() });
    this.button = h("button", { class: "send", type: "submit", disabled: true }, icon("send"));
    this.element = h("form", { class: "composer", onsubmit: (event) => this.#submit(event) }, this.field, this.button);
    say((texts) => {
      this.field.placeholder = texts.placeholder;
      this.field.setAttribute("aria-label", texts.placeholder);
      this.button.setAttribute("aria-label", texts.send);
    });
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  #key(event) {
    // 229: browsers that report the Enter which ends a composition after the composition
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.#fit();
    this.onSend(text);
  }

  #fit() {
    this.button.disabled = !this.field.value.trim();
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }
}
