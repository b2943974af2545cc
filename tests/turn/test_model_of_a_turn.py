"""A turn has a model of its own where its store has one, and tells in its trace what came of it."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from assistant.bootstrap import application
from assistant.domain.models import Line, Prompt, Purpose, Speaker
from assistant.llm.scripted import ScriptedModels
from assistant.settings import Settings
from assistant.turn import pipeline
from assistant.turn.steps import Tools
from assistant.turn.turn import Turn
from tests.small_shop import SMALL_STORE


async def remark(turn: Turn, _: Tools) -> None:
    assert turn.model is not None
    prompt = Prompt(Purpose.ANSWER, "remark", "1", (Line(Speaker.SHOPPER, turn.request.text),), 20)
    async with aclosing(turn.model.write(prompt)) as pieces:
        async for _piece in pieces:
            pass


async def test_what_the_model_did_stands_in_the_trace_of_its_turn(
    small_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "STEPS", (*pipeline.STEPS, remark))
    models = ScriptedModels(lambda _: "Fine.")
    async with application(Settings(data_dir=small_data_dir), models=models) as app:
        answers = [await app.ask(SMALL_STORE, text) for text in ("hello", "hi there")]
    assert len(models.made) == 2
    for answer in answers:
        notes = answer.trace["notes"]
        assert isinstance(notes, dict)
        (call,) = notes["model"]
        assert (call["prompt"], call["outcome"], call["purpose"]) == ("remark@1", "done", "answer")


async def test_a_turn_without_a_model_tells_of_none(small_data_dir: Path) -> None:
    async with application(Settings(data_dir=small_data_dir)) as app:
        answer = await app.ask(SMALL_STORE, "hello")
    notes = answer.trace["notes"]
    assert isinstance(notes, dict)
    assert "model" not in notes
