"""A store's own intents, laid over those that come with the assistant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.reply import HandoffReason
from assistant.domain.understanding import Route
from assistant.nlu.intents.definitions import NAME, IntentDefinition, LookAlike, entries

_REASONED = (Route.HANDOFF, Route.REFUSE)


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


def merged(built_in: Sequence[IntentDefinition], text: str, file: str) -> list[IntentDefinition]:
    """The built-in definitions with a store's YAML text laid over them.

    An intent of a new name is added. Of one that there is, examples and look-alikes are added to its own (with
    `replace: true` they take their place), and description, route and reason are changed where they are given.
    Raises ValueError naming file, intent and fault.
    """
    known = {definition.name: definition for definition in built_in}
    own = _read(text, file)
    names = {entry.name for entry in own} | known.keys()
    taught: dict[str, str] = {}
    for entry in own:
        where = f"{file}: intent {entry.name}"
        known[entry.name] = _laid_over(known.get(entry.name), entry, where)
        for item in entry.unless:
            if item.intent not in names:
                raise ValueError(f"{where}: the look-alike {item.text!r} names {item.intent!r}, which there is not")
        own_texts = [(text, entry.name) for text in _texts(entry.examples)]
        for example, intent in own_texts + [(item.text, item.intent) for item in entry.unless]:
            if taught.setdefault(example, intent) != intent:
                raise ValueError(f"{where}: {example!r} is given to {taught[example]}, too; keep one of the two")
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


def _laid_over(base: IntentDefinition | None, entry: _Own, where: str) -> IntentDefinition:
    examples = _texts(entry.examples)
    unless = tuple((item.text, item.intent) for item in entry.unless)
    if base is None:
        if missing := [name for name in ("description", "route") if not getattr(entry, name)]:
            raise ValueError(f"{where}: it is new, so it needs {' and '.join(missing)}")
        found = IntentDefinition(
            entry.name, entry.description, entry.route or Route.ANSWER, entry.reason, examples, unless
        )
    else:
        found = replace(
            base,
            description=entry.description or base.description,
            route=entry.route or base.route,
            reason=_reason(base, entry),
            examples=examples if entry.replace else (*base.examples, *examples),
            unless=unless if entry.replace else (*base.unless, *unless),
        )
    if not found.examples:
        raise ValueError(f"{where}: it has no examples")
    if found.route is Route.HANDOFF and found.reason not in tuple(HandoffReason):
        raise ValueError(f"{where}: route handoff needs one of these reasons: {', '.join(HandoffReason)}")
    if found.route is Route.REFUSE and not found.reason:
        raise ValueError(f"{where}: route refuse needs a reason")
    if found.route not in _REASONED and found.reason:
        raise ValueError(f"{where}: a reason goes with route handoff or refuse only")
    return found


def _reason(base: IntentDefinition, entry: _Own) -> str:
    """A new route leaves the old reason behind."""
    return entry.reason or ("" if entry.route not in (None, base.route) else base.reason)


def _read(text: str, file: str) -> list[_Own]:
    own = entries(_Own, text, file)
    if twice := sorted({one.name for one in own if [other.name for other in own].count(one.name) > 1}):
        raise ValueError(f"{file}: defined twice: {', '.join(twice)}")
    return own


def _texts(examples: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(text for texts in examples.values() for text in texts)
