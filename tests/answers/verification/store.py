"""What a store's folder says, as evidence that a model may be given; nothing is embedded for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, Faq, Passage, Product
from assistant.domain.evidence import Entry, Evidence
from assistant.domain.ids import ProductId
from assistant.domain.packs import ImportedStore, Prose
from assistant.domain.store import Store
from assistant.nlu import language
from knowledge.catalogue import completed
from knowledge.chunking import Chunker

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Stocked:
    """A store and everything it says."""

    store: Store
    entries: tuple[Entry, ...]
    texts: Texts

    def voice(self, tag: str) -> Voice:
        return Voice(self.texts, self.store, language.of_tag(tag), TODAY)

    def product(self, number: str) -> Product:
        return next(each for each in self.entries if isinstance(each, Product) and each.id == ProductId(number))

    def evidence(self, words: Sequence[str], tag: str, about: Sequence[str] = ()) -> list[Evidence]:
        """The first entry that holds each of the words, of the products in question before others; "product:..." is a
        product itself."""
        return [self.voice(tag).evidence(self._entry(each, about)) for each in words]

    def _entry(self, words: str, about: Sequence[str]) -> Entry:
        if words.startswith("product:"):
            return self.product(words.removeprefix("product:"))
        found = [each for each in self.entries if any(words in text for text in _texts(each))]
        assert found, f"nothing in the store says {words!r}"
        return min(found, key=lambda each: _distance(each, about))


def stocked(imported: ImportedStore) -> Stocked:
    return Stocked(imported.store, tuple(_entries(completed(imported))), Texts.load())


def _entries(imported: ImportedStore) -> Iterator[Entry]:
    passages = Chunker().passages
    for item in imported.items:
        if isinstance(item, Prose):
            yield from passages(item)
        elif isinstance(item, Fact | Faq | Product):
            yield item
            yield from item.facts if isinstance(item, Product) else ()


def _texts(entry: Entry) -> tuple[str, ...]:
    match entry:
        case Fact():
            return entry.value.texts
        case Faq():
            return entry.answer.texts
        case Passage():
            return (entry.text,)
        case _:
            return ()


def _distance(entry: Entry, about: Sequence[str]) -> int:
    owner = entry.id if isinstance(entry, Product) else entry.product_id
    if not about:
        return 0
    return 0 if owner in about else 1 if owner is None else 2
