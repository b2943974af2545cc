"""What products are called, and which of them a sentence names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from assistant.answers.verification.reading import Reader
from assistant.answers.verification.span import Bound, Span
from assistant.domain.commerce import Product
from assistant.domain.ids import ProductId


@dataclass(frozen=True)
class Name:
    """All that a product is called, as one."""

    spans: tuple[Span, ...] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset().union(*(span.words for span in self.spans))

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(character for span in self.spans for character in span.characters)

    @cached_property
    def pairs(self) -> frozenset[str]:
        return frozenset().union(*(span.pairs for span in self.spans))

    @cached_property
    def amounts(self) -> tuple[Bound, ...]:
        return tuple(bound for span in self.spans for bound in span.amounts)


@dataclass(frozen=True)
class Names:
    by_product: Mapping[ProductId, Name]
    called: Mapping[ProductId, tuple[str, ...]]

    @classmethod
    def of(cls, products: Sequence[Product], reader: Reader) -> Names:
        by_product: dict[ProductId, Name] = {}
        called: dict[ProductId, tuple[str, ...]] = {}
        for product in products:
            own = [*product.names, product.model, *product.title.texts]
            kind = product.category.texts if product.category else ()
            texts = [text for text in (*own, *kind, product.brand) if text]
            by_product[product.id] = Name(
                tuple(
                    Span(tuple(clause for sentence in reader.sentences(text) for clause in sentence.clauses))
                    for text in texts
                )
            )
            called[product.id] = tuple(reader.folded(name) for name in own if name)
        return cls(by_product, called)

    def named_in(self, folded: str) -> frozenset[ProductId]:
        """Products that a folded sentence calls by a name of their own; where it has none, by one that they share."""
        found = {product: {name for name in names if _holds(folded, name)} for product, names in self.called.items()}
        shared = {
            name
            for name, count in Counter(n for names in self.called.values() for n in set(names)).items()
            if count > 1
        }
        own = frozenset(product for product, names in found.items() if names - shared)
        return own or frozenset(product for product, names in found.items() if names)

    def name(self, products: frozenset[ProductId]) -> Name:
        """Of one product; of several or none there is none."""
        return self.by_product.get(next(iter(products)), Name()) if len(products) == 1 else Name()


def _holds(folded: str, name: str) -> bool:
    """Whether a name stands there, not as a part of another ("s2" in "zl40-s2")."""
    if name not in folded:
        return False
    start, end = (r"(?<![a-z0-9-])" if name[0].isascii() else ""), (r"(?![a-z0-9-])" if name[-1].isascii() else "")
    return regex.search(f"{start}{regex.escape(name)}{end}", folded) is not None
