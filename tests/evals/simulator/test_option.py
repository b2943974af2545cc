"""`--shopper` on the command line: who plays the shoppers."""

from __future__ import annotations

import pytest

from assistant.domain.errors import InvalidInput
from evals.cli.shoppers import played_by
from evals.running import Identity
from evals.simulator import ScriptedShopper
from evals.simulator.llm import LlmShopper, ShopperModel
from evals.suites.qa import Qa
from evals.suites.scenarios import Scenarios

URL = "http://127.0.0.1:8080/v1"


def test_shoppers_follow_their_scripts_unless_a_model_is_named() -> None:
    suite = played_by(Scenarios(), None, URL, "secret")
    assert isinstance(suite, Scenarios)
    assert isinstance(suite.shopper, ScriptedShopper)


def test_a_model_that_is_named_plays_them() -> None:
    suite = played_by(Scenarios(), "small", URL, "secret")
    assert isinstance(suite, Scenarios)
    assert suite.shopper == LlmShopper(ShopperModel(URL, "small", "secret"))
    assert "secret" not in repr(suite)


@pytest.mark.parametrize("url", [None, "", "127.0.0.1:8080"])
def test_a_model_without_an_endpoint_is_refused(url: str | None) -> None:
    with pytest.raises(InvalidInput, match="--shopper-url"):
        played_by(Scenarios(), "small", url, None)


def test_a_suite_without_shoppers_has_none_to_play() -> None:
    with pytest.raises(InvalidInput, match="qa has no shoppers"):
        played_by(Qa(), "small", URL, None)


def test_a_run_with_other_shoppers_is_another_run() -> None:
    assert Identity("scenarios", "hash") != Identity("scenarios", "hash", shopper="small")
