"""Slots whose value is one of a list: ways to pay, kinds of invoice and service, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed

_ALONE = 8  # characters of a message that is nothing but its word ("个人的吧")


@dataclass(frozen=True, slots=True)
class _Choice:
    slot: str
    value: str
    start: int
    end: int


class ChoiceFinder:
    """payment_method, invoice_type, service_type, reason."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._values: dict[str, list[tuple[str, str]]] = {word.casefold(): [] for word in words["no_choice"]}
        for slot, values in words["choices"].items():
            for value, spellings in values.items():
                for spelling in spellings:
                    self._values.setdefault(spelling.casefold(), []).append((slot, value))
        self._words = Phrases(self._values)
        self._hinted = tuple(_Hinted(slot, values) for slot, values in words["hinted"].items())

    def find(self, line: Line) -> Iterator[Placed]:
        spans = list(self._words.spans(line.even))
        found = [_Choice(slot, value, start, end) for word, start, end in spans for slot, value in self._values[word]]
        for choice in _together(line.even, found):
            yield line.place(choice.slot, choice.value, choice.start, choice.end, 2)
        for hinted in self._hinted:
            if not any(choice.slot == hinted.slot for choice in found):
                for placed in hinted.find(line):
                    if not any(start < placed.end and placed.start < end for _, start, end in spans):
                        yield placed


class _Hinted:
    """Words for the values of one slot that count only in a message about it, or in one that is nothing else."""

    def __init__(self, slot: str, words: Mapping[str, list[str]]) -> None:
        self.slot = slot
        self._about = Phrases(words["about"])
        self._values = {word: value for value, spellings in words.items() if value != "about" for word in spellings}
        self._words = Phrases(self._values)

    def find(self, line: Line) -> Iterator[Placed]:
        if len(line.even) <= _ALONE or self._about.found_in(line.even):
            for word, start, end in self._words.spans(line.even):
                yield line.place(self.slot, self._values[word], start, end)


def _together(even: str, found: list[_Choice]) -> list[_Choice]:
    """The same choice said twice in a row is one: "amex credit card"."""
    kept: list[_Choice] = []
    for choice in found:
        last = kept[-1] if kept else None
        if (
            last
            and (last.slot, last.value) == (choice.slot, choice.value)
            and not even[last.end : choice.start].strip()
        ):
            kept[-1] = _Choice(choice.slot, choice.value, last.start, choice.end)
        else:
            kept.append(choice)
    return kept
