"""Evidence: what a reply may rest on, and the candidates it is chosen from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.domain.commerce import Fact, Faq, Passage, Product
from assistant.domain.ids import EvidenceId, ProductId, StoreId, VersionId


class EvidenceKind(StrEnum):
    FACT = "fact"
    FAQ = "faq"
    PASSAGE = "passage"
    PRODUCT = "product"
    STORE = "store"  # the store's own settings: hours, name
    RECORD = "record"  # of the store's system: an order, a balance, and what was worked out from them


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is shown with a reply: the text it rests on, word for word, and where that stands."""

    id: EvidenceId
    kind: EvidenceKind
    text: str
    title: str  # "Delivery > Remote areas", "保修期"
    source: str  # file and place in the pack
    url: str = ""
    product_id: ProductId | None = None
    as_of: datetime | None = None


Entry = Fact | Faq | Passage | Product


def product_of(entry: Entry) -> ProductId | None:
    """The product an entry is, or is about; None where it is the shop's."""
    return entry.id if isinstance(entry, Product) else entry.product_id


@dataclass(frozen=True, slots=True)
class Signals:
    """How a candidate matched: each is comparable between candidates of one search.

    dense: cosine of query and entry embedding, -1..1.
    lexical: BM25 over the prepared terms, >= 0, higher is better, 0 where no term matched.
    fused: the two after z-normalisation over the candidates, weighted; ranks the result.
    """

    dense: float = 0.0
    lexical: float = 0.0
    fused: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a search found. `matched` is the text that matched best (a FAQ has several questions)."""

    entry: Entry
    kind: EvidenceKind
    signals: Signals
    matched: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The one version of one store's knowledge that a search may see."""

    store_id: StoreId
    version_id: VersionId


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search within a scope.

    text: normalised (simplified Chinese, folded width) words of the question, for the lexical side.
    vector: the embedding of the question as a query; None searches lexically only.
    product_ids: None searches everything; otherwise entries of these products, and, with `store_wide`, those of none.
    """

    text: str
    vector: tuple[float, ...] | None = field(default=None, repr=False)
    kinds: frozenset[EvidenceKind] = frozenset(EvidenceKind)
    product_ids: tuple[ProductId, ...] | None = None
    store_wide: bool = True
    limit: int = 20
