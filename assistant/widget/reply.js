/** Draws a reply: its text with footnotes, a table, product cards, and the line that names its sources. */
import { h, icon, linkTo, safeUrl } from "./dom.js";

/** showEvidence(items, opener) is what a footnote does, each item being {number, evidence}. */
export function drawReply(reply, texts, showEvidence) {
  const notes = footnotes(reply);
  const open = (items) => (event) => showEvidence(items, event.currentTarget);
  const drawNote = (note) =>
    h("button", { class: "ref", type: "button", "aria-label": texts.source(note.number), onclick: open([note]) },
      String(note.number));
  const paragraphs = reply.parts.map((part) => h("p", {}, annotated(part.text, notesOf(part, notes).map(drawNote))));
  const bubble = h("div", { class: "bubble", lang: reply.language }, paragraphs);
  if (reply.table) bubble.append(drawTable(reply.table, texts));
  const cards = (reply.cards || []).map(drawCard);
  return h("div", { class: "reply" },
    paragraphs.length || reply.table ? bubble : null,
    cards.length ? h("div", { class: cards.length > 1 ? "cards many" : "cards" }, cards) : null,
    notes.size ? drawSources([...notes.values()], texts, open) : null);
}

/** Evidence numbered in the order the text leans on it; evidence that no part names comes last. */
function footnotes(reply) {
  const evidence = new Map((reply.evidence || []).map((item) => [item.id, item]));
  const named = reply.parts.flatMap((part) => part.evidence_ids || []).filter((id) => evidence.has(id));
  const order = [...new Set([...named, ...evidence.keys()])];
  return new Map(order.map((id, at) => [id, { number: at + 1, evidence: evidence.get(id) }]));
}

function notesOf(part, notes) {
  return [...new Set(part.evidence_ids || [])].map((id) => notes.get(id)).filter(Boolean);
}

/** Text and its footnotes; the last characters hold on to the first footnote, so that none begins a line. */
function annotated(text, [first, ...rest]) {
  if (!first) return [text];
  const letters = [...text];
  return [letters.slice(0, -2).join(""), h("span", { class: "keep" }, letters.slice(-2).join(""), first), rest];
}

function drawSources(items, texts, open) {
  const titles = [...new Set(items.map(({ evidence }) => evidence.title).filter(Boolean))];
  const summary = titles.slice(0, 2).join(" · ") + (titles.length > 2 ? ` +${titles.length - 2}` : "");
  return h("button", { class: "sources", type: "button", "aria-haspopup": "dialog", onclick: open(items) },
    icon("source"), h("span", { class: "sources-label" }, texts.sources), h("span", { class: "sources-titles" }, summary));
}

function drawTable(table, texts) {
  const head = h("tr", {}, table.columns.map((column) => h("th", { scope: "col" }, column)));
  const rows = table.rows.map((row) =>
    h("tr", {}, row.map((cell, at) => (at === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell)))));
  return h("div", { class: "table", role: "region", tabindex: "0", "aria-label": texts.compare },
    h("table", {}, h("thead", {}, head), h("tbody", {}, rows)));
}

function drawCard(card) {
  const url = safeUrl(card.url);
  const body = [
    drawPicture(safeUrl(card.image)),
    h("span", { class: "card-text" },
      h("span", { class: "card-title" }, card.title),
      card.price ? h("span", { class: "card-price" }, card.price) : null,
      card.note ? h("span", { class: "card-note" }, card.note) : null),
  ];
  return url ? h("a", { class: "card", ...linkTo(url) }, body) : h("div", { class: "card" }, body);
}

function drawPicture(url) {
  const frame = h("span", { class: "card-picture" });
  if (!url) return (frame.append(icon("bag")), frame);
  const broken = () => frame.replaceChildren(icon("bag"));
  frame.append(h("img", { src: url, alt: "", loading: "lazy", decoding: "async", onerror: broken }));
  return frame;
}
