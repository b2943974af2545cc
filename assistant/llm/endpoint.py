"""Where models are asked, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.domain.models import Purpose
from assistant.llm.metering import Prices


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds. in_line: for one of the places. connect: for the machine. first: for the first piece, from the time that
    a request is sent. between: for each further piece. whole: for a call with all its attempts."""

    in_line: float = 1.0
    connect: float = 3.0
    first: float = 8.0
    between: float = 5.0
    whole: float = 20.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """base_url: as OpenAI's clients take it, ending in /v1 mostly. model: its name there; understanding_model: another
    one for understanding, "" for the same. temperature: None leaves it to the endpoint.

    at_once: calls at the same time. attempts: of one call, while it has brought nothing. failures: in a row, after
    which the endpoint is left alone for `pause` seconds.
    """

    base_url: str
    model: str
    understanding_model: str = ""
    api_key: str = field(default="", repr=False)
    prices: Prices | None = None
    temperature: float | None = 0.0
    waits: Waits = field(default_factory=Waits)
    at_once: int = 8
    attempts: int = 3
    failures: int = 5
    pause: float = 30.0

    def model_for(self, purpose: Purpose) -> str:
        return (purpose is Purpose.UNDERSTAND and self.understanding_model) or self.model
