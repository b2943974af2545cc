"""The shop system's records as expressions and texts see them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assistant.domain.backend import Address, Shipment
from assistant.procedures.records import (
    ORDER_FIELDS,
    address_values,
    balance_values,
    order_values,
    payment_values,
    product_values,
    shipment_values,
    shopper_values,
)
from tests.procedures.rain_system import CARD, CATALOGUE, HOME, ORDERS, PEOPLE, TODAY, line


def test_an_order_has_the_same_fields_in_every_shop() -> None:
    values = order_values(ORDERS[1], TODAY)
    assert set(values) == ORDER_FIELDS
    assert (values["stage"], values["state"], values["placed_on"]) == ("unpaid", "待付款", "2026-11-18")
    assert (values["total"], values["days_since_placed"]) == (Decimal(327), 4)
    assert values["items"] == "长亭直柄伞, 行舟雨衣 × 2"


def test_an_order_of_which_little_is_known_has_empty_values_and_no_holes() -> None:
    bare = replace(ORDERS[0], total=None, address=None, payment=None, placed_at=None, fields={"a": {"b": 1}})
    values = order_values(bare, TODAY)
    assert (values["total"], values["currency"], values["placed_on"], values["days_since_placed"]) == (
        None,
        "",
        "",
        None,
    )
    assert values["payment"] == {"id": "", "kind": "", "label": ""}
    assert values["address"]["line"] == ""
    assert values["fields"] == {"a": {"b": 1}}


def test_a_long_title_is_cut_in_a_list_of_items() -> None:
    long = replace(ORDERS[0], lines=(line("RN-9", "伞" * 80, "5"),))
    assert order_values(long, TODAY)["items"] == "伞" * 35 + "…"


def test_an_address_is_one_line_in_the_order_of_its_country() -> None:
    assert address_values(HOME)["line"] == "江苏省苏州市姑苏区平江路18号（邮编215005）"
    abroad = Address("Ann Lee", "", "USA", "TX", "Austin", "", "4 Elm St", "Apt 2", "73301")
    assert address_values(abroad)["line"] == "4 Elm St, Apt 2, Austin, TX, 73301, USA"


def test_a_way_to_pay_without_a_label_is_called_by_its_kind() -> None:
    assert payment_values(replace(CARD, label=""))["label"] == "bank_card"


def test_a_shopper_stands_with_their_ways_to_pay() -> None:
    values = shopper_values(PEOPLE[0])
    assert values["address"]["recipient"] == "沈梅"
    assert [method["kind"] for method in values["payment_methods"]] == ["bank_card", "gift_card"]


def test_a_parcel_without_news_is_told_without_them() -> None:
    [values] = shipment_values([Shipment("YT1")])
    assert (values["newest"], values["newest_at"], values["due_on"], values["delivered_on"]) == ("", "", "", "")


def test_a_variant_without_a_price_has_that_of_its_product() -> None:
    product = replace(CATALOGUE[0], skus=(replace(CATALOGUE[0].skus[0], price=None, stock=0),))
    [sku] = product_values(product, "zh")["skus"]
    assert (sku["price"], sku["in_stock"], sku["name"]) == (Decimal(79), False, "藏青, 小号")


def test_no_balance_is_an_empty_list() -> None:
    assert balance_values(()) == []
