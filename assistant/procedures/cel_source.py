"""What an expression's text is made of: the names it needs, and its numbers made to go together.

CEL does not mix whole and other numbers, so that `total * 2` fails where the total is 19.9. To those who write a shop's
rules a number is a number: all numbers are given to CEL as doubles, those written in the text too. What stands between
the brackets of an index becomes whole again, as CEL wants it. `has(a.b.c)` is false, not an error, where a.b is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

_TOKEN = regex.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
    |(?P<text>(?:[rR][bB]?|[bB][rR]?)?(?:\"\"\"(?:\\.|(?!\"\"\").)*\"\"\"|'''(?:\\.|(?!''').)*'''
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<double>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<unsigned>(?:0[xX][0-9a-fA-F]+|\d+)[uU])
    |(?P<whole>0[xX][0-9a-fA-F]+|\d+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||[<>=!]=|.)
    """,
    regex.VERBOSE | regex.DOTALL,
)
_BINDS = ("map", "filter", "all", "exists", "exists_one")  # give a name to each item of a list
_WORDS = ("true", "false", "null", "in")
_OPENING = {"(": ")", "[": "]", "{": "}"}
EXACT = 2**53  # doubles hold every whole number up to here
AS_DOUBLE = {"size": "size_", "int": "int_"}
"""Functions of CEL that give whole numbers, and those of ours that give the same as doubles."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Source:
    """An expression's text, taken apart. Texts that are no CEL are taken apart somehow.

    paths: every dotted chain of names that starts at a root ("order.payment.kind"). depth: of brackets. loops: how
    deep `map`, `filter`, `all`, `exists` and `exists_one` stand in each other.
    """

    tokens: tuple[Token, ...]
    paths: tuple[tuple[str, ...], ...]
    bound: frozenset[str]
    depth: int
    loops: int

    @classmethod
    def of(cls, text: str) -> Source:
        tokens = tuple(
            Token(str(match.lastgroup), match.group(), match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        )
        bound = frozenset(tokens[place].text for place in _bindings(tokens))
        depth, loops = _depths(tokens)
        return cls(tokens, tuple(_paths(tokens)), bound, depth, loops)

    @property
    def roots(self) -> frozenset[str]:
        """The names that have to be known, without those that `map` and its like give to items."""
        return frozenset(path[0] for path in self.paths) - self.bound

    @property
    def functions(self) -> tuple[Token, ...]:
        """Every name that is called, as a function or on a value."""
        return tuple(
            token
            for token, after in zip(self.tokens, self.tokens[1:], strict=False)
            if token.kind == "name" and after.text == "(" and token.text not in _WORDS
        )

    def even(self) -> str:
        """The text as CEL is to run it."""
        written: list[str] = []
        closing: list[str] = []  # what ends each bracket that is open
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            if (known := self._asked(place)) is not None:
                written.append(_has(known))
                place += 2 * len(known) + 2
                continue
            if token.text in _OPENING:
                is_index = token.text == "[" and place > 0 and _ends_value(self.tokens[place - 1])
                written.append("[index_(" if is_index else token.text)
                closing.append(")]" if is_index else _OPENING[token.text])
            elif token.text in _OPENING.values() and closing:
                written.append(closing.pop())
            else:
                written.append(self._even(place))
            place += 1
        return " ".join(written)

    def _even(self, place: int) -> str:
        token = self.tokens[place]
        if token.kind == "whole" and int(token.text, 0) <= EXACT:
            return f"{int(token.text, 0)}.0"
        called = _text(self.tokens, place + 1) == "("
        return AS_DOUBLE.get(token.text, token.text) if token.kind == "name" and called else token.text

    def _asked(self, place: int) -> tuple[str, ...] | None:
        """What `has(...)` asks for at this place, where it is a plain chain of names."""
        if _text(self.tokens, place) != "has" or _text(self.tokens, place + 1) != "(":
            return None
        chain: list[str] = []
        for here in range(place + 2, len(self.tokens) - 1, 2):
            name, after = self.tokens[here], self.tokens[here + 1].text
            if name.kind != "name" or after not in (".", ")"):
                return None
            chain.append(name.text)
            if after == ")":
                return tuple(chain) if len(chain) > 1 else None
        return None


def _has(chain: Sequence[str]) -> str:
    parts = (".".join(chain[:length]) for length in range(2, len(chain) + 1))
    return f"({' && '.join(f'has({part}) && {part} != null' for part in parts)})"


def _ends_value(token: Token) -> bool:
    return token.text in (")", "]", "}") or (token.kind == "name" and token.text not in _WORDS) or token.kind == "text"


def _bindings(tokens: Sequence[Token]) -> Iterator[int]:
    """Where names are given to items: the `l` of `lines.map(l, ...)`."""
    for place in range(len(tokens) - 4):
        dot, macro, opening, name, comma = tokens[place : place + 5]
        if (dot.text, opening.text, comma.text) == (".", "(", ",") and macro.text in _BINDS and name.kind == "name":
            yield place + 3


def _paths(tokens: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    place = 0
    while place < len(tokens):
        token = tokens[place]
        follows_dot = place > 0 and tokens[place - 1].text == "."
        if token.kind != "name" or follows_dot or token.text in _WORDS or _text(tokens, place + 1) == "(":
            place += 1
            continue
        path = [token.text]
        while (
            _text(tokens, place + 1) == "."
            and place + 2 < len(tokens)
            and tokens[place + 2].kind == "name"
            and _text(tokens, place + 3) != "("
        ):
            path.append(tokens[place + 2].text)
            place += 2
        yield tuple(path)
        place += 1


def _depths(tokens: Sequence[Token]) -> tuple[int, int]:
    """The greatest depth of brackets, and of loops."""
    open_: list[bool] = []
    depth = loops = 0
    for place, token in enumerate(tokens):
        if token.text in _OPENING:
            macro = place > 1 and tokens[place - 1].text in _BINDS and tokens[place - 2].text == "."
            open_.append(token.text == "(" and macro)
            depth, loops = max(depth, len(open_)), max(loops, sum(open_))
        elif token.text in _OPENING.values() and open_:
            open_.pop()
    return depth, loops


def _text(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].text if place < len(tokens) else ""
