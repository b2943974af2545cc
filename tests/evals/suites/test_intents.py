"""The suite `intents` gives subjects the scores that they deserve, and refuses files that it cannot use."""

from __future__ import annotations

import json
import math
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.cases import Case, Verdict
from evals.running import Plan, evaluate
from evals.subjects.intents import Classifier, Learner, Prediction
from evals.suites.intent_files import IntentCase
from evals.suites.intents import Intents
from evals.suites.lessons import Course, Example
from evals.target import Target
from tests.evals.suites.measuring import crashed, defined, faults_of, figures_of, measured, outcomes_of

TRAIN = (
    ("when does it arrive", "delivery"),
    ("where is my parcel", "delivery"),
    ("give me my money back", "refund"),
    ("i want a refund", "refund"),
    ("let me talk to somebody", "handoff"),
)
TEST = (
    ("is my parcel on its way", "delivery"),
    ("has it been sent", "delivery"),
    ("return the money", "refund"),
    ("a human please", "handoff"),
    ("who won the match", "none"),
    ("sing a song", "none"),
)


def write_csv(path: Path, rows: Sequence[tuple[str, str]]) -> None:
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_csv(tmp_path / "train.csv", TRAIN)
    write_csv(tmp_path / "test.csv", TEST)
    return tmp_path


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(store=None, data_dir=tmp_path / "data")


def content(case: Case) -> IntentCase:
    assert isinstance(case.content, IntentCase)
    return case.content


@dataclass(frozen=True)
class Told:
    """Predicts as it is told to; learns nothing but keeps what it was given."""

    tell: Callable[[str], Prediction]
    courses: list[Course]

    async def learn(self, course: Course) -> Classifier:
        self.courses.append(course)
        return self

    async def predict(self, text: str) -> Prediction:
        return self.tell(text)


def suite_of(tell: Callable[[str], Prediction], courses: list[Course] | None = None) -> Intents:
    @asynccontextmanager
    async def subject(_: Target) -> AsyncIterator[Learner]:
        yield Told(tell, [] if courses is None else courses)

    return Intents(subject)


def perfect(cases: Sequence[Case]) -> Intents:
    labels = {content(case).text: content(case).labels for case in cases}

    def tell(text: str) -> Prediction:
        return Prediction(dict.fromkeys(labels[text], 1.0), 0.0 if labels[text] else 1.0, labels[text])

    return suite_of(tell)


async def test_who_knows_everything_has_every_figure_perfect(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    figures = await measured(perfect(cases), cases, target)
    assert figures.pop("ece") == 0
    assert set(figures.values()) == {1.0}
    assert {"accuracy_in_scope", "auroc_out_of_scope", "macro_f1", "handoff_f1"} <= figures.keys()


async def test_who_always_abstains_finds_nothing_and_tells_nothing_apart(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    suite = suite_of(lambda _: Prediction({}, 1.0, ()))
    outcomes = await outcomes_of(suite, cases, target)
    assert [outcome.verdict for outcome in outcomes] == [Verdict.ABSTAINED] * 4 + [Verdict.RIGHT] * 2
    figures = figures_of(suite, outcomes)
    assert figures == {
        "accuracy_in_scope": 0,
        "auroc_out_of_scope": 0.5,
        "macro_f1": 0,
        "micro_f1": 0,
        "accuracy": pytest.approx(2 / 6),
        "handoff_f1": 0,
        "ece": 0,
    }


async def test_who_guesses_is_right_by_chance(tmp_path: Path, target: Target) -> None:
    chance, labels = random.Random(1), [f"intent{number}" for number in range(4)]
    write_csv(tmp_path / "train.csv", [(f"learn {label}", label) for label in labels])
    rows = [(f"message {number}", chance.choice([*labels, "none"])) for number in range(2000)]
    write_csv(tmp_path / "test.csv", rows)

    def guess(_: str) -> Prediction:
        label, none = chance.choice(labels), chance.random()
        return Prediction({label: 0.25}, none, (label,))

    figures = await measured(suite_of(guess), Intents().read(tmp_path), target)
    assert figures["accuracy_in_scope"] == pytest.approx(0.25, abs=0.05)
    assert figures["auroc_out_of_scope"] == pytest.approx(0.5, abs=0.05)
    assert figures["macro_f1"] == pytest.approx(0.22, abs=0.05)
    assert figures["ece"] == pytest.approx(0.05, abs=0.04)  # a quarter claimed, a fifth right
    assert math.isnan(figures["handoff_f1"])


async def test_the_surest_intent_counts_also_where_it_would_not_be_acted_on(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    suite = suite_of(lambda _: Prediction({"delivery": 0.4, "refund": 0.3}, 0.6, ()))
    figures = await measured(suite, cases, target)
    assert figures["accuracy_in_scope"] == 0.5
    assert figures["macro_f1"] == 0


async def test_a_crashed_case_counts_as_wrong_in_every_figure(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    suite = perfect(cases)
    outcomes = [*await outcomes_of(suite, cases[1:], target), crashed(cases[0].id)]
    figures = figures_of(suite, outcomes)
    assert figures["accuracy_in_scope"] == 0.75
    assert figures["accuracy"] == pytest.approx(5 / 6)
    assert all(figures[name] < 1 for name in figures if name not in ("handoff_f1", "ece"))
    assert figures["ece"] > 0
    nothing_but_crashes = defined(figures_of(suite, [crashed("a"), crashed("b")]))
    assert nothing_but_crashes == {"accuracy_in_scope": 0, "macro_f1": 0, "micro_f1": 0, "accuracy": 0, "ece": 1}


async def test_a_message_may_have_several_intents(tmp_path: Path, target: Target) -> None:
    (tmp_path / "train.json").write_text('[{"text": "a", "labels": ["refund", "how"]}, {"text": "b", "labels": []}]')
    (tmp_path / "test.jsonl").write_text('{"text": "c", "label": "how | refund"}\n{"text": "d", "labels": ["none"]}')
    cases = Intents().read(tmp_path)
    assert [content(case).labels for case in cases] == [("how", "refund"), ()]
    assert content(cases[0]).course.examples == (Example("a", ("refund", "how")), Example("b", ()))
    outcomes = await outcomes_of(
        suite_of(lambda _: Prediction({"how": 0.9, "refund": 0.2}, 0.1, ("how",))), cases, target
    )
    figures = figures_of(Intents(), outcomes)
    assert [outcome.verdict for outcome in outcomes] == [Verdict.WRONG] * 2
    assert figures["accuracy_in_scope"] == 1
    assert figures["micro_f1"] == pytest.approx(2 * 1 / (2 + 2))
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)


async def test_each_fold_learns_from_the_others_only(tmp_path: Path, target: Target) -> None:
    rows = [{"text": f"{fold} {number}", "label": "delivery", "fold": fold} for fold in (0, 1, 2) for number in (1, 2)]
    file = tmp_path / "messages.json"
    file.write_text(json.dumps(rows))
    cases = Intents().read(file)
    courses: list[Course] = []
    for case in cases:
        learnt = {example.text for example in content(case).course.examples}
        assert len(learnt) == 4
        assert not any(text.startswith(content(case).text[0]) for text in learnt)
    await outcomes_of(suite_of(lambda _: Prediction({}, 0, ()), courses), cases, target)
    assert len(courses) == 3


def test_the_label_of_what_is_out_of_scope_can_be_named(folder: Path) -> None:
    write_csv(folder / "test.csv", [("sing a song", "OTHER")])
    (folder / "intents.yaml").write_text("out_of_scope: OTHER\nshots: 1\n")
    case = content(Intents().read(folder)[0])
    assert case.labels == ()
    assert case.course.shots == 1


def test_shots_are_drawn_by_seed_for_each_intent_alone() -> None:
    many = tuple(Example(f"{label} {number}", (label,)) for label in "abc" for number in range(20))
    course = Course(many, shots=5)
    drawn = course.drawn(None, seed=1)
    assert [sum(example.labels == (label,) for example in drawn) for label in "abc"] == [5, 5, 5]
    assert drawn == course.drawn(None, seed=1) != course.drawn(None, seed=2)
    of_a = [example for example in drawn if example.labels == ("a",)]
    assert of_a == Course(many[:20], shots=5).drawn(None, seed=1)
    assert len(course.drawn(100, seed=1)) == 60
    assert Course(many).drawn(None, seed=1) == list(many)


def test_cases_have_ids_that_stay_and_places(folder: Path) -> None:
    (folder / "test.csv").write_text("id,text,label\nq1,one,refund\n,two,refund\n")
    assert [(case.id, str(case.place)) for case in Intents().read(folder)] == [
        ("q1", "test.csv:2"),
        ("test.csv:3", "test.csv:3"),
    ]


def test_every_fault_is_told_with_file_line_and_reason(folder: Path) -> None:
    (folder / "train.csv").write_text("text,label\nhello,refund\n,refund\nhi,\n")
    (folder / "test.csv").write_text("text,label\nhello,refunds\nfine,refund\nfine,none\n")
    (folder / "intents.yaml").write_text("shots: 0\nout_of_scop: x\n")
    assert faults_of(Intents(), folder) == [
        ("intents.yaml:0", "shots: Input should be greater than or equal to 1"),
        ("intents.yaml:0", "out_of_scop: Extra inputs are not permitted"),
        ("train.csv:3", "text is empty"),
        ("train.csv:4", "label is empty; write none for a message that has no intent"),
        ("test.csv:2", "no example to learn from has the intent refunds"),
    ]


@pytest.mark.parametrize(
    ("files", "place", "told"),
    [
        ({}, "", "train{.csv,.tsv,.json,.jsonl} and test{.csv,.tsv,.json,.jsonl} missing"),
        ({"train.csv": "text,label\na,b\n"}, "", "test{"),
        ({"intents.csv": "text,label\na,b\n"}, "intents.csv:2", "no fold"),
        ({"intents.csv": "text,label,fold\na,b,1\nc,b,1\n"}, "intents.csv:0", "of one fold"),
        ({"train.csv": "text,label\n", "test.csv": "text,label\n"}, "", "holds no case"),
        ({"train.csv": "text,label\na,none\n", "test.csv": "text,label\na,none\n"}, "train.csv:0", "nothing to learn"),
        ({"intents.json": "[]", "intents.csv": "text,label,fold\n"}, "intents.json:0", "keep one"),
        ({"intents.yaml": "a: [", "intents.json": "[]"}, "intents.yaml:1", "not YAML"),
        (
            {"intents.jsonl": '{"text": "a", "label": "b", "labels": ["b"], "fold": 1}'},
            "intents.jsonl:1",
            "one of them",
        ),
        ({"intents.jsonl": '{"text": "a", "labels": ["b|c"], "fold": 1}'}, "intents.jsonl:1", "| in it"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path: Path, files: dict[str, str], place: str, told: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    faults = faults_of(Intents(), tmp_path)
    assert any(told in reason and place in where for where, reason in faults), faults


async def test_the_assistants_own_classifier_learns_what_it_is_shown(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    figures = await measured(Intents(), cases, target)
    assert figures["accuracy_in_scope"] >= 0.75


async def test_concurrency_order_and_a_crash_change_no_other_case(folder: Path, target: Target) -> None:
    cases = Intents().read(folder)
    labels = {content(case).text: content(case).labels for case in cases}

    def tell(text: str) -> Prediction:
        if text == "return the money":
            raise ValueError(text)
        return Prediction(dict.fromkeys(labels[text], 1.0), 0.0 if labels[text] else 1.0, labels[text])

    alone = await evaluate(suite_of(tell), cases, target, Plan(resamples=20))
    together = await evaluate(suite_of(tell), cases[::-1], target, Plan(concurrency=4, resamples=20))
    untimed = {name: value for name, value in alone.figures.items() if not name.startswith("latency")}
    assert untimed.items() <= together.figures.items()
    assert alone.figures["crashed"] == 1
    assert alone.figures["accuracy_in_scope"] == 0.75
