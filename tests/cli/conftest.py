"""The command line as it is run, over a real data folder and an embeddings endpoint on this machine."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from tests.knowledge.embeddings_server import DIMENSION, EmbeddingsServer


@dataclass(frozen=True, slots=True)
class Run:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Storebot = Callable[..., Run]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def environment(tmp_path: Path, endpoint: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Variables for a data folder of the test's own; they are set for this process."""
    variables = {
        "STOREBOT_DATA_DIR": str(tmp_path / "data"),
        "STOREBOT_EMBEDDER": "openai",
        "STOREBOT_EMBEDDER_MODEL": "bag-of-words",
        "STOREBOT_EMBEDDER_BASE_URL": endpoint.base_url,
        "STOREBOT_EMBEDDER_DIMENSION": str(DIMENSION),
        "LC_ALL": "en_US.UTF-8",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def storebot(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Storebot:
    """Runs one command: storebot("ask", "...", "--store", "mugs", typed="what is typed", language="zh")."""

    def run(*arguments: str, typed: str = "", language: str = "en") -> Run:
        monkeypatch.setenv("LC_ALL", {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language])
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        printed = capsys.readouterr()
        code = leaving.value.code
        assert isinstance(code, int)
        return Run(code, printed.out, printed.err)

    return run


@pytest.fixture
def mugs(tmp_path: Path) -> Path:
    return write_mugs(tmp_path)


def write_mugs(parent: Path) -> Path:
    """A store folder with two good rows and two bad ones."""
    folder = parent / "mugs"
    pack = folder / "knowledge" / "mugs"
    (pack / "products").mkdir(parents=True)
    (pack / "policies").mkdir()
    (folder / "store.yaml").write_text(
        "name: {zh: 陶杯铺, en: Mug Shop}\nlanguages: [en, zh]\npersona: {name: Potter}\n", encoding="utf-8"
    )
    (pack / "pack.yaml").write_text('{format: 1, name: mugs, language: en, version: "1"}\n', encoding="utf-8")
    (pack / "products" / "mugs.csv").write_text(
        "id,title,price,currency,Material\n"
        "M1,Tall mug,12.50,USD,Stoneware\n"
        ",Nameless,3,USD,Tin\n"
        "M2,Flat bowl,20,USD,Glass\n"
        "M1,Tall mug again,4,USD,Tin\n",
        encoding="utf-8",
    )
    (pack / "policies" / "delivery.md").write_text("# Delivery\n\nParcels leave within two days.\n", encoding="utf-8")
    return folder
