"""The definitions of intents, read from YAML and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

import regex
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.domain.understanding import Route
from assistant.nlu import plain_yaml
from assistant.nlu.intents.faults import IntentFault

Entry = TypeVar("Entry", bound=BaseModel)

NAME = r"^[a-z_]+(\.[a-z_]+)*$"


class LookAlike(BaseModel):
    """A text that seems to have one intent and has another."""

    model_config = ConfigDict(extra="forbid")

    text: str
    intent: str


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    description: str
    route: Route
    reason: str = ""
    examples: dict[str, list[str]]
    unless: list[LookAlike] = Field(default_factory=list)


class _Patterns(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    patterns: list[str]


@dataclass(frozen=True, slots=True)
class IntentDefinition:
    """name: dotted, its parent before the last dot. route: where it goes by itself. reason: why, for those that are
    handed over or refused. unless: look-alikes, each with the intent that it belongs to."""

    name: str
    description: str
    route: Route
    reason: str
    examples: tuple[str, ...]
    unless: tuple[tuple[str, str], ...]


def parse(text: str, file: str) -> list[IntentDefinition]:
    """Definitions in one YAML text. Raises IntentFault."""
    return [_built(entry) for entry in entries(_Definition, text, file)]


def entries(kind: type[Entry], text: str, file: str) -> list[Entry]:
    """The entries of a YAML list of intents. Raises IntentFault, naming file, line and intent."""
    try:
        content = plain_yaml.read(text, file) or []
    except plain_yaml.Malformed as error:
        raise IntentFault(file, error.line, "bad_yaml", problem=error.problem) from error
    if not isinstance(content, list):
        raise IntentFault(file, 1, "not_a_list")
    read: list[Entry] = []
    for place, entry in enumerate(content):
        try:
            read.append(kind.model_validate(entry))
        except ValidationError as error:
            name = entry.get("name", "?") if isinstance(entry, dict) else "?"
            line = plain_yaml.line_of(text, (place, *error.errors()[0]["loc"]))
            raise IntentFault(file, line, "malformed", intent=name, problem=_faults(error)) from error
    return read


def load() -> list[IntentDefinition]:
    """The intents that come with the assistant."""
    folder = files(__package__) / "shop"
    return [
        definition
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".yaml")
        for definition in parse(file.read_text(encoding="utf-8"), f"intents/shop/{file.name}")
    ]


def load_patterns() -> Mapping[str, tuple[regex.Pattern[str], ...]]:
    """Patterns by the intent that a full match tells for sure. Raises ValueError."""
    content = (files(__package__) / "patterns.yaml").read_text(encoding="utf-8")
    name = "intents/patterns.yaml"
    try:
        return {
            entry.name: tuple(regex.compile(pattern) for pattern in entry.patterns)
            for entry in entries(_Patterns, content, name)
        }
    except regex.error as error:
        raise ValueError(f"{name}: {error}") from error


def lessons(definitions: Iterable[IntentDefinition]) -> list[tuple[str, str]]:
    """(text, intent) pairs to learn from, the look-alikes included."""
    known = list(definitions)
    pairs = [(text, definition.name) for definition in known for text in definition.examples]
    return pairs + [pair for definition in known for pair in definition.unless]


def check(definitions: Sequence[IntentDefinition]) -> None:
    """Raises ValueError for a name defined twice, or a look-alike of an intent that there is not."""
    names = [definition.name for definition in definitions]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"defined twice: {', '.join(twice)}")
    for definition in definitions:
        for text, intent in definition.unless:
            if intent not in names:
                raise ValueError(f"{definition.name}: the look-alike {text!r} names {intent!r}, which there is not")


def _faults(error: ValidationError) -> str:
    """What is wrong with a definition, in one line."""
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}" for fault in error.errors())


def _built(read: _Definition) -> IntentDefinition:
    return IntentDefinition(
        read.name,
        read.description,
        read.route,
        read.reason,
        tuple(text for texts in read.examples.values() for text in texts),
        tuple((item.text, item.intent) for item in read.unless),
    )
