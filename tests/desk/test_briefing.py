"""What people at the desk are told of a conversation, from its events alone and by a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.answers.texts import Texts
from assistant.desk.briefing import Briefings
from assistant.desk.drafts import Draft, drafts
from assistant.desk.suggestions import open_question
from assistant.desk.summary import Summary, summary
from assistant.domain.backend import OrderId
from assistant.domain.conversation import Conversation, Focus, Message, Owner, Shopper
from assistant.domain.errors import ModelUnavailable
from assistant.domain.events import AgentSaid, Event, HandoffRequested, MessageReceived, Payload, Replied
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import (
    AgentId,
    ConversationId,
    EvidenceId,
    MessageId,
    ProductId,
    ShopperId,
    StoreId,
    TurnId,
)
from assistant.domain.procedures import Finished, Service
from assistant.domain.reply import Action, ActionKind, Expects, ExpectsKind, HandoffReason, Part, Reply
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.domain.understanding import MoodLevel
from assistant.llm.scripted import Pause, Saying, ScriptedModels
from assistant.nlu.mood import MoodReader
from assistant.prompts import Prompts

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TALK = ConversationId("conv_1")
STORE = Store(
    StoreId("shop"), LocalText.of({"zh": "小店", "en": "Shop"}), ("zh", "en"), Persona(LocalText.one("zh", "小禾"))
)
FACT = Evidence(EvidenceId("f"), EvidenceKind.FACT, "¥459", "价格", "shoes.csv row 2", product_id=ProductId("P-1"))
TEXTS, MOOD = Texts.load(), MoodReader()


def says(text: str) -> Payload:
    return MessageReceived(Message(MessageId(text), text, text))


def replies(kind: ActionKind, text: str, reason: str = "", *evidence: Evidence, expects: str = "") -> Payload:
    waits = Expects(ExpectsKind.SLOT, expects) if expects else None
    part = Part(text, tuple(item.id for item in evidence))
    return Replied(TurnId("t"), Reply("zh", Action(kind, reason), (part,), evidence, expects=waits), 1)


def human(text: str) -> Payload:
    return AgentSaid(MessageId(text), AgentId("a"), "小王", text)


def events(*payloads: Payload) -> list[Event]:
    return [Event(TALK, seq, NOW, payload) for seq, payload in enumerate(payloads, start=1)]


TALKED = events(
    says("你好"),
    replies(ActionKind.SMALL_TALK, "你好"),
    says("云羽多少钱"),
    replies(ActionKind.ANSWER, "云羽现在 ¥459。", "fact", FACT),
    says("能刻字吗"),
    replies(ActionKind.ABSTAIN, "没有写明。", "no_evidence"),
    says("什么破店，气死我了，叫你们经理来"),
    replies(ActionKind.HANDOFF, "好的。", "complaint_escalation"),
    HandoffRequested(HandoffReason.COMPLAINT_ESCALATION),
)
FOCUS = Focus(
    product_ids=(ProductId("P-1"),),
    service=Service(orders=(OrderId("6001"),), finished=(Finished("cancel", "6001"),)),
)


def told(log: list[Event], focus: Focus = FOCUS, language: str = "zh") -> Summary:
    return summary(
        log,
        focus,
        titles={"cancel": "取消订单"},
        products={ProductId("P-1"): "云羽跑步鞋"},
        mood=MOOD.read,
        say=lambda name, **values: TEXTS.say(name, language, **values),
    )


def test_a_summary_tells_wants_outcomes_what_is_open_mood_orders_and_products() -> None:
    found = told(TALKED)
    assert found.wants == ("什么破店，气死我了，叫你们经理来", "能刻字吗", "云羽多少钱")
    assert [(each.asked, each.reply) for each in found.done] == [
        ("云羽多少钱", "云羽现在 ¥459。"),
        ("取消订单", "已办理（订单6001）"),
    ]
    assert found.open == ("能刻字吗",)
    assert found.mood.level is MoodLevel.ANGRY
    assert (found.orders, found.products) == (("6001",), ("云羽跑步鞋",))
    assert found.reason is HandoffReason.COMPLAINT_ESCALATION
    assert len(found.text) < 300
    assert all(word in found.text for word in ("投诉", "能刻字吗", "6001", "云羽跑步鞋", "愤怒"))


def test_an_english_summary_has_english_headings() -> None:
    text = told(TALKED, language="en").text
    assert text.splitlines()[0] == "A human is needed because of: a complaint"
    assert "Not answered: 能刻字吗" in text


def test_what_the_assistant_waits_for_is_told_and_long_lines_are_cut() -> None:
    found = told(
        events(says("退货" * 100), replies(ActionKind.PROCEDURE, "请问是哪一笔订单？", "return.asks", expects="order"))
    )
    assert found.waits_for == "请问是哪一笔订单？"
    assert len(found.wants[0]) <= 90
    assert found.open == ()


def test_of_a_conversation_without_a_word_nothing_is_told() -> None:
    assert told([], Focus()).text == "还没有内容。"


def test_the_open_question_is_the_last_that_nobody_answered() -> None:
    assert (asked := open_question(TALKED)) is not None
    assert asked.text == "能刻字吗"
    assert (asked := open_question([*TALKED, *events(says("在吗，能刻字吗"))])) is not None
    assert asked.text == "在吗，能刻字吗"
    assert open_question(events(says("能刻字吗"), human("可以"))) is None
    assert open_question(events(says("多少钱"), replies(ActionKind.ANSWER, "¥459", "fact", FACT))) is None


def test_drafts_are_of_questions_without_an_answer_with_what_a_human_said_then() -> None:
    answered = [
        *TALKED,
        *[Event(TALK, 10 + n, NOW, each) for n, each in enumerate((human("可以刻 6 个字"), human("免费")))],
    ]
    assert drafts([answered]) == [Draft("能刻字吗", "可以刻 6 个字\n免费")]
    again = events(says("能刻字吗？"), replies(ActionKind.ABSTAIN, "没有写明。", "no_evidence"))
    refused = events(says("查我订单"), replies(ActionKind.ABSTAIN, "请登录。", "not_signed_in"))
    once = events(says("能洗吗能洗吗"), replies(ActionKind.ABSTAIN, "没有写明。", "no_evidence"))
    assert drafts([once, again, answered, refused]) == [
        Draft("能刻字吗？", "可以刻 6 个字\n免费", asked=2),
        Draft("能洗吗能洗吗"),
    ]


@dataclass
class Desk:
    """A log of one conversation, and a store with a model."""

    log: list[Event]
    script: Callable[[Any], Saying]
    held: Callable[[str], bool] = lambda _: True

    def briefings(self) -> Briefings:
        found: Any = self
        return Briefings(
            found,
            found,
            found,
            found,
            found,
            lambda language: lambda name, **values: TEXTS.say(name, language, **values),
            MOOD.read,
            Prompts.load(),
            lambda sentence, _: self.held(sentence),
            ScriptedModels(self.script),
            seconds=0.1,
        )

    async def get(self, name: str) -> Conversation | Store:
        if name == STORE.id:
            return STORE
        shopper = Shopper(ShopperId("s"))
        return Conversation(TALK, STORE.id, shopper, "zh", Owner.QUEUE, 1, len(self.log), 0, FOCUS, NOW)

    async def events(self, _: str, *, after: int, limit: int) -> list[Event]:
        return self.log

    async def of(self, _: str) -> dict[str, object]:
        return {}

    async def published(self, _: str) -> str:
        return "scope"

    async def products(self, *_: object) -> list[object]:
        return []


async def test_a_model_words_the_summary_once_where_the_log_holds_all_that_it_says() -> None:
    asked: list[object] = []

    def script(prompt: object) -> str:
        asked.append(prompt)
        return "顾客问能刻字吗，还没有答复。顾客很生气，要找经理。"

    briefings = Desk(TALKED, script).briefings()
    first, second = [await briefings.summary(STORE.id, TALK) for _ in range(2)]
    assert first == second
    assert first.by_model
    assert first.text == "顾客问能刻字吗，还没有答复。顾客很生气，要找经理。"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "desk",
    [
        Desk(TALKED, lambda _: "已答应赔偿 500 元。顾客要找经理。", lambda sentence: "500" not in sentence),
        Desk(TALKED, lambda _: ModelUnavailable("gone", reason="unreachable")),
        Desk(TALKED, lambda _: [Pause(5), "太慢了。"]),
        Desk(TALKED, lambda _: ""),
    ],
)
async def test_where_a_model_fails_or_says_what_the_log_does_not_hold_the_summary_is_the_logs(desk: Desk) -> None:
    found = await desk.briefings().summary(STORE.id, TALK)
    assert not found.by_model
    assert found.text == told(TALKED).text.replace("云羽跑步鞋", "P-1").replace("取消订单", "cancel")


async def test_a_draft_keeps_the_humans_words_unless_a_model_says_the_same() -> None:
    log = [*TALKED, Event(TALK, 10, NOW, human("亲，可以刻 6 个字哦"))]
    good = Desk(log, lambda _: "可以刻 6 个字。").briefings()
    lying = Desk(log, lambda _: "可以刻 60 个字。", lambda sentence: "60" not in sentence).briefings()
    assert [draft.answer for draft in await good.drafts(STORE.id, TALK)] == ["可以刻 6 个字。"]
    assert [draft.answer for draft in await lying.drafts(STORE.id, TALK)] == ["亲，可以刻 6 个字哦"]
