"""What is known in a run: worked out when it is first named, each record read once a turn."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.domain.backend import OrderId
from assistant.domain.errors import NotFound, StoreSystemUnavailable
from assistant.domain.procedures import Expression
from assistant.domain.text import LocalText
from assistant.procedures.known import NotKnownYet
from assistant.procedures.wording import as_shown
from tests.procedures.rain_system import RainSystem
from tests.procedures.window import Window

NEW, OLD, SENT, TOMS = "R2611007", "R2611003", "R2611001", "R2600900"
E = Expression


async def test_nothing_is_read_before_it_is_named() -> None:
    window = Window()
    known = window.known("balance", {})
    assert await known.evaluate(E("1 + 1")) == 2
    assert window.system.reads == []
    assert await known.evaluate(E("card.balance")) == 20
    assert [read for read in window.system.reads if read != "shopper"] == ["balances", "card gift-1"]


async def test_a_record_is_read_once_a_turn_whoever_asks_for_it() -> None:
    window = Window()
    records = window.records()
    assert await records.order(OrderId(NEW)) == await records.order(OrderId(NEW))
    await records.orders()
    await records.look("card.read", {"card": "gift-1"})
    await records.look("card.read", {"card": "gift-1"})
    await records.look("card.read", {"card": "gift-2"})
    assert [read for read in window.system.reads if read != "shopper"] == ["orders", "card gift-1", "card gift-2"]


async def test_a_read_that_failed_is_tried_again() -> None:
    system = RainSystem(down=True)
    records = Window(system=system).records()
    with pytest.raises(StoreSystemUnavailable):
        await records.orders()
    system.down = False
    assert await records.orders()


async def test_what_hangs_on_an_open_slot_is_not_known_yet() -> None:
    known = Window().known("cancel", {})
    for expression in ("order.total", "order_id.total", "size(shipments)"):
        with pytest.raises(NotKnownYet):
            await known.evaluate(E(expression))


async def test_an_order_slot_stands_for_its_record_by_both_names() -> None:
    known = Window().known("cancel", {"order_id": [OLD]}, OLD)
    assert await known.evaluate(E("order.total == order_id.total && order.total == 288")) is True
    assert await known.evaluate(E("order.days_since_placed")) == 14
    assert await known.evaluate(E("order.lines[1].current_price")) == 119
    assert await known.evaluate(E("order.payment.kind")) == "gift_card"


async def test_lines_stand_for_the_items_chosen_and_values_build_on_them() -> None:
    slots = {"order_id": [OLD], "items": [{"order_id": OLD, "line": 1}], "reason": "broken"}
    known = Window().known("return", slots, OLD)
    assert await known.evaluate(E("items[0].title")) == "长亭直柄伞"
    assert await known.evaluate(E("back")) == Decimal("128.355")
    assert await known.arguments([("amount", E("back")), ("count", E("size(items)"))]) == {
        "amount": Decimal("128.36"),
        "count": 1,
    }


async def test_changes_stand_for_the_item_and_what_it_becomes() -> None:
    slots = {"order_id": [NEW], "items": [{"order_id": NEW, "line": 0, "sku_id": "RN-1-墨绿大号"}]}
    known = Window().known("change", slots, NEW)
    assert await known.evaluate(E("difference")) == Decimal("6.5")
    assert [change["option"] for change in await known.changes_beside("换成大号")] == ["颜色"]
    assert await known.changes_beside("换成墨绿大号") == []


@pytest.mark.parametrize(
    ("slots", "order"),
    [
        ({"order_id": [NEW], "items": [{"order_id": NEW, "line": 0, "sku_id": "gone"}]}, NEW),
        ({"order_id": [NEW], "items": [{"order_id": NEW, "line": 7, "sku_id": "RN-1-墨绿大号"}]}, NEW),
        ({"order_id": [TOMS], "items": [{"order_id": TOMS, "line": 0, "sku_id": "RN-1-墨绿大号"}]}, TOMS),
    ],
)
async def test_what_is_gone_or_somebody_elses_is_not_found(slots: dict[str, object], order: str) -> None:
    with pytest.raises(NotFound):
        await Window().known("change", slots, order).evaluate(E("items"))


async def test_amounts_in_texts_are_in_the_orders_currency() -> None:
    window = Window()
    known = window.known("cancel", {"order_id": [NEW]}, NEW)
    confirm = window.procedures["cancel"].confirm
    assert confirm is not None
    assert "¥79" in await known.say(confirm)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("158.205"), Decimal("158.21")),
        (Decimal("-0.005"), Decimal("-0.01")),
        (Decimal(40), Decimal(40)),
        ([{"price": Decimal("1.999"), "count": 2}], [{"price": Decimal("2.00"), "count": 2}]),
        ("1.999", "1.999"),
        (True, True),
    ],
)
def test_fractions_are_rounded_half_up_to_the_cent_wherever_they_stand(value: object, shown: object) -> None:
    assert as_shown(value) == shown


async def test_the_items_chosen_of_all_orders_are_known_whichever_is_served() -> None:
    items = [{"order_id": OLD, "line": 1}, {"order_id": NEW, "line": 0}]
    known = Window().known("return", {"items": items}, OLD)
    assert await known.evaluate(E("chosen.map(item, item.order_id)")) == [OLD, NEW]
    assert known.concerned == {OLD}
    assert Window().known("return", {"items": items}).concerned == {OLD, NEW}


async def test_a_text_without_amounts_reads_no_order_for_their_currency() -> None:
    window = Window()
    known = window.known("balance", {})
    assert await known.say(LocalText.one("en", "It is {{ today }}."))
    assert window.system.reads == []
    await known.say(LocalText.one("en", "You have {{ card.balance | money }}."))
    assert "orders" in window.system.reads
