"""Shoppers at the counter of a store with procedures: each conversation has the store's system for itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.bootstrap import Application, application
from assistant.domain.conversation import SIGNED_IN, Shopper
from assistant.domain.ids import ConversationId, ProductId, ShopperId, StoreId
from assistant.domain.models import LanguageModels
from assistant.domain.ports import Clock
from assistant.domain.reply import Reply
from assistant.settings import Settings
from connectors.files.connector import FilesConnector
from evals.cases import Exchange, content_of
from evals.simulator import Script, ScriptedShopper, Transcript
from evals.suites.played import Played
from evals.suites.scenarios import FORMAT
from evals.systems.sandboxes import Sandboxes
from evals.systems.watched import WatchedBackend


@dataclass(frozen=True, slots=True)
class Counters:
    """Of one store. fresh: its system as its records have it."""

    app: Application
    store_id: StoreId
    sandboxes: Sandboxes
    fresh: Callable[[], WatchedBackend]

    async def visit(self, shopper: str, language: str, page: str | None = None) -> Visit:
        """A conversation with a shopper who is signed in."""
        signed_in = Shopper(ShopperId(f"{SIGNED_IN}{shopper}"), identified=True)
        opened = await self.app.log.open(self.store_id, signed_in, language, greeting=None, test=True)
        system = self.fresh()
        self.sandboxes.assign(opened.id, system)
        return Visit(self, opened.id, system, page)


@dataclass(frozen=True, slots=True)
class Visit:
    """A talk as evaluations know it; `system` remembers what was done."""

    counters: Counters
    conversation: ConversationId
    system: WatchedBackend
    page: str | None = None

    @property
    def conversation_id(self) -> str:
        return str(self.conversation)

    async def hear(self, text: str) -> Reply:
        counters = self.counters
        page = ProductId(self.page) if self.page else None
        answer = await counters.app.ask(counters.store_id, text, product_id=page, conversation_id=self.conversation)
        return answer.reply

    async def say(self, *messages: str) -> Exchange:
        return Exchange(messages, _told(await self.hear("\n".join(messages))))


@asynccontextmanager
async def counters_of(
    data: Path, store_id: str, system: Path, clock: Clock, models: LanguageModels | None = None
) -> AsyncIterator[Counters]:
    """Of a store that was imported to `data`; `system` is the folder of its records."""
    sandboxes = Sandboxes()
    rehearse = FilesConnector().rehearsal(system, {}, clock)
    settings = Settings(data_dir=data, coalesce_ms=0)
    async with application(settings, clock=clock, backends=sandboxes, models=models) as app:
        yield Counters(app, StoreId(store_id), sandboxes, lambda: WatchedBackend(rehearse()))


def scripts_in(folder: Path) -> Iterator[Script]:
    return (content_of(case, Script) for case in FORMAT.read(folder))


async def play(script: Script, counters: Counters) -> Played:
    """A script, played to its end by a shopper who keeps to it."""
    visit = await counters.visit(script.shopper, script.lang)
    transcript = Transcript(visit)
    await ScriptedShopper().play(script, transcript)
    return Played(script.id, 0, script, visit.system, transcript)


def _told(reply: Reply) -> Mapping[str, object]:
    """What of a reply a simulated shopper reacts to."""
    expects = reply.expects
    told = {
        "text": reply.text,
        "action": {"kind": reply.action.kind.value, "reason": reply.action.reason},
        "expects": expects
        and {
            "kind": expects.kind.value,
            "name": expects.name,
            "options": [{"label": option.label, "text": option.text} for option in expects.options],
        },
    }
    return json.loads(json.dumps(told))  # type: ignore[no-any-return]
