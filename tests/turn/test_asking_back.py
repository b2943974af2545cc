"""Where several products or meanings fit, the likely ones are offered, and choosing one goes on with the question."""

from __future__ import annotations

import pytest

from assistant.domain.reply import ExpectsKind
from tests.turn.shopper import Heard, Shop


def labels(heard: Heard) -> list[str]:
    return [button.label for button in heard.reply.quick_replies]


@pytest.mark.parametrize(
    ("question", "choice", "answer"),
    [
        ("纸尿裤保质期多久", "云薄拉拉裤", "36 个月"),
        ("what is the shelf life of diapers", "Cloudthin pants diapers", "36 months"),
        ("跑步鞋的鞋底是什么材料", "破风跑步鞋", "破风跑步鞋"),
    ],
)
def test_tapping_a_product_answers_the_question_of_it(demo: Shop, question: str, choice: str, answer: str) -> None:
    shopper = demo.visit()
    asked = shopper.asks(question).asks_back(among=(choice,))
    assert 2 <= len(labels(asked)) <= 4
    expected = asked.reply.expects
    assert expected is not None
    assert (expected.kind, expected.options) == (ExpectsKind.CHOICE, asked.reply.quick_replies)
    button = next(button for button in asked.reply.quick_replies if button.label == choice)
    shopper.asks(button.text).answers(answer)


@pytest.mark.parametrize("said", ["芽芽 Yaya 云薄拉拉裤", "第二个"])
def test_a_product_may_be_chosen_in_other_words(demo: Shop, said: str) -> None:
    shopper = demo.visit()
    asked = shopper.asks("纸尿裤保质期多久").asks_back()
    assert labels(asked)[1] == "云薄拉拉裤"
    shopper.asks(said).answers("36 个月")


def test_a_digression_leaves_the_choice_open(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("纸尿裤保质期多久").asks_back()
    shopper.asks("你们几点下班").answers("22:00")
    shopper.asks("云薄拉拉裤").answers("36 个月")


def test_what_was_offered_is_forgotten_once_something_else_is_asked(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("纸尿裤保质期多久").asks_back()
    shopper.asks("云羽跑步鞋多重").answers("245")
    shopper.asks("云薄拉拉裤").holds_none_of("36 个月")


def test_of_more_than_four_the_likeliest_are_offered_and_a_way_to_another(demo: Shop) -> None:
    asked = demo.visit().asks("面料成分").asks_back()
    assert len(labels(asked)) == 4
    asked.holds("都不是的话")


@pytest.mark.parametrize(
    ("question", "choices", "answer"),
    [
        ("保修", ("鞋子保修多久", "衣服保修多久"), "60 天"),
        ("how long is the warranty", ("warranty on shoes", "warranty on clothes"), "60 days"),
    ],
)
def test_where_two_answers_fit_as_well_as_each_other_both_are_offered(
    demo: Shop, question: str, choices: tuple[str, ...], answer: str
) -> None:
    shopper = demo.visit()
    asked = shopper.asks(question).asks_back(among=choices)
    assert len(labels(asked)) == 2
    shopper.asks(asked.reply.quick_replies[1].text).answers(answer)


def test_a_meaning_may_be_chosen_by_its_place(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("保修").asks_back()
    shopper.asks("第一个").answers("180")


@pytest.mark.parametrize(
    ("question", "page", "answer"),
    [("保修多久", "YL-RUN-01", "90 天"), ("衣服保修多久", None, "60 天"), ("鞋子保修多久", None, "90 天")],
)
def test_what_is_clear_is_not_asked_back(demo: Shop, question: str, page: str | None, answer: str) -> None:
    demo.visit(page).asks(question).answers(answer)
