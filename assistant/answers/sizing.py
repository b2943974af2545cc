"""Size advice: which row of a product's size table the shopper's measures fall into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import regex

from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, FactGroup, Product, SizeTable
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Expects, ExpectsKind, Part, Reply
from assistant.domain.understanding import Slot

_NUMBERS = regex.compile(r"\d+(?:\.\d+)?")
_ROWS_SAID = 2


class BodyMeasures(Protocol):
    """Reads what a size table is by."""

    def named(self, text: str) -> str | None:
        """The measure of the body that a folded heading names."""
        ...

    def factor(self, measure: str, *texts: str) -> Decimal:
        """How many base units a number of this measure is worth, by the first of the folded texts with a unit."""
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    """One size, and for each measure the least and greatest value it is for, in base units."""

    size: str
    spans: Mapping[str, tuple[Decimal, Decimal]]


def advised(
    product: Product,
    given: Sequence[Slot],
    voice: Voice,
    name: str,
    body: BodyMeasures,
) -> Reply | None:
    """The size for the measures of the body given (kilograms, millimetres); a question for them where none is.

    None where the product has no size table that says anything
    of such measures.
    """
    measures = {slot.name: Decimal(slot.value) for slot in given}
    table, rows = _table(product, set(measures), voice, body)
    if table is None:
        return None
    known = [measure for measure in measures if any(measure in row.spans for row in rows)]
    if not known:
        return _asked_for(rows, voice, name)
    fitting = [row for row in rows if all(_position(row, measure, measures[measure]) == 0 for measure in known)]
    said = voice.join([slot.text for slot in given if slot.name in known])
    if fitting:
        return _answer(product, fitting, voice, "size_fits", product=name, given=said)
    return _between(product, rows, {measure: measures[measure] for measure in known}, voice, name, said)


def _between(
    product: Product, rows: Sequence[_Row], measures: Mapping[str, Decimal], voice: Voice, name: str, given: str
) -> Reply:
    """The measures point to different sizes, or beyond the table."""
    best = {measure: _nearest(rows, measure, value) for measure, value in measures.items()}
    if any(row is None for row in best.values()):
        return _answer(product, [rows[0], rows[-1]], voice, "size_beyond", product=name, given=given)
    chosen = max((row for row in best.values() if row), key=rows.index)
    each = voice.join(
        [voice.say("size_by", measure=voice.say(f"body_{key}"), size=row.size) for key, row in best.items() if row]
    )
    return _answer(product, [chosen], voice, "size_larger", product=name, given=given, each=each)


def _nearest(rows: Sequence[_Row], measure: str, value: Decimal) -> _Row | None:
    """The smallest size that is not too small; None where the table has no such size, or starts above the value."""
    stated = [row for row in rows if measure in row.spans]
    if not stated or value < stated[0].spans[measure][0]:
        return None
    return next((row for row in stated if value <= row.spans[measure][1]), None)


def _answer(item: Product, rows: Sequence[_Row], voice: Voice, text: str, **values: object) -> Reply:
    facts = [fact for row in rows[:_ROWS_SAID] if (fact := _fact_of(item, row.size))]
    sizes = voice.say("size_or").join(_called(row.size, voice) for row in rows[:_ROWS_SAID])
    table = voice.say("clause_separator").join(
        voice.say("size_row", size=str(fact.key), row=fact.value.in_language(voice.language.tag)) for fact in facts
    )
    said = voice.say(text, size=sizes, **values)
    evidence = tuple(voice.evidence(fact) for fact in facts)
    part = Part(f"{said}{voice.say('size_as_in_table', table=table)}" if table else said, tuple(e.id for e in evidence))
    return Reply(voice.language.tag, Action(ActionKind.ANSWER, "size"), (part,), evidence)


def _called(size: str, voice: Voice) -> str:
    """The size as it is said: "21 码", "XL 码"; a name such as "均码" is said as it is."""
    return voice.say("size_called", size=size) if size.isascii() else size


def _asked_for(rows: Sequence[_Row], voice: Voice, name: str) -> Reply:
    wanted = list(dict.fromkeys(measure for row in rows for measure in row.spans))
    text = voice.say(
        "size_ask", product=name, measures=voice.join([voice.say(f"body_{measure}") for measure in wanted])
    )
    return Reply(
        voice.language.tag,
        Action(ActionKind.CLARIFY, "size_measures"),
        (Part(text),),
        expects=Expects(ExpectsKind.SLOT, "body_measures"),
    )


def _fact_of(product: Product, size: str) -> Fact | None:
    return next((f for f in product.facts if f.group is FactGroup.SIZE and fold(str(f.key)) == fold(size)), None)


def _table(product: Product, given: set[str], voice: Voice, body: BodyMeasures) -> tuple[SizeTable | None, list[_Row]]:
    """The table that says most of the measures given, in the shopper's language if there is one."""
    read = [(table, _rows(table, body)) for table in product.size_tables]
    usable = [(table, rows) for table, rows in read if any(row.spans for row in rows)]
    if not usable:
        return None, []
    return max(
        usable,
        key=lambda item: (
            len(given & {measure for row in item[1] for measure in row.spans}),
            item[0].language.startswith(voice.language.tag),
        ),
    )


def _rows(table: SizeTable, body: BodyMeasures) -> list[_Row]:
    columns = [
        (index, name, heading) for index, heading in enumerate(table.columns) if (name := body.named(fold(heading)))
    ]
    rows = []
    for row in table.rows:
        spans = {
            name: span
            for index, name, heading in columns
            if index and index < len(row) and (span := _span(name, fold(row[index]), fold(heading), body))
        }
        rows.append(_Row(row[0], spans))
    return rows


def _span(measure: str, cell: str, heading: str, body: BodyMeasures) -> tuple[Decimal, Decimal] | None:
    numbers = [Decimal(number) for number in _NUMBERS.findall(cell)]
    if not numbers:
        return None
    factor = body.factor(measure, cell, heading)
    return min(numbers) * factor, max(numbers) * factor


def _position(row: _Row, measure: str, value: Decimal) -> int:
    if measure not in row.spans:
        return 0
    low, high = row.spans[measure]
    return -1 if value < low else 1 if value > high else 0
