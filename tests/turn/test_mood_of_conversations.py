"""The trace of a turn tells how the shopper feels, and how that goes over the conversation."""

from collections.abc import Mapping
from typing import cast

from tests.turn.shopper import Shop, Shopper


def _mood(shop: Shop, shopper: Shopper, text: str) -> tuple[str, str]:
    answer = shop.ask(shopper, text)
    shopper.conversation_id = answer.conversation_id
    mood = cast(Mapping[str, Mapping[str, str]], answer.trace["notes"])["mood"]
    return mood["level"], mood["course"]


def test_a_temper_that_rises_is_seen_to_rise(demo: Shop) -> None:
    shopper = demo.visit()
    assert _mood(demo, shopper, "你好") == ("calm", "steady")
    assert _mood(demo, shopper, "都第三次了，又坏了！！气死我了") == ("angry", "rising")
    assert _mood(demo, shopper, "好的，谢谢") == ("calm", "falling")
