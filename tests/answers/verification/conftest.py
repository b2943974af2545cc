from pathlib import Path

import pytest

import knowledge
from assistant.answers.verification.verifier import Verifier
from assistant.domain.ids import StoreId
from knowledge.folder import read_store
from tests.answers.verification.store import Stocked, stocked


@pytest.fixture(scope="session")
def demo_store() -> Stocked:
    return stocked(read_store(Path(str(knowledge.__file__)).parent / "packs" / "demo", StoreId("demo")))


@pytest.fixture(scope="session")
def verifier() -> Verifier:
    return Verifier()
