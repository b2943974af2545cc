"""A store's own intents, laid over those that come with the assistant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.reply import HandoffReason
from assistant.domain.tuning import WrittenFile
from assistant.domain.understanding import Route
from assistant.nlu import plain_yaml
from assistant.nlu.intents.definitions import NAME, IntentDefinition, LookAlike, entries
from assistant.nlu.intents.faults import IntentFault

_REASONED = (Route.HANDOFF, Route.REFUSE)
MOST_EXAMPLES = 5_000
"""Of all that a store adds: fitting them takes seconds, not minutes."""


class _Own(BaseModel):
    """A new intent needs a description, a route and examples; of one that there is, what is given counts."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    description: str = ""
    route: Route | None = None
    reason: str = ""
    examples: dict[str, list[str]] = Field(default_factory=dict)
    unless: list[LookAlike] = Field(default_factory=list)
    replace: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """An entry, and where it stands."""

    own: _Own
    file: WrittenFile
    place: int

    def fault(self, code: str, **values: object) -> IntentFault:
        line = plain_yaml.line_of(self.file.text, (self.place,))
        return IntentFault(self.file.name, line, code, intent=self.own.name, **values)


def merged(built_in: Sequence[IntentDefinition], files: Sequence[WrittenFile]) -> list[IntentDefinition]:
    """The built-in definitions with a store's YAML files laid over them.

    An intent of a new name is added. Of one that there is, examples and look-alikes are added to its own (with
    `replace: true` they take their place), and description, route and reason are changed where they are given.
    Raises IntentFault, naming file, line, intent and what is wrong.
    """
    known = {definition.name: definition for definition in built_in}
    written = _read(files)
    names = {entry.own.name for entry in written} | known.keys()
    taught: dict[str, str] = {}
    for entry in written:
        own = entry.own
        known[own.name] = _laid_over(known.get(own.name), entry)
        for item in own.unless:
            if item.intent not in names:
                raise entry.fault("unknown_intent", text=item.text, other=item.intent)
        own_texts = [(text, own.name) for text in _texts(own.examples)]
        for example, intent in own_texts + [(item.text, item.intent) for item in own.unless]:
            if taught.setdefault(example, intent) != intent:
                raise entry.fault("two_meanings", text=example, other=taught[example])
    if len(taught) > MOST_EXAMPLES:
        raise IntentFault(files[0].name, 1, "too_many_examples", count=len(taught), limit=MOST_EXAMPLES)
    return [_without(definition, taught) for definition in known.values()]


def _without(definition: IntentDefinition, taught: Mapping[str, str]) -> IntentDefinition:
    """Where a store says that a text means something else than it means by itself, the store is right."""

    def kept(text: str, intent: str) -> bool:
        return taught.get(text, intent) == intent

    return replace(
        definition,
        examples=tuple(text for text in definition.examples if kept(text, definition.name)),
        unless=tuple((text, intent) for text, intent in definition.unless if kept(text, intent)),
    )


def _laid_over(base: IntentDefinition | None, entry: _Written) -> IntentDefinition:
    own = entry.own
    examples = _texts(own.examples)
    unless = tuple((item.text, item.intent) for item in own.unless)
    if base is None:
        if missing := [name for name in ("description", "route") if not getattr(own, name)]:
            raise entry.fault("new_needs", missing=", ".join(missing))
        found = IntentDefinition(own.name, own.description, own.route or Route.ANSWER, own.reason, examples, unless)
    else:
        found = replace(
            base,
            description=own.description or base.description,
            route=own.route or base.route,
            reason=_reason(base, own),
            examples=examples if own.replace else (*base.examples, *examples),
            unless=unless if own.replace else (*base.unless, *unless),
        )
    if not found.examples:
        raise entry.fault("no_examples")
    if found.route is Route.HANDOFF and found.reason not in tuple(HandoffReason):
        raise entry.fault("handoff_reason", reasons=", ".join(HandoffReason))
    if found.route is Route.REFUSE and not found.reason:
        raise entry.fault("refuse_reason")
    if found.route not in _REASONED and found.reason:
        raise entry.fault("needless_reason")
    return found


def _reason(base: IntentDefinition, entry: _Own) -> str:
    """A new route leaves the old reason behind."""
    return entry.reason or ("" if entry.route not in (None, base.route) else base.reason)


def _read(files: Sequence[WrittenFile]) -> list[_Written]:
    written: list[_Written] = []
    first: dict[str, str] = {}
    for file in files:
        for place, own in enumerate(entries(_Own, file.text, file.name)):
            entry = _Written(own, file, place)
            if own.name in first:
                raise entry.fault("defined_twice", first=first[own.name])
            first[own.name] = file.name
            written.append(entry)
    return written


def _texts(examples: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(text for texts in examples.values() for text in texts)
