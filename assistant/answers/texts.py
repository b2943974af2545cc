"""What the bot says, in each language, from a data file that is checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Formatter

import yaml

_LANGUAGES = ("zh", "en")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is 10 times as fast; texts are read at every start


class Texts:
    """Named texts with {placeholders}, one variant a language."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        for name, variants in texts.items():
            missing = [language for language in _LANGUAGES if language not in variants]
            if missing:
                raise ValueError(f"texts.yaml: {name} has no text in {', '.join(missing)}")
            fields = [_fields(variants[language]) - {"hi"} for language in _LANGUAGES]
            if fields[0] != fields[1]:
                raise ValueError(f"texts.yaml: {name} uses other placeholders in one language than in the other")
        self._texts = texts

    @classmethod
    def load(cls) -> Texts:
        """The texts that come with the assistant. Raises ValueError naming the text that is incomplete."""
        content = (files(__package__) / "texts.yaml").read_text(encoding="utf-8")
        return cls(yaml.load(content, Loader=_LOADER))  # noqa: S506  (a safe loader)

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> frozenset[str]:
        return frozenset(self._texts)

    def say(self, name: str, language: str, /, **values: object) -> str:
        """The text `name` in `language` (a BCP 47 tag; anything but Chinese is said in English)."""
        variants = self._texts[name]
        return variants["zh" if language.startswith("zh") else "en"].format(**{"hi": "", **values})


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
