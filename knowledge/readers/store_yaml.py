"""`store.yaml`: who the store is."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from assistant.domain.ids import StoreId
from assistant.domain.store import SYSTEM_FOLDER, Persona, Risk, Store, SystemSettings
from assistant.domain.text import LocalText
from knowledge.readers.desk_yaml import DeskYaml
from knowledge.readers.hours_yaml import HoursYaml
from knowledge.readers.model_yaml import ModelYaml
from knowledge.readers.texts import LocalTextField, in_first
from knowledge.readers.yaml_file import read_model

_ORIGIN = re.compile(r"https?://[^/\s?#@]+?(?::(?:\d{1,5}|\*))?/?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_store_yaml(data: bytes, file: str, store_id: StoreId) -> Store:
    """The store that the file describes. Raises PackRefused naming line, field and reason."""
    written = read_model(data, file, _StoreYaml)
    default = written.languages[0]
    persona = written.persona
    name = in_first(written.name, default)
    address = in_first(persona.address, default) if persona.address else None
    greeting = in_first(persona.greeting, default) if persona.greeting else None
    tone = in_first(persona.tone, default) if persona.tone else None
    bot = in_first(persona.name, default) if persona.name else name
    return Store(
        id=store_id,
        name=name,
        languages=written.languages,
        persona=Persona(bot, address, greeting, tone) if address else Persona(bot, greeting=greeting, tone=tone),
        hours=written.hours.hours(),
        risk=written.risk.risk(),
        origins=tuple(origin.rstrip("/") for origin in written.origins),
        url=written.url,
        system=written.system.settings() if written.system else None,
        desk=written.desk.settings(default) if written.desk else None,
        model=written.model.settings(),
    )


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value):
        raise ValueError("write an origin as scheme://host[:port], for example https://shop.example")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is no language tag; write zh or en")
    return value


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _PersonaYaml(_Written):
    name: LocalTextField | None = None
    address: Any = None
    greeting: LocalTextField | None = None
    tone: LocalTextField | None = None

    @field_validator("address")
    @classmethod
    def _may_be_empty(cls, value: object) -> LocalText | None:
        """No form of address is a choice too: {zh: 亲, en: ""}."""
        if isinstance(value, dict) and value and all(isinstance(text, str | None) for text in value.values()):
            return LocalText.of({str(tag): (text or "").strip() for tag, text in value.items()})
        if isinstance(value, str):
            return LocalText.one("und", value.strip())
        if value is None:
            return None
        raise ValueError('a text, or a map of languages such as {zh: 亲, en: ""}, is needed')


class _SystemYaml(BaseModel):
    """Whatever else stands there is for the connector, which checks it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    connector: str = Field(min_length=1)
    path: str = SYSTEM_FOLDER

    @field_validator("path")
    @classmethod
    def _below(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\\" in value or not path.parts:
            raise ValueError(f"{value!r} must name a folder below the store's, such as {SYSTEM_FOLDER}")
        return str(path)

    def settings(self) -> SystemSettings:
        return SystemSettings(self.connector, self.path, dict(self.model_extra or {}))


class _AtMostWrong(_Written):
    at_most_wrong: float = Field(gt=0, lt=1)

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_share(cls, value: object) -> object:
        return {"at_most_wrong": value} if isinstance(value, int | float) else value


class _RiskYaml(_Written):
    answer: _AtMostWrong | None = None
    ask_back: _AtMostWrong | None = None
    overrule: _AtMostWrong | None = None
    hand_over: _AtMostWrong | None = None

    def risk(self) -> Risk:
        stated = ((name, getattr(self, name)) for name in type(self).model_fields)
        return Risk(**{name: share.at_most_wrong for name, share in stated if share is not None})


class _StoreYaml(_Written):
    name: LocalTextField
    languages: tuple[Annotated[str, AfterValidator(_language)], ...] = Field(default=("zh", "en"), min_length=1)
    persona: _PersonaYaml = _PersonaYaml()
    hours: HoursYaml = HoursYaml()
    risk: _RiskYaml = _RiskYaml()
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    url: str = ""
    system: _SystemYaml | None = None
    desk: DeskYaml | None = None
    model: ModelYaml = ModelYaml()

    @model_validator(mode="after")
    def _each_once(self) -> _StoreYaml:
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("languages names one twice")
        return self
