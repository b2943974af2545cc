"""Records of a foreign system as our nouns."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.backend import OrderStage, ShopperRef
from assistant.domain.commerce import Money
from connectors.mapping.expressions import DoesNotApply, compiled
from connectors.mapping.model import Records
from connectors.mapping.records import Malformed, Translation

ME = ShopperRef("me")
RECORDS: dict[str, Any] = {
    "shopper": {"id": "id", "name": "join(' ', names)", "address": {"at": "home", "city": "city"}},
    "order": {
        "id": "id",
        "shopper": "owner",
        "state": "state",
        "stages": {10: "unpaid", "sent": "sent"},
        "lines": {"each": "lines", "product_id": "p", "quantity": "n", "price": "price", "options": "options"},
        "total": {"amount": "total", "currency": "currency", "decimals": 2},
        "placed_at": "at",
        "fields": "{tags: tags}",
    },
    "balance": {"id": "id", "kind": "kind", "amount": "amount"},
    "coupon": {"id": "id", "terms": "terms", "ends": "ends"},
    "shipment": {"number": "n", "steps": {"each": "steps", "text": "t", "at": "at"}},
}
TRANSLATION = Translation(Records.model_validate(RECORDS), "CNY", ZoneInfo("Asia/Shanghai"))
ORDER: dict[str, Any] = {"id": 7, "owner": "me", "state": "sent", "lines": [{"p": "P"}]}


def order(**changes: Any) -> Any:
    return TRANSLATION.order({**ORDER, **changes}, ME)


def test_numbers_may_name_orders_and_states() -> None:
    told = order(state=10)
    assert (told.id, told.state, told.stage) == ("7", "10", OrderStage.UNPAID)


def test_a_state_that_no_stage_is_given_for_is_none_that_shops_share() -> None:
    assert order(state="held by customs").stage is OrderStage.OTHER


@pytest.mark.parametrize(
    ("total", "amount"),
    [(1999, "19.99"), ("1,999", "19.99"), (0, "0.00"), (-500, "-5.00"), (None, None), ("面议", None), (True, None)],
)
def test_amounts_are_exact(total: object, amount: str | None) -> None:
    assert order(total=total).total == (Money(Decimal(amount), "CNY") if amount else None)


def test_an_amount_may_have_a_currency_of_its_own() -> None:
    assert order(total=100, currency="usd").total == Money(Decimal("1.00"), "USD")


def test_prices_keep_the_digits_that_were_sent() -> None:
    [line] = order(lines=[{"p": "P", "price": 0.1}]).lines
    assert line.price == Money(Decimal("0.1"), "CNY")


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-11-20T10:00:00", datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ("2026/11/20 10:00:00", datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ("2026-11-20T02:00:00Z", datetime(2026, 11, 20, 2, tzinfo=UTC)),
        (1795140000, datetime.fromtimestamp(1795140000, UTC)),
        (1795140000000, datetime.fromtimestamp(1795140000, UTC)),
        ("last week", None),
        ("", None),
        (10**30, None),
    ],
)
def test_times_are_iso_8601_or_seconds_or_milliseconds(at: object, moment: datetime | None) -> None:
    assert order(at=at).placed_at == moment


def test_a_day_is_that_of_the_shop_s_time_zone() -> None:
    coupon = TRANSLATION.coupon({"id": "C", "terms": "10 off", "ends": "2026-11-30T17:00:00Z"})
    assert coupon.ends == date(2026, 12, 1)


def test_options_come_as_an_object_or_as_a_list_of_names_and_values() -> None:
    for options in ({"colour": "red", "size": None}, [{"name": "colour", "value": "red"}]):
        assert order(lines=[{"p": "P", "options": options}]).lines[0].options == (("colour", "red"),)


def test_steps_come_the_newest_last_only_where_all_times_are_known() -> None:
    steps = [{"t": "later", "at": "2026-11-02"}, {"t": "earlier", "at": "2026-11-01"}]
    assert [step.text for step in TRANSLATION.shipment({"n": "T", "steps": steps}).steps] == ["earlier", "later"]
    del steps[1]["at"]
    assert [step.text for step in TRANSLATION.shipment({"n": "T", "steps": steps}).steps] == ["later", "earlier"]


@pytest.mark.parametrize(
    "change", [{"id": None}, {"owner": ""}, {"state": {}}, {"lines": [{"n": 1}]}, {"lines": [{"p": "P", "n": 0.5}]}]
)
def test_a_record_without_what_it_cannot_do_without_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        order(**change)


def test_only_what_the_mapping_picks_out_is_kept_of_the_rest() -> None:
    assert order(tags=["gift"], secret="internal").fields == {"tags": ["gift"]}


NAMES = ("id", "owner", "state", "lines", "total", "at", "p", "n", "price", "options", "home", "names")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)


@given(raw=JSON)
def test_whatever_a_system_answers_is_a_record_or_malformed(raw: Any) -> None:
    kinds = (TRANSLATION.shopper, TRANSLATION.shipment, TRANSLATION.balance, TRANSLATION.coupon)
    for translate in (*kinds, lambda record: TRANSLATION.order(record, ME)):
        with suppress(Malformed):
            translate(raw)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("shopper", {"shopper"}),
        ("arguments.order.shopper", {"arguments"}),
        ("arguments.items[?size > `3`].name | [0]", {"arguments"}),
        ("join('-', [shopper, key])", {"shopper", "key"}),
        ("{who: shopper, what: arguments.key}", {"shopper", "arguments"}),
        ("record.email || particulars.email", {"record", "particulars"}),
        ("'key'", set()),
        ("sort_by(record.lines, &price)", {"record"}),
    ],
)
def test_an_expression_knows_what_it_begins_with(expression: str, names: set[str]) -> None:
    assert compiled(expression).names == names


def test_an_expression_that_does_not_apply_says_so() -> None:
    with pytest.raises(DoesNotApply, match="sum"):
        compiled("sum(lines)").of({"lines": ["a"]})
    assert compiled("a.b[3]").of({"a": "text"}) is None
