"""People of a store read what a conversation is about; nobody else does, and of no other store."""

from __future__ import annotations

from starlette.testclient import TestClient

from assistant.domain.access import KeyScope
from assistant.domain.conversation import Message, Shopper
from assistant.domain.events import HandoffRequested, Replied
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import ConversationId, EvidenceId, MessageId, ShopperId, TurnId
from assistant.domain.reply import Action, ActionKind, HandoffReason, Part, Reply
from tests.api.world import LAMP, OTHER_SHOP, SHOP, World

PRICE = Evidence(EvidenceId("price"), EvidenceKind.FACT, "129 CNY", "价格", "lamps.csv row 2", product_id=LAMP.id)


async def talk(world: World) -> ConversationId:
    """A question that is answered, one that is not, and a wish for a human."""
    log = world.services.log
    conversation = await log.open(SHOP.id, Shopper(ShopperId("s-1")), "zh", greeting=None)

    async def said(text: str, reply: Reply, *also: HandoffRequested) -> None:
        event, _ = await log.receive(conversation.id, Message(MessageId(f"m-{text}"), text, text))
        replied = Replied(TurnId(f"t-{event.seq}"), reply, event.seq)
        focus = conversation.focus
        await log.deliver(conversation.id, replied, expected_epoch=conversation.epoch, focus=focus, also=also)

    answer = Reply("zh", Action(ActionKind.ANSWER, "fact"), (Part("台灯 129 元。", (PRICE.id,)),), (PRICE,))
    unknown = Reply("zh", Action(ActionKind.ABSTAIN, "no_evidence"), (Part("没有写明。"),))
    human = Reply("zh", Action(ActionKind.HANDOFF, "customer_request"), (Part("好的。"),))
    await said("台灯多少钱", answer)
    await said("灯罩能换成蓝色的吗", unknown)
    await said("转人工", human, HandoffRequested(HandoffReason.CUSTOMER_REQUEST))
    return conversation.id


async def test_a_summary_tells_what_was_wanted_done_and_left_open(world: World) -> None:
    conversation = await talk(world)
    path = f"/v1/stores/{SHOP.id}/conversations/{conversation}/summary"
    with TestClient(world.app()) as client:
        headers = await world.auth(KeyScope.VIEW)
        told = client.get(path, headers=headers).json()
        english = client.get(f"{path}?language=en", headers=headers).json()
    assert told["reason"] == "customer_request"
    assert told["wants"] == ["转人工", "灯罩能换成蓝色的吗", "台灯多少钱"]
    assert told["done"] == [{"asked": "台灯多少钱", "reply": "台灯 129 元。"}]
    assert told["open"] == ["灯罩能换成蓝色的吗"]
    assert not told["by_model"]
    assert "没有答上：灯罩能换成蓝色的吗" in told["text"]
    assert "Not answered: 灯罩能换成蓝色的吗" in english["text"]


async def test_a_question_that_found_no_answer_becomes_a_draft(world: World) -> None:
    conversation = await talk(world)
    with TestClient(world.app()) as client:
        path = f"/v1/stores/{SHOP.id}/conversations/{conversation}/faq-drafts"
        told = client.get(path, headers=await world.auth(KeyScope.MANAGE)).json()
    assert told["drafts"] == [{"question": "灯罩能换成蓝色的吗", "answer": "", "asked": 1}]


async def test_a_reply_is_suggested_to_what_was_left_open(world: World) -> None:
    conversation = await talk(world)
    with TestClient(world.app()) as client:
        path = f"/v1/stores/{SHOP.id}/conversations/{conversation}/suggestions"
        told = client.get(path, headers=await world.auth(KeyScope.DESK)).json()
    (asked,) = world.explainer.asked
    assert asked.text == "灯罩能换成蓝色的吗"
    assert [line.text for line in asked.before] == ["台灯多少钱", "台灯 129 元。"]
    assert all(each["sources"] for each in told["suggestions"])


async def test_only_who_may_reads_them_and_only_of_their_own_store(world: World) -> None:
    conversation = await talk(world)
    scopes = {"summary": KeyScope.VIEW, "suggestions": KeyScope.DESK, "faq-drafts": KeyScope.MANAGE}
    with TestClient(world.app()) as client:
        for name, scope in scopes.items():
            path = f"/v1/stores/{SHOP.id}/conversations/{conversation}/{name}"
            assert client.get(path).status_code == 401
            assert client.get(path, headers=await world.auth(KeyScope.AUDIT)).status_code == 403
            other = f"/v1/stores/{OTHER_SHOP.id}/conversations/{conversation}/{name}"
            strangers = await world.auth(scope, store_id=OTHER_SHOP.id)
            assert client.get(path, headers=strangers).status_code == 403
            assert client.get(other, headers=strangers).status_code == 404
