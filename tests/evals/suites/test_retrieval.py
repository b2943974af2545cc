"""The suite `retrieval` gives searches the scores that they deserve, and refuses files that it cannot use."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evals.cases import Case, Verdict
from evals.suites.retrieval import Retrieval
from evals.suites.retrieval_files import RetrievalCase
from evals.target import Target
from tests.evals.retrieval_subjects import suite_of
from tests.evals.suites.measuring import crashed, faults_of, figures_of, measured, outcomes_of

DOCUMENTS = {
    "d1": "不锈钢保温杯 500毫升 车载水杯",
    "d2": "儿童雨伞 反光边 自动开合",
    "d3": "Stainless steel kitchen knife, 20 cm",
    "d4": "纯棉四件套 床单被套",
    "d5": "Cotton bath towel, pack of two",
    "d6": "无线蓝牙耳机 降噪 长续航",
}
QUERIES = {"q1": "保温水杯", "q2": "小孩用的雨伞", "q3": "kitchen knife"}
JUDGED = [("q1", "d1", 1), ("q2", "d2", 2), ("q2", "d4", 0), ("q3", "d3", 1), ("q3", "d5", 1)]


def write(folder: Path, queries: Mapping[str, str], documents: Mapping[str, str], judged: Sequence[object]) -> Path:
    rows = [json.dumps({"qid": qid, "text": text}) for qid, text in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(rows))
    rows = [json.dumps({"did": did, "title": title}) for did, title in documents.items()]
    (folder / "docs.jsonl").write_text("\n".join(rows))
    (folder / "qrels.tsv").write_text("".join("\t".join(map(str, row)) + "\n" for row in judged))  # type: ignore[call-overload]
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, QUERIES, DOCUMENTS, JUDGED)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(store=None, data_dir=tmp_path / "data")


def content(case: Case) -> RetrievalCase:
    assert isinstance(case.content, RetrievalCase)
    return case.content


def perfect(cases: Sequence[Case]) -> Retrieval:
    grades = {content(case).text: content(case).grades for case in cases}
    return suite_of(lambda text: sorted(grades[text], key=lambda did: -grades[text][did]))


async def test_who_knows_everything_has_every_figure_perfect(folder: Path, target: Target) -> None:
    cases = Retrieval().read(folder)
    assert await measured(perfect(cases), cases, target) == {"recall_at_10": 1, "mrr_at_10": 1, "ndcg_at_10": 1}


async def test_who_finds_nothing_has_nothing(folder: Path, target: Target) -> None:
    cases, suite = Retrieval().read(folder), suite_of(lambda _: ())
    outcomes = await outcomes_of(suite, cases, target)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ABSTAINED}
    assert set(figures_of(suite, outcomes).values()) == {0.0}


async def test_who_guesses_is_right_by_chance(tmp_path: Path, target: Target) -> None:
    chance, documents = random.Random(1), {f"d{number}": f"title {number}" for number in range(100)}
    queries = {f"q{number}": f"query {number}" for number in range(500)}
    judged = [(qid, chance.choice(list(documents)), 1) for qid in queries]
    cases = Retrieval().read(write(tmp_path, queries, documents, judged))
    figures = await measured(suite_of(lambda _: chance.sample(list(documents), 10)), cases, target)
    assert figures["recall_at_10"] == pytest.approx(0.1, abs=0.05)
    assert figures["mrr_at_10"] == pytest.approx(sum(1 / place for place in range(1, 11)) / 100, abs=0.02)


async def test_half_found_and_late_by_hand(folder: Path, target: Target) -> None:
    cases = Retrieval().read(folder)
    found = {"保温水杯": ["d6", "d6", "d1"], "小孩用的雨伞": ["d6"], "kitchen knife": ["d5", "d1", "d2", "d4"]}
    suite = suite_of(lambda text: found[text])
    outcomes = await outcomes_of(suite, cases, target)
    assert [outcome.verdict for outcome in outcomes] == [Verdict.RIGHT, Verdict.WRONG, Verdict.RIGHT]
    assert [outcome.measured["reciprocal_rank"] for outcome in outcomes] == [1 / 2, 0, 1]
    figures = figures_of(suite, outcomes)
    assert figures["recall_at_10"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert figures["mrr_at_10"] == pytest.approx((1 / 2 + 0 + 1) / 3)


async def test_a_crashed_case_counts_as_nothing_found(folder: Path, target: Target) -> None:
    cases = Retrieval().read(folder)
    outcomes = [*await outcomes_of(perfect(cases), cases[1:], target), crashed(cases[0].id)]
    assert list(figures_of(Retrieval(), outcomes).values()) == pytest.approx([2 / 3] * 3)


async def test_the_assistants_own_search_finds_what_is_asked_for(folder: Path, target: Target) -> None:
    cases = Retrieval().read(folder)
    figures = await measured(Retrieval(), cases, target)
    assert figures["mrr_at_10"] == 1
    assert figures["recall_at_10"] == 1


async def test_documents_with_prose_are_found_by_it_and_once(tmp_path: Path, target: Target) -> None:
    folder = write(tmp_path, {"q": "洗衣机能不能洗羊毛大衣"}, DOCUMENTS, [("q", "wash", 1)])
    prose = "羊毛大衣请干洗，不要放进洗衣机。\n\n" + "\n\n".join(f"洗涤说明第{number}条。" for number in range(9))
    with (folder / "docs.jsonl").open("a") as file:
        file.write("\n" + json.dumps({"did": "wash", "title": "护理", "text": prose}))
        file.write("\n" + json.dumps({"did": "bare", "text": "退货请在七天内联系客服"}))
    cases = Retrieval().read(folder)
    async with Retrieval().open(target, cases) as runner:
        outcome = await runner(cases[0], run=0)
        again = await runner(cases[0], run=1)
    assert outcome.measured["reciprocal_rank"] == 1
    assert again.measured == outcome.measured


def test_queries_that_nobody_judged_are_passed_over(folder: Path) -> None:
    with (folder / "queries.jsonl").open("a") as file:
        file.write('\n{"qid": "q4", "text": "something"}')
    assert [case.id for case in Retrieval().read(folder)] == ["q1", "q2", "q3"]


def test_the_judgements_may_have_a_header(folder: Path) -> None:
    bare = Retrieval().read(folder)
    judged = (folder / "qrels.tsv").read_text()
    (folder / "qrels.tsv").write_text("qid\tdid\tgrade\n" + judged)
    assert [content(case).grades for case in Retrieval().read(folder)] == [content(case).grades for case in bare]


def test_every_fault_is_told_with_file_line_and_reason(folder: Path) -> None:
    (folder / "queries.jsonl").write_text('{"qid": "q1", "text": "a"}\n{"qid": "q1", "text": "b"}\n{"qid": 2}\n')
    (folder / "docs.jsonl").write_text('{"did": "d1", "title": "a"}\n{"did": "d2"}\n')
    (folder / "qrels.tsv").write_text("q1\td1\t0\nq1\td9\t1\nq8\td1\t1\nq1\td1\t0\nq1\td1\t-1\nq1\td1\n")
    assert faults_of(Retrieval(), folder) == [
        ("queries.jsonl:3", "qid: Input should be a valid string"),
        ("queries.jsonl:3", "text: Field required"),
        ("queries.jsonl:2", "the id q1 is taken by queries.jsonl:1"),
        ("docs.jsonl:2", "it has neither title nor text"),
        ("qrels.tsv:5", "grade: Input should be greater than or equal to 0"),
        ("qrels.tsv:6", "grade: Field required"),
        ("qrels.tsv:2", "docs.jsonl has no document d9"),
        ("qrels.tsv:3", "queries.jsonl has no query q8"),
        ("qrels.tsv:4", "the document d1 is judged twice for the query q1"),
    ]


def test_a_query_without_a_relevant_document_is_refused(folder: Path) -> None:
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td1\t0\n")
    assert faults_of(Retrieval(), folder) == [
        ("queries.jsonl:2", "qrels.tsv has no relevant document for the query q2")
    ]


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert [reason.split(";")[0] for _, reason in faults_of(Retrieval(), tmp_path)] == [
        "queries.jsonl is missing",
        "docs.jsonl is missing",
        "qrels.tsv is missing",
    ]
    write(tmp_path, QUERIES, DOCUMENTS, [])
    assert faults_of(Retrieval(), tmp_path) == [("qrels.tsv:0", "it holds no judgement")]
