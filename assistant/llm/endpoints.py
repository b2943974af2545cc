"""The clients of all endpoints, each made when it is first needed, and shared by all who ask there."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

import httpx2

from assistant.domain.models import Purpose
from assistant.llm.chat import Chat, chat_of, http_client
from assistant.llm.endpoint import Endpoint
from assistant.llm.persistence import Persistence
from assistant.llm.tokens import Encoding, TokenCounter
from assistant.llm.wire import Wire


@dataclass
class _Line:
    """To one endpoint. chats: by the model's name."""

    http: httpx2.AsyncClient
    persistence: Persistence
    chats: dict[str, Chat] = field(default_factory=dict)


class Endpoints:
    """Close it when done. Calls of one endpoint share its places, its breaker and what was learnt of its habits."""

    def __init__(self) -> None:
        self._lines: dict[Endpoint, _Line] = {}
        self._encoding = Encoding()
        self._tls: ssl.SSLContext | None = None  # takes some 20 ms to make

    def wire(self, endpoint: Endpoint, purpose: Purpose) -> Wire:
        model = endpoint.model_for(purpose)
        line = self._line(endpoint)
        if model not in line.chats:
            line.chats[model] = chat_of(endpoint, model, line.http)
        return Wire(line.chats[model], TokenCounter(model, self._encoding), line.persistence)

    def warm_up(self) -> None:
        """What the first call would wait for, half a second or so; may be done in a thread."""
        self._encoding.length("")
        self._tls = self._tls or ssl.create_default_context()

    async def close(self) -> None:
        for line in self._lines.values():
            await line.http.aclose()
        self._lines.clear()

    def _line(self, endpoint: Endpoint) -> _Line:
        line = self._lines.get(endpoint)
        if line is None:
            self._tls = self._tls or ssl.create_default_context()
            line = self._lines[endpoint] = _Line(http_client(endpoint, self._tls), Persistence(endpoint))
        return line
