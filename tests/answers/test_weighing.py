from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.answers.figures import Figures
from assistant.answers.texts import Texts
from assistant.answers.verification.replies import faults
from assistant.answers.voice import Voice
from assistant.answers.weighing import Weighing
from assistant.domain.commerce import Money, Product
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.understanding import Language, Script
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests import shop

QUANTITIES = Quantities()
READER = QuestionReader(QUANTITIES)
VOICE = Voice(Texts.load(), shop.store(), Language("zh", Script.SIMPLIFIED))
WEIGHING = Weighing(Figures(QUANTITIES), VOICE)


def kettle(name: str, price: str, weight: str) -> Product:
    facts = (shop.fact(name, shop.text("净重"), shop.text(weight)),)
    money = Money(Decimal(price), "CNY")
    item = replace(shop.kettle(), id=ProductId(name), title=shop.text(name), price=money, skus=(), facts=facts)
    return replace(item, names=(), model="")


PAIR = (kettle("甲壶", "1299.50", "1.1 kg"), kettle("乙壶", "199", "900 g"))


def test_a_difference_of_prices_is_said_and_passes_the_check() -> None:
    reply = WEIGHING.prices(PAIR, READER.read(fold("差多少钱")))
    assert reply
    assert "甲壶比乙壶贵¥1,100.50" in reply.text
    assert faults(reply) == []


@pytest.mark.parametrize(
    ("asked", "said"), [("哪个更重", "甲壶更重"), ("哪个更轻", "乙壶更轻"), ("一样重吗", "甲壶更重")]
)
def test_the_one_with_more_or_less_is_named(asked: str, said: str) -> None:
    reply = WEIGHING.property(PAIR, asked, (PAIR[0].facts, PAIR[1].facts))
    assert reply
    assert said in reply.text
    assert faults(reply) == []


def test_the_same_figure_in_other_units_is_the_same() -> None:
    other = kettle("丙壶", "199", "1100 克")
    reply = WEIGHING.property((PAIR[0], other), "哪个重", (PAIR[0].facts, other.facts))
    assert reply
    assert "两款一样" in reply.text


def test_nothing_is_weighed_that_one_of_them_does_not_state() -> None:
    assert WEIGHING.property(PAIR, "哪个更重", (PAIR[0].facts, ())) is None
