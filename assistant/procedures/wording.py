"""Texts of procedures: sandboxed Jinja2 templates, told in plain words.

    say("为您退款{{ refund | money }}。", "zh", {"refund": Decimal("39.8")}, currency="CNY")    # 为您退款¥39.80。

A text can name values, choose by a condition, and go through a list once. It cannot call, compute or assign: what is
worked out stands in expressions. Values are data: they are never read as templates, and are told on one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import regex
from jinja2 import (
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.domain.commerce import Money
from assistant.domain.text import LocalText
from assistant.procedures.reasons import reason

LONGEST = 2_000  # characters of a template
LONGEST_VALUE = 300  # characters of a value that is told
MOST_ITEMS = 50  # of a list that is told
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const,
    nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Concat, nodes.List, nodes.Keyword,
)  # fmt: skip
_TESTS = frozenset({"defined", "undefined", "none", "true", "false", "in"})
_STEERING = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Z}\s]+")
_PUT_IN = regex.compile(r"\{\{.*?\}\}|\{%.*?%\}", regex.DOTALL)
_LANGUAGE, _CURRENCY = "\N{ZERO WIDTH SPACE}language", "\N{ZERO WIDTH SPACE}currency"  # no template can name these


class BadWording(ValueError):
    """A text that is no template. line counts from 1, `text` says what is wrong."""

    def __init__(self, text: LocalText, line: int = 1) -> None:
        super().__init__(text.in_language("en"))
        self.text, self.line = text, line


class WordingFailed(ValueError):
    """A text that cannot be told: something it names is not there, or is empty."""

    def __init__(self, template: str, detail: str) -> None:
        super().__init__(f"{template!r}: {detail}")
        self.template, self.detail = template, detail


@dataclass(frozen=True, slots=True)
class Wording:
    """What a template needs. paths: chains of names as they stand in it, ("order", "total"). tells_money: whether it
    has amounts, which want a currency."""

    names: frozenset[str]
    paths: frozenset[tuple[str, ...]]
    tells_money: bool

    def below(self, root: str) -> Iterator[str]:
        """The names that are looked up in what `root` stands for."""
        return (path[1] for path in self.paths if path[0] == root and len(path) > 1)


@lru_cache(maxsize=2_048)
def taken_apart(template: str) -> Wording:
    """Raises BadWording."""
    tree = _checked(template)
    paths = (_path(node) for node in tree.find_all((nodes.Getattr, nodes.Name)))
    money = any(node.name == "money" for node in tree.find_all(nodes.Filter))
    return Wording(frozenset(find_undeclared_variables(tree)), frozenset(filter(None, paths)), money)


def plain(template: str) -> str:
    """What stands in a template itself, without what is put into it: the shop's own words and numbers."""
    return _PUT_IN.sub(" ", template).strip()


def names(template: str) -> frozenset[str]:
    """The root names that a template needs. Raises BadWording."""
    return taken_apart(template).names


def say(template: str, language: str, values: Mapping[str, object], *, currency: str = "CNY") -> str:
    """The text, with its values told in a language. `currency` (ISO 4217) is that of amounts without one.

    Raises BadWording, WordingFailed.
    """
    try:
        # `values` may hold more than the template names; only those are handed over.
        given = {name: values[name] for name in names(template) if name in values}
        told: str = _template(template).render({**given, _LANGUAGE: language, _CURRENCY: currency})
        return told.strip()
    except UndefinedError as error:
        raise WordingFailed(template, str(error)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        if isinstance(error, BadWording):
            raise
        raise WordingFailed(template, str(error)) from error


def money(value: object, currency: str) -> str:
    """An amount as shoppers read it, rounded half up to the cent: ¥39.80, $1,200."""
    return str(Money(amount(value), currency))


def amount(value: object) -> Decimal:
    """A number as an amount of money: rounded half up to the cent. Raises ValueError for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{value!r} is no amount")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return exact.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def as_shown(value: Any) -> Any:
    """A value with its fractions rounded as texts tell them, half up to the cent: what is done is what was shown."""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return amount(value)
    if isinstance(value, Mapping):
        return {name: as_shown(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_shown(item) for item in value]
    return value


def day(value: object, language: str) -> str:
    """A date as it is said: 2026年11月22日, November 22, 2026. Takes dates, times and ISO 8601 texts."""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if not isinstance(found, date):
        raise ValueError(f"{value!r} is no date")
    if language.startswith("zh"):
        return f"{found.year}年{found.month}月{found.day}日"
    return f"{found:%B} {found.day}, {found.year}"


def in_words(items: Iterable[object], language: str) -> str:
    """A list as it is said: 甲、乙和丙; a, b and c."""
    told = [told_as(item) for item in items]
    if len(told) > MOST_ITEMS:
        raise ValueError(f"a list of {len(told)} is too long to be told")
    comma, last = ("、", "和") if language.startswith("zh") else (", ", " and ")
    return last.join(filter(None, (comma.join(told[:-1]), *told[-1:])))


def told_as(value: object) -> str:
    """A value as it stands in a text, on one line. Raises ValueError for one that has no words."""
    if isinstance(value, Undefined):
        return str(value)  # raises
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        shown = "nothing" if value is None else "a record" if isinstance(value, Mapping) else f"{value}".lower()
        raise ValueError(f"{shown} cannot be told as it is; choose words with {{% if %}}")
    if isinstance(value, Decimal | float | int):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return f"{exact.normalize():f}"
    if isinstance(value, datetime):
        value = value.isoformat(" ", "minutes")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(told_as, value))
    text = _STEERING.sub(" ", str(value)).strip()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


class _Sandbox(ImmutableSandboxedEnvironment):
    """Names lead into records and lists only: never to an attribute of a Python object, but those of a `loop`."""

    intercepted_binops = frozenset()

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in ("first", "last", "index"):
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            if isinstance(obj, Mapping) or (isinstance(obj, Sequence) and isinstance(argument, int)):
                return obj[argument]
        except LookupError:
            pass
        return self.undefined(f"there is no {argument}", name=str(argument))


@cache
def _environment() -> _Sandbox:
    environment = _Sandbox(
        autoescape=False,
        undefined=StrictUndefined,
        finalize=told_as,
        cache_size=0,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in ("first", "last", "length", "map")}
    environment.filters |= _filters()
    environment.tests = {name: test for name, test in environment.tests.items() if name in _TESTS}
    return environment


def _filters() -> dict[str, Callable[..., Any]]:
    @pass_context
    def as_money(context: Context, value: object, currency: str = "") -> str:
        return money(_there(value), currency or context[_CURRENCY])

    @pass_context
    def as_day(context: Context, value: object) -> str:
        return day(_there(value), context[_LANGUAGE])

    @pass_context
    def as_words(context: Context, value: Iterable[object]) -> str:
        return in_words(_there(value), context[_LANGUAGE])

    def or_else(value: object, otherwise: object) -> object:
        return otherwise if value is None or isinstance(value, Undefined) else value

    return {"money": as_money, "date": as_day, "words": as_words, "default": or_else}


def _there(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises, saying what is not there
    return value


@lru_cache(maxsize=2_048)
def _template(template: str) -> Template:
    return _environment().from_string(_checked(template))


def _checked(template: str) -> nodes.Template:
    """The template, taken apart and found to use only what texts may. Raises BadWording."""
    if len(template) > LONGEST:
        raise BadWording(reason("wording_too_long", most=LONGEST))
    environment = _environment()
    try:
        tree = environment.parse(template)
    except TemplateSyntaxError as error:
        raise BadWording(
            reason("wording", what=(error.message or "it ends too early").rstrip(".")), error.lineno
        ) from None
    except RecursionError:
        raise BadWording(reason("wording", what="it is nested too deeply")) from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise BadWording(reason("wording_node", what=type(node).__name__), node.lineno)
        if isinstance(node, nodes.Name) and node.name in ("self", "super"):  # Jinja's own
            raise BadWording(reason("wording_node", what=node.name), node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in environment.filters:
            raise BadWording(_names(environment.filters, "wording_filter", node.name), node.lineno)
        if isinstance(node, nodes.Filter) and node.name == "map" and node.args:
            raise BadWording(reason("wording_node", what="map('...')"), node.lineno)
        if isinstance(node, nodes.Test) and node.name not in environment.tests:
            raise BadWording(_names(environment.tests, "wording_test", node.name), node.lineno)
        if isinstance(node, nodes.For) and (node.recursive or node.test or any(_loops_below(node))):
            raise BadWording(reason("wording_loops"), node.lineno)
    return tree


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Getattr):
        above = _path(node.node)
        return (*above, node.attr) if above else ()
    return (node.name,) if isinstance(node, nodes.Name) else ()


def _names(known: Iterable[str], code: str, name: str) -> LocalText:
    return reason(code, name=name, known=", ".join(sorted(known)))


def _loops_below(loop: nodes.For) -> Iterable[nodes.Node]:
    return (
        below
        for child in loop.iter_child_nodes()
        for below in (child, *child.find_all(nodes.For))
        if isinstance(below, nodes.For)
    )
