"""The peers that tell intents learn from a course as the assistant does."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.suites.lessons import Course, Example
from evals.target import Target
from tests.evals.bench.peers import extra

extra.needed()

from evals.bench.peers.classifiers import (  # noqa: E402
    Subject,
    drawn,
    held_out,
    semantic_router,
    tfidf_logistic_regression,
)

TEXTS = {
    "delivery": [
        "when will my parcel arrive",
        "how long does delivery take",
        "where is my parcel now",
        "is my order on its way",
        "which courier brings my parcel",
        "has my parcel been sent",
        "track my parcel please",
        "delivery time to the islands",
        "why is the delivery late",
        "what day will delivery be",
    ],
    "return": [
        "i want to return this",
        "how do i send it back",
        "can i get a refund",
        "return an item that does not fit",
        "what is your return policy",
        "refund my money please",
        "start a return for my order",
        "who pays for sending it back",
        "is a refund possible after a month",
        "where do i take the return",
    ],
}
COURSE = Course(tuple(Example(text, (label,)) for label, texts in TEXTS.items() for text in texts))
ALL = {
    "router": semantic_router("mean"),
    "router, maximum": semantic_router("max"),
    "linear": tfidf_logistic_regression,
}


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
async def test_every_peer_tells_what_it_has_learnt(subject: Subject, small_data_dir: Path) -> None:
    async with subject(Target(None, small_data_dir)) as learner:
        classifier = await learner.learn(COURSE)
        for text, label in (("when does the parcel arrive", "delivery"), ("give me a refund", "return")):
            found = await classifier.predict(text)
            [(named, confidence)] = found.confidences.items()
            assert named == label
            assert found.none == pytest.approx(1 - confidence)
            assert found.chosen == ((label,) if confidence >= 0.5 else ())


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
async def test_what_is_far_from_all_examples_is_less_sure(subject: Subject, small_data_dir: Path) -> None:
    async with subject(Target(None, small_data_dir)) as learner:
        classifier = await learner.learn(COURSE)
        known, strange = await classifier.predict("track my parcel please"), await classifier.predict("猫喜欢晒太阳")
    assert strange.none > known.none


def test_of_each_intent_every_fifth_example_is_held_out() -> None:
    texts, labels = drawn(COURSE, Target(None, Path()))
    kept, held = held_out(texts, labels)
    assert sorted(kept + held) == list(range(20))
    assert [labels[row] for row in held] == ["delivery", "delivery", "return", "return"]
    assert held == [4, 9, 14, 19]


def test_a_text_that_is_kept_is_not_held_out() -> None:
    kept, held = held_out(["a", "b", "c", "d", "a", "e", "f", "g", "h", "i"], ["x"] * 10)
    assert kept == [0, 1, 2, 3, 5, 6, 7, 8]
    assert held == [9]


def test_a_peer_learns_from_as_many_examples_as_the_assistant() -> None:
    texts, labels = drawn(COURSE, Target(None, Path(), shots=3))
    assert len(texts) == 6
    assert sorted(set(labels)) == ["delivery", "return"]
    assert texts == [example.text for example in COURSE.drawn(3, 0)]


def test_an_example_of_two_intents_is_an_example_of_each() -> None:
    course = Course((Example("late, send it back", ("delivery", "return")), Example("hello", ())))
    assert drawn(course, Target(None, Path())) == (["late, send it back"] * 2, ["delivery", "return"])
