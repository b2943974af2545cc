"""Slots whose value is one of a list: ways to pay, kinds of invoice and service, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed

_ALONE = 8  # characters of a message that is nothing but its word ("个人的吧")


class ChoiceFinder:
    """payment_method, invoice_type, service_type, reason; invoice_title."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._values: dict[str, list[tuple[str, str]]] = {}
        for slot, values in words["choices"].items():
            for value, spellings in values.items():
                for spelling in spellings:
                    self._values.setdefault(spelling.casefold(), []).append((slot, value))
        self._words = Phrases(self._values)
        invoice = words["invoice"]
        self._about_invoice = Phrases(invoice["about"])
        self._kinds = {word: kind for kind in ("personal", "company") for word in invoice[kind]}
        self._kind_words = Phrases(self._kinds)

    def find(self, line: Line) -> Iterator[Placed]:
        chosen = self._chosen(line.even)
        for slot, value, start, end in chosen:
            yield line.place(slot, value, start, end, 2)
        if not any(slot == "invoice_type" for slot, *_ in chosen) and (
            self._about_invoice.found_in(line.even) or len(line.even) <= _ALONE
        ):
            for word, start, end in self._kind_words.spans(line.even):
                yield line.place("invoice_type", self._kinds[word], start, end)

    def _chosen(self, even: str) -> list[tuple[str, str, int, int]]:
        """Slot, value, start and end; "amex credit card" is one."""
        chosen: list[tuple[str, str, int, int]] = []
        for word, start, end in self._words.spans(even):
            for slot, value in self._values[word]:
                last = chosen[-1] if chosen else None
                if last and last[:2] == (slot, value) and even[last[3] : start] in {"", " "}:
                    chosen[-1] = (slot, value, last[2], end)
                else:
                    chosen.append((slot, value, start, end))
        return chosen
