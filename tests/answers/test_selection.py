"""The text that answers is found among a few, and it is told where none does."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.selection import SIGNALS, Embedded, SelectionWeights, Selector, Snippet, embed
from assistant.answers.selection_fit import Judged, cross_validated, fit
from assistant.domain.evidence import EvidenceKind
from assistant.domain.folding import fold
from assistant.domain.ports import Vectors
from assistant.domain.understanding import Question
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests.knowledge.fakes import WordEmbedder

READER = QuestionReader(Quantities())
ASKED = np.array([1.0, 0.0], dtype=np.float32)  # every question of these tests, as a vector
SELECTOR = Selector.load()


def question(text: str) -> Question:
    return READER.read(fold(text))


def at(cosine: float) -> Vectors:
    """A vector that has this cosine with `ASKED`."""
    return np.array([cosine, math.sqrt(1 - cosine**2)], dtype=np.float32)


def snippet(
    text: str,
    cosine: float = 0.83,
    *,
    kind: EvidenceKind = EvidenceKind.PASSAGE,
    name: str = "",
    said: float | None = None,
) -> Embedded:
    return Embedded(Snippet(kind, text, name), at(cosine), at(cosine if said is None else said))


def order(asked: str, *snippets: Embedded) -> list[str]:
    return [item.snippet.text for item in SELECTOR.select(question(asked), ASKED, snippets).ranked]


def test_of_texts_with_the_same_words_the_closer_one_comes_first() -> None:
    assert order("is it loud?", snippet("far", 0.80), snippet("close", 0.88), snippet("between", 0.84)) == [
        "close",
        "between",
        "far",
    ]


@pytest.mark.parametrize(
    ("asked", "holds", "lacks"),
    [
        ("is the kettle noisy?", "The kettle is noisy at first.", "The lid is made of glass."),
        ("这个壶吵不吵，噪音大吗", "噪音约 45 分贝", "壶盖是玻璃的"),
    ],
)
def test_of_equally_close_texts_the_one_that_holds_the_questions_words_comes_first(
    asked: str, holds: str, lacks: str
) -> None:
    assert order(asked, snippet(lacks), snippet(holds)) == [holds, lacks]


@pytest.mark.parametrize("mark", ["?", "？"])
def test_a_text_that_only_asks_comes_after_one_that_tells(mark: str) -> None:
    assert order("is it loud?", snippet(f"anyone know{mark}"), snippet("nobody knows.")) == [
        "nobody knows.",
        f"anyone know{mark}",
    ]


def test_what_an_answer_says_counts_besides_the_question_that_it_was_given_to() -> None:
    replies = [
        snippet("It weighs 2 kg.", 0.86, kind=EvidenceKind.FAQ, name="How heavy?", said=0.80),
        snippet("Only a soft hum.", 0.86, kind=EvidenceKind.FAQ, name="How loud?", said=0.88),
    ]
    assert order("does it make a sound?", *replies)[0] == "Only a soft hum."


def test_more_is_answerable_with_texts_that_answer_than_without() -> None:
    asked = question("is it loud?")
    idle = [
        snippet("The lid is made of glass.", 0.79),
        snippet("It came on time.", 0.78),
        snippet("Nice colour.", 0.77),
    ]
    with_answers = [*idle, snippet("It is loud.", 0.90), snippet("Not loud at all.", 0.89)]
    assert SELECTOR.select(asked, ASKED, with_answers).answerable > SELECTOR.select(asked, ASKED, idle).answerable


def test_nothing_is_selected_from_nothing() -> None:
    nothing = SELECTOR.select(question("is it loud?"), ASKED, [])
    assert (nothing.ranked, nothing.answerable) == ((), 0.0)


COSINES = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=12, unique=True)


@given(COSINES)
def test_probabilities_do_not_depend_on_the_order_given(cosines: list[float]) -> None:
    given_order = [snippet(f"text {place}", cosine) for place, cosine in enumerate(cosines)]
    shuffled = given_order[::-1]
    one, other = (SELECTOR.select(question("is it loud?"), ASKED, each) for each in (given_order, shuffled))
    assert one.answerable == pytest.approx(other.answerable)
    assert {item.snippet: item.probability for item in one.ranked} == {
        item.snippet: item.probability for item in other.ranked
    }
    assert all(given_order[item.place].snippet == item.snippet for item in one.ranked)


@given(COSINES)
def test_probabilities_lie_between_0_and_1_and_descend(cosines: list[float]) -> None:
    selection = SELECTOR.select(question("is it loud?"), ASKED, [snippet("text", cosine) for cosine in cosines])
    probabilities = [item.probability for item in selection.ranked]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= value <= 1 for value in (*probabilities, selection.answerable))


async def test_every_text_is_embedded_once_and_answers_apart_from_their_question() -> None:
    embedder = WordEmbedder()
    answer = Snippet(EvidenceKind.FAQ, "Only a soft hum.", "How loud is it?")
    fact = Snippet(EvidenceKind.FACT, "45 dB", "noise")
    embedded = await embed([answer, fact, answer], embedder)
    assert embedder.asked == ["How loud is it? Only a soft hum.", "Only a soft hum.", "noise 45 dB"]
    assert [each.snippet for each in embedded] == [answer, fact, answer]
    assert (embedded[1].said == embedded[1].whole).all()
    assert (embedded[0].said != embedded[0].whole).any()


def judged(count: int, *, tells: bool, seed: int = 5) -> list[Judged]:
    """Made-up questions with six texts each; those that answer are closer, where `tells`. A third has no answer."""
    random = np.random.default_rng(seed)
    asked = question("is it loud?")
    questions = []
    for number in range(count):
        answers = [number % 3 > 0 and place < 2 for place in range(6)]
        closer = [0.06 * (answer and tells) for answer in answers]
        cosines = 0.80 + 0.02 * random.random(6) + closer
        texts = tuple(snippet(f"text {number} {place}", float(cosine)) for place, cosine in enumerate(cosines))
        shuffled = random.permutation(6).tolist()
        questions.append(
            Judged(
                asked, ASKED, tuple(texts[i] for i in shuffled), tuple(answers[i] for i in shuffled), str(number // 2)
            )
        )
    return questions


def first_right(questions: Sequence[Judged]) -> float:
    selections = cross_validated(questions, "made-up")
    answerable = [(item, found) for item, found in zip(questions, selections, strict=True) if any(item.answers)]
    return sum(item.answers[found.ranked[0].place] for item, found in answerable) / len(answerable)


def test_what_tells_answers_apart_is_learnt_and_holds_for_questions_left_out() -> None:
    questions = judged(60, tells=True)
    assert first_right(questions) == 1
    selector = Selector(fit(questions, "made-up"))
    probabilities = [selector.select(item.question, item.vector, item.snippets).answerable for item in questions]
    least = min(p for p, item in zip(probabilities, questions, strict=True) if any(item.answers))
    assert least > max(p for p, item in zip(probabilities, questions, strict=True) if not any(item.answers))


def test_where_nothing_tells_answers_apart_questions_left_out_are_answered_by_chance() -> None:
    assert first_right(judged(240, tells=False)) == pytest.approx(2 / 6, abs=0.1)


def test_the_same_questions_give_the_same_weights_and_these_survive_writing_and_reading() -> None:
    weights = fit(judged(60, tells=True), "made-up")
    assert fit(judged(60, tells=True), "made-up") == weights
    read = SelectionWeights.parse(weights.as_yaml())
    assert read.embedder == "made-up"
    assert read.as_yaml() == weights.as_yaml()
    assert set(read.signals) == set(SIGNALS)


def test_too_few_products_to_learn_from_are_refused() -> None:
    with pytest.raises(ValueError, match="9 groups of questions are too few"):
        fit(judged(18, tells=True), "made-up")


def weights_file(signals: Sequence[str] = SIGNALS, *, intercept: str = "0", spread: float = 1) -> str:
    scales = ", ".join(f"{name}: {{mean: 0, spread: {spread}, weight: 1}}" for name in signals)
    return f"embedder: e5\nintercept: {intercept}\nany: {{intercept: 0, slope: 1}}\nsignals: {{{scales}}}\n"


@pytest.mark.parametrize(
    "broken",
    ["", "- a list", "{", weights_file(intercept="much"), weights_file(SIGNALS[1:]), weights_file(spread=0)],
)
def test_a_broken_weights_file_is_refused_by_name(broken: str) -> None:
    assert SelectionWeights.parse(weights_file(), "weights.yaml").embedder == "e5"
    with pytest.raises(ValueError, match=r"weights\.yaml: "):
        SelectionWeights.parse(broken, "weights.yaml")
