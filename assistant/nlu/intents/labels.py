"""What intents are called before people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from assistant.domain.text import LocalText
from assistant.nlu import plain_yaml
from assistant.nlu.intents.hierarchy import parent

LABELS = "labels.yaml"


@dataclass(frozen=True, slots=True)
class IntentLabels:
    """A few words an intent, in Chinese and English."""

    labels: Mapping[str, LocalText]

    @classmethod
    def load(cls) -> IntentLabels:
        content = plain_yaml.read((files(__package__) / LABELS).read_text(encoding="utf-8"), f"intents/{LABELS}")
        return cls({name: LocalText.of(texts) for name, texts in content.items()})

    def of(self, intent: str) -> LocalText:
        """The label of an intent or, where a store has made it up below a built-in one, of that; else its name."""
        name: str | None = intent
        while name is not None:
            if name in self.labels:
                return self.labels[name]
            name = parent(name)
        return LocalText.one("und", intent)
