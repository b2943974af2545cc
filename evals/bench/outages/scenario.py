"""Many shoppers at once, connections that break, a server that is killed; and what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

import httpx

from assistant.api.links import media_url
from assistant.api.schemas import stored_event
from assistant.bootstrap import application
from assistant.domain.ids import ConversationId
from assistant.settings import Settings
from evals.bench.outages.proxy import CuttingProxy
from evals.bench.outages.server import UNLIMITED, ServerProcess
from evals.bench.outages.shopper import Sending, Shopper, StoredEvent
from evals.bench.outages.verdict import Fault, Found, judge
from evals.bench.synthetic import SyntheticEmbedder

_AT_ONCE = 0.3  # of the messages are followed by the next one without waiting for the reply
_DOWN_SECONDS = (0.1, 0.6)
_LOOK_SECONDS = 0.05
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shopper may ask, on which product's page."""

    language: str
    text: str
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """messages: fewest and most a conversation. cut_share: of the connections, how many are cut."""

    conversations: int = 200
    messages: tuple[int, int] = (3, 5)
    kills: int = 5
    cut_share: float = 0.6
    seed: int = 1
    timeout_s: float = 900


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. sent_again: messages that were already stored when they came again. refused: errors of shoppers
    that the server or the test itself is to blame for, not the line."""

    conversations: int
    messages: int
    replies: int
    events: int
    connections: int
    cuts: int
    kills: int
    streams: int
    sent_again: int
    seconds: float
    found: tuple[Found, ...]
    refused: tuple[str, ...]

    @property
    def faults(self) -> dict[Fault, int]:
        """Conversations by fault."""
        return dict(Counter(found.fault for found in self.found))

    @property
    def sound(self) -> bool:
        return not self.found and not self.refused


async def play(
    plan: Plan,
    *,
    data_dir: Path,
    store_id: str,
    questions: Sequence[Asked],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Outcome:
    """Plays the plan on the store in `data_dir`. `progress` gets messages answered, and how many there will be."""
    random, started = Random(plan.seed), perf_counter()
    server = ServerProcess(data_dir, log=data_dir / "server.log")
    proxy = CuttingProxy(server.port, random=Random(random.random()), cut_share=plan.cut_share)
    async with proxy.listening(), _client(proxy.url) as client:
        server.configure(_environment(proxy.url))
        shoppers = [
            _shopper(client, store_id, number, plan, questions, Random(random.random()))
            for number in range(plan.conversations)
        ]
        async with server.running():
            over = asyncio.Event()
            killing = asyncio.create_task(_kill_at_times(server, shoppers, plan, random, over, progress))
            refused = await _converse(shoppers, plan.timeout_s)
            over.set()
            kills = await killing
            async with asyncio.timeout(plan.timeout_s):
                histories = [await shopper.history() if shopper.conversation_id else [] for shopper in shoppers]
    stored = await _stored(data_dir, store_id, shoppers, proxy.url)
    found = [
        fault
        for shopper, history, log in zip(shoppers, histories, stored, strict=True)
        for fault in judge(
            shopper.conversation_id,
            sent=[sending.client_message_id for sending in shopper.sendings],
            seen=shopper.transcript,
            history=history,
            stored=log,
        )
    ]
    kinds = Counter(event["type"] for log in stored for event in log)
    return Outcome(
        conversations=len(shoppers),
        messages=kinds["message"],
        replies=kinds["reply"],
        events=kinds.total(),
        connections=proxy.connections,
        cuts=proxy.cuts,
        kills=kills,
        streams=sum(shopper.streams for shopper in shoppers),
        sent_again=sum(shopper.sent_again for shopper in shoppers),
        seconds=perf_counter() - started,
        found=tuple(found),
        refused=tuple(refused),
    )


def _client(url: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(base_url=url, limits=limits, timeout=httpx.Timeout(20), trust_env=False)


def _environment(public_url: str) -> dict[str, str]:
    """An idle stream shows life well within the time limit."""
    return {
        **UNLIMITED,
        "STOREBOT_HEARTBEAT_S": "2",
        "STOREBOT_PUBLIC_URL": public_url,
        "STOREBOT_LOG_LEVEL": "warning",
    }


def _shopper(
    client: httpx.AsyncClient, store_id: str, number: int, plan: Plan, questions: Sequence[Asked], random: Random
) -> Shopper:
    language = random.choice(sorted({question.language for question in questions}))
    spoken = [question for question in questions if question.language == language]
    asked = [random.choice(spoken) for _ in range(random.randint(*plan.messages))]
    sendings = [
        Sending(f"m-{number}-{place}", question.text, question.product_id, at_once=random.random() < _AT_ONCE)
        for place, question in enumerate(asked[:-1])
    ]
    sendings.append(Sending(f"m-{number}-last", asked[-1].text, asked[-1].product_id))
    return Shopper(client, store_id, language, sendings, random)


async def _converse(shoppers: Sequence[Shopper], timeout_s: float) -> list[str]:
    """All conversations side by side; what went wrong in some does not stop the others."""
    conversations = [asyncio.create_task(shopper.converse()) for shopper in shoppers]
    _, late = await asyncio.wait(conversations, timeout=timeout_s)
    for task in late:
        task.cancel()
    ended = await asyncio.gather(*conversations, return_exceptions=True)
    return [_said(error) for error in ended if isinstance(error, BaseException)]


def _said(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError):
        return "not finished in time"
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_said(inner) for inner in error.exceptions)
    return f"{type(error).__name__}: {error}"


async def _kill_at_times(
    server: ServerProcess,
    shoppers: Sequence[Shopper],
    plan: Plan,
    random: Random,
    over: asyncio.Event,
    progress: Callable[[int, int], None],
) -> int:
    """Kills the server when a share of all messages is answered, so that every kill falls into the traffic."""
    total = sum(len(shopper.sendings) for shopper in shoppers)
    kills = 0
    while not over.is_set():
        answered = _messages_answered(shoppers)
        progress(answered, total)
        if kills < plan.kills and answered >= total * (kills + 1) / (plan.kills + 1):
            kills += 1
            await server.kill()
            await asyncio.sleep(random.uniform(*_DOWN_SECONDS))
            await server.start()
        await asyncio.sleep(_LOOK_SECONDS)
    return kills


def _messages_answered(shoppers: Sequence[Shopper]) -> int:
    return sum(
        event["type"] == "message" and event["seq"] <= shopper.answered
        for shopper in shoppers
        for event in shopper.transcript
    )


async def _stored(
    data_dir: Path, store_id: str, shoppers: Sequence[Shopper], public_url: str
) -> list[list[StoredEvent]]:
    """Each shopper's conversation as the database holds it, in the shape in which the API shows events."""
    media = media_url(public_url, store_id)
    logs = []
    async with application(Settings(data_dir=data_dir), embedder=SyntheticEmbedder()) as app:
        for shopper in shoppers:
            log: list[StoredEvent] = []
            while shopper.conversation_id:
                after = log[-1]["seq"] if log else 0
                batch = await app.log.events(ConversationId(shopper.conversation_id), after=after, limit=_PAGE)
                log += [stored_event(event, media=media).model_dump(mode="json") for event in batch]
                if len(batch) < _PAGE:
                    break
            logs.append(log)
    return logs
