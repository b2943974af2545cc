"""Expressions: CEL (https://cel.dev) over what a procedure knows.

    scope = Scope({"order": {"total": Decimal("19.90"), "lines": [...]}})
    scope.evaluate("order.total * 2")        # Decimal("39.8")
    scope.holds("size(order.lines) > 0")     # True

Any two numbers go together, dates are ISO 8601 texts, and what is not there is an error that says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import cel
import regex

from assistant.domain.text import LocalText
from assistant.procedures.cel_source import EXACT, Source
from assistant.procedures.functions import FUNCTIONS, KNOWN
from assistant.procedures.reasons import reason

LONGEST = 2_000  # characters
DEEPEST = 40  # brackets in brackets
MOST_LOOPS = 2  # lists gone through within each other: time grows with the product of their lengths
_DIGITS, _PLACES = 14, 9  # in all, and behind the point; what comes after is the noise of binary fractions
_PLACE = regex.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?:Syntax error: )?(?P<what>[^\n]*)")
_CALLED = regex.compile(
    r"Function '(?P<name>\w+?)_?' error: .*?Error: (?P<what>.*?)\. Check function arguments", regex.S
)


class BadExpression(ValueError):
    """A text that is no expression. line and column count from 1, `text` says what is wrong."""

    def __init__(self, text: LocalText, line: int = 1, column: int = 1) -> None:
        super().__init__(text.in_language("en"))
        self.text, self.line, self.column = text, line, column


class EvaluationFailed(ValueError):
    """An expression that has no value: its kinds of values do not fit, a number is out of bounds, a date is none."""

    def __init__(self, expression: str, detail: str) -> None:
        super().__init__(f"{expression!r}: {detail}")
        self.expression, self.detail = expression, detail


class MissingValue(EvaluationFailed):
    """Something that an expression names is not there, or is null: `path` says what ("order.payment.kind")."""

    def __init__(self, expression: str, path: str) -> None:
        super().__init__(expression, f"there is no {path}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Compiled:
    """names: the roots that have to be known to evaluate it."""

    source: Source
    program: cel.Program

    @property
    def names(self) -> frozenset[str]:
        return self.source.roots


@lru_cache(maxsize=4_096)
def compiled(text: str) -> Compiled:
    """Raises BadExpression."""
    text = text.rstrip()  # so that an end that comes too early is where the text ends
    if len(text) > LONGEST:
        raise BadExpression(reason("expression_too_long", most=LONGEST))
    source = Source.of(text)
    if source.depth > DEEPEST or source.loops > MOST_LOOPS:
        raise BadExpression(reason("expression_too_deep", brackets=DEEPEST, loops=MOST_LOOPS))
    _parsed(text)  # as it was written, for the places of errors
    for token in source.tokens:
        if token.kind == "unsigned" or token.text == "%":
            raise BadExpression(reason("expression_sign", sign=token.text), *_place(text, token.start))
    for token in source.functions:
        if token.text not in KNOWN:
            known = ", ".join(sorted(KNOWN))
            text_of = reason("expression_function", name=token.text, known=known)
            raise BadExpression(text_of, *_place(text, token.start))
    return Compiled(source, _parsed(source.even()))


def names(text: str) -> frozenset[str]:
    """The root names that an expression needs. Raises BadExpression."""
    return compiled(text).names


class Scope:
    """What expressions can see, by name: plain JSON, Decimal, dates and times (seen as ISO 8601 texts).

    Made once and evaluated often: what a name stands for is handed to CEL when it is set.
    """

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self._values: dict[str, Any] = {}
        self._context = cel.Context(functions=dict(FUNCTIONS))
        for name, value in (values or {}).items():
            self.set(name, value)

    @property
    def values(self) -> Mapping[str, object]:
        return self._values

    def set(self, name: str, value: object) -> None:
        """Also in place of what the name stood for."""
        self._values[name] = value
        self._context.add_variable(name, _given(value))

    def evaluate(self, expression: str) -> Any:
        """Its value, as JSON knows it: whole numbers as int, others as Decimal of at most nine decimals.

        Raises BadExpression, MissingValue, EvaluationFailed.
        """
        found = compiled(expression)
        for name in sorted(found.names):
            if name not in self._values:
                raise MissingValue(expression, name)
        try:
            return _told(found.program.execute(self._context), expression)
        except EvaluationFailed:
            raise
        except KeyError as error:
            raise MissingValue(expression, self._missing(found.source, str(error.args[0])) or str(error)) from error
        except TypeError as error:
            if path := self._missing(found.source):
                raise MissingValue(expression, path) from error
            raise EvaluationFailed(expression, "its kinds of values do not fit each other") from error
        except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
            called = _CALLED.search(str(error))
            detail = f"{called['name']}: {called['what']}" if called else str(error).split("\n", 1)[0]
            raise EvaluationFailed(expression, detail) from error

    def holds(self, expression: str) -> bool:
        """Whether it is true. Raises what `evaluate` does, EvaluationFailed too where it is neither true nor false."""
        value = self.evaluate(expression)
        if not isinstance(value, bool):
            raise EvaluationFailed(expression, f"it has to be true or false, and it is {value!r}")
        return value

    def _missing(self, source: Source, key: str | None = None) -> str:
        """The first chain of names that leads nowhere; at `key`, where that is told."""
        for path in source.paths:
            here: Any = self._values.get(path[0])
            for place, name in enumerate(path[1:], start=1):
                if here is None and key is None:
                    return ".".join(path[:place])
                if not isinstance(here, Mapping):
                    break
                if name not in here:
                    if key in (None, name):
                        return ".".join(path[: place + 1])
                    break
                here = here[name]
        return key or ""


def evaluate(expression: str, values: Mapping[str, object]) -> Any:
    """One expression over values that are used once; see Scope."""
    return Scope({name: values[name] for name in names(expression) if name in values}).evaluate(expression)


def _parsed(text: str) -> cel.Program:
    try:
        return cel.compile(text)
    except ValueError as error:
        found = _PLACE.search(str(error))
        if found is None:
            raise BadExpression(reason("expression", what=str(error).split("\n", 1)[0])) from None
        ends = "'<EOF>'" in found["what"]
        what = found["what"].split(" expecting ", 1)[0]
        text_of = reason("expression_ends") if ends else reason("expression", what=what)
        raise BadExpression(text_of, int(found["line"]), int(found["column"])) from None


def _place(text: str, start: int) -> tuple[int, int]:
    """Line and column of a place in a text."""
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1


def _given(value: Any) -> Any:
    """A value as CEL gets it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return float(value) if abs(value) <= EXACT else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _given(item) for name, item in value.items()}
    if isinstance(value, Sequence | frozenset | set):
        return [_given(item) for item in value]
    return value


def _told(value: Any, expression: str) -> Any:
    """A result of CEL as we use it."""
    if isinstance(value, float):
        if not abs(value) <= EXACT:
            raise EvaluationFailed(expression, "it divides by zero, or its number is too large")
        short = round(Decimal(f"{value:.{_DIGITS}g}"), _PLACES).normalize()
        return int(short) if short == short.to_integral_value() else short
    if isinstance(value, list):
        return [_told(item, expression) for item in value]
    if isinstance(value, dict):
        return {str(name): _told(item, expression) for name, item in value.items()}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    raise EvaluationFailed(expression, f"{type(value).__name__} is nothing that a procedure can use")


def unknown(expression: str, known: Iterable[str]) -> frozenset[str]:
    """The names that an expression needs beyond those that are known. Raises BadExpression."""
    return names(expression) - frozenset(known)
