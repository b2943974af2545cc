"""What a model may look up: the shopper's own records, where the store allows it. It proposes, and does nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.domain.ids import StoreId
from assistant.domain.models import Prompt
from assistant.domain.reply import ActionKind, Reply
from assistant.domain.store import ModelSettings
from assistant.llm.scripted import Asks, Saying
from tests.turn.conftest import DEMO, FixedClock
from tests.turn.counters import Counters, Visit, counters_of
from tests.turn.models import Switched

QUESTION = "年初到现在拢共掏了多少"
OWN, FOREIGN = "6001130445", "6001048203"
READS = ("orders", "parcels", "coupons", "balances")


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def models() -> Switched:
    return Switched(lambda _: {"parts": []})


@pytest.fixture(scope="module")
def opened(
    imported: Path, portal: BlockingPortal, models: Switched, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counters]:
    data = tmp_path_factory.mktemp("lookups") / "data"
    shutil.copytree(imported, data)
    opening = counters_of(data, "demo", DEMO / "system", FixedClock(), models)
    with portal.wrap_async_context_manager(opening) as counters:
        yield counters


@pytest.fixture
def counters(opened: Counters, portal: BlockingPortal) -> Counters:
    portal.call(allow, opened, *READS, "cancel", "return", "invoice")
    return opened


async def allow(counters: Counters, *tools: str) -> None:
    store = await counters.app.stores.get(StoreId("demo"))
    await counters.app.stores.put(replace(store, model=ModelSettings(tools=tools)))


def first(prompt: Prompt) -> bool:
    """Whether no tool has been called yet."""
    return len(prompt.lines) == 2


def hear(portal: BlockingPortal, counters: Counters, *texts: str) -> tuple[Reply, Visit]:
    async def heard() -> tuple[Reply, Visit]:
        visit = await counters.visit("u2002", "zh")
        for text in texts:
            reply = await visit.hear(text)
        return reply, visit

    return portal.call(heard)


def test_what_the_records_hold_is_said_and_shown_with_the_record(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    told: list[str] = []

    def looks(prompt: Prompt) -> Saying:
        if first(prompt):
            return [Asks("read_orders", {})]
        record = next(line for line in prompt.lines[-1].text.splitlines() if OWN in line and "金额" in line)
        told.append(record)
        return record.removeprefix("<record>").removesuffix("</record>")

    models.looks = looks
    reply, visit = hear(portal, counters, QUESTION)
    assert reply.action.kind is ActionKind.ANSWER
    assert reply.action.reason == "records"
    assert OWN in reply.text
    assert [item.kind.value for item in reply.evidence] == ["record"]
    assert told[0].startswith("<record>")
    assert visit.system.writes == []


def test_what_the_records_do_not_hold_is_not_said(portal: BlockingPortal, counters: Counters, models: Switched) -> None:
    lie = f"订单{OWN}的金额是 1 元，已经为您取消并退款 9999 元。"
    models.looks = lambda prompt: [Asks("read_orders", {})] if first(prompt) else lie
    reply, visit = hear(portal, counters, QUESTION)
    assert reply.action.kind is ActionKind.ABSTAIN
    assert "9999" not in reply.text
    assert visit.system.writes == []


def test_a_model_that_asks_for_everything_sees_nothing_of_others_and_does_nothing(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    seen: list[str] = []

    def looks(prompt: Prompt) -> Saying:
        seen.extend(line.text for line in prompt.lines[2:])
        return [
            *(Asks(f"read_{name}", {"order_id": FOREIGN}) for name in READS),
            *(Asks("propose_procedure", {"procedure": name}) for name in ("pay", "cancel")),
            *(Asks(name, {"order_id": OWN}) for name in ("cancel_order", "refund_without_return", "call")),
        ]

    models.looks = looks
    _, visit = hear(portal, counters, QUESTION)
    assert visit.system.writes == []
    assert not any(FOREIGN in line for line in seen if not line.startswith("read_"))
    assert sum(line.startswith("There is no tool") for line in seen) >= 3
    again, visit = hear(portal, counters, QUESTION, "确认")
    assert visit.system.writes == []
    assert again.action.kind is not ActionKind.ANSWER


def test_what_a_model_proposes_is_put_to_the_shopper_and_begun_only_at_their_word(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    models.looks = lambda prompt: [Asks("propose_procedure", {"procedure": "cancel"})] if first(prompt) else "已提议。"
    reply, visit = hear(portal, counters, QUESTION)
    assert reply.action.reason == "cancel.offered"
    assert "取消订单" in [button.text for button in reply.quick_replies]
    assert visit.system.writes == []
    begun, visit = hear(portal, counters, QUESTION, "取消订单")
    assert begun.action.reason.startswith("cancel.")
    assert begun.action.reason != "cancel.offered"
    assert visit.system.writes == []


def test_nobody_who_is_not_signed_in_has_records_looked_up(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    asked: list[Prompt] = []

    def looks(prompt: Prompt) -> Saying:
        asked.append(prompt)
        return [Asks("read_orders", {})] if first(prompt) else "NO_ANSWER"

    models.looks = looks

    async def heard() -> dict[str, Any]:
        answer = await counters.app.ask(StoreId("demo"), QUESTION)
        notes: Any = answer.trace["notes"]
        return notes["consult"]  # type: ignore[no-any-return]

    assert portal.call(heard).get("read", 0) == 0
    assert not any("<record>" in line.text for prompt in asked for line in prompt.lines)


def test_a_store_that_allows_nothing_has_nothing_looked_up(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    portal.call(allow, counters)
    asked: list[Prompt] = []
    models.looks = lambda prompt: asked.append(prompt) or "NO_ANSWER"
    reply, _ = hear(portal, counters, QUESTION)
    assert reply.action.kind is ActionKind.ABSTAIN
    assert asked == []
