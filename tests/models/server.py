"""A real HTTP server on this machine that speaks OpenAI's protocol for chats, and misbehaves on demand.

What it says is scripted: each request is answered by the next of `answers`, and by the last of them for ever after.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

Body = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """An answer in words. pieces: how it comes where it is streamed. pause: seconds before each further piece. first:
    before the first one. usage: whether the server tells of tokens."""

    pieces: Sequence[str]
    pause: float = 0
    first: float = 0
    usage: bool = True
    finish: str = "stop"

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Calls:
    """The model asks for tools: names with their arguments."""

    calls: Sequence[tuple[str, Body]]


@dataclass(frozen=True)
class Refused:
    """An error of HTTP."""

    status: int
    message: str = "no"
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, in pieces. ends: whether the connection ends in good order; stalls: seconds before that."""

    pieces: Sequence[bytes]
    content_type: str = "text/event-stream"
    ends: bool = True
    stalls: float = 0


Answer = Text | Calls | Refused | Raw
Answering = Answer | Callable[[Body], Answer]


@dataclass
class ModelServer:
    """requests: the bodies it was sent; headers beside them. hits: requests of any kind. closed: streams that the
    client has left."""

    answers: list[Answering] = field(default_factory=list)
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hits: int = 0
    closed: int = 0
    under_way: int = 0
    most_under_way: int = 0
    base_url: str = ""
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the server of models did not start")
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/v1"

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)

    def says(self, *answers: Answering | str) -> None:
        """Anew, from the next request on."""
        self.requests.clear()
        self.headers.clear()
        self.answers[:] = [Text((answer,)) if isinstance(answer, str) else answer for answer in answers]

    @property
    def sent(self) -> str:
        """All that it was ever told, as text."""
        return json.dumps(self.requests, ensure_ascii=False)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def count(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            self.hits += 1
            return await call_next(request)

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            body = await request.json()
            self.requests.append(body)
            self.headers.append(dict(request.headers))
            answering = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            answer = answering(body) if callable(answering) else answering
            return await self._answered(answer, body, request)

        return app

    async def _answered(self, answer: Answer, body: Body, request: Request) -> Response:
        if isinstance(answer, Refused):
            said = {"error": {"message": answer.message, "type": "error", "code": answer.code}}
            return JSONResponse(said, status_code=answer.status, headers=answer.headers)
        if isinstance(answer, Raw):
            return StreamingResponse(self._counted(_raw(answer)), media_type=answer.content_type)
        if body.get("stream"):
            return StreamingResponse(self._counted(_streamed(answer, body)), media_type="text/event-stream")
        await asyncio.sleep(answer.first if isinstance(answer, Text) else 0)
        if await request.is_disconnected():
            self.closed += 1
        return JSONResponse(_whole(answer))

    async def _counted(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            async for piece in pieces:
                yield piece
        except (asyncio.CancelledError, GeneratorExit):
            self.closed += 1
            raise
        finally:
            self.under_way -= 1


class _BreaksOff(Exception):
    """The server drops the connection."""


async def _raw(answer: Raw) -> AsyncIterator[bytes]:
    for piece in answer.pieces:
        yield piece
    await asyncio.sleep(answer.stalls)
    if not answer.ends:
        raise _BreaksOff


async def _streamed(answer: Text | Calls, body: Body) -> AsyncIterator[bytes]:
    yield event(delta={"role": "assistant", "content": ""})
    if isinstance(answer, Calls):
        yield event(delta={"tool_calls": _calls(answer)})
        yield event(finish="tool_calls")
    else:
        for index, piece in enumerate(answer.pieces):
            await asyncio.sleep(answer.pause if index else answer.first)
            yield event(delta={"content": piece})
        yield event(finish=answer.finish)
        if answer.usage and (body.get("stream_options") or {}).get("include_usage"):
            yield event(usage=_usage(answer))
    yield b"data: [DONE]\n\n"


def event(delta: Body | None = None, finish: str | None = None, usage: Body | None = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": delta or {}, "finish_reason": finish}]
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return f"data: {json.dumps(chunk | ({'usage': usage} if usage else {}))}\n\n".encode()


def _whole(answer: Text | Calls) -> Body:
    message: Body = {"role": "assistant", "content": answer.text if isinstance(answer, Text) else None}
    finish = answer.finish if isinstance(answer, Text) else "tool_calls"
    if isinstance(answer, Calls):
        message["tool_calls"] = _calls(answer)
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    tells = not isinstance(answer, Text) or answer.usage
    return body | ({"usage": _usage(answer)} if tells else {})


def _usage(answer: Text | Calls) -> Body:
    out = len(answer.pieces) if isinstance(answer, Text) else 5
    return {"prompt_tokens": 100, "completion_tokens": out, "total_tokens": 100 + out}


def _calls(answer: Calls) -> list[Body]:
    return [
        {"index": index, "id": f"call_{index}", "type": "function"}
        | {"function": {"name": name, "arguments": json.dumps(arguments)}}
        for index, (name, arguments) in enumerate(answer.calls)
    ]
