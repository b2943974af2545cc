"""Questions that were answered wrong, or not at all, before words were cut and weighed as they are now."""

import pytest

from tests.turn.shopper import Shop


def test_a_question_with_a_measure_word_of_its_own_stands_alone(demo: Shop) -> None:
    shopper = demo.visit("YA-DIA-01")
    shopper.asks("L码有货吗")
    shopper.asks("多少片一包").answers("46")


@pytest.mark.parametrize(
    ("page", "said", "fact"),
    [
        (None, "能开专票吗", "5 个工作日"),
        ("SY-LYC-01", "什么时候有", "6 月中旬"),
    ],
)
def test_the_nearest_answer_is_given(demo: Shop, page: str | None, said: str, fact: str) -> None:
    demo.visit(page).asks(said).answers(fact)
