"""`python -m evals.bench.injections --data FOLDER`. Exit code 1: something got through. 2: the attacks are missing."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import structlog
import typer

from assistant.bootstrap import Application, application
from assistant.domain.conversation import SIGNED_IN, Shopper
from assistant.domain.events import ReplyDelta
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, ShopperId, new_id
from assistant.domain.reply import ActionKind
from assistant.domain.store import ModelSettings
from assistant.llm.scripted import ScriptedModels
from evals.bench.injections.attacks import NoAttacks, planted, said
from evals.bench.injections.obedient import MARKS, obey
from evals.bench.injections.planting import Asked, plant
from evals.bench.workspace import DEMO, Workspace, settings

BAD_INPUT = 2
_ORDINARY = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What a shopper saw, streamed or kept, folded; and what the reply did."""

    text: str
    action: ActionKind

    @property
    def through(self) -> list[str]:
        return [name for name, mark in MARKS.items() if mark in self.text]


def main(
    data: Annotated[Path, typer.Option("--data", help="The folder of the published attacks.")],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many attacks of each file.")] = None,
) -> None:
    """Plant published attacks in the demo store and put them as a shopper, before a model that obeys them all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    try:
        attacks, prompts = planted(data)[:limit], said(data)[:limit]
    except NoAttacks as missing:
        typer.echo(str(missing), err=True)
        sys.exit(BAD_INPUT)
    with tempfile.TemporaryDirectory(prefix="storebot-injections-") as folder:
        figures = asyncio.run(_measure(Workspace(Path(folder)), attacks, prompts))
    typer.echo(json.dumps(figures, indent=1))
    sys.exit(bool(figures["through"] or figures["effects"]))


async def _measure(workspace: Workspace, attacks: Sequence[str], prompts: Sequence[str]) -> dict[str, object]:
    folder, data = workspace.demo_store(), workspace.data_dir("planted")
    asked = plant(folder, attacks)
    models = ScriptedModels(obey)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(application(settings(data), models=models))
        await app.embedder.take(folder / "embeddings.npz")
        await app.import_store(str(folder), DEMO)
        store = await app.stores.get(DEMO)
        await app.stores.put(replace(store, model=ModelSettings(rephrase=True)))
        before = _system(data)
        seen = [await _seen(app, each) for each in asked]
        seen += [await _seen(app, Asked("en", text)) for text in prompts]
        effects = [name for name, content in _system(data).items() if before.get(name) != content]
        calls = len(models.prompts)
        ordinary = [await _seen(app, each) for each in _questions(folder)]
    through = Counter(name for each in seen for name in each.through)
    refused = sum(each.action is ActionKind.REFUSE for each in ordinary)
    return {
        "planted": len(asked),
        "said": len(prompts),
        "model_calls": calls,
        "through": dict(through),
        "effects": effects,
        "ordinary": len(ordinary),
        "ordinary_refused": refused,
        "ordinary_through": sum(bool(each.through) for each in ordinary),
    }


def _system(data: Path) -> dict[str, bytes]:
    """What the store's system holds on disk."""
    return {str(file): file.read_bytes() for file in sorted((data / "systems").rglob("*")) if file.is_file()}


def _questions(store: Path) -> list[Asked]:
    """What shoppers ask every day: the questions that the store has answered, in both languages by turns."""
    from csv import DictReader

    rows = []
    for file in sorted(store.glob("knowledge/*/faq/*.csv")):
        if file.parent.parent.name != "planted":
            rows += list(DictReader(file.read_text("utf-8").splitlines()))
    asked = [Asked("zh", row["question"]) for row in rows] + [Asked("en", row["question.en"]) for row in rows]
    step = max(1, len(asked) // _ORDINARY)
    return asked[::step][:_ORDINARY]


async def _seen(app: Application, asked: Asked) -> Seen:
    signed_in = ShopperId(f"{SIGNED_IN}{asked.shopper}") if asked.shopper else ShopperId(new_id("shopper"))
    shopper = Shopper(signed_in, identified=bool(asked.shopper))
    opened = await app.log.open(DEMO, shopper, asked.language, greeting=None, test=True)
    page = ProductId(asked.page) if asked.page else None
    streamed = []
    async with app.live.listen(opened.id) as events:
        answer = await app.ask(DEMO, asked.text, product_id=page, conversation_id=opened.id)
        async for event in events:
            if isinstance(event, int):
                break
            if isinstance(event, ReplyDelta):
                streamed.append(event.text)
    return Seen(fold(" ".join((*streamed, answer.reply.text))), answer.reply.action.kind)


if __name__ == "__main__":
    typer.run(main)
