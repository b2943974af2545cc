"""Records of a foreign system as the domain's nouns, by the expressions of a mapping."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.domain.backend import (
    Address,
    Balance,
    Coupon,
    Order,
    OrderId,
    OrderLine,
    OrderStage,
    PaymentMethod,
    Shipment,
    ShipmentStep,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.commerce import Money
from assistant.domain.ids import ProductId, SkuId
from connectors.mapping.expressions import DoesNotApply, Expression
from connectors.mapping.model import AddressMap, LineMap, PaymentMap, PriceMap, Records, ShipmentMap

_MILLISECONDS_FROM = 100_000_000_000  # a number of seconds as large as this would lie in the year 5138


class Malformed(ValueError):
    """A record lacks what it cannot do without, or an expression does not apply to it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """All methods raise Malformed. What a record may lack, and what cannot be read as it should, is left empty."""

    records: Records
    currency: str
    timezone: tzinfo

    def shopper(self, raw: object) -> ShopperRecord:
        entry = self.records.shopper
        address, methods = entry.address, entry.payment_methods
        return ShopperRecord(
            id=ShopperRef(_needed(entry.id, raw)),
            name=_text(entry.name, raw),
            email=_text(entry.email, raw),
            phone=_text(entry.phone, raw),
            address=_address(address, raw) if address else None,
            payment_methods=tuple(_payment(methods, one) for one in each(methods.each, raw)) if methods else (),
            fields=_fields(entry.fields, raw),
        )

    def order(self, raw: object, owner: ShopperRef) -> Order:
        """owner: whose it is where the record does not say."""
        entry = self.records.order
        state = _needed(entry.state, raw)
        return Order(
            id=OrderId(_needed(entry.id, raw)),
            shopper=ShopperRef(_needed(entry.shopper, raw)) if entry.shopper else owner,
            stage=entry.stages.get(state, OrderStage.OTHER),
            state=state,
            lines=tuple(self._line(entry.lines, one) for one in each(entry.lines.each, raw)),
            total=self._money(entry.total, raw),
            address=_address(entry.address, raw) if entry.address else None,
            payment=_payment_or_none(entry.payment, raw) if entry.payment else None,
            placed_at=self._moment(entry.placed_at, raw),
            fields=_fields(entry.fields, raw),
        )

    def shipment(self, raw: object) -> Shipment:
        entry = self.records.shipment
        assert entry is not None, "checked with the file"
        return Shipment(
            number=_needed(entry.number, raw),
            carrier=_text(entry.carrier, raw),
            steps=tuple(self._steps(entry, raw)),
            due_at=self._moment(entry.due_at, raw),
            delivered_at=self._moment(entry.delivered_at, raw),
            skus=tuple(SkuId(_told(sku)) for sku in each(entry.skus, raw)) if entry.skus else (),
        )

    def balance(self, raw: object) -> Balance:
        entry = self.records.balance
        assert entry is not None, "checked with the file"
        amount = self._money(entry.amount, raw)
        if amount is None:
            raise Malformed(f"`{entry.amount.amount}` gives no amount")
        return Balance(_needed(entry.id, raw), _needed(entry.kind, raw), amount, _text(entry.label, raw))

    def coupon(self, raw: object) -> Coupon:
        entry = self.records.coupon
        assert entry is not None, "checked with the file"
        return Coupon(
            _needed(entry.id, raw),
            _needed(entry.terms, raw),
            self._day(entry.begins, raw),
            self._day(entry.ends, raw),
        )

    def _line(self, entry: LineMap, raw: object) -> OrderLine:
        told = _value(entry.quantity, raw)
        quantity = Decimal(1) if told is None else _number(told)
        if quantity is None or quantity != int(quantity) or quantity < 0:
            raise Malformed(f"`{entry.quantity}` gives no number of pieces")
        sku = _text(entry.sku_id, raw)
        return OrderLine(
            product_id=ProductId(_needed(entry.product_id, raw)),
            quantity=int(quantity),
            sku_id=SkuId(sku) if sku else None,
            title=_text(entry.title, raw),
            price=self._money(entry.price, raw),
            options=_options(_value(entry.options, raw)),
        )

    def _steps(self, entry: ShipmentMap, raw: object) -> Iterator[ShipmentStep]:
        """The newest last where all their times are known, else as they come."""
        if entry.steps is None:
            return
        steps = [
            ShipmentStep(
                _needed(entry.steps.text, one), self._moment(entry.steps.at, one), _text(entry.steps.place, one)
            )
            for one in each(entry.steps.each, raw)
        ]
        if all(step.at for step in steps):
            steps.sort(key=lambda step: step.at or datetime.min.replace(tzinfo=UTC))
        yield from steps

    def _money(self, entry: PriceMap | None, raw: object) -> Money | None:
        amount = _number(_value(entry.amount, raw)) if entry else None
        if entry is None or amount is None:
            return None
        currency = _text(entry.currency, raw).upper() or self.currency
        return Money(amount.scaleb(-entry.decimals), currency)

    def _moment(self, expression: Expression | None, raw: object) -> datetime | None:
        """ISO 8601, or seconds or milliseconds since 1970."""
        value = _value(expression, raw)
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS_FROM else value, UTC)
            told = datetime.fromisoformat(str(value).strip().replace("/", "-")) if value else None
        except (ValueError, OverflowError, OSError):
            return None
        return told.replace(tzinfo=self.timezone) if told and told.tzinfo is None else told

    def _day(self, expression: Expression | None, raw: object) -> date | None:
        moment = self._moment(expression, raw)
        return moment.astimezone(self.timezone).date() if moment else None


def each(expression: Expression, raw: object) -> list[Any]:
    """The list that stands there: empty where nothing does, and of one where one thing does."""
    found = _value(expression, raw)
    if found is None:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]


def _value(expression: Expression | None, raw: object) -> Any:
    try:
        return expression.of(raw) if expression else None
    except DoesNotApply as error:
        raise Malformed(str(error)) from error


def _text(expression: Expression | None, raw: object) -> str:
    value = _value(expression, raw)
    return "" if value is None else _told(value)


def _needed(expression: Expression, raw: object) -> str:
    found = _text(expression, raw)
    if not found:
        raise Malformed(f"`{expression}` gives nothing")
    return found


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    raise Malformed(f"a text or number is needed, and it is a {type(value).__name__}")


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _options(value: object) -> tuple[tuple[str, str], ...]:
    """Of {"colour": "red"}, or of [{"name": "colour", "value": "red"}]."""
    if isinstance(value, Mapping):
        return tuple((str(name), _told(chosen)) for name, chosen in value.items() if chosen is not None)
    if isinstance(value, list):
        return tuple(
            (str(one["name"]), _told(one["value"]))
            for one in value
            if isinstance(one, Mapping) and one.get("name") and one.get("value") is not None
        )
    return ()


def _address(entry: AddressMap, raw: object) -> Address | None:
    there = _value(entry.at, raw)
    if not there:
        return None
    parts = {name: _text(getattr(entry, name), there) for name in AddressMap.model_fields if name != "at"}
    return Address(**parts) if any(parts.values()) else None


def _payment(entry: PaymentMap, raw: object) -> PaymentMethod:
    there = _value(entry.at, raw)
    return PaymentMethod(_needed(entry.id, there), _needed(entry.kind, there), _text(entry.label, there))


def _payment_or_none(entry: PaymentMap, raw: object) -> PaymentMethod | None:
    there = _value(entry.at, raw)
    return _payment(entry, raw) if there and _text(entry.id, there) else None


def _fields(expression: Expression, raw: object) -> dict[str, object]:
    value = _value(expression, raw)
    return dict(value) if isinstance(value, Mapping) else {}
