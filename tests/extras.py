"""Tests that need an extra of the package are marked `extra("name")`.

Where the extra is not installed they are skipped. `pytest --extra NAME` runs them alone, and there none may be skipped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Generator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def missing(extra: str) -> list[str]:
    """What an extra lists that is not installed. Raises KeyError for one that there is not."""
    listed = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["optional-dependencies"][extra]
    return [name for name in (Requirement(line).name for line in listed) if not _installed(name)]


def _installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "run only what needs these extras, and all of it"
    parser.addoption("--extra", type=_names, default=[], metavar="NAME[,NAME]", help=told)


def _names(listed: str) -> list[str]:
    return listed.split(",")


def pytest_configure(config: pytest.Config) -> None:
    for extra in config.getoption("extra"):
        if lacking := missing(extra):
            raise pytest.UsageError(f"--extra {extra}: not installed: {', '.join(lacking)} (make test-extras)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen: list[str] = config.getoption("extra")
    if not chosen:
        return
    kept = [item for item in items if needed_by(item) & set(chosen)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    if unused := set(chosen).difference(*map(needed_by, kept)):
        raise pytest.UsageError(f"No test here needs the extra {', '.join(sorted(unused))}")


def needed_by(item: pytest.Item) -> set[str]:
    return {extra for marker in item.iter_markers("extra") for extra in marker.args}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for extra in sorted(needed_by(item)):
        if lacking := missing(extra):
            pytest.skip(f"needs the extra {extra}: {', '.join(lacking)} (make test-extras)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("extra"):
        report.outcome, report.longrepr = "failed", f"skipped, though asked for: {report.longrepr}"
    return report
