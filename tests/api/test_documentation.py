"""The commands in docs/api.md run as they stand there."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import assistant
from assistant.domain.access import KeyScope
from tests.api.world import SHOP, World

DOCUMENTATION = Path(assistant.__file__).parents[1] / "docs" / "api.md"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the examples need curl and jq")
def test_the_examples_run_one_after_the_other(world: World, tmp_path: Path) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```$", DOCUMENTATION.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    key = asyncio.run(world.new_key(*KeyScope)).token
    with world.serving() as client:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=tmp_path,
            env={**os.environ, "BASE": str(client.base_url), "STORE": SHOP.id, "KEY": key, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    assert '"duplicate":false' in ran.stdout
    assert '"Folding lamp"' in ran.stdout
    assert "event: message" in ran.stdout


def test_every_path_of_the_api_is_described(world: World) -> None:
    text = DOCUMENTATION.read_text("utf-8")
    for path in world.app().openapi()["paths"]:
        last_word = re.sub(r"\{.*?\}", "", path).rstrip("/").rsplit("/", 1)[-1]
        assert last_word in text, path
