"""The scripted endpoint of the bench says what it is given, or that it has been given nothing."""

from __future__ import annotations

import pytest

from evals.bench.endpoint import answer_to


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ('<evidence n="1" about="Care">Wash at 30 °C. Dry flat.</evidence>\n<question>how</question>', "Wash at 30 °C"),
        ('<evidence n="1">重 3.5 公斤。可水洗。</evidence><evidence n="2">蓝色。</evidence>', "重 3.5 公斤"),
    ],
)
def test_it_says_the_first_sentence_of_the_first_evidence_and_names_it(given: str, written: str) -> None:
    assert answer_to([{"content": "rules"}, {"content": given}]) == f"{written} [1]。"


def test_it_has_no_answer_where_there_is_no_evidence() -> None:
    assert answer_to([{"content": "<question>how</question>"}]) == "NO_ANSWER"
