"""A scripted server that speaks the chat API's contract and fails when a test tells it to.

The test holds the `FakeShop` and turns its knobs while a browser talks to it over real HTTP.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from scripted_replies import GREETING, PICTURE, reply_to
from starlette.staticfiles import StaticFiles

import assistant

WIDGET = Path(assistant.__file__).parent / "widget"
STRICT_POLICY = (
    "default-src 'none'; script-src {host}; style-src 'none'; img-src 'self' {host}; connect-src {host}; "
    "base-uri 'none'"
)
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Cloudlight running shoe</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="icon" href="/page-icon">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "Product", "sku": "RUN-1",
"name": "Cloudlight cushioned running shoe"}}</script>
<script src="{host}/widget.js" data-store="demo" {attributes} async></script></head>
<body><h1>Cloudlight running shoe</h1><p><a href="/page?again">another page</a></p></body></html>"""

JsonObject = dict[str, Any]


@dataclass
class FakeConversation:
    id: str
    token: str
    events: list[JsonObject] = field(default_factory=list)
    signals: list[tuple[str, JsonObject]] = field(default_factory=list)
    messages: dict[str, JsonObject] = field(default_factory=dict)

    def append(self, kind: str, **payload: object) -> JsonObject:
        event = {"type": kind, "seq": len(self.events) + 1, "at": datetime.now(UTC).isoformat(), **payload}
        self.events.append(event)
        return event

    def signal(self, kind: str, **payload: object) -> None:
        self.signals.append((kind, {"type": kind, **payload}))


class FakeShop:
    """The server's state, and the faults that a test asks for."""

    def __init__(self) -> None:
        self.conversations: dict[str, FakeConversation] = {}
        self.expired: set[str] = set()
        self.fail_messages = 0  # answer so many with a 500 and store nothing
        self.lose_receipts = 0  # store so many, and then answer with a 500
        self.refuse_messages = False  # answer with a 413
        self.refuse_sessions = False  # answer with a 403
        self.silent = False  # store messages and never reply
        self.delta_pause_s = 0.0  # stream the parts of a reply so far apart
        self.stream_piece = 0  # send the stream in pieces of so many bytes
        self.streams_opened: list[str] = []  # the Last-Event-ID of each
        self.pages: list[JsonObject | None] = []
        self.reply_to: Callable[[str], JsonObject] = reply_to
        self._line = 0
        self._ids = itertools.count(1)
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def only(self) -> FakeConversation:
        (conversation,) = self.conversations.values()
        return conversation

    @property
    def latest(self) -> FakeConversation:
        return list(self.conversations.values())[-1]

    def cut_streams(self) -> None:
        self._line += 1

    def expire_sessions(self) -> None:
        self.expired |= {conversation.token for conversation in self.conversations.values()}
        self.cut_streams()

    def say(self, reply: JsonObject) -> None:
        """The bot speaks in the latest conversation without having been asked."""
        turn = f"trn_{next(self._ids):06}"
        self.latest.append("reply", turn_id=turn, answers=len(self.latest.events), reply=reply)

    def open(self, token: str | None) -> FakeConversation | None:
        """The conversation of a token, or a new one; None for a token that is not valid any more."""
        if token in self.expired:
            return None
        for conversation in self.conversations.values():
            if token == conversation.token:
                return conversation
        number = next(self._ids)
        conversation = FakeConversation(id=f"cnv_{number:06}", token=f"token-{number}")
        conversation.append("reply", turn_id=f"trn_{number:06}", answers=0, reply=GREETING)
        self.conversations[conversation.id] = conversation
        return conversation

    def receive(self, conversation: FakeConversation, body: JsonObject) -> tuple[JsonObject, bool]:
        known = conversation.messages.get(body["client_message_id"])
        if known is not None:
            return known, True
        message = {"id": f"msg_{next(self._ids):06}", "page": body["page"], **body}
        event = conversation.append("message", message=message)
        conversation.messages[body["client_message_id"]] = event
        self.pages.append(body["page"])
        if not self.silent:
            task = asyncio.get_running_loop().create_task(self._answer(conversation, body["text"], event["seq"]))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        return event, False

    async def _answer(self, conversation: FakeConversation, text: str, seq: int) -> None:
        turn = f"trn_{next(self._ids):06}"
        until = datetime.now(UTC) + timedelta(seconds=8)
        conversation.signal("typing", turn_id=turn, until=until.isoformat())
        reply = self.reply_to(text)
        for index, part in enumerate(reply["parts"]):
            if self.delta_pause_s:
                await asyncio.sleep(self.delta_pause_s)
                conversation.signal("delta", turn_id=turn, index=index, text=part["text"])
        await asyncio.sleep(self.delta_pause_s)
        conversation.append("reply", turn_id=turn, answers=seq, reply=reply)
        if reply["action"]["kind"] == "handoff":
            conversation.append("handoff", reason=reply["action"]["reason"])

    async def stream(self, conversation: FakeConversation, after: int, address: str) -> AsyncIterator[bytes]:
        line, heard = self._line, len(conversation.signals)
        yield b": hello\r\n\r\n"
        while line == self._line:
            for event in conversation.events[after:]:
                after = event["seq"]
                for piece in self._pieces(event["type"], absolute(event, address), f"id: {after}\r\n"):
                    yield piece
            for kind, payload in conversation.signals[heard:]:
                heard += 1
                for piece in self._pieces(kind, payload):
                    yield piece
            await asyncio.sleep(0.02)

    def _pieces(self, kind: str, payload: JsonObject, id_line: str = "") -> list[bytes]:
        frame = f"{id_line}event: {kind}\r\ndata: {json.dumps(payload, ensure_ascii=False)}\r\n\r\n".encode()
        size = self.stream_piece or len(frame)
        return [frame[at : at + size] for at in range(0, len(frame), size)]


def absolute(event: JsonObject, address: str) -> JsonObject:
    """The event with pictures at full addresses, as the API gives them."""
    text: JsonObject = json.loads(json.dumps(event).replace('"/v1/', f'"{address}v1/'))
    return text


def problem(status: int, code: str, title: str) -> JSONResponse:
    return JSONResponse({"code": code, "title": title, "status": status}, status, media_type="application/problem+json")


def create_app(shop: FakeShop) -> FastAPI:  # noqa: C901 - a list of small routes
    app = FastAPI()
    # Any origin: which sites may embed a store is the real API's matter, and tested there.
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

    def conversation_of(request: Request, conversation_id: str) -> FakeConversation | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        conversation = shop.conversations.get(conversation_id)
        valid = conversation is not None and conversation.token == token and token not in shop.expired
        return conversation if valid else None

    @app.post("/v1/stores/{store}/sessions")
    async def open_session(body: JsonObject) -> Response:
        if shop.refuse_sessions:
            return problem(403, "origin_not_allowed", "This site may not embed the store's chat")
        conversation = shop.open(body.get("session_token"))
        if conversation is None:
            return problem(401, "unauthorized", "The token is expired")
        store = {"name": "青禾生活", "persona": "小禾", "languages": ["zh", "en"], "greeting": ""}
        if body["language"] == "en":
            store |= {"name": "Greenstalk Living", "persona": "Hattie"}
        opened = {"conversation_id": conversation.id, "session_token": conversation.token, "store": store}
        return JSONResponse(opened | {"expires_at": "2099-01-01T00:00:00Z"})

    @app.post("/v1/conversations/{conversation_id}/messages")
    async def post_message(request: Request, conversation_id: str, body: JsonObject) -> Response:
        conversation = conversation_of(request, conversation_id)
        if conversation is None:
            return problem(401, "unauthorized", "The token is expired")
        if shop.refuse_messages:
            return problem(413, "message_too_long", "The message is too long")
        if shop.fail_messages:
            shop.fail_messages -= 1
            return Response("proxy trouble", 500)
        event, duplicate = shop.receive(conversation, body)
        if shop.lose_receipts:
            shop.lose_receipts -= 1
            return Response("proxy trouble", 502)
        receipt = {"message_id": event["message"]["id"], "seq": event["seq"], "duplicate": duplicate}
        return JSONResponse(receipt, 202)

    @app.get("/v1/conversations/{conversation_id}/events")
    async def events(request: Request, conversation_id: str) -> Response:
        conversation = conversation_of(request, conversation_id)
        if conversation is None:
            return problem(401, "unauthorized", "The token is expired")
        after = request.headers.get("last-event-id", "0")
        shop.streams_opened.append(after)
        return StreamingResponse(
            shop.stream(conversation, int(after), str(request.base_url)), media_type="text/event-stream"
        )

    @app.get("/v1/conversations/{conversation_id}/history")
    async def history(request: Request, conversation_id: str, after: int, limit: int) -> Response:
        conversation = conversation_of(request, conversation_id)
        if conversation is None:
            return problem(401, "unauthorized", "The token is expired")
        page = [absolute(event, str(request.base_url)) for event in conversation.events[after : after + limit]]
        return JSONResponse({"events": page, "last_seq": len(conversation.events)})

    @app.post("/v1/conversations/{conversation_id}/rating")
    async def rate(request: Request, conversation_id: str, body: JsonObject) -> Response:
        conversation = conversation_of(request, conversation_id)
        if conversation is None:
            return problem(401, "unauthorized", "The token is expired")
        return JSONResponse({"seq": conversation.append("rating", **body)["seq"]})

    @app.get("/v1/stores/{store}/media/{path:path}")
    async def media(path: str) -> Response:
        return Response(PICTURE, media_type="image/svg+xml")

    @app.get("/page")
    async def page(request: Request, language: str = "zh", host: str = "", attributes: str = "") -> Response:
        """A shop's page under the strictest policy a shop could have; `host` is where the widget comes from."""
        text = PAGE.format(language=language, host=host, attributes=attributes)
        policy = STRICT_POLICY.format(host=host or "'self'")
        return HTMLResponse(text, headers={"Content-Security-Policy": policy})

    @app.get("/page-icon")
    async def icon() -> Response:
        return Response(PICTURE, media_type="image/svg+xml")

    @app.get("/widget.js")
    async def loader() -> Response:
        return Response((WIDGET / "widget.js").read_bytes(), media_type="text/javascript")

    app.mount("/widget", StaticFiles(directory=WIDGET))
    return app
