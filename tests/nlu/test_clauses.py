from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.understanding import ClauseKind, Language, Script, Understanding
from assistant.nlu.intents import ShopIntents
from assistant.nlu.understand import Reader

CHINESE = Language("zh", Script.SIMPLIFIED)
READER = Reader(ShopIntents.load("none"))


def read(text: str) -> Understanding:
    return READER.read(text, CHINESE, today=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("多少钱，包邮吗", 2),
        ("保修多久？坏了怎么修？", 2),
        ("how much is it? do you ship to Spain?", 2),
        ("静重几斤啊，怕墙挂不住", 1),
        ("我家卫生间只有40厘米深，放得下吗", 1),
        ("这款防水吗，对吧", 1),
        ("1,299元的那款有货吗", 1),
    ],
)
def test_a_message_falls_into_what_it_asks(text: str, count: int) -> None:
    assert len(read(text).clauses) == count


def test_a_condition_stays_with_its_request() -> None:
    (clause,) = read("如果还没发货，就帮我取消").clauses
    assert clause.kind is ClauseKind.REQUEST
    assert clause.conditions == ("如果还没发货，",)


def test_a_statement_belongs_to_the_question_after_it() -> None:
    first, second = read("我脚宽，会挤脚吗？颜色有哪些？").clauses
    assert first.text.startswith("我脚宽")
    assert second.text.startswith("颜色")


@pytest.mark.parametrize("text", ["不是，我说的是60升的", "no, i meant the blue one", "搞错了，我问的是充电器"])
def test_a_correction_is_told(text: str) -> None:
    assert read(text).clauses[0].corrects


@pytest.mark.parametrize("text", ["这款不是真皮的吗", "有没有不锈钢的"])
def test_a_not_inside_a_question_is_no_correction(text: str) -> None:
    assert not read(text).clauses[0].corrects


@given(st.text(max_size=80))
def test_any_text_has_a_clause_and_loses_no_word(text: str) -> None:
    understood = read(text)
    assert understood.clauses
    kept = "".join(clause.text for clause in understood.clauses)
    assert {c for c in text if c.isalnum()} <= set(kept)
