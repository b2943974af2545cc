"""Calibrations: what is stated as a risk becomes a probability that keeps to it, and the same answers give the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.calibration import RANKING, Calibration, HeldOut, Standing
from assistant.answers.calibration_fit import Judged, TooFewAnswers, fit
from assistant.domain.store import Risk

SHIPPED = Calibration.load()
_OF = {name: place for place, name in enumerate(RANKING)}


def questions(count: int, seed: int = 0, *, misled: float = 0.0) -> list[Judged]:
    """Made by hand: in half of them one of five candidates answers, and is the likelier so the more words it covers.

    misled: the share of questions in which BM25 speaks for another one than that which answers.
    """
    rng = np.random.default_rng(seed)
    return [_question(rng, answerable=number % 2 == 0, misled=rng.random() < misled) for number in range(count)]


def _question(rng: np.random.Generator, *, answerable: bool, misled: bool) -> Judged:
    signals = np.zeros((5, len(RANKING)))
    signals[:, _OF["intercept"]] = signals[:, _OF["faq"]] = 1
    signals[:, _OF["coverage"]] = rng.uniform(0, 0.5, 5)
    signals[:, _OF["lexical"]] = rng.uniform(0, 2, 5)
    if answerable:
        signals[0, _OF["coverage"]] += rng.uniform(0.2, 0.5)
        signals[0, _OF["name"]] = rng.uniform(0, 1)
        signals[0, _OF["lexical"]] = 0.5 if misled else rng.uniform(1, 3)
    if misled:
        signals[1, _OF["lexical"]] = 4.0
    right = np.array([answerable, False, False, False, False])
    given = np.ones(5, dtype=np.bool_)
    return Judged(signals, tuple(range(5)), right, given, signals[:, _OF["coverage"]], words=3.0)


@pytest.mark.parametrize("at_most", [0.02, 0.05, 0.1, 0.2])
def test_a_threshold_keeps_to_the_risk_that_is_stated_on_questions_not_seen(at_most: float) -> None:
    calibration = fit(questions(400), SHIPPED).calibration
    threshold = calibration.held_out.threshold(at_most)
    unseen = questions(2_000, seed=1)
    wrong = answered = 0
    for item in unseen:
        scores = item.signals @ np.array([calibration.weights[name] for name in RANKING])
        first, second = np.argsort(-scores)[:2]
        lead = min(3.0, scores[first] - scores[second])
        sure = calibration.probability(Standing(scores[first], lead, item.coverage[first], item.words))
        answered += sure >= threshold
        wrong += sure >= threshold and not item.right[first]
    assert wrong / len(unseen) <= at_most + 0.015  # what a thousand repetitions would scatter
    assert answered / len(unseen) > 0.2


@given(
    wrong=st.lists(st.floats(0.01, 0.99).map(lambda number: round(number, 4)), max_size=40),
    more=st.integers(0, 100),
    at_most=st.floats(0.001, 0.999),
)
def test_of_the_questions_held_out_no_more_go_wrong_than_stated(wrong: list[float], more: int, at_most: float) -> None:
    count = len(wrong) + more + 1
    threshold = HeldOut(count, tuple(sorted(wrong, reverse=True))).threshold(at_most)
    assert sum(each >= threshold for each in wrong) / count <= at_most


def test_too_few_questions_promise_nothing() -> None:
    assert HeldOut(30, ()).threshold(0.03) == 1.0
    assert HeldOut(40, ()).threshold(0.03) < 1.0


def test_more_risk_never_answers_less() -> None:
    held = HeldOut(100, (0.9, 0.8, 0.8, 0.3))
    found = [held.threshold(share / 100) for share in range(1, 100)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(("count", "kind"), [(30, "30 questions"), (0, "0 questions")])
def test_too_few_answers_are_refused_with_what_is_needed(count: int, kind: str) -> None:
    with pytest.raises(TooFewAnswers, match=rf"^{kind} .* At least 50 are needed, with 10 of each"):
        fit(questions(count), SHIPPED)


def test_answers_that_are_all_right_tell_nothing_of_wrong_ones() -> None:
    answered = [item for item in questions(300) if item.right.any()]
    only_right = [item for item in answered if (item.signals @ _weights()).argmax() == 0]
    with pytest.raises(TooFewAnswers, match="wrong for 0"):
        fit(only_right, SHIPPED)


def test_the_same_answers_give_the_same_bytes() -> None:
    one, other = (fit(questions(120), SHIPPED).calibration.as_yaml() for _ in range(2))
    assert one == other
    assert Calibration.parse(one, "own.yaml").as_yaml() == one


def test_a_fit_tells_more_than_a_calibration_of_another_shop() -> None:
    blunt = replace(SHIPPED, confidence=SHIPPED.confidence | {"intercept": SHIPPED.confidence["intercept"] - 4})
    fitted = fit(questions(200), blunt)
    assert fitted.trial.loss < fitted.before.loss


def test_the_ranking_is_fitted_anew_only_where_that_finds_more() -> None:
    assert not fit(questions(200), SHIPPED).ranking
    misled = fit(questions(400, misled=0.7), SHIPPED)
    assert misled.ranking
    assert misled.calibration.weights["lexical"] < SHIPPED.weights["lexical"]
    assert misled.trial.right.mean() > misled.before.right.mean()


def test_a_store_states_its_own_risk_beside_what_comes_with_the_assistant() -> None:
    shipped, careful = SHIPPED.thresholds(), SHIPPED.thresholds(Risk(answer=0.01))
    assert careful.answer > shipped.answer
    assert (careful.ask_back, careful.overrule) == (shipped.ask_back, shipped.overrule)


def test_a_store_that_wants_fewer_needless_calls_of_humans_takes_surer_ones() -> None:
    shipped, careful = SHIPPED.thresholds(), SHIPPED.thresholds(Risk(hand_over=0.01))
    assert 0 < shipped.hand_over < careful.hand_over < 1
    assert (careful.answer, careful.overrule) == (shipped.answer, shipped.overrule)
    assert SHIPPED.thresholds(Risk(hand_over=0.0001)).hand_over == 1.0


def test_nothing_is_stated_that_is_likelier_wrong_than_right() -> None:
    assert SHIPPED.thresholds(Risk(answer=0.99)).answer == 0.5


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "weights: {}",
        "just text",
        SHIPPED.as_yaml().replace("lexical", "lexicla"),
        SHIPPED.as_yaml().replace("needless_at: [", "needless_at: [0.0001, "),
    ],
)
def test_what_is_no_calibration_is_refused_with_its_name(broken: str) -> None:
    with pytest.raises(ValueError, match=r"^own\.yaml: .*storebot-eval calibrate"):
        Calibration.parse(broken, "own.yaml")


def _weights() -> np.ndarray:
    return np.array([SHIPPED.weights[name] for name in RANKING])
