"""A store: the tenant that everything belongs to, as its `store.yaml` describes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal

from assistant.domain.backend import JsonObject
from assistant.domain.hours import Hours
from assistant.domain.ids import StoreId
from assistant.domain.skills import DeskSettings
from assistant.domain.text import LocalText

SYSTEM_FOLDER = "system"
"""The folder of a store's folder that holds what its connector reads, unless store.yaml names another."""


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """The `system` part of a store.yaml.

    connector names an entry point of the group `storebot.connectors`, path a folder below the store's, options are the
    connector's own. version tells one import of that folder from another; it is empty until the folder was imported.
    """

    connector: str
    path: str = SYSTEM_FOLDER
    options: JsonObject = field(default_factory=dict)
    version: str = ""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The `model` part of a store.yaml: which language models serve the store, and what for.

    enabled: False where the store wants none, whatever the operator has set. base_url: an endpoint of the store's own,
    with `answers` and `understanding` the names of its models and `key_variable` the environment variable that holds
    its key; "": those of the operator. price_in, price_out: of a million tokens there. tokens_a_day, cost_a_day: what
    the store's calls may take. rephrase: whether a model words facts and FAQ entries too, and not only what is found in
    prose. tools: names of the reads and procedures that a model may choose among.
    """

    enabled: bool = True
    base_url: str = ""
    answers: str = ""
    understanding: str = ""
    key_variable: str = ""
    price_in: Decimal | None = None
    price_out: Decimal | None = None
    tokens_a_day: int | None = None
    cost_a_day: Decimal | None = None
    rephrase: bool = False
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """Who speaks: the bot's name, how it addresses the shopper ("亲", "小主", or nothing), its greeting, and the tone
    in which a language model words answers, where the store has one ("Brief and warm.")."""

    name: LocalText
    address: LocalText = field(default_factory=lambda: LocalText.of({"zh": "亲", "en": ""}))
    greeting: LocalText | None = None
    tone: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """How much may go wrong where something is judged: shares, 0 to 1, of all questions that are put to the evidence,
    and of all conversations that need no human. None: what comes with the calibration.

    answer: that get a wrong answer. ask_back: whose choices would be wrong answers if they were given as such.
    overrule: that go wrong because evidence stood against another route, such as a procedure. hand_over: of the
    conversations that need no human, those handed over to one all the same.
    """

    answer: float | None = None
    ask_back: float | None = None
    overrule: float | None = None
    hand_over: float | None = None

    def stated(self) -> dict[str, float]:
        """What is stated, by name."""
        return {name: share for name, share in asdict(self).items() if share is not None}


@dataclass(frozen=True, slots=True)
class Store:
    id: StoreId
    name: LocalText
    languages: tuple[str, ...]
    persona: Persona
    hours: Hours = field(default_factory=Hours)
    origins: tuple[str, ...] = ()  # scheme://host[:port] that may embed the widget; a port may be "*"
    url: str = ""
    risk: Risk = Risk()
    system: SystemSettings | None = None  # None: nothing is known of its orders
    model: ModelSettings = ModelSettings()
    desk: DeskSettings | None = None  # None: no human answers in the chat

    @property
    def default_language(self) -> str:
        return self.languages[0]
