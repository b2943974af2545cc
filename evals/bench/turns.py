"""How long a shopper waits for a reply, in process: from the message to the reply that is stored and announced."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle, islice

import orjson
import yaml

from assistant.bootstrap import Application, application
from assistant.domain.conversation import Message, Page, Shopper
from assistant.domain.events import Replied
from assistant.domain.ids import ConversationId, MessageId, ProductId, ShopperId, new_id
from evals.bench.section import Section, Table, at_most, figure, percentile, table
from evals.bench.workspace import DEMO, Workspace, settings

REST_MS = 10
_SHOPPERS = (1, 16)
_ROUNDS = 3  # of one shopper over all conversations; each of many goes over them once


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to play: what is asked, one message after the other, on which product's page."""

    language: str
    messages: tuple[str, ...]
    page: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of one turn: in all, and by step. `action` is what the reply did, `reason` why."""

    text: str
    action: str
    reason: str
    total: float
    steps: dict[str, float]

    @property
    def embedding(self) -> float:
        return self.steps.get("embed", 0.0)

    @property
    def rest(self) -> float:
        return self.total - self.embedding


@dataclass(frozen=True, slots=True)
class Run:
    """All turns of a number of shoppers who ask side by side, the processor time they took together, and how many texts
    were embedded for them."""

    shoppers: int
    turns: tuple[Measured, ...]
    seconds: float
    cpu_seconds: float
    texts: int


async def measure(workspace: Workspace) -> Section:
    scripts = load_scripts()
    data_dir = await workspace.demo_data()
    async with application(settings(data_dir)) as app:
        workspace.say("warming up")
        await _run(app, scripts, shoppers=1, rounds=1)
        runs = []
        for shoppers in _SHOPPERS:
            workspace.say(f"timing turns of {shoppers} shopper(s)")
            rounds = 1 if workspace.small or shoppers > 1 else _ROUNDS
            runs.append(await _run(app, scripts, shoppers=shoppers, rounds=rounds))
    alone = runs[0]
    rest = percentile([turn.rest for turn in alone.turns], 0.5)
    return Section(
        name="turns",
        title="Time of a turn, in process",
        about=(
            f"{sum(len(script.messages) for script in scripts)} messages in {len(scripts)} conversations over the demo "
            "store: on product pages and without one, Chinese and English, small talk, lists, comparisons. The time "
            "runs from the call that stores a message to the announcement of its reply, which is stored then; there is "
            "no wait for more of a burst. Embedding is the step in which the model runs, with the wait for a "
            "processor; what was embedded in another conversation is forgotten, so that none profits from the same "
            "questions asked before. The rest is everything else. Each shopper asks again as soon as the reply is "
            "there: sixteen keep all processors busy, and most of their time is spent waiting for one."
        ),
        tables=(_overview(runs), _by_step(alone), _by_action(alone)),
        checks=(at_most("a turn takes at most 10 ms besides the embedding (p50, one shopper)", rest, REST_MS, "ms"),),
        data={"runs": [_data(run) for run in runs]},
    )


def load_scripts() -> list[Script]:
    """The conversations of `questions.yaml`."""
    content = yaml.safe_load((files(__package__) / "questions.yaml").read_text("utf-8"))
    return [Script(item["language"], tuple(item["messages"]), item.get("page")) for item in content]


async def _run(app: Application, scripts: Sequence[Script], *, shoppers: int, rounds: int) -> Run:
    """Each shopper goes over all conversations, each from another place on."""
    started, cpu_started, embedded = time.perf_counter(), time.process_time(), app.queries.embedded
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_shop(app, list(islice(cycle(scripts), number, number + len(scripts) * rounds))))
            for number in range(shoppers)
        ]
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    timed = [timing for task in tasks for timing in task.result()]
    texts = app.queries.embedded - embedded
    return Run(shoppers, tuple([await traced(app, *timing) for timing in timed]), seconds, cpu_seconds, texts)


async def _shop(app: Application, scripts: Sequence[Script]) -> list[tuple[ConversationId, int, str, float]]:
    """(conversation, sequence number of the message, its text, milliseconds until the reply) of each message."""
    timings = []
    for script in scripts:
        app.queries.forget()
        shopper = Shopper(ShopperId(new_id("shopper")))
        conversation = await app.log.open(DEMO, shopper, script.language, greeting=None, test=True)
        for text in script.messages:
            message = Message(MessageId(new_id("msg")), new_id("bench"), text, Page(product_id=script.page))
            seq, milliseconds = await answered(app, conversation.id, message)
            timings.append((conversation.id, seq, text, milliseconds))
    return timings


async def answered(app: Application, conversation_id: ConversationId, message: Message) -> tuple[int, float]:
    """Sends a message and waits until its reply is announced: its sequence number, and the milliseconds in between."""
    async with app.live.listen(conversation_id) as heard:
        started = time.perf_counter()
        event, _ = await app.log.receive(conversation_id, message)
        app.dispatcher.notify(conversation_id)
        async for sign in heard:
            if isinstance(sign, int) and sign > event.seq:
                break
        return event.seq, (time.perf_counter() - started) * 1000


async def traced(
    app: Application, conversation_id: ConversationId, seq: int, text: str, milliseconds: float
) -> Measured:
    """What the trace of the reply to message `seq` says. Raises RuntimeError where the turn failed."""
    [event] = await app.log.events(conversation_id, after=seq, limit=1)
    assert isinstance(event.payload, Replied), f"{text!r} was followed by {event.payload.type}"
    trace = orjson.loads(await app.log.trace(conversation_id, event.payload.turn_id))
    if "failed" in trace:
        raise RuntimeError(f"The turn of {text!r} failed: {trace['failed']}")
    action = event.payload.reply.action
    return Measured(text, action.kind.value, action.reason, milliseconds, trace["milliseconds"])


def _overview(runs: Sequence[Run]) -> Table:
    return table(
        (
            *("shoppers", "turns", "turns/s", "total p50", "total p95", "embedding p50", "embedding p95"),
            *("rest p50", "rest p95", "CPU a turn", "texts a turn"),
        ),
        [
            (
                str(run.shoppers),
                figure(len(run.turns)),
                figure(len(run.turns) / run.seconds),
                *p50_p95([turn.total for turn in run.turns]),
                *p50_p95([turn.embedding for turn in run.turns]),
                *p50_p95([turn.rest for turn in run.turns]),
                figure(run.cpu_seconds * 1000 / len(run.turns)),
                figure(run.texts / len(run.turns)),
            )
            for run in runs
        ],
        title="Milliseconds",
    )


def _by_step(run: Run) -> Table:
    steps = list(run.turns[0].steps)
    rows = [(step, *p50_p95([turn.steps.get(step, 0.0) for turn in run.turns])) for step in steps]
    outside = [turn.total - sum(turn.steps.values()) for turn in run.turns]
    return table(
        ("step", "p50", "p95"),
        [*rows, ("storing, announcing, waking", *p50_p95(outside))],
        title="Milliseconds by step, one shopper",
    )


def _by_action(run: Run) -> Table:
    actions = dict.fromkeys(turn.action for turn in run.turns)
    groups = [(action, [turn for turn in run.turns if turn.action == action]) for action in actions]
    return table(
        ("reply", "turns", "total p50", "total p95", "rest p50", "rest p95"),
        [
            (
                action,
                figure(len(turns)),
                *p50_p95([turn.total for turn in turns]),
                *p50_p95([turn.rest for turn in turns]),
            )
            for action, turns in groups
        ],
        title="Milliseconds by what the reply does, one shopper",
    )


def p50_p95(values: Sequence[float]) -> tuple[str, str]:
    """Both as they are shown."""
    return figure(percentile(values, 0.5)), figure(percentile(values, 0.95))


def _data(run: Run) -> dict[str, object]:
    measures = {
        "total": [turn.total for turn in run.turns],
        "embedding": [turn.embedding for turn in run.turns],
        "rest": [turn.rest for turn in run.turns],
    }
    return {
        "shoppers": run.shoppers,
        "turns": len(run.turns),
        "seconds": run.seconds,
        "cpu_ms_a_turn": run.cpu_seconds * 1000 / len(run.turns),
        "texts_a_turn": run.texts / len(run.turns),
        **{
            f"{name}_ms": {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
            for name, values in measures.items()
        },
    }
