"""Personal data, kept from endpoints: a mark stands for it in what goes out, and it is put back in what comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import regex

from assistant.domain.backend import JsonObject
from assistant.domain.models import Line, Prompt, Tool


@dataclass(frozen=True, slots=True)
class Datum:
    """Personal data in a text. kind: "phone", "email" and the like. text: as it stands there."""

    kind: str
    text: str


Finder = Callable[[str], Sequence[Datum]]
"""The personal data in a text, each as it stands in it."""

_MARK = regex.compile(r"\[[A-Z]+(?:_[A-Z]+)*_\d+\]")
_BEGINS = regex.compile(r"\[[A-Z_]*\d*$")


@dataclass
class Mask:
    """Of one turn: the same text has the same mark in all its prompts."""

    find: Finder
    _marks: dict[str, str] = field(default_factory=dict)  # by text
    _texts: dict[str, str] = field(default_factory=dict)  # by mark
    _kinds: dict[str, int] = field(default_factory=dict)

    def prompt(self, prompt: Prompt) -> Prompt:
        """All its lines are looked through before any is masked: what is found in one is masked in all."""
        for line in prompt.lines:
            self._look(line.text)
        for text in sorted(prompt.personal):
            self._mark(Datum("personal", text))
        return replace(prompt, lines=tuple(Line(line.speaker, self._masked(line.text)) for line in prompt.lines))

    def masked(self, text: str) -> str:
        self._look(text)
        return self._masked(text)

    def plain(self, text: str) -> str:
        return _MARK.sub(lambda match: self._texts.get(match.group(), match.group()), text)

    def unmasked(self, value: JsonObject) -> JsonObject:
        return {name: self._unmasked(item) for name, item in value.items()}

    def tool(self, tool: Tool) -> Tool:
        """The same tool for a model that knows marks only."""

        async def call(arguments: JsonObject) -> str:
            return self.masked(await tool.call(self.unmasked(arguments)))

        return replace(tool, call=call)

    def unmasking(self) -> Unmasking:
        return Unmasking(self)

    def _unmasked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.plain(value)
        if isinstance(value, dict):
            return {name: self._unmasked(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._unmasked(item) for item in value]
        return value

    def _look(self, text: str) -> None:
        for datum in self.find(text):
            self._mark(datum)

    def _mark(self, datum: Datum) -> None:
        if datum.text.strip() and datum.text not in self._marks:
            kind = datum.kind.upper()
            self._kinds[kind] = self._kinds.get(kind, 0) + 1
            mark = f"[{kind}_{self._kinds[kind]}]"
            self._marks[datum.text], self._texts[mark] = mark, datum.text

    def _masked(self, text: str) -> str:
        """In one pass, the longest first: one datum may stand within another."""
        known = [datum for datum in sorted(self._marks, key=len, reverse=True) if datum in text]
        if not known:
            return text
        return regex.sub("|".join(map(_alone, known)), lambda match: self._marks[match.group()], text)


@dataclass
class Unmasking:
    """Puts the data back in an answer that comes in pieces; a mark may be cut over several."""

    mask: Mask
    _held: str = ""

    def heard(self, piece: str) -> str:
        text = self._held + piece
        begun = _BEGINS.search(text)
        self._held = text[begun.start() :] if begun else ""
        return self.mask.plain(text[: begun.start()] if begun else text)

    def rest(self) -> str:
        held, self._held = self._held, ""
        return self.mask.plain(held)


def _alone(text: str) -> str:
    """A pattern for where a text stands that does not go on as the same number or Latin word."""
    before = r"(?<![\p{Latin}\p{N}])" if regex.match(r"[\p{Latin}\p{N}]", text) else ""
    after = r"(?![\p{Latin}\p{N}])" if regex.search(r"[\p{Latin}\p{N}]\Z", text) else ""
    return before + regex.escape(text) + after
