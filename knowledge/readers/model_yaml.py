"""The part `model` of `store.yaml`: which language models serve the store, and what for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assistant.domain.store import ModelSettings

KEY_VARIABLES = "STOREBOT_MODEL_"
"""How the names of environment variables begin that a store's key may be in."""

_URL = re.compile(r"https?://[^/\s?#@]+(?:/[^\s?#]*)?")


def _url(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError("write the address of an endpoint, for example https://models.example/v1")
    return value.rstrip("/")


def _variable(value: str) -> str:
    if not re.fullmatch(rf"{KEY_VARIABLES}[A-Z0-9_]+", value):
        raise ValueError(
            f"name the environment variable that holds the key, beginning with {KEY_VARIABLES}; never the key itself"
        )
    return value


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Prices(_Written):
    tokens_in: Decimal = Field(alias="in", ge=0)
    tokens_out: Decimal = Field(alias="out", ge=0)


class _Ceiling(_Written):
    tokens: int | None = Field(default=None, ge=0)
    cost: Decimal | None = Field(default=None, ge=0)


class ModelYaml(_Written):
    """`model: false` stands for none at all."""

    enabled: bool = True
    base_url: Annotated[str, AfterValidator(_url)] | None = None
    key: Annotated[str, AfterValidator(_variable)] | None = None
    answers: str = ""
    understanding: str = ""
    prices: _Prices | None = None
    ceiling: _Ceiling = _Ceiling()
    rephrase: bool = False
    tools: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_switch(cls, value: object) -> object:
        return {"enabled": value} if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _belongs_together(self) -> ModelYaml:
        if self.base_url and not self.answers:
            raise ValueError("an endpoint of your own needs the name of a model there: answers: NAME")
        if not self.base_url and (self.key or self.answers or self.understanding or self.prices):
            raise ValueError(
                "key, answers, understanding and prices are those of an endpoint of your own: add base_url"
            )
        if self.base_url and self.ceiling.cost is not None and not self.prices:
            raise ValueError("ceiling.cost cannot be kept without prices: {in: ..., out: ...} of a million tokens")
        return self

    def settings(self) -> ModelSettings:
        return ModelSettings(
            enabled=self.enabled,
            base_url=self.base_url or "",
            answers=self.answers,
            understanding=self.understanding,
            key_variable=self.key or "",
            price_in=self.prices.tokens_in if self.prices else None,
            price_out=self.prices.tokens_out if self.prices else None,
            tokens_a_day=self.ceiling.tokens,
            cost_a_day=self.ceiling.cost,
            rephrase=self.rephrase,
            tools=self.tools,
        )
