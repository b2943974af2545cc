"""`pack.yaml`: what a pack is called, and what holds for all its files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from knowledge.readers.yaml_file import read_model

MANIFEST = "pack.yaml"


def _words(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Manifest(BaseModel):
    """The fields of a pack.yaml; `aliases` are other names for attribute keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    name: str = Field(min_length=1, max_length=100)
    language: str = Field(default="zh", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    version: Annotated[str, BeforeValidator(_as_text)] = ""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    description: str = ""
    aliases: dict[str, Annotated[tuple[str, ...], BeforeValidator(_words)]] = Field(default_factory=dict)


def read_manifest(data: bytes, file: str) -> Manifest:
    """The manifest. Raises PackRefused naming line, field and reason."""
    return read_model(data, file, Manifest)
