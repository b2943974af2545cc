"""The door to an assistant in this process: the real one, over a small shop."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.bootstrap import application
from assistant.domain.backend import StoreBackend
from assistant.domain.conversation import Conversation
from assistant.domain.errors import InvalidInput
from evals.door import Opening, Said, action_of, opened, text_of
from evals.door.http import HttpDoor
from evals.door.places import evaluation_settings, store_id_of
from evals.target import Target
from tests.small_shop import write_small_shop


@pytest.fixture
def target(small_data_dir: Path, tmp_path: Path) -> Target:
    """The small shop, to be imported into a data folder that knows its embeddings."""
    return Target(str(write_small_shop(tmp_path / "shop")), small_data_dir)


@pytest.fixture
async def door(target: Target) -> AsyncIterator[HttpDoor]:
    async with opened(target) as door:
        yield door


async def test_a_store_is_imported_and_talked_to(door: HttpDoor) -> None:
    before = signal.getsignal(signal.SIGINT)
    talk = await door.open(Opening(product_id="RN-1"))
    exchange = await talk.say("多重")
    assert "310" in text_of(exchange.reply)
    assert exchange.trace["milliseconds"]
    assert exchange.milliseconds > 0
    assert signal.getsignal(signal.SIGINT) is before, "Ctrl+C belongs to whoever runs the evaluation"


async def test_a_shopper_may_ask_as_much_as_an_evaluation_needs(door: HttpDoor) -> None:
    for _ in range(40):  # more than a shopper may open in a minute
        await door.open(Opening(language="en", shopper="ada"))
    talk = await door.open(Opening(history=(Said("user", "hi"), Said("assistant", "hello"))))
    for _ in range(35):  # more than a shopper may say in a minute
        exchange = await talk.say("你好")
    assert action_of(exchange.reply)[0] is not None


async def test_a_second_run_finds_the_store_and_its_shoppers_as_they_were(target: Target) -> None:
    async with opened(target) as door:
        first = door
        await door.open(Opening(shopper="ada"))
    async with opened(target) as door:
        assert (door.store_id, door.identity_key) == (first.store_id, first.identity_key)
        assert door.key != first.key, "a key is good for one run"
        await door.open(Opening(shopper="ada"))


async def test_bursts_are_waited_for_as_long_as_asked(target: Target) -> None:
    async with opened(target, pause_ms=150) as door:
        exchange = await (await door.open(Opening(product_id="RN-1"))).say("那个", "多重")
    assert exchange.earlier == ()
    assert "310" in text_of(exchange.reply)


async def test_the_application_is_handed_the_store_systems(small_data_dir: Path) -> None:
    class Systems:
        async def of(self, conversation: Conversation) -> StoreBackend | None:
            return None

    systems = Systems()
    async with application(evaluation_settings(small_data_dir), backends=systems) as app:
        assert app.backends is systems


@pytest.mark.parametrize(
    ("store", "url", "told"),
    [
        (None, None, "--store"),
        (None, "http://127.0.0.1:9", "--store"),
        ("rain", "http://127.0.0.1:9", "API key"),
        ("/no/such/folder", None, "There is nothing at"),
    ],
)
async def test_what_cannot_be_measured_is_refused(
    tmp_path: Path, store: str | None, url: str | None, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        async with opened(Target(store, tmp_path, url=url)):
            raise AssertionError("it must not open")


def test_the_same_place_has_the_same_id_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert store_id_of("shop") == store_id_of(f"{tmp_path}/./shop") != store_id_of("ecom-bench:shop")
    assert store_id_of("ecom-bench:shop") == store_id_of(f"ecom-bench:{tmp_path}/shop") != store_id_of("other")
