"""A scripted endpoint that speaks OpenAI's protocol, in a process of its own: `python -m evals.bench.endpoint PORT`.

It answers from what it is given: the beginning of the first piece of evidence, word for word, with its number. Every
answer begins FIRST_MS after its request and comes at once then, so that all else that a turn takes is not the model's.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response, StreamingResponse

FIRST_MS = 50.0
HOST = "127.0.0.1"
_EVIDENCE = re.compile(r'<evidence n="1"[^>]*>(.*?)</evidence>', re.DOTALL)
_SENTENCE = re.compile(r".+?(?:[。！？]|[.!?](?=\s|$)|$)", re.DOTALL)
_STOP = "。！？.!?"
_TRIES = 200


def answer_to(messages: list[dict[str, Any]]) -> str:
    """What the endpoint writes: the first sentence of the first evidence, or that there is none."""
    found = _EVIDENCE.search(str(messages[-1]["content"]))
    first = _SENTENCE.match(found[1].strip()) if found else None
    return f"{first[0].rstrip(_STOP)} [1]。" if first else "NO_ANSWER"


def app() -> FastAPI:
    served = FastAPI()

    @served.get("/v1/models")
    async def models() -> dict[str, object]:
        return {"object": "list", "data": [{"id": "scripted", "object": "model"}]}

    @served.post("/v1/chat/completions")
    async def complete(body: dict[str, Any]) -> Response:
        await asyncio.sleep(FIRST_MS / 1000)
        if body.get("stream"):
            return StreamingResponse(_streamed(answer_to(body["messages"])), media_type="text/event-stream")
        message = {"role": "assistant", "content": json.dumps({"parts": []})}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return JSONResponse({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})

    return served


async def _streamed(text: str) -> AsyncIterator[bytes]:
    yield _event({"content": text}, None)
    yield _event({}, "stop")
    yield b"data: [DONE]\n\n"


def _event(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


@asynccontextmanager
async def endpoint() -> AsyncIterator[str]:
    """The base URL of one that runs meanwhile. Raises RuntimeError where it does not start."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        port = found.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "evals.bench.endpoint", str(port))
    try:
        await _started(f"http://{HOST}:{port}/v1")
        yield f"http://{HOST}:{port}/v1"
    finally:
        process.terminate()
        await process.wait()


async def _started(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(_TRIES):
            try:
                (await client.get(f"{url}/models")).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return
    raise RuntimeError(f"the scripted endpoint does not answer at {url}")


if __name__ == "__main__":
    uvicorn.run(app(), host=HOST, port=int(sys.argv[1]), log_level="critical")
