"""A real HTTP server on this machine that speaks the OpenAI embeddings protocol, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from knowledge.terms import Analyzer

DIMENSION = 64
Trouble = Callable[[dict[str, object]], Response | dict[str, object]]


@dataclass
class EmbeddingsServer:
    """`troubles` are answered, one a request, before the server behaves again. `requests`: the bodies it was sent."""

    base_url: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    requests: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    delay: float = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the embeddings server did not start")
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/v1"

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._thread.join(timeout=60)

    def _app(self) -> FastAPI:
        app = FastAPI()
        analyzer = Analyzer()

        @app.post("/v1/embeddings")
        async def embeddings(request: Request) -> Response:
            body = await request.json()
            self.requests.append(body)
            self.keys.append(request.headers.get("authorization", ""))
            await asyncio.sleep(self.delay)
            if self.troubles:
                answer = self.troubles.pop(0)(body)
                return answer if isinstance(answer, Response) else JSONResponse(answer)
            if any(not text for text in body["input"]):
                return JSONResponse({"error": {"message": "input cannot be an empty string"}}, status_code=400)
            return JSONResponse(answered([_bag_of_words(analyzer, text) for text in body["input"]]))

        return app


def answered(vectors: list[list[float]]) -> dict[str, object]:
    """An answer in the protocol; its rows come in no order, as the protocol allows."""
    rows = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return {
        "object": "list",
        "model": "bag-of-words",
        "data": rows[::-1],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def _bag_of_words(analyzer: Analyzer, text: str) -> list[float]:
    """Not of unit length, as some endpoints' are not; words shared bring texts close."""
    vector = np.full(DIMENSION, 0.01)
    aliases = {"shipping": "deliver", "delivered": "deliver", "delivery": "deliver", "parcel": "deliver"}
    for term in analyzer.terms(text):
        digest = hashlib.sha256(aliases.get(term, term).encode()).digest()
        vector[digest[0] % DIMENSION] += 1
        vector[digest[1] % DIMENSION] -= 0.5
    return [float(number) for number in vector * 3]
