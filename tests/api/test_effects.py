"""Approvals and the audit log over HTTP."""

from __future__ import annotations

import httpx
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.backend import Risk, ShopperRef
from assistant.domain.conversation import Shopper
from assistant.domain.effects import Call, Outcome, OutcomeState, Plan, Yes
from assistant.domain.ids import ShopperId
from assistant.domain.procedures import RunId
from tests.api.world import OTHER_SHOP, SHOP, World

BASE = f"/v1/stores/{SHOP.id}"


async def carry_out(world: World, run: str, *operations: str) -> Outcome:
    conversation = await world.services.log.open(SHOP.id, Shopper(ShopperId("user:ann")), "zh", greeting=None)
    calls = tuple(
        Call(name, name, Risk.WRITE, {"order_id": "#1", "amount": 5} if name != "cancel" else {"order_id": "#1"})
        for name in operations
    )
    plan = Plan(
        RunId(run), SHOP.id, conversation.id, ShopperRef("ann"), "cancel", "v1", Yes(1, "好", "取消#1？"), calls, ("r",)
    )
    return await world.services.effects.carry_out(plan)


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.APPROVE, KeyScope.AUDIT)


async def test_what_waits_is_listed_and_goes_on_once_it_is_approved(
    world: World, client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    assert (await carry_out(world, "run_1", "cancel", "goodwill", "refund")).state is OutcomeState.APPROVING
    [waiting] = (await client.get(f"{BASE}/approvals", headers=key)).json()["approvals"]
    assert (waiting["id"], waiting["state"], waiting["arguments"]) == (
        "run_1:goodwill",
        "approving",
        {"order_id": "#1", "amount": 5},
    )
    answer = await client.post(
        f"{BASE}/approvals/{waiting['id']}", json={"approve": True, "by": "Mei", "reason": "老客户"}, headers=key
    )
    assert (answer.status_code, answer.json()) == (200, {"outcome": "done", "reason": ""})
    assert (await client.get(f"{BASE}/approvals", headers=key)).json() == {"approvals": []}
    audit = (await client.get(f"{BASE}/audit", headers=key)).json()
    assert [effect["step"] for effect in audit["effects"]] == ["refund", "goodwill", "cancel"]
    approved = audit["effects"][1]
    assert approved["decided_by"].startswith("Mei, key a test (")
    assert approved["remark"] == "老客户"
    assert approved["yes"] == {"seq": 1, "said": "好", "shown": "取消#1？"}
    assert [change["state"] for change in approved["history"]] == ["planned", "approving", "planned", "sent", "done"]
    assert audit["next"] is None


async def test_what_was_decided_cannot_be_decided_again(
    world: World, client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    await carry_out(world, "run_1", "goodwill")
    no = await client.post(f"{BASE}/approvals/run_1:goodwill", json={"approve": False}, headers=key)
    assert no.json() == {"outcome": "refused", "reason": "denied"}
    again = await client.post(f"{BASE}/approvals/run_1:goodwill", json={"approve": True}, headers=key)
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "conflict", "refused")


async def test_the_audit_log_is_paged_and_narrowed_down(
    world: World, client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    for number in range(5):
        await carry_out(world, f"run_{number}", "cancel")
    await carry_out(world, "run_9", "goodwill")
    pages, before = [], {}
    while before is not None:
        page = (await client.get(f"{BASE}/audit", params={"limit": 4, **before}, headers=key)).json()
        pages.append([effect["run_id"] for effect in page["effects"]])
        before = {"before": page["next"]} if page["next"] else None
    assert pages == [["run_9", "run_4", "run_3", "run_2"], ["run_1", "run_0"]]
    for narrowed, count in (
        ({"operation": "cancel"}, 5),
        ({"state": "approving"}, 1),
        ({"shopper": "bob"}, 0),
        ({"procedure": "cancel"}, 6),
    ):
        assert len((await client.get(f"{BASE}/audit", params=narrowed, headers=key)).json()["effects"]) == count


@pytest.mark.parametrize("path", ["approvals", "audit"])
async def test_other_stores_and_other_scopes_see_nothing(world: World, client: httpx.AsyncClient, path: str) -> None:
    others = await world.auth(*KeyScope, store_id=OTHER_SHOP.id)
    assert (await client.get(f"{BASE}/{path}", headers=others)).status_code == 403
    without = await world.auth(KeyScope.EVALUATE, KeyScope.MANAGE)
    assert (await client.get(f"{BASE}/{path}", headers=without)).status_code == 403
    assert (await client.get(f"{BASE}/{path}")).status_code == 401


async def test_an_approval_of_another_store_is_not_found(world: World, client: httpx.AsyncClient) -> None:
    await carry_out(world, "run_1", "goodwill")
    others = await world.auth(KeyScope.APPROVE, KeyScope.AUDIT, store_id=OTHER_SHOP.id)
    other = f"/v1/stores/{OTHER_SHOP.id}"
    decided = await client.post(f"{other}/approvals/run_1:goodwill", json={"approve": True}, headers=others)
    assert decided.status_code == 404
    before = await client.get(f"{other}/audit", params={"before": "run_1:goodwill"}, headers=others)
    assert before.status_code == 404
