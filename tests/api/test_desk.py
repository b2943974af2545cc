"""The desk over HTTP: who may, what agents do, and what shoppers see of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from assistant.desk.ownership import Standing
from assistant.domain.access import KeyScope
from assistant.domain.conversation import Owner
from assistant.domain.events import HandoffRequested, TicketOpened
from assistant.domain.ids import ConversationId, TicketId
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import EVERYBODY
from tests.api.world import OTHER_SHOP, SHOP, Opened, World, opened

DESK = f"/v1/stores/{SHOP.id}/desk"
MEI = {"name": "小美", "state": "online"}
ASKED = HandoffRequested(HandoffReason.COMPLAINT_ESCALATION, "又坏了", 0.83)


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.DESK)


@pytest.fixture
async def mei(client: httpx.AsyncClient, key: dict[str, str]) -> dict[str, Any]:
    answer = await client.put(f"{DESK}/agents/mei", json=MEI, headers=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def queue(world: World, session: Opened) -> str:
    """Hands a conversation over, as the reply of a turn does."""
    conversation_id = ConversationId(session.conversation_id)
    epoch = (await world.services.log.get(conversation_id)).epoch
    change = Standing(Owner.BOT, epoch).queued(EVERYBODY.name)
    await world.services.log.change(conversation_id, [ASKED, change], expected_epoch=epoch)
    await world.services.desks.queue.stir(SHOP.id)
    return f"{DESK}/conversations/{conversation_id}"


async def test_an_agent_who_comes_is_asked_to_take_what_waits(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str]
) -> None:
    await queue(world, session)
    mei = (await client.put(f"{DESK}/agents/mei", json=MEI, headers=key)).json()
    assert (mei["id"], mei["name"], mei["present"], mei["load"], mei["capacity"]) == ("mei", "小美", True, 1, 5)
    desk = (await client.get(DESK, headers=key)).json()
    [waiting] = desk["waiting"]
    assert (waiting["reason"], waiting["confidence"], waiting["note"]) == ("complaint_escalation", 0.83, "又坏了")
    assert (waiting["offered_to"], waiting["conversation_id"]) == ("mei", session.conversation_id)
    assert [(group["name"], group["waiting"]) for group in desk["groups"]] == [("everybody", 1)]


async def test_a_conversation_goes_from_the_queue_to_an_agent_and_back_to_the_bot(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str], mei: dict[str, Any]
) -> None:
    case = await queue(world, session)
    as_mei = {"agent": "mei"}
    place = (await client.get(session.path("queue"), headers=session.auth)).json()
    assert place == {"waiting": True, "ahead": 0, "minutes": None}
    taken = (await client.post(f"{case}/take", json=as_mei, headers=key)).json()
    assert (taken["owner"], taken["agent"], taken["epoch"]) == ("agent", "mei", 3)
    said = await client.post(f"{case}/messages", json={**as_mei, "text": "您好", "key": "k-1"}, headers=key)
    again = await client.post(f"{case}/messages", json={**as_mei, "text": "您好", "key": "k-1"}, headers=key)
    assert (said.status_code, again.json()) == (201, said.json())
    await client.post(f"{case}/notes", json={**as_mei, "text": "老顾客", "mentions": ["mei"]}, headers=key)
    back = (await client.post(f"{case}/hand-back", json=as_mei, headers=key)).json()
    assert (back["owner"], [each["end"] for each in back["handoffs"]]) == ("bot", ["handed_back"])

    shown = (await client.get(session.path("history"), headers=session.auth)).json()["events"][1:]
    assert [event["type"] for event in shown] == ["handoff", "owner", "owner", "agent", "note", "owner"]
    assert (shown[2]["name"], shown[3]["text"], shown[3]["name"]) == ("小美", "您好", "小美")
    assert "小美" in shown[2]["text"]
    assert "老顾客" not in json.dumps(shown, ensure_ascii=False)
    assert "又坏了" not in json.dumps(shown, ensure_ascii=False)
    inside = (await client.get(f"{case}/history", headers=key)).json()["events"][1:]
    assert [event["type"] for event in inside] == [event["type"] for event in shown]
    assert (inside[0]["note"], inside[0]["confidence"], inside[2]["agent"]) == ("又坏了", 0.83, "mei")
    assert (inside[4]["text"], inside[4]["mentions"]) == ("老顾客", ["mei"])


async def test_who_comes_second_is_told_who_was_first(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str], mei: dict[str, Any]
) -> None:
    case = await queue(world, session)
    await client.put(f"{DESK}/agents/tom", json={"name": "Tom", "state": "online"}, headers=key)
    seen = (await client.get(case, headers=key)).json()["epoch"]
    await client.post(f"{case}/take", json={"agent": "mei", "epoch": seen}, headers=key)
    second = await client.post(f"{case}/take", json={"agent": "tom", "epoch": seen}, headers=key)
    assert (second.status_code, second.json()["code"], second.json()["agent"]) == (409, "conflict", "mei")
    word = await client.post(f"{case}/messages", json={"agent": "tom", "text": "hi"}, headers=key)
    assert word.status_code == 409


async def test_a_conversation_is_passed_on_closed_and_rated(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str], mei: dict[str, Any]
) -> None:
    case = await queue(world, session)
    await client.put(f"{DESK}/agents/tom", json={"name": "Tom", "state": "online"}, headers=key)
    await client.post(f"{case}/take", json={"agent": "mei"}, headers=key)
    for wrong in ({}, {"to_agent": "tom", "to_group": "everybody"}, {"to_group": "nobody"}):
        assert (await client.post(f"{case}/transfer", json={"agent": "mei", **wrong}, headers=key)).status_code == 422
    passed = await client.post(f"{case}/transfer", json={"agent": "mei", "to_agent": "tom", "note": "x"}, headers=key)
    assert passed.json()["agent"] == "tom"
    assert (await client.post(f"{case}/close", json={"agent": "mei", "reason": "x"}, headers=key)).status_code == 409
    closed = await client.post(f"{case}/close", json={"agent": "tom", "reason": "solved"}, headers=key)
    assert (closed.json()["owner"], closed.json()["handoffs"][0]["closed_for"]) == ("closed", "solved")
    rated = await client.post(session.path("rating"), json={"score": 5}, headers=session.auth)
    assert rated.status_code == 201


async def test_a_shopper_leaves_the_queue(
    world: World, client: httpx.AsyncClient, session: Opened, mei: dict[str, Any]
) -> None:
    await queue(world, session)
    for _ in range(2):
        assert (await client.post(session.path("queue/leave"), headers=session.auth)).status_code == 204
    shown = (await client.get(session.path("history"), headers=session.auth)).json()["events"]
    assert (shown[-1]["owner"], shown[-1]["reason"]) == ("bot", "left")
    assert shown[-1]["text"]


async def test_a_ticket_is_added_to_by_the_shopper_and_closed_by_a_person(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str], mei: dict[str, Any]
) -> None:
    opened_ = TicketOpened(TicketId("ticket_1"), HandoffReason.CUSTOMER_REQUEST, "everybody", "发票")
    await world.services.log.change(ConversationId(session.conversation_id), [opened_], expected_epoch=1)
    left = await client.post(session.path("contact"), json={"contact": "ann@lamps.example"}, headers=session.auth)
    assert (left.status_code, left.json()) == (201, {"ticket_id": "ticket_1"})
    assert (await client.post(session.path("contact"), json={}, headers=session.auth)).status_code == 422
    [ticket] = (await client.get(f"{DESK}/tickets?state=open", headers=key)).json()["tickets"]
    assert (ticket["message"], ticket["contact"]) == ("发票", "ann@lamps.example")
    body = {"agent": "mei", "answer": "已开好"}
    closed = (await client.post(f"{DESK}/tickets/ticket_1/close", json=body, headers=key)).json()
    assert (closed["state"], closed["closed_by"], closed["answer"]) == ("closed", "mei", "已开好")
    shown = (await client.get(session.path("history"), headers=session.auth)).json()["events"]
    assert "已开好" in [event.get("text") for event in shown]
    assert "ann@lamps.example" not in json.dumps(shown)


@pytest.mark.parametrize("scopes", [[KeyScope.VIEW, KeyScope.MANAGE], []])
async def test_without_the_scope_there_is_no_desk(
    world: World, client: httpx.AsyncClient, session: Opened, scopes: list[KeyScope]
) -> None:
    headers = await world.auth(*scopes) if scopes else session.auth
    assert (await client.get(DESK, headers=headers)).status_code in (401, 403)
    assert (await client.get(f"{DESK}/events", headers=headers)).status_code in (401, 403)


async def test_another_store_s_key_sees_and_does_nothing(
    world: World, client: httpx.AsyncClient, session: Opened, mei: dict[str, Any]
) -> None:
    case = await queue(world, session)
    strange = await world.auth(KeyScope.DESK, store_id=OTHER_SHOP.id)
    own = case.replace(f"/stores/{SHOP.id}/", f"/stores/{OTHER_SHOP.id}/")
    await client.put(f"/v1/stores/{OTHER_SHOP.id}/desk/agents/mei", json=MEI, headers=strange)
    before = await world.services.log.get(ConversationId(session.conversation_id))
    for path, body in (("take", {}), ("messages", {"text": "hi"}), ("hand-back", {}), ("close", {"reason": "x"})):
        for address, status in ((case, 403), (own, 404)):
            answer = await client.post(f"{address}/{path}", json={"agent": "mei", **body}, headers=strange)
            assert answer.status_code == status, answer.text
    assert (await client.get(own, headers=strange)).status_code == 404
    assert (await client.get(f"{own}/history", headers=strange)).status_code == 404
    assert (await client.get(f"{own}/events", headers=strange)).status_code == 404
    assert await world.services.log.get(ConversationId(session.conversation_id)) == before


async def test_a_test_conversation_is_not_at_the_desk(
    world: World, client: httpx.AsyncClient, key: dict[str, str], mei: dict[str, Any]
) -> None:
    evaluating = await world.auth(KeyScope.EVALUATE)
    tested = opened(await client.post(f"/v1/stores/{SHOP.id}/sessions", json={"evaluation": {}}, headers=evaluating))
    await queue(world, tested)
    assert (await client.get(DESK, headers=key)).json()["waiting"] == []
    assert (await client.get(f"{DESK}/conversations/{tested.conversation_id}", headers=key)).status_code == 404


async def test_a_key_says_which_agent_acts(
    world: World, client: httpx.AsyncClient, session: Opened, key: dict[str, str]
) -> None:
    case = await queue(world, session)
    assert (await client.post(f"{case}/take", json={}, headers=key)).status_code == 422
    unknown = await client.post(f"{case}/take", json={"agent": "nobody"}, headers=key)
    assert unknown.status_code == 404


def test_the_desk_and_the_shopper_follow_each_other_live(world: World) -> None:
    import asyncio

    key = asyncio.run(world.auth(KeyScope.DESK))
    with world.serving(heartbeat_s=0.2) as client:
        client.put(f"{DESK}/agents/mei", json=MEI, headers=key)
        session = opened(client.post(f"/v1/stores/{SHOP.id}/sessions", json={}))
        case = f"{DESK}/conversations/{session.conversation_id}"
        with connect_sse(client, "GET", f"{DESK}/events", headers=key) as desk:
            shown = desk.iter_sse()
            assert json.loads(_next(shown, "desk").data)["serving"] == []
            client.post(f"{case}/take", json={"agent": "mei"}, headers=key)
            assert json.loads(_next(shown, "desk").data)["serving"][0]["agent"] == "mei"
        with connect_sse(client, "GET", f"{case}/events", headers=key) as followed:
            events = followed.iter_sse()
            assert json.loads(_next(events, "owner").data)["agent"] == "mei"
            client.post(session.path("typing"), headers=session.auth)
            _next(events, "shopper_typing")
        with connect_sse(client, "GET", session.path("events"), headers=session.auth) as own:
            events = own.iter_sse()
            _next(events, "owner")
            client.post(f"{case}/typing", json={"agent": "mei"}, headers=key)
            assert json.loads(_next(events, "agent_typing").data)["name"] == "小美"


def _next(events: Any, name: str) -> Any:
    return next(event for event in events if event.event == name)
