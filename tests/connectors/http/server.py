"""Harbour's system over HTTP, as docs/connectors/http-example/openapi.yaml says, and its troubles."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response

from tests.connectors.harbour import Harbour, Refusal
from tests.connectors.serving import served

EXAMPLE = Path(__file__).parents[3] / "docs" / "connectors" / "http-example"
TOKEN = "harbour-token-of-the-tests"
App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls a request. first: the system does what it was asked for before. wait: in seconds."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    first: bool = False
    cut: bool = False
    wait: float = 0


@dataclass
class HarbourServer:
    """troubles: of the requests whose path and method begin so ("POST /orders"), one each. seen: what was asked."""

    harbour: Harbour = field(default_factory=Harbour)
    troubles: list[tuple[str, Trouble]] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def asked(self, beginning: str) -> int:
        return sum(line.startswith(beginning) for line, _ in self.seen)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        line = f"{scope['method']} {scope['path']}"
        self.seen.append((line, {name.decode(): value.decode() for name, value in scope["headers"]}))
        trouble = next((entry for entry in self.troubles if line.startswith(entry[0])), None)
        if trouble is None:
            await self._app(scope, receive, send)
            return
        self.troubles.remove(trouble)
        await self._befall(trouble[1], scope, receive, send)

    async def _befall(self, trouble: Trouble, scope: Any, receive: Any, send: Any) -> None:
        if trouble.first:

            async def unheard(_: Any) -> None: ...

            await self._app(scope, receive, unheard)
        await asyncio.sleep(trouble.wait)
        headers = [(b"content-type", b"application/json")]
        headers += [(name.encode(), value.encode()) for name, value in trouble.headers]
        if trouble.cut:
            headers.append((b"content-length", b"1000"))  # fewer come, and the connection ends
        await send({"type": "http.response.start", "status": trouble.status, "headers": headers})
        await send({"type": "http.response.body", "body": trouble.body})

    def __post_init__(self) -> None:
        self._app = _app(self.harbour)


@contextmanager
def harbour_server() -> Iterator[HarbourServer]:
    server = HarbourServer()
    with served(server) as address:
        server.address = address
        yield server


def write_example(folder: Path, address: str, **changes: Any) -> Path:
    """The documented mapping, for the server at this address; `changes` take the place of its parts."""
    mapping = yaml.safe_load((EXAMPLE / "mapping.yaml").read_text(encoding="utf-8"))
    mapping |= {"base_url": f"{address}/api", "patience": {"timeout": 2, "attempts": 3, "within": 5}, **changes}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    (folder / "openapi.yaml").write_bytes((EXAMPLE / "openapi.yaml").read_bytes())
    return folder


def _app(harbour: Harbour) -> FastAPI:
    app = FastAPI()

    @app.exception_handler(Refusal)
    async def refused(_: Request, refusal: Refusal) -> Response:
        return JSONResponse({"error": {"code": refusal.code, "message": "see the code"}}, refusal.status)

    @app.middleware("http")
    async def known(request: Request, following: Any) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": {"code": "who_are_you"}}, 401)
        answer: Response = await following(request)
        answer.set_cookie("session", "somebody")
        return answer

    _reads(app, harbour)
    _writes(app, harbour)
    return app


def _reads(app: FastAPI, harbour: Harbour) -> None:
    @app.get("/api/customers")
    async def customers(email: str = "", member: str = "") -> Any:
        return {"items": harbour.found(email, member)}

    @app.get("/api/customers/{customer}")
    async def customer(customer: str) -> Any:
        return harbour.customer(customer)

    @app.get("/api/customers/{customer}/orders")
    async def orders(customer: str, cursor: int = 0) -> Any:
        found = harbour.orders_of(customer)
        return {"items": found[cursor : cursor + 2], "next": str(cursor + 2) if cursor + 2 < len(found) else None}

    @app.get("/api/customers/{customer}/wallet")
    async def wallet(customer: str) -> Any:
        return {"giftCards": harbour.wallet(customer)}

    @app.get("/api/customers/{customer}/coupons")
    async def coupons(customer: str) -> Any:
        return harbour.coupons(customer)

    @app.get("/api/orders/{number}")
    async def order(number: str) -> Any:
        return harbour.order(number)

    @app.get("/api/orders/{number}/parcels")
    async def parcels(number: str) -> Any:
        return {"parcels": harbour.parcels(number)}

    @app.get("/api/products/{product}/stock")
    async def stock(product: str) -> Any:
        return harbour.stock(product)

    @app.get("/api/requests/{key}")
    async def request(key: str) -> Any:
        return harbour.request(key)


def _writes(app: FastAPI, harbour: Harbour) -> None:
    @app.post("/api/orders/{number}/cancellation")
    async def cancel(number: str, body: dict[str, Any], idempotency_key: str = Header("")) -> Any:
        return harbour.once(idempotency_key, ["cancel", number, body], lambda: harbour.cancel(number, body["reason"]))

    @app.put("/api/orders/{number}/address")
    async def move(number: str, body: dict[str, Any], idempotency_key: str = Header("")) -> Any:
        told = ["move", number, body]
        return harbour.once(idempotency_key, told, lambda: harbour.move(number, body["shipTo"], body["changedBy"]))

    @app.post("/api/orders/{number}/goodwill")
    async def compensate(number: str, body: dict[str, Any], idempotency_key: str = Header("")) -> Any:
        told = ["compensate", number, body]
        return harbour.once(idempotency_key, told, lambda: harbour.compensate(number, body["amountCents"]))
