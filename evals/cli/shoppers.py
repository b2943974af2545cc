"""Who plays the shoppers of a suite that has any: their scripts, or a language model."""

from __future__ import annotations

from dataclasses import replace

from assistant.domain.errors import InvalidInput
from evals.suites.suite import Suite


def played_by(suite: Suite, model: str | None, url: str | None, key: str | None) -> Suite:
    """The suite with shoppers whom this model at `url` plays; as it is where no model is named. Raises InvalidInput."""
    from evals.simulator.llm import LlmShopper, ShopperModel
    from evals.suites.scenarios import Scenarios

    if model is None:
        return suite
    if not isinstance(suite, Scenarios):
        raise InvalidInput(f"--shopper is for the suite scenarios; {suite.name} has no shoppers to play.")
    if url is None or not url.startswith(("http://", "https://")):
        raise InvalidInput("--shopper needs --shopper-url: an OpenAI-compatible endpoint, https://…/v1.")
    return replace(suite, shopper=LlmShopper(ShopperModel(url, model, key or "none")))
