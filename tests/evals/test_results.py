"""The JSON of a run: written, read back, and refused where it is none."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Exchange, Fault, Outcome, Verdict
from evals.results import MalformedResult, decode, encode, read_result
from tests.evals.runs import of, outcome, result

FULL = Outcome(
    case_id="1",
    run=2,
    verdict=Verdict.ABSTAINED,
    measured={"right": 0.1 + 0.2, "route": "售后", "sure": False, "score": None},
    exchanges=(
        Exchange(("在吗", "多久发货"), {"parts": [{"text": "两天"}]}, {"steps": {"act": 1.5}}, 12.25),
        Exchange((), None),
    ),
    tags=("image",),
    note="said nothing of delivery",
    expected="两天",
    fault=Fault.SIMULATOR,
    milliseconds=(12.25, 1 / 3),
    tokens=120,
    cost=Decimal("0.00031"),
)

json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
outcomes = st.builds(
    Outcome,
    case_id=st.text(),
    run=st.integers(0, 9),
    verdict=st.sampled_from(Verdict),
    measured=st.dictionaries(
        st.text(), st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
    ),
    exchanges=st.lists(
        st.builds(Exchange, st.tuples(st.text()), st.none() | st.dictionaries(st.text(), json_data)), max_size=2
    ).map(tuple),
    note=st.text(),
    milliseconds=st.lists(st.floats(0, 1e9)).map(tuple),
    cost=st.decimals(0, 100, places=6),
)


@given(outcomes)
def test_an_outcome_comes_back_from_its_line_as_it_was(each: Outcome) -> None:
    line = encode(each)
    assert b"\n" not in line
    assert decode(line) == each


def test_labels_flags_numbers_and_nothing_stay_what_they_are() -> None:
    read = decode(encode(FULL))
    assert read == FULL
    assert [type(value) for value in read.measured.values()] == [float, str, bool, type(None)]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"measured score is .*; say None"):
        encode(replace(FULL, measured={"score": value}))


def test_a_result_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    run = of([FULL, outcome("2", 1)], runs=3)
    path = tmp_path / "made" / "run.json"
    run.write(path)
    assert read_result(path) == run
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


def test_the_file_has_the_documented_names(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result({"a": 1, "b": 0}).write(path)
    data = json.loads(path.read_text("utf-8"))
    assert data.keys() == {"suite", "figures", "intervals", "cases", "environment"}
    assert data["figures"]["right_share"] == 0.5
    assert data["intervals"]["right_share"] == [0.0, 1.0]
    assert data["cases"][1] | {"verdict": "wrong", "place": "cases.jsonl:2"} == data["cases"][1]
    assert {"commit", "versions", "seed", "settings"} <= data["environment"].keys()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "does not hold the result of a run"),
        ('{"suite": "qa"}', "figures"),
    ],
)
def test_another_file_is_refused_with_what_is_wrong_with_it(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, "utf-8")
    with pytest.raises(MalformedResult, match=said) as refused:
        read_result(path)
    assert str(path) in str(refused.value)


def test_a_fault_deep_in_a_result_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result({"a": 1, "b": 0}).write(path)
    data = json.loads(path.read_text("utf-8"))
    data["cases"][1]["verdict"] = "great"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(MalformedResult, match=r"cases\.1\.verdict"):
        read_result(path)


def test_a_result_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    result({"a": 1}).write(path)
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 2'), "utf-8")
    with pytest.raises(MalformedResult, match=r"environment\.format"):
        read_result(path)


def test_a_file_that_was_there_stays_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("old", "utf-8")
    broken = replace(result({"a": 1}), figures={"right_share": float("nan")})
    with pytest.raises(ValueError, match="JSON compliant"):
        broken.write(path)
    assert path.read_text("utf-8") == "old"
