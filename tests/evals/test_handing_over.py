"""What conversations come to: from which probability a human is called, and which share of those is needless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.understanding import Route
from evals.cases import Exchange
from evals.handing_over import Call, TooFewConversations, held_out, operating
from evals.suites.routing import Expected
from tests.evals.scripted_door import answers

NEEDED = Expected(Route.HANDOFF, "human", handoff_required=True, may_handoff=True)
NEEDLESS = Expected(Route.ANSWER, "presale.attribute", handoff_required=False, may_handoff=False)


def exchange(kind: str, *judged: float) -> Exchange:
    """A reply; judged: the probability that a human is needed, and the threshold."""
    notes = {"hand_over": dict(zip(("probability", "from"), judged, strict=True))} if judged else {}
    reply, trace = answers(kind, route=kind.replace("_", ""), **notes)
    return Exchange(("hello",), reply, trace)


@pytest.mark.parametrize(
    ("had", "probability"),
    [
        (exchange("handoff", 0.7, 0.5), 0.7),
        (exchange("answer", 0.3, 0.5), 0.3),
        (exchange("answer"), 0.0),
        (exchange("handoff"), 1.0),  # a word told
        (exchange("handoff", 0.3, 0.5), 1.0),  # something else than the threshold called
        (exchange("clarify", 0.7, 0.5), 0.0),  # and here it kept from calling
        (Exchange(("hello",), None), 1.0),  # a human has the word already
    ],
)
def test_a_call_has_the_probability_down_from_which_a_human_comes(had: Exchange, probability: float) -> None:
    assert Call.of(had, NEEDLESS).probability == probability


def test_of_conversations_that_need_no_human_those_count_that_might_call_one() -> None:
    calls = [Call(0.0, required=False, allowed=False)] * 48
    calls += [Call(each, required=False, allowed=False) for each in (0.2, 1.0)]
    calls += [Call(0.9, required=True, allowed=True), Call(0.6, required=False, allowed=True)]
    held = held_out(calls)
    assert (held.cases, held.wrong_at) == (50, (1.0, 0.2))


def test_too_few_conversations_without_need_are_refused_with_what_is_missing() -> None:
    calls = [Call(0.0, required=False, allowed=False)] * 49 + [Call(1.0, required=True, allowed=True)] * 100
    with pytest.raises(TooFewConversations, match=r"^49 conversations need no human\. At least 50"):
        held_out(calls)


def test_what_nothing_would_hand_over_is_found_at_no_threshold() -> None:
    calls = [Call(0.0, required=False, allowed=False)] * 60
    calls += [Call(each, required=True, allowed=True) for each in (0.0, 0.4, 1.0, 1.0)]
    (strict, loose) = operating(calls, (0.01, 0.5))
    assert (strict.threshold, strict.found) == (1.0, 0.5)  # words go on calling
    assert (loose.threshold, loose.found) == (0.0, 0.75)


@given(
    st.lists(st.sampled_from((0.0, 0.1, 0.3, 0.5, 0.7, 0.9)), min_size=50, max_size=300),
    st.lists(st.floats(0.001, 0.999), min_size=1, max_size=20),
)
def test_no_more_are_called_needlessly_than_stated(probabilities: list[float], risks: list[float]) -> None:
    calls = [Call(each, required=False, allowed=False) for each in probabilities]
    assert all(at.needless <= at.at_most_needless for at in operating(calls, risks))


def test_expectations_are_kept_with_the_call() -> None:
    assert Call.of(exchange("handoff"), NEEDED) == Call(1.0, required=True, allowed=True)
