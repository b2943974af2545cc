/** What slides over the conversation: evidence, the rating, and the menu. One at a time; Escape closes it. */
import { h, icon, linkTo, safeUrl } from "./dom.js";

export class Sheets {
  #opener = null;

  constructor(language) {
    this.language = language;
    this.body = h("div", { class: "sheet-body" });
    this.title = h("h3", { id: "sheet-title" });
    this.dismiss = h("button", { class: "round", type: "button", onclick: () => this.close() }, icon("close"));
    this.sheet = h("div", { class: "sheet", role: "dialog", "aria-labelledby": "sheet-title" },
      h("div", { class: "sheet-head" }, this.title, this.dismiss), this.body);
    this.layer = h("div", { class: "layer", hidden: true, onclick: (event) => this.#outside(event) }, this.sheet);
  }

  get isOpen() {
    return !this.layer.hidden;
  }

  close() {
    if (!this.isOpen) return;
    this.layer.hidden = true;
    this.body.replaceChildren();
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  /** items: [{number, evidence}] */
  showEvidence(items, opener) {
    const { texts } = this.language;
    const list = h("ol", { class: "evidence" }, items.map((item) => this.#drawEvidence(item)));
    this.#show(texts.sourcesTitle, list, opener);
  }

  /** rate(score, comment) is awaited; when it fails the shopper may try again. */
  showRating(rate, opener) {
    const { texts } = this.language;
    const comment = h("textarea", { rows: "3", maxlength: "1000", "aria-label": texts.comment, placeholder: texts.comment });
    const word = h("p", { class: "star-word", role: "status" });
    const submit = h("button", { class: "primary", type: "submit", disabled: true }, texts.submit);
    const choose = (score) => {
      word.textContent = texts.stars(score);
      submit.disabled = false;
      form.dataset.score = score;
      stars.querySelectorAll("label").forEach((label, at) => label.classList.toggle("on", at < score));
    };
    const stars = h("fieldset", { class: "stars" }, h("legend", { class: "unseen" }, texts.rateTitle),
      [1, 2, 3, 4, 5].map((score) => h("label", {},
        h("input", { type: "radio", name: "score", value: score, "aria-label": `${score} - ${texts.stars(score)}`, onchange: () => choose(score) }),
        icon("star"))));
    const form = h("form", { class: "rating", onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        await rate(Number(form.dataset.score), comment.value.trim());
        this.close();
      } catch {
        word.textContent = texts.rateFailed;
        submit.disabled = false;
      }
    } }, stars, word, comment, submit);
    this.#show(texts.rateTitle, form, opener);
  }

  /** languages: [[code, name]] */
  showMenu({ languages, chooseLanguage, openRating }, opener) {
    const { texts, current } = this.language;
    const choices = languages.map(([code, name]) =>
      h("button", { type: "button", lang: code, "aria-pressed": String(code === current), onclick: () => {
        chooseLanguage(code);
        this.close();
      } }, name));
    const menu = h("div", { class: "menu" },
      h("button", { class: "menu-item", type: "button", onclick: () => openRating(opener) }, icon("star"), texts.rate),
      h("div", { class: "menu-item" }, h("span", {}, texts.language),
        h("span", { class: "choice", role: "group", "aria-label": texts.language }, choices)));
    this.#show(texts.menu, menu, opener);
  }

  #drawEvidence({ number, evidence }) {
    const { texts } = this.language;
    const url = safeUrl(evidence.url);
    const when = evidence.as_of ? new Date(evidence.as_of) : null;
    return h("li", {},
      h("span", { class: "evidence-number", "aria-hidden": "true" }, String(number)),
      h("div", {},
        evidence.title ? h("h4", {}, evidence.title) : null,
        h("blockquote", {}, evidence.text),
        h("p", { class: "evidence-source" }, `${texts.from}: ${evidence.source}`,
          when && !Number.isNaN(when.getTime()) ? ` · ${texts.asOf} ${this.language.date(when)}` : null),
        url ? h("a", { ...linkTo(url), class: "evidence-link" }, texts.openSource, icon("out")) : null));
  }

  #show(title, content, opener) {
    this.#opener = opener;
    this.title.textContent = title;
    this.dismiss.setAttribute("aria-label", this.language.texts.back);
    this.body.replaceChildren(content);
    this.layer.hidden = false;
    (this.body.querySelector("input, button, a") || this.dismiss).focus();
  }

  #outside(event) {
    if (event.target === this.layer) this.close();
  }
}
