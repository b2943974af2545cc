"""Data in prompts: what shoppers, pages and systems say stands between marks that it cannot close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import regex

_MARK = regex.compile(r"[a-z][a-z_]*")
# What no reader sees may hide orders: control and format characters, private use, lone surrogates. Line ends stay.
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Co}\p{Cs}--\n]", regex.V1)
_BLANK_LINES = regex.compile(r"\n\s*\n+")
# The full-width forms say the same to a reader and fold to the same, but open and close nothing: neither our marks nor
# those by which a model's server tells who speaks.
_TAMED = str.maketrans({"<": "＜", ">": "＞"})


@dataclass(frozen=True, slots=True)
class Datum:
    """One piece of data. mark: the name it stands under, in lower-case Latin letters and _. labels: what is said of it,
    by name; data too. Raises ValueError for a name that is none."""

    mark: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.mark, *self.labels):
            if not _MARK.fullmatch(name):
                raise ValueError(f"{name!r} is no name for a mark: use lower-case Latin letters and _")

    def __str__(self) -> str:
        labels = "".join(f' {name}="{_label(value)}"' for name, value in self.labels.items() if value)
        return f"<{self.mark}{labels}>{plain(self.text)}</{self.mark}>"


def marked(mark: str, text: str, **labels: str) -> str:
    """A text as data: `<mark label="...">text</mark>`."""
    return str(Datum(mark, text, labels))


def plain(text: str) -> str:
    """A text that can neither open nor close a mark, with nothing in it that no reader sees."""
    seen = _UNSEEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n", seen).translate(_TAMED).strip()


def _label(value: str) -> str:
    return " ".join(plain(value).replace('"', "＂").split())
