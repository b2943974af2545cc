"""What is wrong with a definition of an intent, and where; the texts are data (`faults.yaml`)."""

from __future__ import annotations

from importlib.resources import files

from assistant.domain.text import LocalText
from assistant.nlu import plain_yaml


class IntentFault(ValueError):
    """line: counted from 1. code: stable. text: what is wrong and what to do, in every language."""

    def __init__(self, file: str, line: int, code: str, **values: object) -> None:
        templates = plain_yaml.read((files(__package__) / "faults.yaml").read_text(encoding="utf-8"), "faults.yaml")
        said = {language: str(template).format(**values) for language, template in templates[code].items()}
        super().__init__(f"{file}, line {line}: {said['en']}")
        self.file = file
        self.line = line
        self.code = code
        self.text = LocalText.of(said)
