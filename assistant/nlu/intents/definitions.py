"""The definitions of intents, read from YAML and checked."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import regex
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

QUESTION = "question"


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    description: str
    patterns: list[str] = Field(default_factory=list)
    examples: dict[str, list[str]]
    unless: dict[str, list[str]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IntentDefinition:
    """`unless` are look-alikes: examples that count for QUESTION instead."""

    name: str
    description: str
    patterns: tuple[regex.Pattern[str], ...]
    examples: tuple[str, ...]
    unless: tuple[str, ...]


def parse(text: str, file: str) -> list[IntentDefinition]:
    """Definitions in one YAML text. Raises ValueError naming file, intent and fault."""
    try:
        entries = yaml.load(text, Loader=yaml.BaseLoader) or []  # noqa: S506  (builds only text, lists, maps)
        return [_build(_Definition.model_validate(entry)) for entry in entries]
    except (yaml.YAMLError, ValidationError, regex.error) as error:
        raise ValueError(f"{file}: {error}") from error


def load() -> list[IntentDefinition]:
    """The intents that come with the assistant."""
    folder = files(__package__)
    return [
        definition
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".yaml")
        for definition in parse(file.read_text(encoding="utf-8"), f"intents/{file.name}")
    ]


def _build(entry: _Definition) -> IntentDefinition:
    return IntentDefinition(
        entry.name,
        entry.description,
        tuple(regex.compile(pattern) for pattern in entry.patterns),
        tuple(text for texts in entry.examples.values() for text in texts),
        tuple(text for texts in entry.unless.values() for text in texts),
    )
