"""The OpenAI-compatible embedder against a real server that speaks the protocol, well and badly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import numpy as np
import pytest
from fastapi import Response
from fastapi.responses import JSONResponse

from assistant.domain.errors import NotReady
from knowledge.embedding.endpoint import Endpoint
from knowledge.embedding.openai_compatible import OpenAICompatibleEmbedder
from tests.knowledge.embeddings_server import DIMENSION, EmbeddingsServer, Trouble, answered


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(running: EmbeddingsServer) -> EmbeddingsServer:
    running.troubles.clear()
    running.requests.clear()
    running.keys.clear()
    running.delay = 0
    return running


@pytest.fixture
def endpoint(server: EmbeddingsServer) -> Endpoint:
    return Endpoint(server.base_url, model="bag-of-words", dimension=DIMENSION, api_key="key-1", retries=0, timeout=5)


@pytest.fixture
async def embedder(endpoint: Endpoint) -> AsyncIterator[OpenAICompatibleEmbedder]:
    embedder = OpenAICompatibleEmbedder(endpoint)
    yield embedder
    await embedder.close()


async def test_texts_are_sent_in_batches_with_model_and_key(server: EmbeddingsServer, endpoint: Endpoint) -> None:
    embedder = OpenAICompatibleEmbedder(replace(endpoint, batch_size=10))
    vectors = await embedder.embed_passages([f"text {number}" for number in range(25)])
    await embedder.close()
    assert vectors.shape == (25, DIMENSION)
    assert sorted(len(request["input"]) for request in server.requests) == [5, 10, 10]  # type: ignore[arg-type]
    assert {request["model"] for request in server.requests} == {"bag-of-words"}
    assert set(server.keys) == {"Bearer key-1"}
    assert all("dimensions" not in request for request in server.requests)


async def test_queries_and_passages_get_the_instructions_their_model_wants(
    server: EmbeddingsServer, endpoint: Endpoint
) -> None:
    embedder = OpenAICompatibleEmbedder(
        replace(endpoint, query_prefix="query: ", passage_prefix="passage: ", shorten=True)
    )
    await embedder.embed_queries(["kettle"])
    await embedder.embed_passages(["kettle"])
    await embedder.close()
    assert [request["input"] for request in server.requests] == [["query: kettle"], ["passage: kettle"]]
    assert {request["dimensions"] for request in server.requests} == {DIMENSION}


async def test_another_instruction_is_another_embedder(endpoint: Endpoint) -> None:
    plain, prefixed = (
        OpenAICompatibleEmbedder(endpoint),
        OpenAICompatibleEmbedder(replace(endpoint, query_prefix="q: ")),
    )
    assert plain.name != prefixed.name
    await plain.close()
    await prefixed.close()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_passing_trouble_is_tried_again(server: EmbeddingsServer, endpoint: Endpoint, status: int) -> None:
    server.troubles.append(_status(status))
    embedder = OpenAICompatibleEmbedder(replace(endpoint, retries=2))
    vectors = await embedder.embed_queries(["kettle"])
    await embedder.close()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (lambda body: _failing(429), "status 429"),
        (lambda body: _failing(500), "status 500"),
        (lambda body: _failing(401), "status 401"),
        (lambda body: _failing(404), "status 404"),
        (lambda body: Response("<html>welcome</html>", media_type="text/html"), "not a list of embeddings"),
        (lambda body: Response('{"data": [', media_type="application/json"), "not a list of embeddings"),
        (lambda body: {"data": None}, "not a list of embeddings"),
        (lambda body: {"data": [{"index": 0}]}, "not a list of embeddings"),
        (lambda body: {"unexpected": True}, "not a list of embeddings"),
        (lambda body: answered([]), "0 vectors"),
        (lambda body: answered([[1.0] * DIMENSION] * 3), "3 vectors"),
        (lambda body: answered([[1.0, 2.0]]), "2 numbers"),
        (lambda body: answered([[0.0] * DIMENSION]), "zeros"),
    ],
)
async def test_a_lasting_trouble_is_named_with_the_endpoint(
    server: EmbeddingsServer, embedder: OpenAICompatibleEmbedder, trouble: Trouble, said: str
) -> None:
    server.troubles.append(trouble)
    with pytest.raises(NotReady) as refusal:
        await embedder.embed_queries(["kettle"])
    assert said in refusal.value.detail
    assert server.base_url in refusal.value.detail
    assert "key-1" not in refusal.value.detail


async def test_a_slow_endpoint_is_given_up_after_the_timeout(server: EmbeddingsServer, endpoint: Endpoint) -> None:
    server.delay = 1
    embedder = OpenAICompatibleEmbedder(replace(endpoint, timeout=0.2))
    with pytest.raises(NotReady, match=r"no answer within 0\.2 s"):
        await embedder.embed_queries(["kettle"])
    await embedder.close()


async def test_an_endpoint_that_is_not_there_is_named(endpoint: Endpoint) -> None:
    embedder = OpenAICompatibleEmbedder(replace(endpoint, base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(NotReady, match="connection failed"):
        await embedder.embed_queries(["kettle"])
    await embedder.close()


async def test_one_bad_batch_refuses_the_call(server: EmbeddingsServer, endpoint: Endpoint) -> None:
    server.troubles.append(_status(500))
    embedder = OpenAICompatibleEmbedder(replace(endpoint, batch_size=1))
    with pytest.raises(NotReady):
        await embedder.embed_passages([f"text {number}" for number in range(6)])
    await embedder.close()


def _failing(status: int) -> JSONResponse:
    headers = {"retry-after-ms": "1"}
    return JSONResponse({"error": {"message": "no"}}, status_code=status, headers=headers)


def _status(status: int) -> Trouble:
    return lambda body: _failing(status)
