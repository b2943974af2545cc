"""A question and its answer, whatever file they came from."""

from __future__ import annotations

from assistant.domain.commerce import Faq, Source
from assistant.domain.ids import ProductId
from assistant.domain.packs import evidence_id
from assistant.domain.text import LocalText


def make_faq(
    question: LocalText,
    answer: LocalText,
    source: Source,
    *,
    similar: tuple[str, ...] = (),
    product_id: ProductId | None = None,
) -> Faq:
    """The entry; its id follows from what it says, so that unchanged content keeps it."""
    said = (part for text in (question, answer) for variant in text.variants for part in variant)
    return Faq(evidence_id("faq", product_id or "", *said), question, answer, source, similar, product_id)
