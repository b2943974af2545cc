"""A store: the tenant that everything belongs to, as its `store.yaml` describes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.domain.ids import StoreId
from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Persona:
    """Who speaks: the bot's name, how it addresses the shopper ("亲", "小主", or nothing), and its greeting."""

    name: LocalText
    address: LocalText = field(default_factory=lambda: LocalText.of({"zh": "亲", "en": ""}))
    greeting: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """When humans serve: opening and closing time "HH:MM" by weekday 0 (Monday) to 6, in an IANA time zone."""

    timezone: str = "Asia/Shanghai"
    weekly: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    id: StoreId
    name: LocalText
    languages: tuple[str, ...]
    persona: Persona
    hours: Hours = Hours()
    origins: tuple[str, ...] = ()  # scheme://host[:port] that may embed the widget; a port may be "*"
    url: str = ""

    @property
    def default_language(self) -> str:
        return self.languages[0]
