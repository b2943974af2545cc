"""Text in one or more languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalText:
    """The same text in one or more languages: (BCP 47 tag, text) pairs, the preferred one first."""

    variants: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not self.variants:
            raise ValueError("a LocalText needs at least one variant")

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> LocalText:
        return cls(tuple(texts.items()))

    @classmethod
    def one(cls, language: str, text: str) -> LocalText:
        return cls(((language, text),))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.variants)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.variants)

    def in_language(self, language: str) -> str:
        """The variant in `language` (or its base language), else the preferred one."""
        base = language.split("-", maxsplit=1)[0]
        for tag, text in self.variants:
            if tag == language or tag.split("-")[0] == base:
                return text
        return self.variants[0][1]

    def __str__(self) -> str:
        return self.variants[0][1]
