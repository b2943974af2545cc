"""What the catalogue states of a product, looked up for a question, and the answers that weigh figures of it."""

from __future__ import annotations

from assistant.answers.fits import Fits
from assistant.answers.weighing import Weighing, names_two
from assistant.domain.commerce import Product
from assistant.domain.evidence import Entry, EvidenceKind, SearchQuery
from assistant.domain.reply import Reply
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter

_PASSAGES = 60  # of one product; figures stand in any of them


async def stated(matter: Matter, tools: Tools, product: Product) -> list[Entry]:
    """The product's facts that hold today, and its prose."""
    query = SearchQuery(
        text=matter.question.whole or matter.read.folded,
        vector=matter.asked_vector,
        kinds=frozenset({EvidenceKind.PASSAGE}),
        product_ids=(product.id,),
        store_wide=False,
        limit=_PASSAGES,
    )
    passages = await tools.knowledge.search(matter.scope, query)
    return [*filter(matter.voice.holds_today, product.facts), *(candidate.entry for candidate in passages)]


def sets_side_by_side(matter: Matter) -> bool:
    """Whether a matter compares two products: it says so, or names both."""
    if matter.read.compares:
        return True
    pages = matter.turn.request.page.product_id
    others = all(product.id != pages for product in matter.products)
    return matter.named and len(matter.products) > 1 and others and names_two(matter.question)


async def weighed(matter: Matter, tools: Tools, pair: tuple[Product, Product]) -> Reply | None:
    """Two products weighed on the one figure asked about; None where none is, or one of them does not state it."""
    weighing = Weighing(tools.answering.figures, matter.voice)
    if reply := weighing.prices(pair, matter.question):
        return reply
    entries = [await stated(matter, tools, product) for product in pair]
    return weighing.property(pair, matter.question.text, (entries[0], entries[1]))


async def fitted(matter: Matter, tools: Tools, product: Product, name: str) -> Reply | None:
    """Whether the product fits a space, or bears a weight, that the shopper names; `name`: how the reply calls it."""
    if not matter.read.measures and not any(character.isdigit() for character in matter.read.folded):
        return None
    fits = Fits(tools.answering.figures, matter.voice, name)
    entries = await stated(matter, tools, product)
    return fits.into_space(matter.read, entries) or fits.under_weight(matter.read, entries)
