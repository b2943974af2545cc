"""The phrases of a scripted shopper: data, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import yaml
from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Slot:
    """How a thing is told. same: other names for it. parts: things that it is told by, instead of itself."""

    zh: str
    en: str
    same: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrases:
    """Each in the languages "zh" and "en"."""

    confirm: Mapping[str, str]
    refuse: Mapping[str, str]
    unknown: Mapping[str, str]
    undecided: Mapping[str, str]
    tell: Mapping[str, str]
    between: Mapping[str, str]
    slots: Mapping[str, Slot]
    _names: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, slot in self.slots.items():
            for word in (name, *slot.same):
                if self._names.setdefault(word, name) != name:
                    raise ValueError(f"phrases.yaml: {word} stands for both {self._names[word]} and {name}")

    @classmethod
    def load(cls) -> Phrases:
        """Raises ValueError, saying what in phrases.yaml is wrong."""
        content = yaml.safe_load((files(__package__) / "phrases.yaml").read_text("utf-8"))
        return TypeAdapter(cls).validate_python(content)

    def told(self, asked: str, known: Mapping[str, str], language: str) -> str | None:
        """A short sentence that tells what is asked for; None where the shopper does not know it."""
        name = self._names.get(asked, asked)
        slot = self.slots.get(name)
        value = self._value(asked, known)
        if value is None and slot is not None and slot.parts:
            parts = [part for part in (self._value(each, known) for each in slot.parts) if part is not None]
            value = self.between[language].join(parts) or None
        if value is None:
            return None
        form = {"zh": slot.zh, "en": slot.en}[language] if slot is not None else self.tell[language]
        return form.replace("{value}", value)

    def _value(self, asked: str, known: Mapping[str, str]) -> str | None:
        """What is known under this name, else under another that means the same."""
        if asked in known:
            return known[asked]
        name = self._names.get(asked)
        return next((value for key, value in known.items() if name and self._names.get(key) == name), None)
