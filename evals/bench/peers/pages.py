"""A shop's texts as somebody would put them into LangChain: a document a product, and one a file of the shop's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import regex
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.domain.commerce import Fact, Faq, Product
from assistant.domain.packs import Item, Media, Prose, Refusal

OWNER = "product_id"
SHOP = ""  # owns what is said of no product
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "，", " ", ""]
_END_OF_SENTENCE = regex.compile(r"(?<=[。！？；])|(?<=[.!?;])\s|\n")


def pages_of(items: Iterable[Item | Media | Refusal]) -> list[Document]:
    """Titles, attributes as "name：value", answered questions, and prose under its headings."""
    texts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for item in items:
        match item:
            case Product():
                attributes = "\n".join(f"{fact.key}：{fact.value}" for fact in item.facts)
                texts[item.id, ""].extend(text for text in (str(item.title), attributes) if text)
            case Fact():
                texts[_page(item)].append(f"{item.key}：{item.value}")
            case Faq():
                texts[_page(item)].append(f"{item.question}\n{item.answer}")
            case Prose():
                texts[_page(item)].append("\n".join([*item.heading, item.text]))
            case Media() | Refusal():
                continue
    return [Document("\n\n".join(parts), metadata={OWNER: owner}) for (owner, _), parts in texts.items()]


def chunks_of(pages: Iterable[Document], size: int) -> list[Document]:
    """At most `size` characters each, cut where a paragraph ends, a line, a sentence, a clause: the first that fits."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=0, separators=_SEPARATORS, keep_separator="end"
    )
    return splitter.split_documents(pages)


def sentences_of(text: str) -> list[str]:
    """Without blanks at their ends; the text itself where it is all blank."""
    return [sentence for part in _END_OF_SENTENCE.split(text) if (sentence := part.strip())] or [text]


def _page(item: Fact | Faq | Prose) -> tuple[str, str]:
    return (item.product_id, "") if item.product_id else (SHOP, item.source.file)
