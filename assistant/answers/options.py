"""Which of a product's options (colour, size, weight) a question names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import regex

from assistant.answers.ranking import MeasureReader
from assistant.answers.voice import Voice
from assistant.domain.commerce import Product, Sku
from assistant.domain.folding import fold, holds
from assistant.domain.understanding import Question

_PIECE = regex.compile(r"\p{Han}+|[\p{Latin}\d][\p{Latin}\d.\-]*")
_LISTED = regex.compile(r"\s*[、,，;；/]\s*")
_NUMBER = regex.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])")


def skus_named(product: Product, question: Question, measures: MeasureReader) -> tuple[Sku, ...]:
    """The SKUs with the options named; all of them where none is named.

    What the question itself names counts before what the question that it leans on named.
    """
    message = question.message or question.text
    asked = (term for term in question.terms if term.text in message)  # not those of the question it leans on
    own = " ".join((message, *(word for term in asked for word in term.synonyms)))
    named = {**_named(product, question.carried, measures), **_named(product, own, measures)}
    return tuple(sku for sku in product.skus if all(dict(sku.options).get(name) in ok for name, ok in named.items()))


def skus_in(product: Product, text: str, measures: MeasureReader) -> tuple[Sku, ...]:
    """The SKUs with the options that a folded text names; all of them where it names none."""
    named = _named(product, text, measures)
    return tuple(sku for sku in product.skus if all(dict(sku.options).get(name) in ok for name, ok in named.items()))


def option_words(product: Product) -> str:
    """Folded names and values of all options."""
    texts = {text for sku in product.skus for pair in sku.options for text in (*pair, f"{pair[1]} {pair[0]}")}
    return fold(" ".join((*texts, *(text.replace(" ", "") for text in texts), *(f"{text}色" for text in texts))))


def option_label(skus: Sequence[Sku], called: Callable[[str], str] = str) -> str:
    """The option values that all these SKUs share ("黑 42"), else those of the first."""
    shared = [pair for pair in skus[0].options if all(pair in sku.options for sku in skus)]
    return " ".join(called(value) for _, value in shared or skus[0].options)


def option_names(product: Product, voice: Voice) -> Callable[[str], str]:
    """How an option's value is called in the shopper's language, where a fact lists the values in two ("黑色、白色",
    "black, white"); as the shop writes it elsewhere."""
    names: dict[str, str] = {}
    for fact in product.facts:
        spoken = _LISTED.split(fact.value.in_language(voice.language.tag))
        for text in fact.value.texts:
            listed = _LISTED.split(text)
            if len(listed) == len(spoken):
                names.update((fold(value), called) for value, called in zip(listed, spoken, strict=True))
    return lambda value: names.get(fold(value), value)


def _named(product: Product, text: str, measures: MeasureReader) -> Mapping[str, set[str]]:
    """By option, the values that `text` names best; options of which it names none, or all alike, are left out."""
    values: dict[str, set[str]] = {}
    for sku in product.skus:
        for name, value in sku.options:
            values.setdefault(name, set()).add(value)
    best: dict[str, set[str]] = {}
    for name, offered in values.items():
        strength = {value: _strength(fold(value), fold(name), text, measures) for value in offered}
        most = max(strength.values())
        chosen = {value for value, points in strength.items() if points == most}
        chosen = _without_others(chosen, offered, text) or chosen
        if most and (len(chosen) < len(offered) or len(offered) == 1):
            best[name] = chosen
    return best


def _without_others(chosen: set[str], offered: set[str], text: str) -> set[str]:
    """Those that name nothing of another option besides: "白心" is not the box of one red and one white."""
    others = {
        piece
        for value in offered - chosen
        for piece in _PIECE.findall(fold(value))
        if len(piece) > 1 and not _NUMBER.fullmatch(piece) and not holds(text, piece)
    }
    named = {value for value in chosen if not any(holds(fold(value), piece) for piece in others)}
    return named if named != chosen else set()


def _strength(value: str, name: str, text: str, measures: MeasureReader) -> int:
    """How many characters of the value the text names: whole, with the option's name as a unit ("2.5TOG"), in pieces of
    one script, or as an equal measure."""
    if name.isascii() and any(holds(text, f"{value}{gap}{name}") for gap in ("", " ")):
        return len(value) + 1
    value = value.removesuffix("色") if len(value) > 2 else value  # "豆沙" and "豆沙色" are one colour
    if holds(text, value) or holds(text.replace(" ", ""), value.replace(" ", "")):
        return len(value) + 1
    pieces = [piece for piece in _PIECE.findall(value) if holds(text, piece)]
    stated = {(measure.kind, measure.number) for measure in measures.in_text(text)}
    equal = sum(len(item.text) for item in measures.in_text(value) if (item.kind, item.number) in stated)
    bare = set(_NUMBER.findall(text)) & set(_NUMBER.findall(value)) if not equal else set()
    return sum(map(len, pieces)) + equal + sum(map(len, bare))
