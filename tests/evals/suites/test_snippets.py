"""The suite `snippets` gives selectors the scores that they deserve, and refuses files that it cannot use."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.cases import Verdict
from evals.subjects.snippets import Selection, Selector
from evals.suites.snippet_files import Snippet, SnippetCase, SnippetKind
from evals.suites.snippets import Snippets
from evals.target import Target
from tests.evals.suites.measuring import crashed, defined, faults_of, figures_of, measured, outcomes_of

CUP = "Thermos cup, 500 ml, steel"
ROWS = (
    ("q1", "How heavy is the cup?", CUP, "The cup weighs 260 g without its lid.", 2),
    ("q1", "How heavy is the cup?", CUP, "Heavy rain delayed the parcel.", 0),
    ("q1", "How heavy is the cup?", CUP, "It is lighter than it looks.", 1),
    ("q2", "Can it go into the dishwasher?", CUP, "A nice present for colleagues.", 0),
    ("q2", "Can it go into the dishwasher?", CUP, "The lid is made of bamboo.", 0),
    ("q3", "保温杯能保温多久？", "保温杯 500 毫升", "送礼很合适。", 0),
    ("q3", "保温杯能保温多久？", "保温杯 500 毫升", "热水放八小时仍有 60 度，保温可达 8 小时。", 2),
)


def write(path: Path, rows: Sequence[tuple[str, str, str, str, int]] = ROWS) -> Path:
    names = ("qid", "question", "title", "candidate", "label")
    path.write_text("\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "snippets.jsonl")


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(store=None, data_dir=tmp_path / "data")


@dataclass(frozen=True)
class Told:
    tell: Callable[[Sequence[Snippet]], Selection]

    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:
        return self.tell(snippets)


def suite_of(tell: Callable[[Sequence[Snippet]], Selection]) -> Snippets:
    @asynccontextmanager
    async def subject(_: Target, __: Sequence[Snippet]) -> AsyncIterator[Selector]:
        yield Told(tell)

    return Snippets(subject)


def knowing(snippets: Sequence[Snippet]) -> Selection:
    order = sorted(range(len(snippets)), key=lambda place: -snippets[place].label)
    answers = snippets[order[0]].label > 0
    return Selection(tuple(order), float(answers), float(answers), answers)


def silent(_: Sequence[Snippet]) -> Selection:
    return Selection((), 0.0, 0.0, False)


async def test_who_knows_everything_has_every_figure_as_good_as_it_can_be(file: Path, target: Target) -> None:
    assert await measured(suite_of(knowing), Snippets().read(file), target) == {
        "precision_at_1": pytest.approx(2 / 3),  # one question has no answer, and nothing chosen can be one
        "precision_at_1_answerable": 1,
        "map": 1,
        "auroc_answerable": 1,
        "wrong_all": 0,
        "abstained_unanswerable": 1,
        "aurc": pytest.approx((0 + 0 + 1 / 3) / 3),
        "ece": 0,
    }


async def test_who_always_abstains_is_never_wrong_and_never_right(file: Path, target: Target) -> None:
    cases = Snippets().read(file)
    outcomes = await outcomes_of(suite_of(silent), cases, target)
    assert [outcome.verdict for outcome in outcomes] == [Verdict.ABSTAINED, Verdict.RIGHT, Verdict.ABSTAINED]
    assert figures_of(Snippets(), outcomes) == {
        "precision_at_1": 0,
        "precision_at_1_answerable": 0,
        "map": 0,
        "auroc_answerable": 0.5,
        "wrong_all": 0,
        "abstained_unanswerable": 1,
        "aurc": 1,
        "ece": 0,
    }


async def test_who_guesses_is_right_by_chance(tmp_path: Path, target: Target) -> None:
    chance = random.Random(1)
    rows = [
        (f"q{number}", f"question {number}", "", f"text {place}", int(number % 2 == 0 and place == number % 5))
        for number in range(1000)
        for place in range(5)
    ]

    def guess(snippets: Sequence[Snippet]) -> Selection:
        order = chance.sample(range(len(snippets)), len(snippets))
        return Selection(tuple(order), chance.random(), chance.random(), True)

    figures = await measured(suite_of(guess), Snippets().read(write(tmp_path / "s.jsonl", rows)), target)
    assert figures["precision_at_1_answerable"] == pytest.approx(1 / 5, abs=0.06)
    assert figures["precision_at_1"] == pytest.approx(1 / 10, abs=0.03)
    assert figures["map"] == pytest.approx(sum(1 / place for place in range(1, 6)) / 5, abs=0.05)
    assert figures["auroc_answerable"] == pytest.approx(0.5, abs=0.06)
    assert figures["ece"] == pytest.approx(0.4, abs=0.06)
    assert figures["abstained_unanswerable"] == 0


async def test_whether_there_is_an_answer_is_told_apart_from_which_it_is(file: Path, target: Target) -> None:
    def torn(snippets: Sequence[Snippet]) -> Selection:
        """Knows that there is an answer and not which it is."""
        return Selection(tuple(range(len(snippets)))[::-1], 0.3, float(any(each.label for each in snippets)), False)

    figures = await measured(suite_of(torn), Snippets().read(file), target)
    assert figures["auroc_answerable"] == 1
    assert figures["ece"] == pytest.approx(2 / 3 - 0.3)


async def test_a_crashed_case_counts_against_the_assistant_in_every_figure(file: Path, target: Target) -> None:
    cases = Snippets().read(file)
    outcomes = await outcomes_of(suite_of(knowing), cases, target)
    whole = figures_of(Snippets(), outcomes)
    for place in range(len(cases)):
        lost = figures_of(Snippets(), [*outcomes[:place], crashed(cases[place].id), *outcomes[place + 1 :]])
        better = {figure.name: figure.better for figure in Snippets().figures}
        for name, value in lost.items():
            no_better = value >= whole[name] if better[name] == "lower" else value <= whole[name]
            assert no_better, (place, name)
        assert lost["wrong_all"] == pytest.approx(1 / 3)
    assert defined(figures_of(Snippets(), [crashed("a")])) == {
        "precision_at_1": 0,
        "precision_at_1_answerable": 0,
        "map": 0,
        "wrong_all": 1,
        "abstained_unanswerable": 0,
        "aurc": 1,
        "ece": 1,
    }


async def test_the_assistants_own_choice_finds_plain_answers(file: Path, target: Target) -> None:
    figures = await measured(Snippets(), Snippets().read(file), target)
    assert figures["precision_at_1_answerable"] == 1


def test_a_snippet_may_be_a_fact_or_a_question_that_was_answered(tmp_path: Path) -> None:
    rows = [
        {"qid": "q", "question": "多重？", "candidate": "260 克", "label": 2, "kind": "fact", "name": "重量"},
        {"qid": "q", "question": "多重？", "candidate": "可以", "label": 0, "kind": "faq", "name": "能带上飞机吗？"},
    ]
    (tmp_path / "snippets_1.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (case,) = Snippets().read(tmp_path)
    assert case.content == SnippetCase(
        "多重？",
        "",
        (
            Snippet("260 克", 2, SnippetKind.FACT, "重量"),
            Snippet("可以", 0, SnippetKind.FAQ, "能带上飞机吗？"),
        ),
    )


async def test_facts_and_answered_questions_are_chosen_among_like_prose(tmp_path: Path, target: Target) -> None:
    rows = [
        {"kind": "fact", "name": "重量", "candidate": "260 克", "label": 2},
        {"kind": "faq", "name": "能带上飞机吗？", "candidate": "可以，随身带。", "label": 0},
        {"candidate": "送礼很合适。", "label": 0},
    ]
    file = tmp_path / "snippets.jsonl"
    file.write_text("\n".join(json.dumps({"qid": "q", "question": "这个杯子的重量是多少？", **row}) for row in rows))
    assert (await measured(Snippets(), Snippets().read(file), target))["precision_at_1"] == 1


def test_every_fault_is_told_with_file_line_and_reason(tmp_path: Path) -> None:
    rows: list[object] = [
        {"qid": "q", "question": "a", "candidate": "t", "label": 1},
        {"qid": "q", "question": "b", "candidate": "t", "label": 0},
        {"qid": "r", "question": " ", "candidate": "", "label": 0},
        {"qid": "s", "question": "c", "candidate": "t", "label": -1},
        {"qid": "t", "question": "d", "candidate": "t", "label": 0, "kind": "fact"},
        {"qid": "u", "question": "e", "candidate": "t", "label": 0, "kind": "poem"},
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert faults_of(Snippets(), tmp_path / "x.jsonl") == [
        ("x.jsonl:3", "question is empty"),
        ("x.jsonl:3", "candidate is empty"),
        ("x.jsonl:4", "label: Input should be greater than or equal to 0"),
        ("x.jsonl:5", "a fact needs a name"),
        ("x.jsonl:6", "kind: Input should be 'fact', 'faq' or 'passage'"),
        ("x.jsonl:2", "qid q has another question or title at x.jsonl:1"),
    ]


def test_a_path_without_cases_is_refused(tmp_path: Path) -> None:
    assert faults_of(Snippets(), tmp_path) == [(f"{tmp_path}:0", "no file snippets*.jsonl is there")]
    (tmp_path / "snippets.jsonl").write_text("\n")
    assert faults_of(Snippets(), tmp_path) == [(f"{tmp_path}:0", "it holds no case")]
