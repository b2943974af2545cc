"""Small, complete examples of what is stored, and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from assistant.domain.conversation import Message, Page
from assistant.domain.events import Replied
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.hours import Hours
from assistant.domain.ids import EvidenceId, MessageId, ProductId, StoreId, TurnId, new_id
from assistant.domain.reply import (
    Action,
    ActionKind,
    Expects,
    ExpectsKind,
    Part,
    ProductCard,
    QuickReply,
    Reply,
    Table,
)
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText

STORE = StoreId("orchard")


class TickingClock:
    """Moves on by one microsecond each time it is looked at."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


def a_store(store_id: str = STORE, *, name: str = "山里果园") -> Store:
    return Store(
        id=StoreId(store_id),
        name=LocalText.of({"zh": name, "en": "Hillside Orchard"}),
        languages=("zh", "en"),
        persona=Persona(LocalText.of({"zh": "小果", "en": "Pip"}), greeting=LocalText.one("zh", "亲，想吃点什么？")),
        hours=Hours(weekly=((0, "09:00", "18:00"), (6, "10:00", "16:00"))),
        origins=("https://orchard.example", "http://localhost:*"),
        url="https://orchard.example",
    )


def a_message(client_message_id: str = "m-1", text: str = "这箱苹果有几斤？", page: Page | None = None) -> Message:
    """A message as the API would build it: with an id of its own at each attempt."""
    return Message(MessageId(new_id("msg")), client_message_id, text, page or Page())


def a_reply() -> Reply:
    """A reply with every field set, so that a round trip tests all of them."""
    product = ProductId("apple-5kg")
    evidence = Evidence(
        id=EvidenceId("ev_1"),
        kind=EvidenceKind.FACT,
        text="净重：5 kg",
        title="净重",
        source="products.csv row 2",
        url="https://orchard.example/apple",
        product_id=product,
        as_of=datetime(2026, 11, 20, tzinfo=UTC),
    )
    return Reply(
        language="zh",
        action=Action(ActionKind.ANSWER, "fact"),
        parts=(Part("一箱净重 5 kg，就是 10 斤。", (evidence.id,)), Part("还想了解什么？")),
        evidence=(evidence,),
        cards=(ProductCard(product, "红富士苹果", price=f"¥{Decimal('59.90')}", note="现摘"),),
        table=Table(("规格", "净重"), (("小箱", "2.5 kg"), ("大箱", "5 kg"))),
        quick_replies=(QuickReply("多少钱", "这箱多少钱？"),),
        expects=Expects(ExpectsKind.CHOICE, "size", (QuickReply("小箱", "小箱"), QuickReply("大箱", "大箱"))),
    )


def replied(answers: int, turn_id: str | None = None) -> Replied:
    return Replied(TurnId(turn_id or new_id("turn")), a_reply(), answers)
