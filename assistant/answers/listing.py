"""Lists the products that have what the shopper asks for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.answers.ranking import MeasureReader, covered
from assistant.answers.voice import Voice, product_evidence_id
from assistant.domain.commerce import Product
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.understanding import Extreme, Measure, Relation, Term

_SHOWN = 5
_ABOUT = Decimal("0.2")  # of what is named, that "about" may be off
_COVERED = 0.85  # a stretch of characters may differ from the title in one place


def fitting(
    products: Sequence[Product], terms: Sequence[Term], wanted: Sequence[Measure], measures: MeasureReader
) -> list[Product]:
    """Products whose title, category or attributes hold every term and every measure."""
    return [product for product in products if _fits(product, terms, wanted, measures)]


def products_listed(products: Sequence[Product], voice: Voice, extreme: Extreme | None = None) -> Reply:
    """The products as a numbered list with cards; with `extreme`, said to be at that end of the prices."""
    shown = products[:_SHOWN]
    if extreme:
        intro = voice.say(f"products_{extreme.value}")
    elif len(products) == 1:
        intro = voice.say("products_found_one")
    else:
        intro = voice.say("products_found", count=len(products))
    parts = [Part(intro)]
    for number, product in enumerate(shown, start=1):
        name = "products_item" if product.price else "products_item_no_price"
        text = voice.say(name, number=number, title=voice.name(product), **_price(product))
        parts.append(Part(text, (product_evidence_id(product),)))
    if len(products) > len(shown):
        parts.append(Part(voice.say("products_more", shown=len(shown), count=len(products))))
    return Reply(
        voice.language.tag,
        Action(ActionKind.ANSWER, "products"),
        tuple(parts),
        tuple(voice.product_evidence(product) for product in shown),
        tuple(voice.card(product) for product in shown),
    )


def _price(product: Product) -> dict[str, object]:
    return {"price": product.price} if product.price else {}


def _fits(product: Product, terms: Sequence[Term], wanted: Sequence[Measure], measures: MeasureReader) -> bool:
    text = description_of(product)
    if any(covered(term, text) < _COVERED for term in terms):
        return False
    stated = [(measure.kind, measure.number) for measure in measures.in_text(text)]
    stated += [("money", price) for price in prices_of(product)]
    return all(any(kind == measure.kind and within(number, measure) for kind, number in stated) for measure in wanted)


def within(number: Decimal, wanted: Measure) -> bool:
    """Whether a number, in the base unit, is what a measure allows."""
    match wanted.relation:
        case Relation.AT_MOST:
            return number <= wanted.number
        case Relation.AT_LEAST:
            return number >= wanted.number
        case Relation.ABOUT:
            return abs(number - wanted.number) <= _ABOUT * wanted.number
        case Relation.EQUAL:
            return number == wanted.number


def by_price(products: Sequence[Product], extreme: Extreme) -> list[Product]:
    """The products with a price, the cheapest or the dearest first."""
    priced = [product for product in products if prices_of(product)]
    if extreme is Extreme.CHEAPEST:
        return sorted(priced, key=lambda product: min(prices_of(product)))
    return sorted(priced, key=lambda product: -max(prices_of(product)))


def prices_of(product: Product) -> list[Decimal]:
    """All prices of a product's options, else its own price; none where the shop states none."""
    options = [sku.price.amount for sku in product.skus if sku.price]
    return options or ([product.price.amount] if product.price else [])


def description_of(product: Product) -> str:
    """Folded words of what a product is: title, category, names, options and attribute values."""
    category = product.category.texts if product.category else ()
    attributes = [
        text for fact in product.facts if fact.group.value in ("attribute", "size") for text in fact.value.texts
    ]
    options = [value for sku in product.skus for _, value in sku.options]
    return fold(
        " | ".join(
            (*product.title.texts, *category, product.brand, product.model, *product.names, *attributes, *options)
        )
    )
