"""Contenders run the same cases, and are compared with the assistant case by case."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from evals.bench.peers.contest import ASSISTANT, Contest, named
from evals.cases import Case, Place, Verdict
from evals.suites.retrieval import Retrieval
from evals.suites.retrieval_files import Collection, Document, RetrievalCase
from evals.target import Target
from tests.evals.retrieval_subjects import suite_of

MRR, HEADINGS = "mrr_at_10", {"mrr_at_10": "MRR@10"}
COLLECTION = Collection(tuple(Document(f"d{n}", f"title {n}") for n in range(30)))
CASES = [Case(f"q{n}", Place("queries.jsonl", n), RetrievalCase(f"{n}", {f"d{n}": 1}, COLLECTION)) for n in range(30)]


PERFECT = suite_of(lambda text: [f"d{text}"])
SECOND = suite_of(lambda text: ["d0" if text != "0" else "d1", f"d{text}"])
NOTHING = suite_of(lambda text: [])


@pytest.fixture
def contest(tmp_path: Path) -> Contest:
    return Contest(Retrieval(), CASES, Target(None, tmp_path), frozenset(HEADINGS))


async def test_a_peer_that_is_worse_or_better_beyond_chance_is_marked_so(contest: Contest) -> None:
    await contest.enter(ASSISTANT, SECOND)
    await contest.enter("worse", NOTHING)
    await contest.enter("better", PERFECT)
    await contest.enter("equal", SECOND)
    assistant, worse, better, equal = (standing.cell(MRR) for standing in contest.standings)
    assert assistant == equal == "0.500 [0.50–0.50]"
    assert worse == "0.000 [0.00–0.00] ▼"
    assert better == "1.000 [1.00–1.00] ▲"


async def test_the_table_has_a_row_a_contender_and_the_rows_that_are_added(contest: Contest) -> None:
    await contest.enter(ASSISTANT, PERFECT)
    await contest.enter("peer", NOTHING)
    shown = contest.table(HEADINGS, title="Search", more=[("alone", "–", "1", "2")])
    assert shown.columns == ("", "MRR@10", "ms p50", "ms p95")
    assert [row[0] for row in shown.rows] == [ASSISTANT, "peer", "alone"]
    assert all(len(row) == len(shown.columns) for row in shown.rows)


async def test_only_the_figures_that_are_shown_are_computed(contest: Contest) -> None:
    result = await contest.enter(ASSISTANT, PERFECT)
    assert MRR in result.figures
    assert "ndcg_at_10" not in result.figures


async def test_a_peer_that_breaks_down_ends_the_bench(contest: Contest) -> None:
    await contest.enter(ASSISTANT, PERFECT)
    with pytest.raises(RuntimeError, match="peer broke down at 30 cases; the first: ZeroDivisionError"):
        await contest.enter("peer", suite_of(lambda text: [f"{1 // 0}"]))


async def test_a_case_that_crashes_the_assistant_counts_against_it(contest: Contest) -> None:
    result = await contest.enter(ASSISTANT, suite_of(lambda text: [f"d{text}"] if text != "3" else [f"{1 // 0}"]))
    assert result.figures[MRR] == pytest.approx(29 / 30)
    assert result.figures["crashed"] == 1


async def test_a_result_is_revised_by_other_outcomes_for_its_cases(contest: Contest) -> None:
    result = await contest.enter(ASSISTANT, PERFECT)
    lost = [replace(each, verdict=Verdict.ABSTAINED, measured={"reciprocal_rank": 0.0}) for each in result.outcomes]
    assert contest.revised(result, [*lost[:15], *result.outcomes[15:]]).figures[MRR] == 0.5


async def test_what_is_written_for_programs_holds_the_differences(contest: Contest) -> None:
    await contest.enter(ASSISTANT, SECOND)
    await contest.enter("peer", PERFECT)
    data = contest.standings[1].data()
    beside = data["beside_storebot"]
    assert isinstance(beside, dict)
    assert beside[MRR]["difference"] == 0.5
    assert beside[MRR]["finding"] == "better"


def test_a_peer_is_named_with_its_version() -> None:
    assert named("Chroma", "chromadb") == f"Chroma {version('chromadb')}"
