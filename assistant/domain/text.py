"""Text in one or more languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def same_language(one: str, other: str) -> bool:
    """Whether two BCP 47 tags name the same language: zh-TW and zh do."""
    return one.split("-", maxsplit=1)[0].lower() == other.split("-", maxsplit=1)[0].lower()


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

    def speaks(self, language: str) -> bool:
        """Whether a variant is there in the language, whatever its region or script."""
        return any(same_language(tag, language) for tag in self.languages)

    def in_language(self, language: str) -> str:
        """The variant in `language` (or its base language), else the preferred one."""
        for tag, text in self.variants:
            if same_language(tag, language):
                return text
        return self.variants[0][1]

    def __str__(self) -> str:
        return self.variants[0][1]
