"""A model that reads a request into everything: shoppers agree to all that follows, and nothing is done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
import regex
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.domain.backend import JsonObject
from assistant.domain.models import Prompt
from evals.suites.played import Played
from tests.turn.conftest import DEMO, FixedClock
from tests.turn.counters import Counters, counters_of, play, scripts_in
from tests.turn.models import Switched, message_of, part

LOOK_ALIKES = DEMO / "evaluations" / "look-alikes"
EFFECTS = (
    "order.cancel",
    "aftersale.return",
    "order.change_address",
    "aftersale.exchange",
    "order.place",
    "invoice",
    "aftersale.price_protection",
)
_PIECE = regex.compile(r"[^，,。.！!？?；;\n]+")
_NAMES = regex.compile(
    r"取消订单|取消|退货|退款|换货|改地址|cancel (?:it|the order|my order)|cancel|return|refund|exchange"
)


def whole(prompt: Prompt) -> JsonObject:
    """All of a message is a wish to cancel."""
    return {"parts": [part(message_of(prompt), "", "order.cancel")]}


def pieces(prompt: Prompt) -> JsonObject:
    """Each stretch of a message is a wish for something else."""
    found = zip(_PIECE.findall(message_of(prompt)), cycle(EFFECTS), strict=False)
    return {"parts": [part(said, "", intent) for said, intent in found]}


def words(prompt: Prompt) -> JsonObject:
    """The words alone that name something to be done, torn from what denies, reports or supposes it."""
    found = zip(_NAMES.findall(message_of(prompt).lower()), cycle(EFFECTS), strict=False)
    return {"parts": [part(said, said, intent) for said, intent in found]}


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def models() -> Switched:
    return Switched(whole)


@pytest.fixture(scope="module")
def counters(
    imported: Path, portal: BlockingPortal, models: Switched, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counters]:
    data = tmp_path_factory.mktemp("obedient") / "data"
    shutil.copytree(imported, data)
    opening = counters_of(data, "demo", DEMO / "system", FixedClock(), models)
    with portal.wrap_async_context_manager(opening) as counters:
        yield counters


def test_complaints_questions_and_threats_cause_nothing_whatever_a_model_makes_of_them(
    portal: BlockingPortal, counters: Counters, models: Switched
) -> None:
    scripts = list(scripts_in(LOOK_ALIKES))

    async def all_played() -> list[Played]:
        played = []
        for script, lies in zip(scripts, cycle((whole, pieces, words)), strict=False):
            models.script = lies
            played.append(await play(script, counters))
        return played

    played = portal.call(all_played)
    assert all(goal.accept for script in scripts for goal in script.goals)
    assert {one.case_id: one.system.writes for one in played if one.system and one.system.writes} == {}
    assert len(models.prompts) >= 20
