"""How the store speaks: its texts in the shopper's language, its names for products, its evidence notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import regex

from assistant.answers.texts import Texts
from assistant.domain.commerce import Fact, Faq, Passage, Product, Sku
from assistant.domain.evidence import Entry, Evidence, EvidenceKind
from assistant.domain.folding import fold, to_traditional
from assistant.domain.ids import EvidenceId
from assistant.domain.reply import Expects, ProductCard, QuickReply, Reply, Table
from assistant.domain.store import Store
from assistant.domain.text import LocalText
from assistant.domain.understanding import Language, Script

_WITHIN = (
    "this_product",
    "list_separator",
    "day_range",
    "weekdays",
    "group_",
    "sku_",
    "body_",
    "size_or",
    "size_called",
    "side_",
    "size_by",
    "size_row",
    "clause_separator",
    "deal_option",
    "deal_until",
    "or",
    "and",
    "particular_",
    "confirm_",
)  # stand inside a sentence
_SHORT_TITLE = 24  # characters of a title that name the product well enough
_DIGITS = "0123456789.,-"  # a number cut in two would be another number
_BARE_NAME = 2  # characters of a Chinese name that does not yet say what the thing is
_HAN = regex.compile(r"\p{Han}")
_TITLE_BREAK = regex.compile(r"[\s,，|/【】\[\]]+")


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks for `store` in `language`. today: the date in the store's time zone. addresses: says "亲，" first."""

    texts: Texts
    store: Store
    language: Language
    today: date = date.min
    addresses: bool = True

    def say(self, name: str, **values: object) -> str:
        text = self.texts.say(name, self.language.tag, hi=self._address(), **values)
        return f"{text[:1].upper()}{text[1:]}" if self.language.tag == "en" and not name.startswith(_WITHIN) else text

    def has(self, name: str) -> bool:
        """Whether there is a text of this name."""
        return name in self.texts

    def continuing(self) -> Voice:
        """The same voice in the middle of a reply."""
        return replace(self, addresses=False)

    def _address(self) -> str:
        if not self.addresses:
            return ""
        address = self.store.persona.address.in_language(self.language.tag)
        known = self.store.persona.address.speaks(self.language.tag)
        return f"{address}，" if address and known and self.language.tag == "zh" else ""

    def speaks(self, text: LocalText) -> bool:
        """Whether a text is there in the shopper's language."""
        return text.speaks(self.language.tag)

    def key(self, fact: Fact) -> str:
        """A fact's name in the shopper's language: another name it goes by, where its own is written in another script,
        whichever language the shop has filed it under."""
        own = fact.key.in_language(self.language.tag)
        chinese = self.language.tag == "zh"
        if bool(_HAN.search(own)) == chinese:
            return own
        return next((name for name in fact.aliases if bool(_HAN.search(name)) == chinese), own)

    def holds_today(self, fact: Fact) -> bool:
        """Whether a fact with a period, such as a promotion, is on."""
        return (fact.begins is None or fact.begins <= self.today) and (fact.ends is None or self.today <= fact.ends)

    def name(self, product: Product) -> str:
        """A name short enough for a sentence: the first words of the title."""
        title = product.title.in_language(self.language.tag)
        if len(title) <= _SHORT_TITLE:
            return title
        given = self._given_name(product)
        if given:
            return given
        short = title[:_SHORT_TITLE]
        cut = max(match.start() for match in _TITLE_BREAK.finditer(f"{title[: _SHORT_TITLE + 1]} "))
        short = title[:cut] if _SHORT_TITLE // 2 < cut <= _SHORT_TITLE else f"{short.rstrip(_DIGITS)}…"
        mark = next((name for name in (product.model, *product.names) if name and fold(name) not in fold(short)), "")
        return f"{short}（{mark}）" if mark and self.language.tag == "zh" else f"{short} ({mark})" if mark else short

    def _given_name(self, product: Product) -> str:
        """A name the shop gave and the kind of thing it is ("云羽跑步鞋"), where both are there in the language."""
        if product.category is None or not self.speaks(product.category):
            return ""
        kind = product.category.in_language(self.language.tag)
        chinese = self.language.tag == "zh"
        name = next((name for name in product.names if chinese == bool(_HAN.search(name))), "")
        if not name or fold(kind).removesuffix("s") in fold(name) or (chinese and len(name) > _BARE_NAME):
            return name
        return f"{name}{kind}" if chinese else f"{name} {kind.lower()}"

    def card(self, product: Product, note: str = "") -> ProductCard:
        return ProductCard(
            product_id=product.id,
            title=product.title.in_language(self.language.tag),
            price=str(product.price) if product.price else "",
            image=product.image,
            url=product.url,
            note=note,
        )

    def evidence(self, entry: Entry) -> Evidence:
        """The entry as a shopper may check it: word for word, with its place."""
        tag = self.language.tag
        source = entry.source.place
        if isinstance(entry, Fact):
            key, value = entry.key.in_language(tag), entry.value.in_language(tag)
            return Evidence(
                entry.id, EvidenceKind.FACT, value, key, source, entry.source.url, entry.product_id, entry.as_of
            )
        if isinstance(entry, Faq):
            question, answer = entry.question.in_language(tag), entry.answer.in_language(tag)
            return Evidence(entry.id, EvidenceKind.FAQ, answer, question, source, entry.source.url, entry.product_id)
        if isinstance(entry, Passage):
            title = " > ".join(entry.heading)
            return Evidence(
                entry.id, EvidenceKind.PASSAGE, entry.text, title, source, entry.source.url, entry.product_id
            )
        return self.product_evidence(entry)

    def product_evidence(self, product: Product) -> Evidence:
        title = product.title.in_language(self.language.tag)
        names = [name for name in (product.model, *product.names) if name and fold(name) not in fold(title)]
        text = " ".join((title, *names, *([str(product.price)] if product.price else [])))
        source = product.source.place
        return Evidence(
            product_evidence_id(product), EvidenceKind.PRODUCT, text, title, source, product.url, product.id
        )

    def sku_evidence(self, product: Product, sku: Sku, as_of: datetime | None) -> Evidence:
        """One option with its price and stock."""
        options = " ".join(value for _, value in sku.options)
        price = self.say("sku_price", price=sku.price) if sku.price else ""
        stock = self.say("sku_stock", stock=sku.stock) if sku.stock is not None else ""
        return Evidence(
            EvidenceId(f"sku:{sku.id}"),
            EvidenceKind.PRODUCT,
            " ".join(part for part in (options, price, stock) if part),
            product.title.in_language(self.language.tag),
            product.source.place,
            product.url,
            product.id,
            as_of,
        )

    def day(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d")

    def join(self, words: list[str]) -> str:
        return self.say("list_separator").join(words)

    def ask_human(self) -> QuickReply:
        return QuickReply(self.say("ask_human"), self.say("ask_human_text"))

    def in_script(self, reply: Reply) -> Reply:
        """The reply in the script the shopper writes; evidence stays word for word."""
        if self.language.script is not Script.TRADITIONAL:
            return reply
        turn = to_traditional
        return replace(
            reply,
            parts=tuple(replace(part, text=turn(part.text)) for part in reply.parts),
            cards=tuple(replace(card, title=turn(card.title), note=turn(card.note)) for card in reply.cards),
            table=reply.table and _table_in(turn, reply.table),
            quick_replies=_buttons_in(turn, reply.quick_replies),
            expects=reply.expects
            and Expects(reply.expects.kind, reply.expects.name, _buttons_in(turn, reply.expects.options)),
        )


def product_evidence_id(product: Product) -> EvidenceId:
    return EvidenceId(f"product:{product.id}")


def _table_in(turn: Callable[[str], str], table: Table) -> Table:
    return Table(tuple(map(turn, table.columns)), tuple(tuple(map(turn, row)) for row in table.rows))


def _buttons_in(turn: Callable[[str], str], buttons: tuple[QuickReply, ...]) -> tuple[QuickReply, ...]:
    return tuple(QuickReply(turn(button.label), button.text) for button in buttons)
