from collections.abc import Mapping
from pathlib import Path

import pytest

import knowledge
from assistant.answers.verification.verifier import Verifier
from assistant.domain.ids import StoreId
from evals.adapters.ecom_bench import read as read_lamps
from knowledge.folder import read_store
from tests.answers.verification.store import Stocked, stocked
from tests.turn.lamp_shop import write_lamp_shop


@pytest.fixture(scope="session")
def demo_store() -> Stocked:
    return stocked(read_store(Path(str(knowledge.__file__)).parent / "packs" / "demo", StoreId("demo")))


@pytest.fixture(scope="session")
def stores(demo_store: Stocked, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stocked]:
    lamps = write_lamp_shop(tmp_path_factory.mktemp("lamps"))
    return {"demo": demo_store, "lamps": stocked(read_lamps(lamps, StoreId("lamps")))}


@pytest.fixture(scope="session")
def verifier() -> Verifier:
    return Verifier()
