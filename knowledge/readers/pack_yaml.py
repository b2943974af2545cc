"""`pack.yaml`: what a pack is called, and what holds for all its files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from knowledge.readers.numbers import parse_date
from knowledge.readers.texts import LocalTextField
from knowledge.readers.yaml_file import read_model

MANIFEST = "pack.yaml"


def _words(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_day(value: object) -> object:
    moment = parse_date(value)
    if moment is None:
        raise ValueError("write a date as 2026-11-20")
    return moment.date()


_Day = Annotated[date | None, BeforeValidator(_as_day)]


class ShopPromotion(BaseModel):
    """A promotion of the whole shop; without `from` and `to` it is on until it is taken out."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    name: LocalTextField
    description: LocalTextField | None = None
    begins: _Day = Field(default=None, alias="from")
    ends: _Day = Field(default=None, alias="to")
    aliases: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begins and self.ends and self.ends < self.begins:
            raise ValueError(f"it ends on {self.ends}, before it begins on {self.begins}")
        return self


class Manifest(BaseModel):
    """The fields of a pack.yaml; `aliases` are other names for attribute keys, `promotions` those of the whole shop."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    name: str = Field(min_length=1, max_length=100)
    language: str = Field(default="zh", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    version: Annotated[str, BeforeValidator(_as_text)] = ""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    description: str = ""
    aliases: dict[str, Annotated[tuple[str, ...], BeforeValidator(_words)]] = Field(default_factory=dict)
    promotions: tuple[ShopPromotion, ...] = ()


def read_manifest(data: bytes, file: str) -> Manifest:
    """The manifest. Raises PackRefused naming line, field and reason."""
    return read_model(data, file, Manifest)
