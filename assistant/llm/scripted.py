"""A model that says what a function tells it to: for tests and evaluations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant.domain.backend import JsonObject
from assistant.domain.errors import ModelUnavailable
from assistant.domain.ids import StoreId
from assistant.domain.models import Line, ModelCall, Prompt, Speaker, Tool
from assistant.domain.store import Store
from assistant.llm.metering import DONE, STOPPED, Meter
from assistant.llm.objects import NoSuchObject, object_in
from assistant.llm.tokens import Encoding, TokenCounter

_PIECE = 4  # characters of a text that come at once


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing comes for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Asks:
    """The model asks for a tool."""

    tool: str
    arguments: JsonObject


Move = str | Pause | Asks | ModelUnavailable
Saying = str | JsonObject | ModelUnavailable | Sequence[Move]
Script = Callable[[Prompt], Saying]
"""What the model does with a prompt: a text comes in small pieces, an object as its JSON, a sequence move by move (each
text in it is one piece), and ModelUnavailable is raised in its place.

After a round of tools the script is asked again, with two more lines a tool: "name arguments" by the bot, and what the
tool said by the store.
"""


@dataclass
class ScriptedModel:
    """`prompts`: all that was asked, in order; `calls` as the port has them."""

    script: Script
    counter: TokenCounter
    prompts: list[Prompt] = field(default_factory=list)
    calls: list[ModelCall] = field(default_factory=list)

    async def write(self, prompt: Prompt) -> AsyncGenerator[str]:
        meter = self._asked(prompt)
        outcome = STOPPED
        try:
            for move in _moves(self.script(prompt)):
                if (piece := await _made(move)) is not None:
                    meter.wrote(piece)
                    yield piece
            outcome = DONE
        except ModelUnavailable as error:
            outcome = error.reason
            raise
        finally:
            self.calls.append(meter.ended(outcome))

    async def fill(self, prompt: Prompt, schema: JsonObject) -> JsonObject:
        text = await self._whole(prompt, ())
        try:
            return object_in(text, schema)
        except NoSuchObject as error:
            self.calls[-1] = replace(self.calls[-1], outcome="garbage")
            raise ModelUnavailable(f"No object came from the model: {error}.", reason="garbage") from error

    async def work(self, prompt: Prompt, tools: Sequence[Tool], *, rounds: int) -> str:
        return await self._whole(prompt, tools, rounds)

    def count(self, text: str) -> int:
        return self.counter.count(text)

    async def _whole(self, prompt: Prompt, tools: Sequence[Tool], rounds: int = 0) -> str:
        """What is written in the end, after the rounds that are asked for."""
        meter = self._asked(prompt)
        outcome = STOPPED
        try:
            while True:
                pieces, asked = await _taken(self.script(prompt), meter)
                if not asked:
                    outcome = DONE
                    return pieces
                if rounds == 0:
                    raise ModelUnavailable("The model asks for tools again and again.", reason="garbage")
                rounds -= 1
                prompt = await _with_tools(prompt, asked, tools)
                self._note(prompt, meter)
        except ModelUnavailable as error:
            outcome = error.reason
            raise
        finally:
            self.calls.append(meter.ended(outcome))

    def _asked(self, prompt: Prompt) -> Meter:
        meter = Meter(prompt, self.counter)
        self._note(prompt, meter)
        return meter

    def _note(self, prompt: Prompt, meter: Meter) -> None:
        self.prompts.append(prompt)
        meter.sent(prompt)


@dataclass
class ScriptedModels:
    """LanguageModels over one script for all stores, or for those named. made: a model a turn, in order."""

    script: Script
    stores: frozenset[StoreId] | None = None
    name: str = "scripted"
    made: list[ScriptedModel] = field(default_factory=list)
    _encoding: Encoding = field(default_factory=Encoding)

    def of(self, store: Store) -> ScriptedModel | None:
        if self.stores is not None and store.id not in self.stores:
            return None
        self.made.append(ScriptedModel(self.script, TokenCounter(self.name, self._encoding)))
        return self.made[-1]

    @property
    def prompts(self) -> list[Prompt]:
        """All that was asked in all turns."""
        return [prompt for model in self.made for prompt in model.prompts]

    @property
    def calls(self) -> list[ModelCall]:
        return [call for model in self.made for call in model.calls]


def _moves(saying: Saying) -> Sequence[Move]:
    if isinstance(saying, ModelUnavailable):
        return [saying]
    if isinstance(saying, str):
        return [saying[start : start + _PIECE] for start in range(0, len(saying), _PIECE)]
    if isinstance(saying, Sequence):
        return saying
    return _moves(json.dumps(dict(saying), ensure_ascii=False))


async def _made(move: Move) -> str | None:
    """The piece that a move writes, if it does."""
    if isinstance(move, ModelUnavailable):
        raise ModelUnavailable(move.detail, reason=move.reason)
    await asyncio.sleep(move.seconds if isinstance(move, Pause) else 0)
    return move if isinstance(move, str) else None


async def _taken(saying: Saying, meter: Meter) -> tuple[str, list[Asks]]:
    """What is written, and which tools are asked for."""
    moves = _moves(saying)
    pieces = [piece for move in moves if (piece := await _made(move)) is not None]
    for piece in pieces:
        meter.wrote(piece)
    return "".join(pieces), [move for move in moves if isinstance(move, Asks)]


async def _with_tools(prompt: Prompt, asked: Sequence[Asks], tools: Sequence[Tool]) -> Prompt:
    known = {tool.name: tool for tool in tools}
    lines = list(prompt.lines)
    for asks in asked:
        said = await known[asks.tool].call(asks.arguments) if asks.tool in known else f"There is no tool {asks.tool}."
        lines += [
            Line(Speaker.BOT, f"{asks.tool} {json.dumps(dict(asks.arguments), ensure_ascii=False)}"),
            Line(Speaker.STORE, said),
        ]
    return replace(prompt, lines=tuple(lines))
