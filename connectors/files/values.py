"""Values and conditions of declared operations: a small form of data, so that nothing in a merchant's file can run.

A text that begins with `$` is a path: `$order.address.city`. A map with one of these is worked out:
  {$add: [a, b]}  {$subtract: [a, b]}  {$multiply: [a, b]}   numbers; amounts are rounded to cents, half up
  {$sum: $items, of: [price, quantity]}                      over a list, the sum of the products of these fields
  {$keep: $items, of: [sku_id, quantity]}                    a list of records with these fields only
  {$first: [a, b]}                                           the first that is there
  {$new: R}                                                  a key that no record has: R and ten digits
What a path does not find is left out of maps and lists; the rest stays as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import add, ge, gt, le, lt, mul, sub
from typing import Any, Final

_CENT = Decimal("0.01")


class Missing:
    """What a path finds where nothing is."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {"$add": add, "$subtract": sub, "$multiply": mul}
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {"above": gt, "below": lt, "at_least": ge, "at_most": le}
_OVER_LISTS = ("$sum", "$keep")
OPERATORS = (*_ARITHMETIC, *_OVER_LISTS, "$first", "$new")
TESTS = ("not", "present", "any", *_COMPARISONS)


@dataclass(frozen=True, slots=True)
class Known:
    """What paths can find, by their first word, and where new keys come from."""

    roots: Mapping[str, Any]
    new_key: Callable[[str], str]

    def path(self, path: str) -> Any:
        first, *rest = path.split(".")
        value = self.roots.get(first, MISSING)
        for name in rest:
            value = value.get(name, MISSING) if isinstance(value, Mapping) else MISSING
        return MISSING if value is None else value

    def value(self, written: Any) -> Any:
        """What a written value comes to. Raises ArithmeticError for arithmetic with what is no number."""
        if isinstance(written, str):
            return self.path(written[1:]) if written.startswith("$") else written
        if isinstance(written, Mapping):
            operator = operator_of(written)
            return self._worked_out(operator, written) if operator else self._map(written)
        if isinstance(written, Sequence):
            return [value for item in written if (value := self.value(item)) is not MISSING]
        return Decimal(str(written)) if isinstance(written, float) else written

    def holds(self, condition: Mapping[str, Any]) -> bool:
        """Whether all tests of a condition hold: {path: test}. What is missing fails every test but `present`."""
        return all(self._passes(self.path(path), test) for path, test in condition.items())

    def _map(self, written: Mapping[str, Any]) -> dict[str, Any]:
        values = ((name, None if item is None else self.value(item)) for name, item in written.items())
        return {name: value for name, value in values if value is not MISSING}

    def _worked_out(self, operator: str, written: Mapping[str, Any]) -> Any:
        if operator == "$new":
            return self.new_key(str(written[operator]))
        if operator in _OVER_LISTS:
            return self._over_list(operator, written)
        operands = [self.value(item) for item in written[operator]]
        if operator == "$first":
            return next((operand for operand in operands if operand is not MISSING), MISSING)
        if any(operand is MISSING for operand in operands):
            return MISSING
        return rounded(reduce(_ARITHMETIC[operator], map(number, operands)))

    def _over_list(self, operator: str, written: Mapping[str, Any]) -> Any:
        items, names = self.value(written[operator]), written["of"]
        if not isinstance(items, list):
            return MISSING
        if operator == "$keep":
            return [{name: item[name] for name in names if name in item} for item in items]
        return rounded(sum(reduce(mul, (number(item.get(name)) for name in names)) for item in items))

    def _passes(self, value: Any, test: Any) -> bool:
        if not isinstance(test, Mapping):
            return _is_one_of(value, self._alternatives(test))
        if "present" in test:
            return (value is not MISSING) is test["present"]
        if value is MISSING:
            return False
        if "not" in test:
            return not _is_one_of(value, self._alternatives(test["not"]))
        if "any" in test:
            return any(Known({**self.roots, "it": item}, self.new_key).holds(_of_it(test["any"])) for item in value)
        return all(self._compares(value, name, self.value(limit)) for name, limit in test.items())

    def _compares(self, value: Any, name: str, limit: Any) -> bool:
        if limit is MISSING:
            return False
        both_text = isinstance(value, str) and isinstance(limit, str)  # times and days, in ISO 8601
        one, other = (value, limit) if both_text else (number(value), number(limit))
        return bool(_COMPARISONS[name](one, other))

    def _alternatives(self, written: Any) -> list[Any]:
        value = self.value(written)
        return value if isinstance(value, list) else [value]


def operator_of(written: Mapping[str, Any]) -> str:
    """The operator that a map begins with; "" for a map of values."""
    return next((name for name in written if name in OPERATORS), "")


def paths_in(written: Any) -> Iterator[str]:
    """All paths in a written value."""
    if isinstance(written, str):
        if written.startswith("$"):
            yield written[1:]
    elif isinstance(written, Mapping):
        for name, item in written.items():
            if name not in ("of", "$new"):
                yield from paths_in(item)
    elif isinstance(written, Sequence):
        for item in written:
            yield from paths_in(item)


def number(value: Any) -> int | Decimal:
    """Raises ArithmeticError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ArithmeticError(f"{value!r} is no number")
    return value if isinstance(value, int) else Decimal(str(value))


def rounded(value: int | Decimal) -> int | Decimal:
    return value if isinstance(value, int) else value.quantize(_CENT, ROUND_HALF_UP)


def _is_one_of(value: Any, alternatives: Sequence[Any]) -> bool:
    return value is not MISSING and any(
        value == other and isinstance(value, bool) == isinstance(other, bool) for other in alternatives
    )


def _of_it(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {f"it.{path}": test for path, test in condition.items()}
