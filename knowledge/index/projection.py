"""What of an entry is searched, and how it is kept: its texts for vectors, its words for terms, its JSON."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter

from assistant.domain.commerce import Fact, Faq, Passage, Product
from assistant.domain.evidence import Entry
from assistant.domain.ids import ProductId
from knowledge.index.layout import Kind

_HEADINGS = 2


def dense_texts(entry: Entry) -> list[str]:
    """The texts that get a vector each.

    A fact has one, of its key and other names only: keys recur from product to product, and so their vector is
    computed and stored once, while the value is left to words.
    """
    match entry:
        case Faq():
            texts: Iterable[str] = (*entry.question.texts, *entry.similar)
        case Passage():
            texts = ["\n".join((*entry.heading[-_HEADINGS:], entry.text))]
        case Product():
            texts = entry.title.texts
        case Fact():
            texts = [" / ".join(dict.fromkeys((*entry.key.texts, *entry.aliases)))]
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def lexical_text(entry: Entry) -> str:
    """The words an entry is found by."""
    match entry:
        case Faq():
            texts: Iterable[str] = (*entry.question.texts, *entry.similar)
        case Passage():
            texts = (*entry.heading, entry.text)
        case Product():
            category = entry.category.texts if entry.category else ()
            texts = (entry.id, *entry.title.texts, entry.model, *entry.names, *category, entry.brand)
        case Fact():
            texts = (*entry.key.texts, *entry.aliases, *entry.value.texts)
    return "\n".join(dict.fromkeys(texts))


def product_of(entry: Entry) -> ProductId | None:
    """The product an entry belongs to; None for those of the shop."""
    return entry.id if isinstance(entry, Product) else entry.product_id


class EntryCodec:
    """Entries to JSON and back."""

    def __init__(self) -> None:
        self._adapters: dict[Kind, TypeAdapter[Entry]] = {
            Kind.PRODUCT: TypeAdapter(Product),
            Kind.FACT: TypeAdapter(Fact),
            Kind.FAQ: TypeAdapter(Faq),
            Kind.PASSAGE: TypeAdapter(Passage),
        }

    def encode(self, entry: Entry) -> bytes:
        return self._adapters[Kind.of(entry)].dump_json(entry)

    def decode(self, kind: Kind, payload: bytes) -> Entry:
        return self._adapters[kind].validate_json(payload)
