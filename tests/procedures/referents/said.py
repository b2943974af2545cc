"""Messages as the reader hands them on, and a shopper's records, for tests of what words mean."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from assistant.domain.backend import (
    Address,
    Order,
    OrderId,
    OrderLine,
    OrderStage,
    PaymentMethod,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.commerce import Money, Sku
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, SkuId
from assistant.domain.understanding import Clause, ClauseKind
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from assistant.nlu.slots import SlotReader
from assistant.procedures.referents import Referents, referents

TODAY = date(2026, 11, 22)


class Teller:
    """Reads messages as the understanding does, without its intents; `mean` has the readers under test."""

    def __init__(self) -> None:
        self._quantities = Quantities()
        self._slots = SlotReader(self._quantities)
        self._questions = QuestionReader(self._quantities)
        words = grammar.load("question")
        self._refers_back = Phrases(words["refers_back"])
        self._ordinals = {int(number): Phrases(phrases) for number, phrases in words["ordinals"].items()}
        self.mean: Referents = referents(self._quantities)

    def say(self, text: str) -> Clause:
        folded = fold(text)
        return Clause(
            text,
            folded,
            ClauseKind.REQUEST,
            self._questions.read(folded),
            slots=self._slots.in_text(text, today=TODAY, chinese=not text.isascii()),
            measures=self._quantities.in_text(folded),
            ordinals=tuple(number for number, phrases in self._ordinals.items() if phrases.found_in(folded)),
            refers_back=self._refers_back.found_in(folded),
        )


def line(title: str, price: int = 100, quantity: int = 1, sku: str = "", **options: str) -> OrderLine:
    named = tuple((name.replace("_", " "), value) for name, value in options.items())
    product = ProductId(f"p-{title.casefold().replace(' ', '-')}")
    return OrderLine(product, quantity, SkuId(sku) if sku else None, title, Money(Decimal(price), "USD"), named)


def order(
    number: str,
    *lines: OrderLine,
    stage: OrderStage = OrderStage.PAID,
    state: str = "",
    placed: str = "",
    to: Address | None = None,
    paid: PaymentMethod | None = None,
) -> Order:
    total = sum((piece.price.amount * piece.quantity for piece in lines if piece.price), Decimal(0))
    return Order(
        OrderId(number),
        ShopperRef("someone"),
        stage,
        state or stage.value,
        lines,
        Money(total, "USD"),
        to,
        paid,
        datetime.fromisoformat(placed).replace(tzinfo=UTC) if placed else None,
    )


def sku(number: str, price: int = 100, stock: int | None = None, **options: str) -> Sku:
    named = tuple((name.replace("_", " "), value) for name, value in options.items())
    return Sku(SkuId(number), named, Money(Decimal(price), "USD"), stock)


AUSTIN = Address("Robin", "", "USA", "TX", "Austin", street="14 Mill Road", unit="Apt 2", postcode="78701")
PORTLAND = Address("Robin", "", "USA", "OR", "Portland", street="903 Harbor Lane", postcode="97205")
SUZHOU = Address("王五", "13900000000", "中国", "江苏省", "苏州市", "姑苏区", "平江路8号")
SHOPPER = ShopperRecord(ShopperRef("someone"), "Robin", address=PORTLAND)
