"""Cuts a message into clauses: what is asked or asked for, each with the conditions and statements that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from assistant.domain.folding import fold
from assistant.domain.understanding import ClauseKind
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases

_MOST_CLAUSES = 4  # asked in one message; what comes after them stays with the last
_STOP = regex.compile(r"[。！？!?；;\n]+|(?<![\d.])\.(?=\s|$)|[，,、](?!\d)|(?<=\p{Han})[ \t　]+(?=\p{Han})")
_PUNCTUATION = " \t　，,。.！!？?；;、~～…"


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the message as typed: what it asks or says, and the conditions put to it.

    span: where it stands in the message, the end excluded; None for the whole message.
    """

    text: str
    kind: ClauseKind
    conditions: tuple[str, ...] = ()
    span: tuple[int, int] | None = None

    def holds(self, place: int) -> bool:
        """Whether a place in the message lies in the stretch."""
        return self.span is None or self.span[0] <= place < self.span[1]


@dataclass(slots=True)
class _Unit:
    text: str
    folded: str
    kind: ClauseKind
    condition: bool = False
    start: int = 0


class ClauseCutter:
    """`asks` tells whether a folded text asks a question that stands by itself."""

    def __init__(self, asks: Callable[[str], bool]) -> None:
        words = grammar.word_lists("clauses")
        self._asks = asks
        self._joins = Phrases(words["joins"])
        self._conditions = Phrases(words["conditions"])
        self._requests = Phrases(words["requests"])
        self._corrections = Phrases(words["corrections"])
        self._tags = frozenset(words["tags"])

    def cut(self, text: str) -> tuple[Cut, ...]:
        """At least one; together they hold all of the message but its marks."""
        units = [unit for start, piece in self._pieces(text) if (unit := self._unit(piece, start))]
        asked = [index for index, unit in enumerate(units) if unit.kind is not ClauseKind.STATEMENT]
        if len(asked) < 2:
            kind = units[asked[0]].kind if asked else ClauseKind.STATEMENT
            return (Cut(text.strip(), kind, tuple(unit.text for unit in units if unit.condition)),)
        return tuple(self._grouped(units, asked[:_MOST_CLAUSES], len(text)))

    def corrects(self, folded: str) -> bool:
        """Whether a message puts right what was understood before."""
        word = self._corrections.first(folded[:12])
        return word is not None and folded.lstrip(_PUNCTUATION).startswith(word)

    def _pieces(self, text: str) -> Iterator[tuple[int, str]]:
        """The text between marks and joining words, each piece with its place."""
        start = 0
        for stop in _STOP.finditer(text):
            yield start, text[start : stop.end()]
            start = stop.end()
        yield start, text[start:]

    def _unit(self, piece: str, start: int) -> _Unit | None:
        folded = fold(piece).strip(_PUNCTUATION)
        if not folded:
            return None
        join = self._joins.first(folded)
        bare = folded.removeprefix(join).strip(_PUNCTUATION) if join and folded.startswith(join) else folded
        condition = self._is_condition(bare)
        if condition and not self._requests.found_in(bare):
            return _Unit(piece.strip(), folded, ClauseKind.STATEMENT, condition=True, start=start)
        if bare in self._tags:
            return _Unit(piece.strip(), folded, ClauseKind.STATEMENT, start=start)
        if self._asks(bare):
            return _Unit(piece.strip(), folded, ClauseKind.QUESTION, start=start)
        kind = ClauseKind.REQUEST if self._requests.found_in(bare) else ClauseKind.STATEMENT
        return _Unit(piece.strip(), folded, kind, condition, start)

    def _is_condition(self, folded: str) -> bool:
        word = self._conditions.first(folded)
        return word is not None and (folded.startswith(word) or "…" in word or folded.endswith("的话"))

    def _grouped(self, units: list[_Unit], asked: list[int], length: int) -> Iterator[Cut]:
        """Statements before a clause belong to it, those after the last one to the last. `length`: of the message."""
        start = 0
        for number, index in enumerate(asked):
            end = len(units) if number == len(asked) - 1 else index + 1
            while end < len(units) and units[end].folded in self._tags:
                end += 1
            group = units[start:end]
            yield Cut(
                "".join(
                    unit.text if unit.text[-1:] in "。！？!?；;，,、." else f"{unit.text} " for unit in group
                ).strip(),
                units[index].kind,
                tuple(unit.text for unit in group if unit.condition),
                (units[start].start if start else 0, units[end].start if end < len(units) else length),
            )
            start = end
