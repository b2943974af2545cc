from __future__ import annotations

import pytest

from tests.procedures.referents.said import Teller


@pytest.fixture(scope="session")
def teller() -> Teller:
    return Teller()
