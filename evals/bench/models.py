"""What a language model adds to a turn besides its own time: prompts, the wire, reading and checking what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from assistant.bootstrap import Application, application
from assistant.domain.conversation import Message, Page, Shopper
from assistant.domain.events import Replied
from assistant.domain.ids import MessageId, ShopperId, new_id
from assistant.settings import Settings
from evals.bench.endpoint import FIRST_MS, endpoint
from evals.bench.section import Section, at_most, figure, percentile, table
from evals.bench.turns import Script, answered, load_scripts, p50_p95
from evals.bench.workspace import DEMO, Workspace, settings

OWN_MS = 10
_ROUNDS = 3
_STEPS = {"consult": "understand", "phrase": "answer"}  # each with the purpose that it calls a model for


@dataclass(frozen=True, slots=True)
class Added:
    """One step of one turn in which a model was called. milliseconds: of the step. calls: of the model."""

    step: str
    milliseconds: float
    calls: int
    phrased: bool

    @property
    def own(self) -> float:
        """Without the time until the endpoint's first token, after which all of its answer is there."""
        return self.milliseconds - self.calls * FIRST_MS


async def measure(workspace: Workspace) -> Section:
    scripts = load_scripts()
    data_dir = await workspace.demo_data()
    async with endpoint() as url, application(_with_model(settings(data_dir), url)) as app:
        workspace.say("warming up")
        turns, added = await _played(app, scripts)
        workspace.say("timing turns with a language model")
        added = []
        for _ in range(1 if workspace.small else _ROUNDS):
            turns, more = await _played(app, scripts)
            added += more
    own = percentile([one.own for one in added], 0.5)
    phrased = sum(one.phrased for one in added)
    return Section(
        name="models",
        title="What a language model adds to a turn",
        about=(
            "The messages of the turns above, with a scripted endpoint in a process of its own: over HTTP, its first "
            f"token {FIRST_MS:g} ms after the request and all of its answer with it. Timed is each step that called "
            "it, less that wait: the prompt, its tokens counted, personal data masked, the client and the wire, and "
            "the answer cut into sentences, each of them checked. Turns whose answer stands in facts or in the shop's "
            "own words call no model."
        ),
        tables=(
            table(
                ("step", "calls a round", "own p50", "own p95"),
                [
                    (step, figure(len(found) // max(1, _rounds(workspace))), *p50_p95([one.own for one in found]))
                    for step in _STEPS
                    if (found := [one for one in added if one.step == step])
                ],
                title=f"Milliseconds besides the endpoint, of {turns} turns a round",
            ),
        ),
        checks=(at_most(f"a model adds at most {OWN_MS} ms besides its first token (p50)", own, OWN_MS, "ms"),),
        data={"added": [(one.step, one.own) for one in added], "phrased": phrased, "turns": turns},
    )


def _rounds(workspace: Workspace) -> int:
    return 1 if workspace.small else _ROUNDS


def _with_model(base: Settings, url: str) -> Settings:
    return base.model_copy(update={"llm_base_url": url, "llm_model": "scripted"})


async def _played(app: Application, scripts: Sequence[Script]) -> tuple[int, list[Added]]:
    """How many turns there were, and what models added to them."""
    turns, added = 0, []
    for script in scripts:
        app.queries.forget()
        shopper = Shopper(ShopperId(new_id("shopper")))
        conversation = await app.log.open(DEMO, shopper, script.language, greeting=None, test=True)
        for text in script.messages:
            message = Message(MessageId(new_id("msg")), new_id("bench"), text, Page(product_id=script.page))
            seq, _ = await answered(app, conversation.id, message)
            [event] = await app.log.events(conversation.id, after=seq, limit=1)
            assert isinstance(event.payload, Replied), f"{text!r} was followed by {event.payload.type}"
            trace = orjson.loads(await app.log.trace(conversation.id, event.payload.turn_id))
            added += _added(trace)
            turns += 1
    return turns, added


def _added(trace: dict[str, dict[str, object]]) -> list[Added]:
    notes, milliseconds = trace["notes"], trace["milliseconds"]
    called: list[dict[str, object]] = notes.get("model", [])  # type: ignore[assignment]
    phrased: dict[str, int] = notes.get("phrase", {})  # type: ignore[assignment]
    found = []
    for step, purpose in _STEPS.items():
        calls = sum(call["purpose"] == purpose for call in called)
        if calls:
            spent = milliseconds[step]
            assert isinstance(spent, float)
            found.append(Added(step, spent, calls, bool(phrased.get("taken"))))
    return found
