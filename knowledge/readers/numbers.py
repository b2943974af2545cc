"""Prices, stock and dates as shops write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from assistant.domain.commerce import Money
from knowledge.readers.quantity import parse_number
from knowledge.readers.texts import plain_text

_CURRENCIES = {
    "¥": "CNY", "￥": "CNY", "元": "CNY", "块": "CNY", "rmb": "CNY", "人民币": "CNY", "$": "USD", "us$": "USD",
    "€": "EUR", "£": "GBP", "hk$": "HKD", "nt$": "TWD",
}  # fmt: skip
_PRICE = re.compile(r"(?P<before>[^\d\s.,+-]{0,5})\s*(?P<amount>\d[\d,.' ]*)\s*(?P<after>[^\d\s.,]{0,5})")
_PLAIN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{2}|\d+,\d{2}")
_MAX_STOCK = 10**12


def parse_price(value: object, currency: str) -> Money | None:
    """The price that `value` states ("¥1,299.00", 399, "12,50 €"), in its own currency or else in `currency`.

    None for what is no price: words such as "面议", ranges, negative, infinite and absurd numbers.
    """
    match = _PRICE.fullmatch(plain_text(value))
    if match is None:
        return None
    sign = (match["before"] + match["after"]).casefold()
    known = _CURRENCIES.get(sign, sign.upper() if re.fullmatch(r"[a-z]{3}", sign) else currency if not sign else None)
    written = match["amount"].strip().replace(" ", "").replace("'", "")
    if _EUROPEAN.fullmatch(written):
        written = written.replace(".", "").replace(",", ".")
    amount = parse_number(written) if _PLAIN.fullmatch(written) else None
    if known is None or amount is None or amount >= Decimal(10) ** 12:
        return None
    return Money(amount, known)


def parse_stock(value: object) -> int | None:
    """A whole number from 0, None for anything else."""
    number = parse_number(plain_text(value))
    if number is None or number < 0 or number != number.to_integral_value() or number > _MAX_STOCK:
        return None
    return int(number)


def parse_date(value: object) -> datetime | None:
    """A date or a time (ISO 8601; "2026/11/20" and "2026年11月20日" too), with time zone UTC where none is named."""
    if isinstance(value, date):
        value = value.isoformat()
    text = re.sub(r"[/年月.](?=\d)", "-", plain_text(value).rstrip("日"), count=2) if value is not None else ""
    text = re.sub(r"(?<=-)(\d)(?=\D|$)", r"0\1", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
