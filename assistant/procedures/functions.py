"""What expressions can call beside CEL's own functions. Numbers come and go as doubles, dates as ISO 8601 texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MOST_DAYS = 36_500


def rounded(number: float, places: float = 0) -> float:
    """Half away from zero, as bills are rounded."""
    step = Decimal(1).scaleb(-int(places))
    return float(Decimal(repr(float(number))).quantize(step, rounding=ROUND_HALF_UP))


def days(first: str, last: str) -> float:
    """Whole days from one date to another, less than 0 where the other is earlier. Times of day do not count."""
    return float((_day(last) - _day(first)).days)


def hours(first: str, last: str) -> float:
    """Hours from one time to another; a date is its first moment, a time without a zone is UTC."""
    return (_moment(last) - _moment(first)).total_seconds() / 3600


def plus_days(day: str, count: float) -> str:
    """The date so many days later."""
    if abs(count) > MOST_DAYS:
        raise ValueError(f"{count:.0f} days is too far")
    return (_day(day) + timedelta(days=int(count))).isoformat()


def total(numbers: Sequence[float]) -> float:
    return math.fsum(numbers)


def distinct(items: Sequence[Any]) -> list[Any]:
    """The items without repetitions, in their order."""
    kept: list[Any] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def size(value: Any) -> float:
    return float(len(value))


def whole(value: Any) -> float:
    """The number without its fraction; a text is read as a number."""
    return float(math.trunc(float(value)))


def index(value: Any) -> Any:
    """A number as CEL takes it for a place in a list; a key of a map as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "round": rounded,
    "floor": lambda number: float(math.floor(number)),
    "ceil": lambda number: float(math.ceil(number)),
    "abs": abs,
    "sum": total,
    "min": min,
    "max": max,
    "days": days,
    "hours": hours,
    "plus_days": plus_days,
    "distinct": distinct,
    "join": lambda items, between: str(between).join(map(str, items)),
    "lower": lambda text: str(text).casefold(),
    "size_": size,
    "int_": whole,
    "index_": index,
}
OF_CEL = frozenset(
    {"size", "has", "map", "filter", "all", "exists", "exists_one", "contains", "startsWith", "endsWith", "matches"}
    | {"int", "double", "string", "timestamp", "duration"}
)
"""CEL's own functions that may be called."""

KNOWN = OF_CEL | {name for name in FUNCTIONS if not name.endswith("_")}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"{text!r} is no date") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if len(text) > 10 else datetime.combine(_day(text), time())
    except ValueError:
        raise ValueError(f"{text!r} is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
