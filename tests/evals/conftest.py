"""What tests of evaluations share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def outsider(tmp_path: Path) -> Path:
    """A folder that, on Python's path, registers the scripted suite as a package from elsewhere would."""
    folder = tmp_path / "outsider"
    package = folder / "outsider-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n", "utf-8")
    entries = ["scripted = tests.evals.scripted_suite:Scripted", "broken = tests.evals.no_such_module:Suite"]
    (package / "entry_points.txt").write_text("\n".join(["[storebot.suites]", *entries, ""]), "utf-8")
    return folder
