"""Numbers with units, prices, stock and dates."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.commerce import Money, Quantity
from knowledge.readers.numbers import parse_date, parse_price, parse_stock
from knowledge.readers.quantity import parse_quantity, units


@pytest.mark.parametrize(
    ("text", "number", "unit", "high"),
    [
        ("245 g", "245", "g", None),
        ("80升", "80", "升", None),
        ("≤42 dB", "42", "dB", None),
        ("0.1-0.6MPa", "0.1", "MPa", "0.6"),
        ("3.5kg-5kg", "3.5", "kg", "5"),
        ("-10~40℃", "-10", "℃", "40"),
        ("9 to 14 kg", "9", "kg", "14"),
        ("约28kg（不含包装）", "28", "kg", None),
        ("1,299.5元", "1299.5", "元", None),
        ("24个月", "24", "个月", None),
        ("3200mAh", "3200", "mAh", None),
        ("5", "5", "", None),
    ],
)
def test_a_quantity_keeps_its_unit_as_written(text: str, number: str, unit: str, high: str | None) -> None:
    assert parse_quantity(text) == Quantity(Decimal(number), unit, Decimal(high) if high else None)


@pytest.mark.parametrize(
    "text",
    [
        "710×316×555mm",
        "2026-11-20",
        "2025年3月",
        "10:00-18:00",
        "95%棉 5%氨纶",
        "F6033",
        "1.5.2",
        "",
        "L码",
        "一级",
        "9" * 90,
    ],
)
def test_text_that_states_no_single_quantity_has_none(text: str) -> None:
    assert parse_quantity(text) is None


@given(st.decimals(0, 99999, places=2), st.sampled_from(units()), st.sampled_from(["", " "]))
def test_every_unit_is_read_after_any_number(number: Decimal, unit: str, space: str) -> None:
    if "(" not in unit:
        assert parse_quantity(f"{number}{space}{unit}") == Quantity(number, unit)


@given(st.text(max_size=90))
def test_no_text_breaks_the_parsers(text: str) -> None:
    parse_quantity(text), parse_price(text, "CNY"), parse_stock(text), parse_date(text)


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("¥1,299.00", "1299.00", "CNY"),
        (399, "399", "CNY"),
        (Decimal("12.50"), "12.50", "CNY"),
        ("1299元", "1299", "CNY"),
        ("$12.5", "12.5", "USD"),
        ("USD 12.5", "12.5", "USD"),
        ("12,50 €", "12.50", "EUR"),
        ("1.299,00 €", "1299.00", "EUR"),
    ],
)
def test_prices_are_read_as_shops_write_them(written: object, amount: str, currency: str) -> None:
    assert parse_price(written, "CNY") == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "written",
    ["面议", "-5", "199-299", "1,2", "", None, True, Decimal("NaN"), Decimal("1e400"), float("inf"), "1e400", []],
)
def test_what_is_no_price_is_none(written: object) -> None:
    assert parse_price(written, "CNY") is None


@pytest.mark.parametrize(
    ("written", "stock"), [("12", 12), (0, 0), ("1.0", 1), ("-3", None), ("1.5", None), ("many", None)]
)
def test_stock_is_a_whole_number_from_zero(written: object, stock: int | None) -> None:
    assert parse_stock(written) == stock


@pytest.mark.parametrize("written", ["2026-11-20", "2026/11/20", "2026年11月20日", "2026.11.20"])
def test_dates_are_read_as_shops_write_them(written: str) -> None:
    assert parse_date(written) == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_date_that_does_not_exist_is_none() -> None:
    assert parse_date("2026-13-01") is None
