"""Product and shop pages as HTML: schema.org JSON-LD, attribute and size tables, definition lists, and prose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from assistant.domain.commerce import Faq
from assistant.domain.ids import ProductId
from assistant.domain.packs import Item, Refusal
from assistant.domain.text import LocalText
from knowledge.readers.blocks import Content, content_of
from knowledge.readers.encoding import clean
from knowledge.readers.faq_entry import make_faq
from knowledge.readers.html_blocks import html_blocks, parse_html, text_of
from knowledge.readers.json_ld import Node, nodes_of, product_id_of, product_record, questions_of
from knowledge.readers.product_record import read_product
from knowledge.readers.products_json import json_decoder
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import pack_refused, refusal, remark
from knowledge.readers.texts import base_language, language_of


class ProductHtml:
    expects = "pages/*.html"

    def claims(self, file: PackFile) -> bool:
        return file.section in ("pages", "policies") and file.suffix in (".html", ".htm")

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """The product that the page is about, first; then its prose and questions.

        Raises PackRefused when the page is cut off.
        """
        text = file.text()
        if is_cut_off(text):
            raise pack_refused(file.shown, "cut_off", row=text.count("\n") + 1, what="an element", what_zh="一个元素的")
        tree = parse_html(text, file.shown)
        page = _Page(tree, file, _in_its_language(tree, pack))
        yield from page.items()


def is_cut_off(text: str) -> bool:
    """Whether the page ends inside a tag, a comment or a script, or closes neither `<html>` nor the body it opened."""
    end = text.rstrip().casefold()
    if not end:
        return False
    inside_tag = end.rfind("<") > end.rfind(">") and end[end.rfind("<") + 1 :][:1].isalpha()
    inside_comment = end.rfind("<!--") > end.rfind("-->")
    inside_script = end.rfind("<script") > end.rfind("</script")
    unclosed = "<html" in end[:2000] and "</html" not in end[-2000:] and "</body" not in end[-2000:]
    return inside_tag or inside_comment or inside_script or unclosed


def _in_its_language(tree: LexborHTMLParser, pack: Pack) -> Pack:
    root = tree.css_first("html[lang]")
    declared = base_language(clean(root.attributes.get("lang") or "")).lower() if root else ""
    if 2 <= len(declared) <= 3 and declared.isascii() and declared.isalpha():
        return replace(pack, language=declared)
    text = tree.body.text_lexbor()[:5000] if tree.body else ""
    return replace(pack, language=language_of(text, pack.language))


@dataclass(slots=True)
class _Page:
    tree: LexborHTMLParser
    file: PackFile
    pack: Pack

    def items(self) -> Iterator[Item | Refusal]:
        data, remarks = self._json_ld()
        yield from remarks
        nodes = nodes_of(data, "Product", "ProductGroup", "IndividualProduct", "ProductModel")
        product_id = self._product_id(nodes)
        content = content_of(html_blocks(self.tree), self.pack.language, of_product=bool(product_id))
        source = self.pack.source(self.file, "", self._url())
        taken = False
        for item in (
            *self._products(nodes, product_id, content),
            *self._faqs(data),
            *content.prose(self.pack.language, source, ProductId(product_id) if product_id else None),
        ):
            taken = taken or not isinstance(item, Refusal)
            yield item
        if not taken:
            yield refusal(self.file.shown, 0, "no_text")

    def _json_ld(self) -> tuple[list[object], list[Refusal]]:
        data: list[object] = []
        remarks = []
        for script in self.tree.css('script[type="application/ld+json"]'):
            try:
                data.append(json_decoder().decode(script.text_lexbor()))
            except (json.JSONDecodeError, RecursionError) as error:
                why = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
                remarks.append(remark(self.file.shown, 0, "bad_json_ld", error=why))
        return data, remarks

    def _products(self, nodes: list[Node], product_id: str, content: Content) -> Iterator[Item | Refusal]:
        own = nodes[0] if len(nodes) == 1 else next((node for node in nodes if product_id_of(node) == product_id), None)
        if product_id:
            record = self._record(own, content, product_id)
            yield from read_product(record, self.file, self.pack, 1, locator="page")
        for node in nodes:  # on a list of products each says what it says of itself
            if node is not own and product_id_of(node):
                record = product_record(node, product_id_of(node))
                yield from read_product(record, self.file, self.pack, 1, locator="JSON-LD")

    def _product_id(self, products: list[Node]) -> str:
        """What JSON-LD, a meta element or, for a product that the catalogue has, the file name says."""
        meta = self.tree.css_first('meta[name="product-id"]')
        named = clean(meta.attributes.get("content") or "") if meta else ""
        if len(products) == 1:
            named = product_id_of(products[0]) or named
        return named or (
            self.file.stem if self.file.section == "pages" and self.file.stem in self.pack.known_products else ""
        )

    def _record(self, node: Node | None, content: Content, product_id: str) -> dict[str, object]:
        record = product_record(node, product_id) if node else {"id": product_id}
        record.setdefault("title", content.title or self._title() or product_id)
        record.setdefault("url", self._url())
        if any(record.get("description") == "\n".join(lines) for _, lines in content.sections):
            del record["description"]  # the page shows it too
        listed = record.get("attributes")
        attributes = list(listed) if isinstance(listed, list) else []
        vocabulary = self.pack.vocabulary
        have = {vocabulary.canonical(_key(entry)) for entry in attributes}
        fresh = [{"key": key, "value": value} for key, value in content.pairs if vocabulary.canonical(key) not in have]
        return {**record, "attributes": [*attributes, *fresh], "size_tables": content.size_tables}

    def _faqs(self, data: list[object]) -> Iterator[Faq]:
        language = self.pack.language
        for node in nodes_of(data, "FAQPage"):
            for question, answer in questions_of(node):
                fragment = parse_html(answer, self.file.shown).body
                words = text_of(fragment) if fragment else ""
                if question and words:
                    source = self.pack.source(self.file, "JSON-LD", self._url())
                    yield make_faq(LocalText.one(language, question), LocalText.one(language, words), source)

    def _title(self) -> str:
        title = self.tree.css_first("title")
        return text_of_title(title.text_lexbor()) if title else ""

    def _url(self) -> str:
        link = self.tree.css_first('link[rel="canonical"]')
        href = link.attributes.get("href") if link else None
        return clean(href or "")


def text_of_title(title: str) -> str:
    """A page's title without the shop's name behind a bar or a dash."""
    for separator in (" | ", " - ", " – ", " — ", "｜", "_"):
        title = title.partition(separator)[0]
    return " ".join(clean(title).split())


def _key(entry: object) -> LocalText | str:
    key = entry["key"] if isinstance(entry, dict) else ""
    return LocalText.of(key) if isinstance(key, dict) else str(key)
