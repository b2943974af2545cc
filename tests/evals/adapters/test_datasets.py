"""Published data sets are read in the form their authors gave them. What stands in the files here is made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.domain.errors import InvalidInput
from evals.adapters.clinc150 import Clinc150
from evals.adapters.datasets import Dataset, NoSuchData, dataset_names, read_cases
from evals.adapters.epqa import Epqa
from evals.adapters.hint3 import Hint3
from evals.adapters.multicpr import MultiCpr
from evals.adapters.nlupp import NluPp
from evals.cases import Case
from evals.suites.intent_files import IntentCase
from evals.suites.intents import Intents
from evals.suites.retrieval import Retrieval
from evals.suites.retrieval_files import RetrievalCase
from evals.suites.snippet_files import Snippet, SnippetCase, SnippetKind
from evals.suites.snippets import Snippets
from evals.suites.suite import MalformedSuite

SNIPPETS = (
    ("review", "mine weighs nothing at all", "0"),
    ("cqa", "about two pounds. Question: what does it weigh, boxed? ", "2"),
    ("attribute", 'lid_type:  { value:"screw" }', "0"),
    (
        "attribute",
        "item_size:  { width:{ unit:inches, normalized_value:{ unit:cm, value:5 }, value:2. }, height:{ value:8 } }",
        "1",
    ),
    ("attribute", 'fits:  { value:"cars" }; { value:"boats" }', "0"),
    ("attribute", 'size:  { value:"9|" wide" }', "0"),
    ("attribute", "shape:  { top:{ value:a: [ } }", "0"),
    ("cqa", "no question here", "0"),
)


def jsonl(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def intents(cases: Sequence[Case]) -> list[IntentCase]:
    return [case.content for case in cases if isinstance(case.content, IntentCase)]


def faults_of(dataset: Dataset, path: Path) -> list[tuple[str, str]]:
    with pytest.raises(MalformedSuite) as refused:
        dataset.read(path)
    return [(str(fault.place), fault.reason) for fault in refused.value.faults]


@pytest.fixture
def clinc(tmp_path: Path) -> Path:
    splits = {
        "train": [[f"{label} {number}", label] for label in ("time", "weather") for number in range(20)],
        "val": [["what hour is it", "time"], ["will it rain", "weather"]],
        "oos_train": [["sing", "oos"]],
        "oos_val": [["what am i thinking", "oos"]],
    }
    (tmp_path / "train_val.json").write_text(json.dumps(splits))
    return tmp_path


def test_clinc_is_learnt_from_ten_examples_and_asked_in_and_out_of_scope(clinc: Path) -> None:
    cases = Clinc150().read(clinc)
    asked = intents(cases)
    assert [case.id for case in cases] == ["val-1", "val-2", "oos_val-1"]
    assert [case.labels for case in asked] == [("time",), ("weather",), ()]
    course = asked[0].course
    assert len(course.examples) == 40  # none of them out of scope
    assert len(course.drawn(None, seed=3)) == 20
    assert len(course.drawn(2, seed=3)) == 4
    assert Clinc150().read(clinc / "train_val.json")[0].id == "val-1"


def test_clinc_of_another_form_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "train_val.json"
    assert faults_of(Clinc150(), tmp_path) == [("train_val.json:0", "it cannot be read: No such file or directory")]
    file.write_text('{"train": [["a"]], "val": 3}')
    assert [reason.split(":")[0] for _, reason in faults_of(Clinc150(), tmp_path)] == ["train.0.1", "val"]
    file.write_text('{"train": [["a", "b"]], "val": [["a", "c"]]}')
    assert faults_of(Clinc150(), tmp_path) == [("train_val.json:0", "it has no messages under oos_val")]


def test_hint3_has_what_no_node_was_found_for_out_of_scope(tmp_path: Path) -> None:
    (tmp_path / "beds_train.csv").write_text("sentence,label\nhow long till it comes,DELIVERY\nprice,COST\n")
    (tmp_path / "beds_test.csv").write_text('sentence,label\n"where, please",DELIVERY\nhm,NO_NODES_DETECTED\n')
    cases = Hint3().read(tmp_path)
    assert [(case.text, case.labels) for case in intents(cases)] == [("where, please", ("DELIVERY",)), ("hm", ())]
    assert intents(cases)[0].course.shots is None
    assert str(cases[1].place) == "beds_test.csv:3"


def test_hint3_wants_the_two_files_of_one_shop(tmp_path: Path) -> None:
    for name in ("a_train.csv", "b_train.csv"):
        (tmp_path / name).write_text("sentence,label\n")
    assert [reason.rpartition(": ")[2] for _, reason in faults_of(Hint3(), tmp_path)] == [
        "a_train.csv, b_train.csv",
        "none",
    ]


@pytest.fixture
def nlupp(tmp_path: Path) -> Path:
    for domain in ("banking", "hotels"):
        rows = [
            {"text": f"{domain} {fold}", "intents": ["handoff", "why"], "fold": fold}
            | ({"slots": {"date": {"text": "today"}}} if fold else {})
            for fold in range(3)
        ]
        jsonl(tmp_path / f"{domain}.jsonl", [*rows, {"text": f"just {domain}", "fold": 0}])
    return tmp_path


def test_nlupp_asks_each_fold_after_learning_from_the_others(nlupp: Path) -> None:
    cases = intents(NluPp().read(nlupp / "hotels.jsonl"))
    assert [case.labels for case in cases] == [("handoff", "why")] * 3 + [()]
    assert {example.text for example in cases[1].course.examples} == {"hotels 0", "hotels 2", "just hotels"}


def test_nlupp_domains_are_learnt_together_where_a_folder_is_given(nlupp: Path) -> None:
    cases = NluPp().read(nlupp)
    assert len(cases) == 8
    assert {case.place.file for case in cases} == {"banking.jsonl", "hotels.jsonl"}
    assert {example.text for example in intents(cases)[2].course.examples} == {
        *("banking 0", "banking 1", "just banking"),
        *("hotels 0", "hotels 1", "just hotels"),
    }


def test_nlupp_of_another_form_is_refused(nlupp: Path, tmp_path: Path) -> None:
    jsonl(nlupp / "hotels.jsonl", [{"text": "a", "intents": "why", "fold": 0}, {"text": "b"}])
    assert [place for place, _ in faults_of(NluPp(), nlupp)] == ["hotels.jsonl:1", "hotels.jsonl:2"]
    (tmp_path / "empty").mkdir()
    assert "no file *.jsonl" in faults_of(NluPp(), tmp_path / "empty")[0][1]


def test_multicpr_is_read_as_it_stands(tmp_path: Path) -> None:
    jsonl(tmp_path / "queries.jsonl", [{"qid": "q1", "text": "水杯"}])
    jsonl(tmp_path / "docs.jsonl", [{"did": "d1", "title": "玻璃水杯"}, {"did": "d2", "title": "雨伞"}])
    (tmp_path / "qrels.tsv").write_text("q1\td1\t1\n")
    (case,) = MultiCpr().read(tmp_path)
    assert isinstance(case.content, RetrievalCase)
    assert case.content.grades == {"d1": 1}


def test_epqa_texts_become_facts_and_answered_questions(tmp_path: Path) -> None:
    rows = [
        {"qid": "1", "question": "how heavy?", "ASIN": "B0", "title": "Cup", "answer": "", "qa_pair_id": str(number)}
        | {"source": source, "candidate": candidate, "label": label}
        for number, (source, candidate, label) in enumerate(SNIPPETS)
    ]
    (case,) = Epqa().read(jsonl(tmp_path / "epqa_dev.jsonl", rows).parent)
    assert case.content == SnippetCase(
        "how heavy?",
        "Cup",
        (
            Snippet("mine weighs nothing at all", 0),
            Snippet("about two pounds.", 2, SnippetKind.FAQ, "what does it weigh, boxed?"),
            Snippet("screw", 0, SnippetKind.FACT, "lid type"),
            Snippet("width 2. inches, height 8", 1, SnippetKind.FACT, "item size"),
            Snippet("cars; boats", 0, SnippetKind.FACT, "fits"),
            Snippet("9″ wide", 0, SnippetKind.FACT, "size"),
            Snippet("{ top:{ value:a: [ } }", 0, SnippetKind.FACT, "shape"),
            Snippet("no question here", 0),
        ),
    )


def test_epqa_of_another_form_is_refused(tmp_path: Path) -> None:
    row = {"qid": "1", "question": "a", "candidate": "b", "label": "3", "source": "review"}
    file = jsonl(tmp_path / "x.jsonl", [row])
    assert faults_of(Epqa(), file) == [("x.jsonl:1", "label: Input should be less than or equal to 2")]
    file.unlink()
    assert faults_of(Epqa(), tmp_path) == [(f"{tmp_path}:0", "no question is there; looked for *.jsonl")]


def test_a_data_set_is_found_by_its_name(clinc: Path) -> None:
    assert {"clinc150", "epqa", "hint3", "multicpr", "nlupp"} <= set(dataset_names())
    assert [case.id for case in read_cases(Intents(), f"clinc150:{clinc}")] == ["val-1", "val-2", "oos_val-1"]


@pytest.mark.parametrize("dataset", [Clinc150(), Epqa(), Hint3(), MultiCpr(), NluPp()])
def test_a_data_set_names_a_suite_that_exists(dataset: Dataset) -> None:
    assert dataset.suite in {Intents().name, Retrieval().name, Snippets().name}


def test_a_path_is_read_in_the_suites_own_format(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "a.jsonl", [{"qid": "q", "question": "a", "candidate": "b", "label": 0}])
    assert [case.id for case in read_cases(Snippets(), str(file))] == ["q"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("nowhere", "nothing at nowhere"),
        ("nosuch:nowhere", "of a data set (clinc150"),
        ("clinc150:nowhere", "where clinc150 was to be read"),
        ("multicpr:.", "for the suite retrieval, not for intents"),
    ],
)
def test_what_cannot_be_found_is_told_with_what_there_is(data: str, told: str) -> None:
    with pytest.raises(NoSuchData) as refused:
        read_cases(Intents(), data)
    assert isinstance(refused.value, InvalidInput)
    assert told in refused.value.detail
