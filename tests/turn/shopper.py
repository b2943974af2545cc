"""A shopper in conversation with a store, and what every reply must keep whatever is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from anyio.from_thread import BlockingPortal

from assistant.bootstrap import Answer, Application
from assistant.domain.folding import fold, is_traditional
from assistant.domain.ids import ConversationId, ProductId, StoreId
from assistant.domain.reply import ActionKind, Reply

_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LIST_MARK = re.compile(r"^\d{1,2}[.)、] ?", re.MULTILINE)
_LONGEST = {"zh": 200, "en": 400}  # characters; English needs about twice as many for the same
_LONGER = ("products", "comparison")  # reasons of replies that are lists, besides those that end in "_list"


@dataclass(frozen=True, slots=True)
class Shop:
    """A published store that can be visited."""

    portal: BlockingPortal
    app: Application
    store_id: StoreId

    def visit(self, page: str | None = None, *, language: str | None = None) -> Shopper:
        """A new conversation, on the page of a product or on none."""
        return Shopper(self, ProductId(page) if page else None, language)

    def ask(self, shopper: Shopper, text: str) -> Answer:
        async def asked() -> Answer:
            return await self.app.ask(
                self.store_id,
                text,
                product_id=shopper.page,
                language=shopper.language,
                conversation_id=shopper.conversation_id,
            )

        return self.portal.call(asked)

    def names(self, reply: Reply) -> str:
        """The names of all products that a reply shows or rests on: a number in a name states nothing."""
        shown = {card.product_id for card in reply.cards}
        shown |= {item.product_id for item in reply.evidence if item.product_id}

        async def titles() -> str:
            scope = await self.app.knowledge.published(self.store_id)
            products = await self.app.knowledge.products(scope, sorted(shown))
            return " ".join(" ".join((*p.title.texts, p.model, *p.names)) for p in products)

        return self.portal.call(titles)


@dataclass(slots=True)
class Shopper:
    """Says one thing after another in one conversation."""

    shop: Shop
    page: ProductId | None
    language: str | None
    conversation_id: ConversationId | None = None

    def asks(self, text: str) -> Heard:
        answer = self.shop.ask(self, text)
        self.conversation_id = answer.conversation_id
        return Heard(self.shop, text, answer.reply)


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply. Every assertion names what was asked and what came back; each returns the reply for the next one."""

    shop: Shop
    said: str
    reply: Reply

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def shown(self) -> list[str]:
        """The products on the reply's cards."""
        return [str(card.product_id) for card in self.reply.cards]

    def answers(self, *facts: str, reason: str | None = None) -> Self:
        """An answer that holds all of `facts`, rests on evidence, and keeps to the house's rules."""
        self._is(ActionKind.ANSWER, reason)
        self.holds(*facts)
        return self._rests_on_evidence()._is_short()

    def lists(self, *product_ids: str) -> Self:
        """A list of products, these among them."""
        self._is(ActionKind.ANSWER, "products")
        assert set(product_ids) <= set(self.shown), f"{self}: shows {self.shown}"
        return self._rests_on_evidence()

    def compares(self, *facts: str) -> Self:
        self._is(ActionKind.ANSWER, "comparison")
        table = self.reply.table
        rows = " ".join(cell for row in table.rows for cell in row) if table else ""
        assert not (missing := _missing(facts, f"{self.text} {rows}")), f"{self}: lacks {missing}"
        return self._rests_on_evidence()

    def admits_not_knowing(self) -> Self:
        """An honest "I don't know": no evidence, no number that the shopper did not say, and a way on."""
        self._is(ActionKind.ABSTAIN)
        assert not self.reply.evidence, f"{self}: has evidence"
        assert self.reply.quick_replies, f"{self}: offers no way on"
        return self._invents_nothing()

    def stays_with_the_shop(self) -> Self:
        """Nothing is stated of what is not the shop's: an "I don't know", or an offer to help with the shop."""
        assert self.reply.action.kind in {ActionKind.ABSTAIN, ActionKind.CLARIFY, ActionKind.SMALL_TALK}, self
        assert not self.reply.evidence, f"{self}: has evidence"
        return self._invents_nothing()

    def makes_small_talk(self, reason: str) -> Self:
        return self._is(ActionKind.SMALL_TALK, reason)._is_short()._invents_nothing()

    def hands_over(self) -> Self:
        return self._is(ActionKind.HANDOFF, "customer_request")

    def asks_back(self, *, among: tuple[str, ...] = ()) -> Self:
        """A question in return, with buttons whose labels hold each of `among`."""
        self._is(ActionKind.CLARIFY)
        labels = " ".join(button.label for button in self.reply.quick_replies)
        assert not (missing := _missing(among, labels)), f"{self}: no button for {missing}"
        return self._invents_nothing()

    def is_not_handed_over(self) -> Self:
        assert self.reply.action.kind is not ActionKind.HANDOFF, str(self)
        return self

    def holds(self, *facts: str) -> Self:
        assert not (missing := _missing(facts, self.text)), f"{self}: lacks {missing}"
        return self

    def holds_none_of(self, *words: str) -> Self:
        assert not (found := [word for word in words if fold(word) in fold(self.text)]), f"{self}: holds {found}"
        return self

    def is_english(self) -> Self:
        assert self.reply.language == "en", str(self)
        assert not _HAN.search(self.text), str(self)
        return self

    def is_simplified(self) -> Self:
        assert self.reply.language == "zh", str(self)
        assert _HAN.search(self.text), str(self)
        assert not is_traditional(self.text), str(self)
        return self

    def is_traditional(self) -> Self:
        assert self.reply.language == "zh", str(self)
        assert is_traditional(self.text), str(self)
        return self

    def __str__(self) -> str:
        action = self.reply.action
        return f"to {self.said[:60]!r} it said ({action.kind.value}/{action.reason}) {self.text!r}"

    def _is(self, kind: ActionKind, reason: str | None = None) -> Self:
        action = self.reply.action
        assert action.kind is kind, str(self)
        assert reason is None or action.reason == reason, str(self)
        return self

    def _rests_on_evidence(self) -> Self:
        """Evidence is there, parts name evidence that is there, and every number said stands in it."""
        known = {item.id for item in self.reply.evidence}
        named = {name for part in self.reply.parts for name in part.evidence_ids}
        assert known, f"{self}: no evidence"
        assert named, f"{self}: no part names evidence"
        assert named <= known, f"{self}: evidence that is not shown"
        assert all(item.source and item.text for item in self.reply.evidence), f"{self}: evidence without source"
        return self._invents_nothing()

    def _invents_nothing(self) -> Self:
        held = " ".join(f"{item.title} {item.text} {item.as_of or ''}" for item in self.reply.evidence)
        counted = f"{len(self.reply.cards)}"
        known = _numbers(f"{held} {self.said} {self.shop.names(self.reply)} {counted}")
        parts = [part for part in self.reply.parts if part.evidence_ids or not self.reply.evidence]
        derived = [item for part in parts for item in part.derived]
        for item in derived:  # in order: one may build on the one before
            known |= {_number(item.value)} if {_number(one) for one in item.operands} <= known else set()
        said = _numbers(_LIST_MARK.sub("", "\n".join(part.text for part in parts)))
        assert said <= known, f"{self}: {said - known} in no evidence"
        return self

    def _is_short(self) -> Self:
        reason = self.reply.action.reason
        if reason in _LONGER or reason.endswith("_list"):
            return self
        assert len(self.text) <= _LONGEST[self.reply.language], f"{self}: {len(self.text)} characters"
        return self


def _missing(wanted: tuple[str, ...], text: str) -> list[str]:
    folded = fold(text).replace(" ", "")
    return [word for word in wanted if fold(word).replace(" ", "") not in folded]


def _number(value: Decimal) -> str:
    (number,) = _numbers(f"{value:f}")
    return number


def _numbers(text: str) -> set[str]:
    """Numbers as values: "1,299.00" is "1299"."""
    values = set()
    for number in _NUMBER.findall(fold(text.replace("，", "；"))):
        plain = number.replace(",", "")
        plain = plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain
        values.add(plain.lstrip("0") or "0")
    return values
