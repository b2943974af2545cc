"""What a shop's rules can say, and what they are told where they cannot."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.procedures.expressions import (
    BadExpression,
    EvaluationFailed,
    MissingValue,
    Scope,
    evaluate,
    names,
)

ORDER: dict[str, Any] = {
    "id": "A1",
    "stage": "paid",
    "total": Decimal("19.90"),
    "placed_on": date(2026, 11, 2),
    "payment": None,
    "lines": [
        {"sku_id": "s1", "price": Decimal("3.45"), "quantity": 2},
        {"sku_id": "s2", "price": Decimal("13.00"), "quantity": 1},
    ],
    "fields": {"颜色": "红"},
}


@pytest.fixture
def scope() -> Scope:
    return Scope({"order": ORDER, "today": date(2026, 11, 22), "count": 3})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("order.total * 2", Decimal("39.8")),
        ("sum(order.lines.map(l, l.price * l.quantity)) == order.total", True),
        ("size(order.lines) - 1", 1),
        ("order.lines.size() * 0.5", 1),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 4", Decimal("0.25")),
        ("count + 1.5", Decimal("4.5")),
        ("int(2.7) + 1", 3),
        ("-count", -3),
        ("round(2.345, 2)", Decimal("2.35")),
        ("min(count, 2.5)", Decimal("2.5")),
    ],
)
def test_any_two_numbers_go_together(scope: Scope, expression: str, value: object) -> None:
    assert scope.evaluate(expression) == value
    assert type(scope.evaluate(expression)) is type(value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("order.lines[0].sku_id", "s1"),
        ("order.lines[size(order.lines) - 1].sku_id", "s2"),
        ("order.lines[count - 2].sku_id", "s2"),
        ("order.fields['颜色']", "红"),
        ("order.lines.filter(l, l.quantity > 1).map(l, {'id': l.sku_id, 'n': l.quantity})", [{"id": "s1", "n": 2}]),
        ("\"it's\" + ' 5 % off'", "it's 5 % off"),
    ],
)
def test_lists_records_and_texts_are_read(scope: Scope, expression: str, value: object) -> None:
    assert scope.evaluate(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("days(order.placed_on, today)", 20),
        ("days(today, order.placed_on) < 0", True),
        ("plus_days(order.placed_on, 30) >= today", True),
        ("hours('2026-11-22T08:00:00+08:00', '2026-11-22T02:00:00Z')", 2),
        ("order.placed_on", "2026-11-02"),
    ],
)
def test_dates_are_texts_that_can_be_counted_with(scope: Scope, expression: str, value: object) -> None:
    assert scope.evaluate(expression) == value


def test_what_is_null_or_absent_is_not_had(scope: Scope) -> None:
    assert not scope.holds("has(order.payment.kind)")
    assert not scope.holds("has(order.payment)")
    assert not scope.holds("has(order.nothing)")
    assert scope.holds("has(order.fields) && has(order.id)")


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("order.payment.kind == 'card'", "order.payment"),
        ("order.nothing.at_all", "order.nothing"),
        ("order.stage == 'paid' && order.fields.size", "order.fields.size"),
        ("basket.total", "basket"),
        ("order.lines.map(l, l.weight)", "weight"),
    ],
)
def test_a_missing_value_is_named(scope: Scope, expression: str, path: str) -> None:
    with pytest.raises(MissingValue) as missing:
        scope.evaluate(expression)
    assert missing.value.path == path


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("order.total + 'x'", "do not fit"),
        ("order.total / 0", "zero"),
        ("days('someday', today)", "'someday' is no date"),
        ("order.lines[7]", "out of bounds"),
        ("'a'.matches('[')", "regex"),
    ],
)
def test_what_cannot_be_worked_out_says_why(scope: Scope, expression: str, said: str) -> None:
    with pytest.raises(EvaluationFailed, match=said):
        scope.evaluate(expression)


def test_a_condition_has_to_be_true_or_false(scope: Scope) -> None:
    with pytest.raises(EvaluationFailed, match="true or false"):
        scope.holds("order.total")


@pytest.mark.parametrize(
    ("expression", "place", "said"),
    [
        ("order.total >", (1, 14), "too early"),
        ("order.stage\n  == 'paid' oder", (2, 13), "oder"),
        ("lookup(order.id)", (1, 1), "no function `lookup`"),
        ("1 == 1 &&\n  order.id.foo()", (2, 12), "no function `foo`"),
        ("count % 2 == 0", (1, 7), "%"),
        ("1u", (1, 1), "1u"),
        ("(" * 60 + "1" + ")" * 60, (1, 1), "too deeply"),
        ("a.map(x, a.map(y, a.map(z, 1)))", (1, 1), "too deeply"),
        ("'" + "a" * 3_000 + "'", (1, 1), "2000 characters"),
        ("", (1, 1), "too early"),
    ],
)
def test_a_text_that_is_no_expression_is_refused_with_its_place(
    expression: str, place: tuple[int, int], said: str
) -> None:
    with pytest.raises(BadExpression, match=said) as refused:
        names(expression)
    assert (refused.value.line, refused.value.column) == place
    assert refused.value.text.speaks("zh")


def test_the_names_an_expression_needs_leave_out_those_it_gives_itself() -> None:
    expression = "order.lines.exists(l, l.sku_id == wanted[key.of]) && has(shopper.email) && 'not.a.name' != size(x)"
    assert names(expression) == {"order", "wanted", "key", "shopper", "x"}


def test_a_name_set_anew_is_seen_anew(scope: Scope) -> None:
    assert scope.evaluate("count") == 3
    scope.set("count", 4)
    assert scope.evaluate("count") == 4
    assert scope.values["count"] == 4


def test_a_long_number_keeps_all_its_digits() -> None:
    long = 2**60 + 1
    assert evaluate("it.id", {"it": {"id": long}}) == long
    assert evaluate(f"it.id == {long}", {"it": {"id": long}}) is True


@given(some.text(alphabet="order.lines[]()'\"+-*/%<>=!&|?:,{} 019xau_\n\\", max_size=60))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    with suppress(BadExpression, EvaluationFailed):
        Scope({"order": ORDER}).evaluate(text)


@given(some.decimals(-10_000, 10_000, places=2), some.integers(-500, 500))
def test_money_is_worked_out_to_the_cent(price: Decimal, quantity: int) -> None:
    told = evaluate("price * quantity - price", {"price": price, "quantity": quantity})
    assert told == price * quantity - price
