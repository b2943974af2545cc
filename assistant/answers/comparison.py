"""Compares two products on what both state."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.extraction import without_mark
from assistant.answers.facts import abstention
from assistant.answers.ranking import Ranked, covered
from assistant.answers.voice import Voice, product_evidence_id
from assistant.domain.commerce import Fact, FactGroup, Product
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Part, Reply, Table
from assistant.domain.understanding import Question

_ROWS = 6
_COMPARED = frozenset({FactGroup.ATTRIBUTE, FactGroup.SERVICE, FactGroup.PRICE, FactGroup.STATUS})


def compared(pair: tuple[Product, Product], question: Question, voice: Voice) -> Reply | None:
    """A table of the asked attribute, or of all where none is asked; None where none is stated by both."""
    rows = _shared(pair, question)
    spoken = [row for row in rows if all(voice.speaks(fact.value) for fact in row)]
    rows = spoken or rows
    if not rows:
        return None
    first, second = (voice.name(product) for product in pair)
    tag = voice.language.tag
    table = Table(("", first, second), tuple((voice.key(a), _value(a, tag), _value(b, tag)) for a, b in rows))
    parts = [Part(voice.say("compare_intro", first=first, second=second), tuple(map(product_evidence_id, pair)))]
    parts += [_line(a, b, (first, second), voice) for a, b in rows[:3]]
    evidence = [voice.product_evidence(product) for product in pair]
    evidence += [voice.evidence(fact) for row in rows for fact in row]
    return Reply(
        tag,
        Action(ActionKind.ANSWER, "comparison"),
        tuple(parts),
        tuple(evidence),
        tuple(voice.card(product) for product in pair),
        table,
    )


def compared_in_prose(
    pair: tuple[Product, Product], best: Sequence[Ranked | None], voice: Voice, *, same: bool
) -> Reply:
    """What the prose of each says on the question, side by side; an abstention where one says nothing.

    `same`: both state the same amount.
    """
    if any(ranked is None for ranked in best):
        return abstention(voice, voice.say("compare_unknown"))
    names = [voice.name(product) for product in pair]
    evidence: list[Evidence] = []
    parts: list[Part] = []
    for name, ranked in zip(names, best, strict=True):
        assert ranked is not None
        evidence.append(voice.evidence(ranked.candidate.entry))
        parts.append(Part(voice.say("named", key=name, value=without_mark(ranked.text)), (evidence[-1].id,)))
    if same:
        parts.append(Part(voice.say("compare_equal")))
    return Reply(voice.language.tag, Action(ActionKind.ANSWER, "comparison"), tuple(parts), tuple(evidence))


def _shared(pair: tuple[Product, Product], question: Question) -> list[tuple[Fact, Fact]]:
    by_key = [_by_key(product) for product in pair]
    rows = [(by_key[0][key], by_key[1][key]) for key in by_key[0] if key in by_key[1]]
    asked = [row for row in rows if _asked(row[0], question)]
    return (asked or ([] if _specific(question) else sorted(rows, key=_interest)))[:_ROWS]


def _by_key(product: Product) -> dict[str, Fact]:
    return {
        fold(str(fact.key)): fact for fact in reversed(product.facts) if fact.group in _COMPARED and not fact.sku_id
    }


def _asked(fact: Fact, question: Question) -> bool:
    names = fold(" ".join((*fact.key.texts, *fact.aliases)))
    return fact.group in question.groups or any(
        covered(term, names) >= 1 for term in question.terms if term.weight >= 1
    )


def _interest(row: tuple[Fact, Fact]) -> tuple[bool, bool]:
    """Sorts what differs before what is the same, and figures before words."""
    first, second = row
    return fold(str(first.value)) == fold(str(second.value)), first.quantity is None


def _specific(question: Question) -> bool:
    return question.kind is not None or any(term.weight >= 1 for term in question.terms)


def _line(a: Fact, b: Fact, names: tuple[str, str], voice: Voice) -> Part:
    tag = voice.language.tag
    key, first, second = voice.key(a), _value(a, tag), _value(b, tag)
    ids = (a.id, b.id)
    if fold(first) == fold(second):
        return Part(voice.say("compare_same", key=key, value=first), ids)
    return Part(
        voice.say("compare_line", key=key, first_name=names[0], second_name=names[1], first=first, second=second),
        ids,
    )


def _value(fact: Fact, language: str) -> str:
    return fact.value.in_language(language)
