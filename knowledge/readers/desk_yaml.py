"""Who serves what, as the `desk` part of `store.yaml` says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from assistant.domain.skills import Choosing, DeskSettings, GroupName, SkillGroup
from assistant.domain.text import LocalText
from knowledge.readers.hours_yaml import HoursYaml
from knowledge.readers.texts import LocalTextField, in_first

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
_Words = tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...]
_DEFAULT = DeskSettings()


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _For(_Written):
    """What a group takes; what is left out, it takes any of."""

    intents: _Words = ()
    products: _Words = ()
    categories: _Words = ()
    languages: _Words = ()
    tiers: _Words = ()


class _GroupYaml(_Written):
    title: LocalTextField | None = None
    takes: _For = Field(default_factory=_For)
    hours: HoursYaml | None = None
    overflow: _Name | None = None
    overflow_after: float = Field(default=120, ge=0, le=86_400)

    def group(self, name: str, default: str) -> SkillGroup:
        takes = {field: getattr(self.takes, field) for field in _For.model_fields}
        return SkillGroup(
            GroupName(name),
            in_first(self.title or LocalText.one("und", name), default),
            **takes,
            hours=self.hours.hours() if self.hours else None,
            overflow=GroupName(self.overflow) if self.overflow else None,
            overflow_after_s=self.overflow_after,
        )


class DeskYaml(_Written):
    """Groups stand in the order in which they are tried."""

    groups: dict[_Name, _GroupYaml] = Field(default_factory=dict, max_length=100)
    choose: Choosing = _DEFAULT.choosing
    offer: float = Field(default=_DEFAULT.offer_s, ge=5, le=3600)
    longest_wait: float = Field(default=_DEFAULT.longest_wait_s, ge=30, le=86_400)
    capacity: int = Field(default=_DEFAULT.capacity, ge=1, le=100)
    high_value: Decimal | None = Field(default=None, gt=0)
    tier_field: str = Field(default=_DEFAULT.tier_field, min_length=1, max_length=100)
    answers_within: LocalTextField | None = None

    @model_validator(mode="after")
    def _overflow_is_there(self) -> DeskYaml:
        for name, group in self.groups.items():
            if group.overflow is not None and (group.overflow == name or group.overflow not in self.groups):
                raise ValueError(f"groups.{name}.overflow: {group.overflow!r} is no other group; name one of groups")
        return self

    def settings(self, default: str) -> DeskSettings:
        """default: the language of texts that name none."""
        groups = tuple(group.group(name, default) for name, group in self.groups.items())
        return DeskSettings(
            groups or _DEFAULT.groups,
            self.choose,
            self.offer,
            self.longest_wait,
            self.capacity,
            self.high_value,
            self.tier_field,
            in_first(self.answers_within, default) if self.answers_within else None,
        )
