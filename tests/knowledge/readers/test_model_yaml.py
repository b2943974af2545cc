"""What a store.yaml may say of language models."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.store import ModelSettings
from knowledge.readers.store_yaml import read_store_yaml

OWN = "base_url: https://models.example/v1/, answers: big"


def read(model: str) -> ModelSettings:
    return read_store_yaml(f"name: Lamps\n\nmodel: {model}\n".encode(), "store.yaml", StoreId("lamps")).model


def test_a_store_that_says_nothing_takes_what_the_operator_has() -> None:
    said_nothing = read_store_yaml(b"name: Lamps\n", "store.yaml", StoreId("lamps")).model
    assert said_nothing == ModelSettings()
    assert said_nothing.enabled


@pytest.mark.parametrize("off", ["false", "{enabled: false}"])
def test_a_store_may_want_none(off: str) -> None:
    assert not read(off).enabled


def test_a_store_may_have_an_endpoint_of_its_own() -> None:
    found = read(
        f"{{{OWN}, understanding: small, key: STOREBOT_MODEL_LAMPS, prices: {{in: 2, out: 8.5}}, "
        "ceiling: {tokens: 1000, cost: 3}, rephrase: true, tools: [track]}"
    )
    assert (found.base_url, found.answers, found.understanding) == ("https://models.example/v1", "big", "small")
    assert (found.key_variable, found.price_in, found.price_out) == ("STOREBOT_MODEL_LAMPS", 2, Decimal("8.5"))
    assert (found.tokens_a_day, found.cost_a_day, found.rephrase, found.tools) == (1000, 3, True, ("track",))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("{base_url: https://models.example/v1}", "answers: NAME"),
        ("{answers: big}", "add base_url"),
        ("{key: STOREBOT_MODEL_X}", "add base_url"),
        (f"{{{OWN}, key: sk-123456}}", "never the key itself"),
        (f"{{{OWN}, key: STOREBOT_SECRET_KEY}}", "beginning with STOREBOT_MODEL_"),
        (f"{{{OWN}, key: STOREBOT_LLM_API_KEY}}", "beginning with STOREBOT_MODEL_"),
        (f"{{{OWN}, ceiling: {{cost: 3}}}}", "without prices"),
        (f"{{{OWN}, colour: red}}", "Extra inputs"),
        ("{base_url: file:///etc/passwd, answers: big}", "address of an endpoint"),
        ("{base_url: 'https://user:pass@models.example/v1', answers: big}", "address of an endpoint"),
        ("{ceiling: {tokens: -1}}", "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(model: str, words: str) -> None:
    with pytest.raises(PackRefused) as refused:
        read(model)
    assert words in refused.value.detail
    assert (refused.value.data["file"], refused.value.data["row"]) == ("store.yaml", 3)
