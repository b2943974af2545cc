"""A procedure as its file has it, before anything is known of what it means."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.procedures import SlotKind
from assistant.domain.reply import HandoffReason

NAME = r"^[a-z][a-z0-9_]{0,63}$"
PROCEDURE_NAME = r"^[a-z][a-z0-9_-]{0,63}$"

Words = dict[str, str]
"""A text by language."""


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenOption(Written):
    value: str = Field(min_length=1)
    label: Words
    words: list[str] = Field(default_factory=list)
    means: list[str] = Field(default_factory=list)


class WrittenSlot(Written):
    name: str = Field(pattern=NAME)
    kind: SlotKind
    where: str | None = None
    many: bool = False
    of: str = ""
    options: list[WrittenOption] = Field(default_factory=list)
    optional: bool = False
    default: str | None = None
    source: str | None = None
    reads: str = ""
    ask: Words | None = None


class WrittenCall(Written):
    """A look or a step."""

    name: str = Field(pattern=NAME)
    call: str = Field(min_length=1)
    arguments: dict[str, str] = Field(default_factory=dict, alias="with")
    when: str | None = None


class WrittenRule(Written):
    name: str = Field(pattern=NAME)
    holds: str
    say: Words
    instead: str = ""
    suggest: list[str] = Field(default_factory=list)
    handoff: HandoffReason | None = None


class WrittenProcedure(Written):
    procedure: str = Field(pattern=PROCEDURE_NAME)
    title: Words
    intents: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)
    identified: bool = True
    slots: list[WrittenSlot] = Field(default_factory=list)
    looks: list[WrittenCall] = Field(default_factory=list)
    values: dict[str, str] = Field(default_factory=dict)
    rules: list[WrittenRule] = Field(default_factory=list)
    confirm: Words | None = None
    steps: list[WrittenCall] = Field(default_factory=list)
    done: Words | None = None


PARTS: Mapping[str, type[Written]] = {
    "slots": WrittenSlot,
    "looks": WrittenCall,
    "rules": WrittenRule,
    "steps": WrittenCall,
    "options": WrittenOption,
}
"""The lists of a procedure, and what stands in each."""


def keys_of(model: type[Written]) -> list[str]:
    """What may stand in it, as it is written."""
    return [field.alias or name for name, field in model.model_fields.items()]
