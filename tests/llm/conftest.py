"""A server of models, once for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.server import ModelServer


@pytest.fixture(scope="session")
def _server() -> Iterator[ModelServer]:
    server = ModelServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(_server: ModelServer) -> ModelServer:
    _server.says("fine")
    _server.closed = _server.most_under_way = 0
    return _server
