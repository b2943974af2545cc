"""What an endpoint can do, found out by asking it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.domain.backend import JsonObject
from assistant.domain.errors import ModelUnavailable
from assistant.domain.ids import StoreId
from assistant.domain.models import Line, ModelCall, Prompt, Purpose, Speaker, Spent, Tool, UsageLine
from assistant.llm.chat import Form
from assistant.llm.openai_compatible import StoreModel

_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"topic": {"enum": ["price", "stock", "delivery"]}, "pieces": {"type": "integer"}},
    "required": ["topic", "pieces"],
    "additionalProperties": False,
}
_ARGUMENTS: JsonObject = {
    "type": "object",
    "properties": {"product": {"type": "string"}},
    "required": ["product"],
    "additionalProperties": False,
}
_SLOW_MS = 3000.0  # to the first piece: a shopper begins to wonder


class Verdict(StrEnum):
    WORKS = "works"
    LIMITED = "limited"  # it is used, with less than one could wish for
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Finding:
    """check: "answers", "streams", "speed", "tokens", "objects" or "tools". reason: a code; of ModelUnavailable where
    the endpoint failed. detail: its own words, or figures."""

    check: str
    verdict: Verdict
    reason: str = ""
    detail: str = ""
    milliseconds: float | None = None
    tokens_a_second: float | None = None


class NothingKept:
    """A ModelUsage that keeps no account: for checks that no store is to pay for."""

    async def add(self, store_id: StoreId, day: date, call: ModelCall) -> None:
        pass

    async def spent(self, store_id: StoreId, day: date) -> Spent:  # noqa: ARG002
        return Spent()

    async def lines(self, store_id: StoreId, first: date, last: date) -> list[UsageLine]:  # noqa: ARG002
        return []


async def examine(model: StoreModel) -> AsyncIterator[Finding]:
    """What comes of each check, one after the other; nothing more once there is no answer at all."""
    answered = False
    async for finding in _answers(model):
        answered = answered or finding.verdict is not Verdict.FAILS
        yield finding
    if answered:
        yield await _objects(model)
        yield await _tools(model)


async def _answers(model: StoreModel) -> AsyncIterator[Finding]:
    pieces: list[str] = []
    started = time.perf_counter()
    try:
        async with aclosing(model.write(_prompt("Count from one to twenty in words, in one line.", 120))) as stream:
            async for piece in stream:
                pieces.append(piece)
    except ModelUnavailable as error:
        yield Finding("answers", Verdict.FAILS, error.reason, error.detail)
        return
    if not "".join(pieces).strip():
        yield Finding("answers", Verdict.FAILS, "empty")
        return
    call = model.calls[-1]
    yield Finding("answers", Verdict.WORKS, detail="".join(pieces).strip()[:80], milliseconds=call.milliseconds)
    streams = len(pieces) > 2
    yield Finding("streams", Verdict.WORKS if streams else Verdict.LIMITED, "" if streams else "at_once")
    first = call.first_token_ms or (time.perf_counter() - started) * 1000
    writing = max(call.milliseconds - first, 1.0)
    speed = round(call.tokens_out / writing * 1000, 1) if streams else None
    slow = first > _SLOW_MS
    yield Finding("speed", Verdict.LIMITED if slow else Verdict.WORKS, "slow" if slow else "", "", first, speed)
    yield Finding("tokens", Verdict.WORKS if call.exact else Verdict.LIMITED, "" if call.exact else "estimated")


async def _objects(model: StoreModel) -> Finding:
    asked = "The shopper says: 'Do you have three of these in stock?' Tell the topic and the number of pieces."
    prompt = _prompt(asked, 100, Purpose.UNDERSTAND)
    try:
        found = await model.fill(prompt, _SCHEMA)
    except ModelUnavailable as error:
        return Finding("objects", Verdict.FAILS, error.reason, error.detail)
    form = model.wire_for(Purpose.UNDERSTAND).chat.habits.form
    if found != {"topic": "stock", "pieces": 3}:
        return Finding("objects", Verdict.LIMITED, "misread", str(found))
    return Finding("objects", Verdict.WORKS if form is Form.SCHEMA else Verdict.LIMITED, f"form_{form.name.lower()}")


async def _tools(model: StoreModel) -> Finding:
    asked_for: list[JsonObject] = []

    async def stock(arguments: JsonObject) -> str:
        asked_for.append(arguments)
        return "There are 7 left."

    tool = Tool("stock_of", "How many pieces of a product are left.", _ARGUMENTS, stock)
    try:
        said = await model.work(
            _prompt("How many of the product LAMP-1 are left? Use the tool.", 100), [tool], rounds=1
        )
    except ModelUnavailable as error:
        return Finding("tools", Verdict.FAILS, error.reason, error.detail)
    if not asked_for:
        return Finding("tools", Verdict.FAILS, "not_called", said[:80])
    return Finding(
        "tools", Verdict.WORKS if "7" in said else Verdict.LIMITED, "" if "7" in said else "misread", said[:80]
    )


def _prompt(asked: str, most_tokens: int, purpose: Purpose = Purpose.ANSWER) -> Prompt:
    lines = (Line(Speaker.STORE, "You do exactly what you are told, and nothing else."), Line(Speaker.SHOPPER, asked))
    return Prompt(purpose, "check", "1", lines, most_tokens)
