"""Quantities in text: a number or a range with its unit as written."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

import yaml

from assistant.domain.commerce import Quantity

_UPPER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,9})?(?![\d.,]?\d)"
_NUMBER = rf"(?<![\d.,A-Za-z_/\-]){_UPPER}"
_BETWEEN = r"\s*(?:[-~～–—]|至|到|to)\s*"
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_DATE = re.compile(r"(?:19|20)\d{2}(?:\s*[-/年]\s*\d{1,2}(?:\s*[-/月]|$)|\.\d{1,2}\.)|\d{1,2}:\d{2}")
_TIMES = re.compile(r"\d\s*[a-zA-Z]{0,2}\s*[×xX*✕]\s*\d")


def parse_quantity(text: str) -> Quantity | None:
    """The one quantity that `text` states, or None where it states none, several, a date or a size in 2-3 dimensions.

    "≤42 dB" gives 42 dB and "0.1-0.6MPa" the range 0.1 to 0.6 MPa: the text itself stays the value to show.
    """
    if len(text) > 80:
        return None
    bare = _BRACKETS.sub(" ", text)
    if _DATE.search(bare) or _TIMES.search(bare):
        return None
    found = _pattern().search(bare)
    if found is None:
        return None
    if re.search(r"\d", bare[: found.start()] + bare[found.end() :]):
        return None  # several numbers: which of them is meant is not for us to say
    unit = found["unit"] or ""
    if not unit and bare.strip() != found.group().strip():
        return None  # a number inside words, such as a model name
    return _quantity(found["low"], found["high"], unit)


def parse_number(text: str) -> Decimal | None:
    """A finite number of ordinary size, thousands separators allowed; None for anything else."""
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > 15):
        return None
    return number


@cache
def units() -> tuple[str, ...]:
    """All known units, the longest first, so that "mAh" is not read as "mA"."""
    loaded: dict[str, list[str]] = yaml.safe_load(
        files("knowledge").joinpath("data/units.yaml").read_text(encoding="utf-8")
    )
    return tuple(
        sorted((str(unit) for group in loaded.values() for unit in group), key=lambda unit: (-len(unit), unit))
    )


def unit_pattern(names: tuple[str, ...]) -> str:
    """A regular expression for one of `names` (the longest first), not in the middle of a Latin word."""
    latin = "|".join(re.escape(name) for name in names if name[-1].isascii() and name[-1].isalnum())
    other = "|".join(re.escape(name) for name in names if not (name[-1].isascii() and name[-1].isalnum()))
    return "(?:" + "|".join(part for part in (f"(?:{latin})(?![A-Za-z/²³])" if latin else "", other) if part) + ")"


def quantity_pattern(unit: str, *, needed: bool = True) -> str:
    """A regular expression for a number or a range before what `unit` matches; groups low, high, unit."""
    tail = rf"[\s-]?(?P<unit>{unit})" if needed else rf"(?:\s*(?P<unit>{unit}))?"
    return rf"(?P<low>{_NUMBER})(?:(?:\s*{unit})?{_BETWEEN}(?P<high>{_UPPER}))?{tail}"


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(quantity_pattern(unit_pattern(units()), needed=False))


def _quantity(low: str, high: str | None, unit: str) -> Quantity | None:
    number = parse_number(low)
    if number is None:
        return None
    top = parse_number(high) if high else None
    if top is not None and top < number:
        return None
    return Quantity(number, unit, top)
