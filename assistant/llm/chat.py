"""LangChain's client of one model, and how it is spoken to: nothing but the prompt goes out, to nobody but the
endpoint."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from assistant.domain.backend import JsonObject
from assistant.domain.models import Line, Prompt, Speaker
from assistant.llm.endpoint import Endpoint
from assistant.llm.troubles import Trouble

_MESSAGES = {Speaker.STORE: SystemMessage, Speaker.SHOPPER: HumanMessage, Speaker.BOT: AIMessage}
_OPENAI = "api.openai.com"
_TELLING = (b"x-stainless-", b"openai-")  # headers that tell of this machine, or of the operator's account elsewhere
_DROPPABLE = ("temperature", "stream_options")


class Form(IntEnum):
    """How an object is asked for: the later, the less an endpoint has to know."""

    SCHEMA = 0
    OBJECT = 1
    TEXT = 2


@dataclass
class Habits:
    """What one model at one endpoint has turned out not to take. Learnt anew by each process."""

    form: Form = Form.SCHEMA
    without: set[str] = field(default_factory=set)

    def learn(self, trouble: Trouble) -> bool:
        """Whether a refusal tells of a parameter that is left out from now on."""
        named = [name for name in _DROPPABLE if name in trouble.detail and name not in self.without]
        if trouble.of_a_parameter:
            self.without.update(named)
        return trouble.of_a_parameter and bool(named)


@dataclass(frozen=True)
class Chat:
    """One model at one endpoint."""

    endpoint: Endpoint
    client: BaseChatOpenAI
    habits: Habits

    def options(self, prompt: Prompt, *, streams: bool = False) -> dict[str, Any]:
        """What is sent beside the messages."""
        options: dict[str, Any] = {"max_tokens": prompt.most_tokens}
        if self.endpoint.temperature is not None and "temperature" not in self.habits.without:
            options["temperature"] = self.endpoint.temperature
        if streams:
            options["stream_usage"] = "stream_options" not in self.habits.without
        return options


class _Discreet(httpx2.AsyncHTTPTransport):
    """Sends no header that tells more than is asked; the client still knows the request as it made it."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = [(name, value) for name, value in request.headers.raw if not name.lower().startswith(_TELLING)]
        told = httpx2.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        return await super().handle_async_request(told)


def http_client(endpoint: Endpoint, verify: ssl.SSLContext) -> httpx2.AsyncClient:
    """Without redirects and proxies of the environment. The times to wait are kept by those who call."""
    timeout = httpx2.Timeout(None, connect=endpoint.waits.connect)
    transport = _Discreet(verify=verify, trust_env=False)
    return httpx2.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


def chat_of(endpoint: Endpoint, model: str, http: httpx2.AsyncClient) -> Chat:
    """Everything is given, so that nothing is taken from variables of the environment: no key, no address, no proxy."""
    client = openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "not-needed",
        organization="",
        project="",
        max_retries=0,
        http_client=http,
    )
    # OpenAI itself wants `max_completion_tokens`; the others know `max_tokens`, and some nothing else.
    kind = ChatOpenAI if urlsplit(endpoint.base_url).hostname == _OPENAI else BaseChatOpenAI
    chat = kind(
        model=model,
        api_key=SecretStr(endpoint.api_key or "not-needed"),
        base_url=endpoint.base_url,
        organization="",
        openai_proxy=None,
        max_retries=0,
        stream_chunk_timeout=None,
        http_socket_options=(),
        http_async_client=http,
        root_async_client=client,
        async_client=client.chat.completions,
        client=client,  # never used: spares the making of another one
        use_responses_api=False,
        cache=False,
        verbose=False,
    )
    return Chat(endpoint, chat, Habits())


def messages(lines: Sequence[Line]) -> list[BaseMessage]:
    """Lines of one speaker in a row are one message: some models' templates take them in no other way."""
    joined: list[Line] = []
    for line in lines:
        if joined and joined[-1].speaker is line.speaker:
            joined[-1] = Line(line.speaker, f"{joined[-1].text}\n\n{line.text}")
        else:
            joined.append(line)
    return [_MESSAGES[line.speaker](line.text) for line in joined]


def response_format(form: Form, name: str, schema: JsonObject) -> dict[str, Any]:
    """The parameter of that name, if the form has one."""
    if form is Form.TEXT:
        return {}
    if form is Form.OBJECT:
        return {"response_format": {"type": "json_object"}}
    called = "".join(character if character.isalnum() and character.isascii() else "_" for character in name)[:64]
    described = {"name": called or "object", "schema": dict(schema), "strict": _is_strict(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _is_strict(schema: object) -> bool:
    """Whether a schema is one that OpenAI can enforce: every object names all it has, and all of it is required."""
    if isinstance(schema, list | tuple):
        return all(map(_is_strict, schema))
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        named = set(properties or ())
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != named:
            return False
    return all(map(_is_strict, schema.values()))
