"""Which models serve a store."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import application, model_terms
from assistant.domain.errors import Forbidden, InvalidInput, NotReady
from assistant.domain.models import Ceiling
from assistant.domain.store import ModelSettings
from assistant.settings import Settings
from tests.llm.prompts import prompt
from tests.llm.talking import STORE, written
from tests.models.server import ModelServer
from tests.small_shop import SMALL_STORE

OWN = ModelSettings(base_url="https://models.example/v1", answers="big", key_variable="STOREBOT_MODEL_S")


def settings(**values: object) -> Settings:
    return Settings.model_validate({"llm_base_url": "http://here.example/v1", "llm_model": "m", **values})


def test_a_store_that_says_nothing_has_the_operators_models() -> None:
    endpoint = model_terms(settings(llm_api_key="k-9", llm_attempts=7)).endpoint(ModelSettings())
    assert endpoint is not None
    assert (endpoint.base_url, endpoint.model, endpoint.api_key, endpoint.attempts) == (
        "http://here.example/v1",
        "m",
        "k-9",
        7,
    )


def test_a_store_has_none_where_there_is_none_or_it_wants_none() -> None:
    assert model_terms(Settings()).endpoint(ModelSettings()) is None
    assert model_terms(settings()).endpoint(ModelSettings(enabled=False)) is None


def test_a_stores_own_endpoint_gets_its_own_key_and_never_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_MODEL_S", "k-store")
    terms = model_terms(settings(llm_api_key="k-operator", llm_store_origins="https://models.example"))
    endpoint = terms.endpoint(OWN)
    assert endpoint is not None
    assert (endpoint.base_url, endpoint.model, endpoint.api_key) == (OWN.base_url, "big", "k-store")
    keyless = terms.endpoint(replace(OWN, key_variable=""))
    assert keyless is not None
    assert keyless.api_key == ""


@pytest.mark.parametrize(
    "allowed",
    [
        "",
        "https://models.example:8443",
        "http://models.example",
        "https://models.example.evil.example",
        "https://example",
    ],
)
def test_no_machine_is_asked_that_the_operator_has_not_allowed(monkeypatch: pytest.MonkeyPatch, allowed: str) -> None:
    monkeypatch.setenv("STOREBOT_MODEL_S", "k-store")
    with pytest.raises(Forbidden, match="STOREBOT_LLM_STORE_ORIGINS"):
        model_terms(settings(llm_store_origins=allowed)).endpoint(OWN)


@pytest.mark.parametrize("allowed", ["https://models.example", "https://MODELS.example:443/v1, http://x.example"])
def test_an_origin_is_allowed_however_it_is_written(monkeypatch: pytest.MonkeyPatch, allowed: str) -> None:
    monkeypatch.setenv("STOREBOT_MODEL_S", "k-store")
    assert model_terms(settings(llm_store_origins=allowed)).endpoint(OWN)


def test_no_other_variable_of_this_server_is_read_for_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = model_terms(settings(llm_store_origins="https://models.example"))
    monkeypatch.setenv("STOREBOT_SECRET_KEY", "s")
    with pytest.raises(InvalidInput):
        terms.endpoint(replace(OWN, key_variable="STOREBOT_SECRET_KEY"))
    monkeypatch.delenv("STOREBOT_MODEL_S", raising=False)
    with pytest.raises(NotReady):
        terms.endpoint(OWN)


def test_the_lower_ceiling_holds_on_the_operators_endpoint_and_a_stores_own_on_its_own() -> None:
    terms = model_terms(settings(llm_daily_tokens=1000))
    assert terms.limit(ModelSettings(tokens_a_day=5000)) == Ceiling(tokens=1000)
    assert terms.limit(ModelSettings(tokens_a_day=500)) == Ceiling(tokens=500)
    assert terms.limit(replace(OWN, tokens_a_day=5000)) == Ceiling(tokens=5000)
    assert terms.limit(OWN) == Ceiling()


async def test_an_installation_asks_the_endpoint_in_its_settings_and_keeps_what_it_took(
    server: ModelServer, small_data_dir: Path
) -> None:
    told = settings(data_dir=small_data_dir, llm_base_url=server.base_url, llm_price_in=1, llm_price_out=2)
    async with application(told) as app:
        store = await app.stores.get(SMALL_STORE)
        model = app.models.of(store)
        assert model is not None
        assert await written(model, prompt("hi")) == ["fine"]
        assert app.models.of(replace(store, model=ModelSettings(enabled=False))) is None
        assert app.models.of(replace(store, model=OWN)) is None, "and that is logged"
        day = model.account.day  # type: ignore[attr-defined]
    async with application(told) as again:
        (line,) = await again.model_usage.lines(SMALL_STORE, day, day)
    assert (line.calls, line.tokens_in, line.tokens_out, str(line.cost)) == (1, 100, 1, "0.000102")


async def test_an_installation_without_a_model_has_none(small_data_dir: Path) -> None:
    async with application(Settings(data_dir=small_data_dir)) as app:
        assert app.models.of(await app.stores.get(SMALL_STORE)) is None
    assert STORE.model == ModelSettings()


def test_who_has_no_model_does_not_load_what_makes_the_calls() -> None:
    heavy = "{'openai', 'langchain_openai', 'langgraph', 'langsmith', 'tiktoken'}"
    code = f"import sys, assistant.bootstrap; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
