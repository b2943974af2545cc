"""A model at a server of this machine, with accounts in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from assistant.domain.ids import StoreId
from assistant.domain.models import Ceiling, LanguageModel, ModelCall, Prompt, Spent, UsageLine
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.llm.accounting import Accounts
from assistant.llm.endpoint import Endpoint, Waits
from assistant.llm.endpoints import Endpoints
from assistant.llm.masking import Finder, Mask
from assistant.llm.openai_compatible import StoreModel
from tests.models.server import ModelServer

STORE = Store(StoreId("s"), LocalText.of({"en": "S"}), ("en",), Persona(LocalText.of({"en": "Bo"})))
PATIENT = Waits(in_line=30, connect=30, first=30, between=30, whole=60)  # a busy machine takes its time
HASTY = Waits(in_line=0.2, connect=30, first=1, between=0.5, whole=20)  # for what never comes


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 4, tzinfo=UTC)


@dataclass
class Books:
    """What was taken, in memory."""

    kept: dict[tuple[StoreId, date], list[ModelCall]] = field(default_factory=lambda: defaultdict(list))

    async def add(self, store_id: StoreId, day: date, call: ModelCall) -> None:
        self.kept[store_id, day].append(call)

    async def spent(self, store_id: StoreId, day: date) -> Spent:
        calls = self.kept[store_id, day]
        return sum((Spent(call.tokens_in + call.tokens_out, call.cost or Spent().cost) for call in calls), Spent())

    async def lines(self, store_id: StoreId, first: date, last: date) -> list[UsageLine]:
        raise NotImplementedError


@dataclass
class Talk:
    """endpoint: at the server; what differs from it may be named in `model`."""

    endpoint: Endpoint
    books: Books
    accounts: Accounts
    endpoints: Endpoints

    def model(self, *, ceiling: Ceiling | None = None, find: Finder = lambda _: ()) -> StoreModel:
        account = self.accounts.of(STORE, ceiling or Ceiling())
        return StoreModel(lambda purpose: self.endpoints.wire(self.endpoint, purpose), account, Mask(find))


@asynccontextmanager
async def talking(server: ModelServer | str, **settings: object) -> AsyncIterator[Talk]:
    base_url = server if isinstance(server, str) else server.base_url
    fields: dict[str, object] = {"waits": PATIENT, "api_key": "k-1", "failures": 100, **settings}
    endpoint = Endpoint(base_url, "model-1", **fields)  # type: ignore[arg-type]
    books = Books()
    accounts, endpoints = Accounts(books, Noon()), Endpoints()
    try:
        yield Talk(endpoint, books, accounts, endpoints)
    finally:
        await accounts.close()
        await endpoints.close()


async def written(model: LanguageModel, prompt: Prompt, into: list[str] | None = None) -> list[str]:
    """All pieces; `into` has those that came, whatever happens."""
    into = [] if into is None else into
    async with aclosing(model.write(prompt)) as pieces:
        async for piece in pieces:
            into.append(piece)
    return into
