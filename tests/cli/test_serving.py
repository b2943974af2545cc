"""`storebot serve` and `storebot demo` as processes of their own, until they are told to stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Storebot


@contextmanager
def running(*arguments: str, environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server on a free port: the address it printed, and the process, which is gone at the end."""
    command = [sys.executable, "-c", "from assistant.cli import main; main()", *arguments, "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        assert process.stdout is not None
        printed = process.stdout.readline()
        found = re.search(r"http://\S+", printed)
        assert found, f"{printed}{process.stderr.read() if process.stderr else ''}"
        yield found[0], process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_says_where_it_is_answers_and_stops_in_order(
    storebot: Storebot, mugs: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    storebot("import", str(mugs), "--store", "mugs")
    with running("serve", environment=environment) as (url, process):
        opened = httpx.post(f"{url}/v1/stores/mugs/sessions", json={})
        assert opened.status_code == 201
        process.send_signal(number)
        assert process.wait(timeout=60) == 0


def test_the_demo_imports_its_store_and_shows_it(environment: dict[str, str]) -> None:
    with running("demo", environment=environment) as (url, process):
        assert url.endswith("/demo")
        assert httpx.get(url).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
