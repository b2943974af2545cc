"""Suites are registered as other packages' are, and one that cannot be used is told of by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.suites.registry import NoSuchSuite, load_suite, suite_names

BUILT_IN = ("intents", "qa", "retrieval", "routing", "scenarios", "snippets")


def package(folder: Path, name: str, *entries: str) -> None:
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text("\n".join(["[storebot.suites]", *entries, ""]), "utf-8")


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_built_in_suite_is_there_under_its_name_with_figures_of_its_own(name: str) -> None:
    suite = load_suite(name)
    assert suite.name == name
    names = [figure.name for figure in suite.figures]
    assert names
    assert len(names) == len(set(names))


def test_a_suite_of_another_package_stands_beside_the_built_in_ones(
    outsider: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(outsider)
    assert {*BUILT_IN, "scripted"} <= set(suite_names())
    assert load_suite("scripted").name == "scripted"


def test_a_name_that_is_not_registered_is_refused_with_those_that_are() -> None:
    with pytest.raises(NoSuchSuite, match=r"no suite 'quiz'. There are: intents, qa"):
        load_suite("quiz")


def test_a_suite_that_cannot_be_imported_says_from_where_and_why(
    outsider: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(outsider)
    with pytest.raises(NoSuchSuite, match=r"from tests\.evals\.no_such_module:Suite: ModuleNotFoundError"):
        load_suite("broken")


def test_two_packages_with_a_suite_of_one_name_are_refused_rather_than_one_picked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "first", "scripted = tests.evals.scripted_suite:Scripted")
    package(tmp_path, "second", "scripted = tests.evals.runs:Scripted")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(NoSuchSuite, match=r"Several packages have a suite 'scripted': tests\.evals\.runs:Scripted, "):
        load_suite("scripted")


def test_a_suite_that_is_registered_under_another_name_than_its_own_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "first", "other = tests.evals.scripted_suite:Scripted")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(NoSuchSuite, match="calls itself 'scripted'"):
        load_suite("other")
