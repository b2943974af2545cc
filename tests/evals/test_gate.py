"""Gates: what a file may say, what is told of one that is wrong, and what holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.gate import Bound, MalformedGate, judge, read_gate
from evals.statistics import compare, describe
from tests.evals.runs import result
from tests.evals.scripted_suite import Scripted

KNOWN = describe(Scripted())


@pytest.fixture
def gate(tmp_path: Path):  # type: ignore[no-untyped-def]
    def read(text: str, *, with_baseline: bool = True) -> tuple[Bound, ...]:
        path = tmp_path / "gate.yaml"
        path.write_text(text, "utf-8")
        return read_gate(path, KNOWN, with_baseline=with_baseline)

    return read


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("right_shares: {min: 0.8}", ["gate.yaml:1: no figure 'right_shares'; did you mean right_share?"]),
        ("\nspeed:\n  max: 1\n", ["gate.yaml:3: no figure 'speed'; there are: right_share, wrong_share"]),
        ("right_share: 0.8", ["gate.yaml:1: right_share needs bounds in braces"]),
        ("right_share: {}", ["gate.yaml:1: right_share needs bounds in braces"]),
        ("right_share: {min: high}", ["gate.yaml:1: right_share: min must be a number, such as 0.05, not 'high'"]),
        ("right_share: {min: yes}", ["gate.yaml:1: right_share: min must be a number"]),
        ("right_share: {min: '0.8'}", ["gate.yaml:1: right_share: min must be a number"]),
        ("right_share: {min: [0.8]}", ["gate.yaml:1: right_share: min must be a number", "a list"]),
        ("right_share: {min: .nan}", ["gate.yaml:1: right_share: min must be a number"]),
        ("right_share: {least: 1}", ["gate.yaml:1: right_share: 'least' is no bound; use min, max or at_least"]),
        ("right_share:\n  min: 1\n  max: 0.5", ["gate.yaml:2: right_share: min 1 is more than max 0.5"]),
        ("right_share: {at_least_as_baseline: 1}", ["gate.yaml:1: right_share: at_least_as_baseline must be true"]),
        ("cases: {min: 1}\ncases: {min: 2}", ["gate.yaml:2: cases is there twice"]),
        ("cases: {min: 1, min: 2}", ["gate.yaml:1: min is there twice"]),
        ("cases: {min: 1", ["gate.yaml:1: not YAML"]),
        ("", ["gate.yaml:1: a gate names figures"]),
        ("- cases", ["gate.yaml:1: a gate names figures"]),
        ("speed: {max: 1}\ncases: 3\n", ["gate.yaml:1: no figure", "gate.yaml:2: cases needs bounds"]),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(gate, text: str, faults: list[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedGate) as refused:
        gate(text)
    for fault in faults:
        assert fault in str(refused.value)


def test_a_file_that_is_no_text_is_refused(gate, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "gate.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MalformedGate, match="not YAML"):
        read_gate(tmp_path / "gate.yaml", KNOWN, with_baseline=False)


def test_a_bound_on_the_baseline_without_one_is_refused_before_anything_runs(gate) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedGate, match="needs a run with --baseline"):
        gate("right_share: {at_least_as_baseline: true}", with_baseline=False)
    assert not gate("right_share: {at_least_as_baseline: false}", with_baseline=False)[0].at_least_as_baseline


def test_each_demand_is_ruled_with_its_value(gate) -> None:  # type: ignore[no-untyped-def]
    run = result({"a": 1, "b": 1, "c": 1, "d": 1, "e": 0})
    rulings = judge(gate("right_share: {min: 0.8, max: 0.9}\nwrong_share: {max: 0.1}\ncases: {min: 5}"), run, None)
    assert [(ruling.figure, ruling.demand, ruling.value, ruling.holds) for ruling in rulings] == [
        ("right_share", "at least 0.8", 0.8, True),
        ("right_share", "at most 0.9", 0.8, True),
        ("wrong_share", "at most 0.1", 0.2, False),
        ("cases", "at least 5", 5.0, True),
    ]


def test_a_figure_that_is_not_defined_in_the_run_holds_nothing(gate) -> None:  # type: ignore[no-untyped-def]
    [ruling] = judge(gate("picture_share: {max: 1}"), result({"a": 1}), None)
    assert (ruling.value, ruling.holds) == (None, False)


def test_rounding_does_not_break_a_bound(gate) -> None:  # type: ignore[no-untyped-def]
    run = result({str(number): number < 7 for number in range(10)})
    assert judge(gate("right_share: {min: 0.7}\nwrong_share: {max: 0.3}"), run, None)[1].holds


def test_not_worse_than_the_baseline_follows_the_figures_direction(gate) -> None:  # type: ignore[no-untyped-def]
    bounds = gate("right_share: {at_least_as_baseline: true}\nwrong_share: {at_least_as_baseline: true}")
    better, worse = result({"a": 1, "b": 1}), result({"a": 1, "b": 0})

    def holds(baseline, now) -> list[bool]:  # type: ignore[no-untyped-def]
        comparison = compare(Scripted(), baseline, now, resamples=20)
        return [ruling.holds for ruling in judge(bounds, now, comparison)]

    assert holds(worse, better) == [True, True]
    assert holds(better, better) == [True, True]
    assert holds(better, worse) == [False, False]


def test_not_worse_than_the_baseline_is_judged_on_the_cases_of_both_runs(gate) -> None:  # type: ignore[no-untyped-def]
    baseline, now = result({"a": 1, "b": 0}), result({"a": 1, "hard": 0, "harder": 0})
    bounds = gate("right_share: {at_least_as_baseline: true}")
    assert judge(bounds, now, compare(Scripted(), baseline, now, resamples=20))[0].holds
