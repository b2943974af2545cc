"""What the core asks of the world. Every implementation passes the suite in `tests/conformance`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.domain.access import ApiKey, KeyScope, NewApiKey
from assistant.domain.backend import StoreBackend
from assistant.domain.commerce import Fact, FactGroup, Passage, Product
from assistant.domain.conversation import Conversation, Focus, Message, Shopper
from assistant.domain.evaluations import Evaluation, Order
from assistant.domain.events import Event, MessageReceived, Payload, Replied, Signal
from assistant.domain.evidence import Candidate, Scope, SearchQuery
from assistant.domain.ids import ApiKeyId, ConversationId, EvaluationId, JobId, ProductId, StoreId, TurnId
from assistant.domain.jobs import Arguments, Job, JobFunction
from assistant.domain.store import Store
from assistant.domain.tuning import Tuning, WrittenFile

Vectors = npt.NDArray[np.float32]


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, with time zone UTC."""
        ...


class Embedder(Protocol):
    """Turns text into vectors of unit length. Blocking work runs in a bounded pool, not on the event loop."""

    @property
    def name(self) -> str:
        """Identifies model and version; an index records it and refuses another."""
        ...

    @property
    def dimension(self) -> int: ...

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), float32; row i belongs to texts[i]. Concurrent calls may share a batch."""
        ...

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As `embed_queries`, for the texts that are searched."""
        ...


class Knowledge(Protocol):
    """Published knowledge, read-only. Every call is scoped to one version of one store."""

    async def published(self, store_id: StoreId) -> Scope:
        """The scope of the version published now. Raises NotReady if there is none."""
        ...

    async def search(self, scope: Scope, query: SearchQuery) -> list[Candidate]:
        """Candidates by descending `signals.fused`, at most `query.limit`. An empty query finds nothing."""
        ...

    async def product(self, scope: Scope, product_id: ProductId) -> Product | None: ...

    async def products(self, scope: Scope, product_ids: Sequence[ProductId]) -> list[Product]:
        """Those that exist, in the order asked for."""
        ...

    async def facts(
        self, scope: Scope, *, product_id: ProductId | None, groups: frozenset[FactGroup] | None = None
    ) -> list[Fact]:
        """Facts of one product (None: of the shop), in the order the pack gives them."""
        ...

    async def all_products(self, scope: Scope, *, offset: int = 0, limit: int = 100) -> list[Product]:
        """The catalogue in the order the packs give it, `limit` products from `offset` on."""
        ...

    async def passages(self, scope: Scope, *, product_id: ProductId | None) -> list[Passage]:
        """Prose of one product (None: of the shop), in the order the pack gives it."""
        ...

    async def find_products(self, scope: Scope, text: str, *, limit: int = 10) -> list[Candidate]:
        """Products by words of their title, model, names and category, best first; only lexical, so it is fast."""
        ...


class Stores(Protocol):
    async def get(self, store_id: StoreId) -> Store:
        """Raises NotFound."""
        ...

    async def put(self, store: Store) -> None: ...

    async def all(self) -> list[Store]: ...


class Tunings(Protocol):
    """What stores have of their own beside their knowledge. What is put is in force at the store's next turn."""

    def stamp(self, store_id: StoreId) -> str:
        """Another one after each change; "" where the store has nothing. Cheap: it is asked for at every turn."""
        ...

    async def get(self, store_id: StoreId) -> Tuning: ...

    async def put_intents(self, store_id: StoreId, intents: Sequence[WrittenFile]) -> None:
        """Replace all of the store's intents; none takes them away."""
        ...

    async def put_calibration(self, store_id: StoreId, calibration: str) -> None:
        """Replace the store's calibration; "" takes it away."""
        ...


class ApiKeys(Protocol):
    """The keys of the stores. What their holders send is never kept, only a digest of it."""

    async def create(
        self, store_id: StoreId, scopes: AbstractSet[KeyScope], name: str, *, expires_at: datetime | None = None
    ) -> NewApiKey:
        """Raises NotFound if there is no such store, InvalidInput for no scope, no name, or a time that has passed."""
        ...

    async def verify(self, token: str) -> ApiKey:
        """The key whose token this is. Raises Unauthorized, with the reason `invalid`, `expired` or `revoked`."""
        ...

    async def of_store(self, store_id: StoreId) -> list[ApiKey]:
        """All keys of a store, also those that are over, the oldest first."""
        ...

    async def revoke(self, store_id: StoreId, key_id: ApiKeyId) -> ApiKey:
        """End a key at once and for good; harmless when it was ended before. Raises NotFound."""
        ...


class ConversationLog(Protocol):
    """Conversations and their append-only event logs.

    Every method that writes is one short transaction. Sequence numbers start at 1 and have no gaps, also under
    concurrent writers. Methods that take a conversation id raise NotFound if there is none.
    """

    async def open(
        self,
        store_id: StoreId,
        shopper: Shopper,
        language: str,
        *,
        greeting: Replied | None,
        test: bool = False,
        history: Sequence[MessageReceived | Replied] = (),
    ) -> Conversation:
        """Start a conversation, owned by the bot. Raises NotFound if there is no such store.

        `history` is what was said before, in order, after the greeting if there is one; nothing of it waits for an
        answer. Raises InvalidInput where a reply in it covers a message that does not stand before it.
        """
        ...

    async def get(self, conversation_id: ConversationId) -> Conversation: ...

    async def receive(self, conversation_id: ConversationId, message: Message) -> tuple[Event, bool]:
        """Append a shopper's message; (event, True), or (the first event, False) when the same client message id came
        before with the same text and page. Raises MessageIdReused for the same id with another body, and Conflict when
        the conversation is closed."""
        ...

    async def unanswered(self, conversation_id: ConversationId) -> tuple[Conversation, list[Event]]:
        """The conversation and its shopper messages after `answered_seq`, read together."""
        ...

    async def deliver(
        self,
        conversation_id: ConversationId,
        replied: Replied,
        *,
        expected_epoch: int,
        focus: Focus,
        also: Sequence[Payload] = (),
        trace: bytes = b"",
    ) -> list[Event]:
        """Append a reply, and `also` after it, and move `answered_seq` to `replied.answers`, all or nothing.

        Raises EpochChanged when the owner changed, Superseded when a shopper message newer than `replied.answers` is in
        the log or these messages are answered already. `trace` is kept for the turn, for people who ask why.
        """
        ...

    async def say(
        self,
        conversation_id: ConversationId,
        replied: Replied,
        *,
        expected_epoch: int,
        also: Sequence[Payload] = (),
        trace: bytes = b"{}",
    ) -> list[Event]:
        """Append a reply that answers no message, and `also` after it. Its `answers` becomes what was answered last.

        Once for each turn id: where the log has it already, nothing is appended. Raises EpochChanged.
        """
        ...

    async def change(
        self,
        conversation_id: ConversationId,
        payloads: Sequence[Payload],
        *,
        expected_epoch: int,
        key: str = "",
        answered: bool = False,
    ) -> tuple[list[Event], bool]:
        """Append what people do, all or nothing: changes of owner, each to the next epoch, and what a human says, which
        answers every message before it. What the bot waited for is over once it has the conversation back.

        key: (the last event, False) where the same was done with it before; MessageIdReused where another thing was.
        answered: nothing that the shopper has said waits for an answer any more. Raises EpochChanged, and Conflict for
        the word of a human where the owner is no agent.
        """
        ...

    async def append(self, conversation_id: ConversationId, payload: Payload) -> Event:
        """Append an event that needs no owner check, such as a rating."""
        ...

    async def events(self, conversation_id: ConversationId, *, after: int = 0, limit: int = 500) -> list[Event]:
        """Events with seq > after, ascending."""
        ...

    async def trace(self, conversation_id: ConversationId, turn_id: TurnId) -> bytes: ...

    async def awaiting_reply(self) -> list[ConversationId]:
        """Conversations owned by the bot with messages not yet answered: what a restart must take up again."""
        ...


class LiveEvents(Protocol):
    """Delivers signs of life to whoever listens now. Loss is harmless: the log is the truth, readers go back to it."""

    async def announce(self, conversation_id: ConversationId, seq: int) -> None:
        """Say that the log has grown up to `seq`."""
        ...

    async def signal(self, conversation_id: ConversationId, signal: Signal) -> None:
        """Pass on a sign of life that is not in the log."""
        ...

    def listen(self, conversation_id: ConversationId) -> AbstractAsyncContextManager[AsyncIterator[int | Signal]]:
        """Numbers announced and signals sent from the moment the context is entered."""
        ...

    async def stir(self, store_id: StoreId) -> None:
        """Say that something has changed at a store's desk."""
        ...

    def watch(self, store_id: StoreId) -> AbstractAsyncContextManager[AsyncIterator[int]]:
        """A number whenever something has changed at a store's desk since the last one was taken."""
        ...


class Jobs(Protocol):
    """Durable background work: named functions with JSON arguments, each run to its end, also across restarts."""

    def register(self, name: str, function: JobFunction, *, at_once: int | None = None) -> None:
        """Say what runs under a name, before any job of that name is started or taken up again.

        at_once: how many jobs of this name run at the same time, whatever others do; None: these share one number.
        """
        ...

    async def start(self, name: str, job_id: JobId, arguments: Arguments, *, after: float = 0.0) -> None:
        """Have a job run soon, though not within `after` seconds. Starting it again with the same id is harmless,
        whatever has become of it.

        Raises NotFound where nothing is registered under the name.
        """
        ...

    async def get(self, job_id: JobId) -> Job:
        """Raises NotFound."""
        ...

    async def of_name(self, name: str) -> list[Job]:
        """All jobs of a name, the newest first."""
        ...

    async def cancel(self, job_id: JobId) -> None:
        """Stop a job: its function sees a cancellation, and it is not taken up again. Harmless for one that is over.

        Raises NotFound.
        """
        ...

    async def resume(self) -> int:
        """Take up again what an earlier process left unfinished; how many jobs that are."""
        ...


class Evaluations(Protocol):
    """Runs of suites against the stores that are served here, in test conversations.

    Registered under the entry point group `storebot.evaluations` as a function of the application. Methods that take an
    id raise NotFound for one that is not the store's.
    """

    async def start(self, store_id: StoreId, order: Order) -> Evaluation:
        """Check all that can be checked, and have it run soon.

        Raises SuiteRefused with every fault of the cases, InvalidInput for a suite that there is not, NotFound for a
        folder that did not come with the store.
        """
        ...

    async def get(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation: ...

    async def of_store(self, store_id: StoreId) -> list[Evaluation]:
        """All of a store, the newest first."""
        ...

    async def result(self, store_id: StoreId, evaluation_id: EvaluationId) -> str:
        """Figures, intervals, environment and every case, as JSON. Raises NotFinished."""
        ...

    async def report(self, store_id: StoreId, evaluation_id: EvaluationId, language: str) -> str:
        """The result for people, as one HTML page in `language` ("zh" or "en"). Raises NotFinished."""
        ...

    async def cancel(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation:
        """Stop it; harmless for one that is over."""
        ...

    async def delete(self, store_id: StoreId, evaluation_id: EvaluationId) -> None:
        """Stop it, and forget all about it."""
        ...


class StoreBackends(Protocol):
    """Which system serves a conversation."""

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        """None where there is none: the store has connected none, or the conversation is a test without its own."""
        ...
