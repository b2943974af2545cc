"""JMESPath expressions: how a mapping says where in an answer something stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import BeforeValidator

_OF_THE_FIRST = frozenset(
    {"subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection", "flatten"}
)
_NO_NAMES = frozenset({"literal", "expref"})


class DoesNotApply(ValueError):
    """An expression asks something of an answer that its content does not allow, such as the sum of texts."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled JMESPath expression."""

    text: str
    names: frozenset[str]
    """The members of the whole that it begins with: `shopper` in `shopper`, `arguments` in `arguments.reason`."""
    _compiled: Any

    def of(self, whole: object) -> Any:
        """What stands there: JSON, None where nothing does. Raises DoesNotApply."""
        try:
            return self._compiled.search(whole)
        except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError, RecursionError) as error:
            raise DoesNotApply(f"`{self.text}` cannot be told: {error}") from error

    def __str__(self) -> str:
        return self.text


def compiled(text: object) -> Expression:
    """Raises ValueError for what is no expression."""
    if isinstance(text, Expression):
        return text
    if not isinstance(text, str) or not text.strip():
        raise ValueError("a JMESPath expression is needed")
    try:
        parsed = jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"`{text}` is no JMESPath expression: {_first_line(error)}") from error
    return Expression(text, frozenset(_names(parsed.parsed)), parsed)


ExpressionField = Annotated[Expression, BeforeValidator(compiled)]


def _first_line(error: JMESPathError) -> str:
    return str(error).splitlines()[0].rstrip(":")


def _names(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    elif node["type"] not in _NO_NAMES:
        children = node["children"]
        for child in children[:1] if node["type"] in _OF_THE_FIRST else children:
            yield from _names(child)
