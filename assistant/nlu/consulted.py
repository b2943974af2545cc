"""What a language model makes of a message, held against the message: what the shopper did not say is dropped.

A model may part a message, say what each part means in full, and name its intent and product. It adds nothing: the
parts are the shopper's own words, and in what they mean no figure stands that nobody has named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.domain.backend import JsonObject
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.nlu.quantities import in_figures

MOST_PARTS = 5
"""Taken from one message; what a model writes beyond is dropped."""

_LONGEST_QUERY = 240  # characters
_STOP = regex.compile(r"[。！？!?；;\n]|(?<!\d)[，,、.]|[，,、.](?!\d)")
_FIGURE = regex.compile(r"\d+(?:[.:]\d+)*")
_CODE = regex.compile(r"(?=[\p{Latin}-]*\d)[\p{Latin}\d][\p{Latin}\d-]{2,}")
_ADDRESS = regex.compile(r"https?://|www\.|\S@\S|[a-z0-9-]+\.(?:com|cn|net|org|io|top|xyz)\b")


class _Part(BaseModel):
    """A part of a message, as a model writes it."""

    model_config = ConfigDict(extra="forbid")

    said: str = Field(description="The shopper's own words for this part, copied without a change.")
    query: str = Field(description="What it asks or asks for, in full: pronouns and what is left out filled in.")
    intent: str = Field(description="One of the intents listed; empty where none fits.")
    product: str = Field(description="The id of one of the products listed; empty where none is meant.")
    conditions: list[str] = Field(description="What it is made to depend on, copied; empty where nothing is.")


class _Parts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: list[_Part]


def schema() -> JsonObject:
    """The JSON Schema of what a model is asked to write."""
    return _Parts.model_json_schema()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a model's words are held against. text: the message as typed. before: what was said before it, by anybody.

    intents: that can be told. products: that may be meant, with all that they are called.
    """

    text: str
    before: tuple[str, ...] = ()
    intents: frozenset[str] = frozenset()
    products: Mapping[ProductId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of a message, as far as it is taken at a model's word.

    said: the words as typed, from one mark to another. span: where they stand. query: what they mean, "" where
    that is for themselves to say. intent: "" where none was named that there is.
    """

    said: str
    span: tuple[int, int]
    query: str = ""
    intent: str = ""
    product: ProductId | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that a model wrote and that is not taken. reason: a stable code (docs/explain.md)."""

    what: str
    reason: str


@dataclass(slots=True)
class _Reading:
    grounds: Grounds
    dropped: list[Dropped] = field(default_factory=list)

    def parts(self, written: object) -> Iterator[Taken]:
        rows = written.get("parts") if isinstance(written, Mapping) else None
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            self._drop("parts", "malformed")
            return
        for row in rows[:MOST_PARTS]:
            try:
                part = _Part.model_validate(row)
            except ValidationError:
                self._drop(str(row), "malformed")
                continue
            if taken := self._taken(part):
                yield taken
        for row in rows[MOST_PARTS:]:
            self._drop(str(row), "too_many")

    def _taken(self, part: _Part) -> Taken | None:
        span = place_of(part.said, self.grounds.text)
        if span is None:
            self._drop(part.said, "not_said")
            return None
        conditions = tuple(self._conditions(part.conditions))
        said = self.grounds.text[slice(*span)].strip()
        return Taken(said, span, self._query(part.query), self._intent(part.intent), self._product(part), conditions)

    def _query(self, query: str) -> str:
        bare = " ".join(query.split())
        if not bare:
            return ""
        if len(bare) > _LONGEST_QUERY or _ADDRESS.search(bare.casefold()):
            self._drop(query, "no_query")
            return ""
        known = fold(" ".join((self.grounds.text, *self.grounds.before, *self.grounds.products.values())))
        named = {*_named(known), *_named(in_figures(known))}
        if any(figure not in named for figure in _named(fold(bare))):
            self._drop(query, "figures_added")
            return ""
        return bare

    def _intent(self, intent: str) -> str:
        if intent and intent not in self.grounds.intents:
            self._drop(intent, "unknown_intent")
            return ""
        return intent

    def _product(self, part: _Part) -> ProductId | None:
        product = ProductId(part.product)
        if product and product not in self.grounds.products:
            self._drop(part.product, "unknown_product")
            return None
        return product or None

    def _conditions(self, conditions: Iterable[str]) -> Iterator[str]:
        for condition in conditions:
            if span := place_of(condition, self.grounds.text):
                yield self.grounds.text[slice(*span)].strip()
            else:
                self._drop(condition, "condition_not_said")

    def _drop(self, what: str, reason: str) -> None:
        self.dropped.append(Dropped(what[:_LONGEST_QUERY], reason))


def read(written: object, grounds: Grounds) -> tuple[list[Taken], list[Dropped]]:
    """The parts of a message, in the order in which they stand there, each part of it once; and what was not taken."""
    reading = _Reading(grounds)
    parts: dict[tuple[tuple[int, int], str], Taken] = {}
    for part in reading.parts(written):
        if (part.span, part.intent) in parts:
            reading.dropped.append(Dropped(part.said, "twice"))
        parts.setdefault((part.span, part.intent), part)
    return sorted(parts.values(), key=lambda part: part.span), reading.dropped


def place_of(words: str, text: str) -> tuple[int, int] | None:
    """Where words stand in a text, whatever the marks, width and script, drawn out to the marks around them."""
    sought, _ = _bare(words)
    held, places = _bare(text)
    at = held.find(sought) if sought else -1
    if at < 0:
        return None
    first, last = places[at], places[at + len(sought) - 1]
    stops = [stop.end() for stop in _STOP.finditer(text)]
    start = max((stop for stop in stops if stop <= first), default=0)
    end = min((stop for stop in stops if stop > last), default=len(text))
    return start, end  # with the mark that ends it: a question is one by its mark


def _bare(text: str) -> tuple[str, list[int]]:
    """Letters and digits of a text, folded, and where each stands in it."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in fold(character):
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _named(folded: str) -> Iterator[str]:
    """The figures and codes of a text: "1,299" and 1299 are one."""
    plain = regex.sub(r"(?<=\d),(?=\d{3})", "", folded)
    yield from _FIGURE.findall(plain)
    yield from _CODE.findall(plain)
