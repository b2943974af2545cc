from dataclasses import replace
from datetime import date

import pytest

from assistant.answers.facts import FactAnswers
from assistant.answers.options import skus_named
from assistant.answers.texts import Texts
from assistant.answers.verification.replies import faults
from assistant.answers.voice import Voice
from assistant.domain.commerce import FactGroup, Product, Sku
from assistant.domain.folding import fold
from assistant.domain.ids import SkuId
from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Language, Script
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests import shop

CHINESE = Language("zh", Script.SIMPLIFIED)
ENGLISH = Language("en", Script.LATIN)


QUANTITIES = Quantities()
READER = QuestionReader(QUANTITIES)


def named(product: Product, asked: str) -> tuple[Sku, ...]:
    return skus_named(product, READER.read(fold(asked)), QUANTITIES)


@pytest.fixture
def answers() -> FactAnswers:
    return FactAnswers(Voice(Texts.load(), shop.store(), CHINESE), shop.kettle(), "这款")


def test_a_price_that_differs_by_option_is_given_as_a_range_with_its_date(answers: FactAnswers) -> None:
    reply = answers.price(named(answers.product, "多少钱"))
    assert reply is not None
    assert "¥199" in reply.text
    assert "¥219" in reply.text
    assert "2026-11-20" in reply.text
    assert ["¥199" in item.text or "¥219" in item.text for item in reply.evidence] == [True, True]


def test_the_price_of_the_option_named_is_that_option_s(answers: FactAnswers) -> None:
    reply = answers.price(named(answers.product, "黑色的多少钱"))
    assert reply is not None
    assert "¥219" in reply.text
    assert "¥199" not in reply.text


def test_a_product_without_price_has_no_price_answer(answers: FactAnswers) -> None:
    bare = replace(shop.kettle(), price=None, skus=(), facts=())
    assert FactAnswers(answers.voice, bare, "这款").price(()) is None


@pytest.mark.parametrize(("asked", "expected"), [("白色有货吗", "有货"), ("黑色有货吗", "暂时没有货")])
def test_stock_is_told_for_the_option_named(answers: FactAnswers, asked: str, expected: str) -> None:
    reply = answers.stock(named(answers.product, asked))
    assert reply is not None
    assert expected in reply.text


def test_stock_without_an_option_lists_what_is_there(answers: FactAnswers) -> None:
    reply = answers.stock(answers.product.skus)
    assert reply is not None
    assert "白色" in reply.text
    assert "黑色" not in reply.text


def test_an_option_of_unknown_stock_is_not_said_to_be_sold_out(answers: FactAnswers) -> None:
    white, *others = answers.product.skus
    partly = replace(answers.product, skus=(replace(white, stock=None), *others))
    assert FactAnswers(answers.voice, partly, "这款").stock(partly.skus[:1]) is None


def test_of_several_options_named_only_those_in_stock_are_said_to_be(answers: FactAnswers) -> None:
    offered = tuple(
        Sku(SkuId(colour), (("颜色", colour),), stock=stock) for colour, stock in (("黑", 0), ("白", 4), ("蓝", 4))
    )
    reply = FactAnswers(answers.voice, replace(answers.product, skus=offered), "这款").stock(offered[:2])
    assert reply is not None
    assert "白" in reply.text
    assert "黑" not in reply.text


def test_a_product_of_unknown_stock_has_no_stock_answer(answers: FactAnswers) -> None:
    assert FactAnswers(answers.voice, shop.travel_kettle(), "这款").stock(()) is None


@pytest.mark.parametrize("code", ["e1", "E-1", "e 1"])
def test_a_fault_code_is_found_however_it_is_written(answers: FactAnswers, code: str) -> None:
    reply = answers.fault([code])
    assert reply is not None
    assert "干烧保护" in reply.text


def test_another_code_is_not_answered_with_a_similar_one(answers: FactAnswers) -> None:
    assert answers.fault(["e11"]) is None


def test_a_group_is_listed_with_evidence_for_each_item(answers: FactAnswers) -> None:
    reply = answers.group(FactGroup.GIFT)
    assert reply is not None
    assert reply.action.kind is ActionKind.ANSWER
    assert "茶叶一盒" in reply.text
    assert len(reply.evidence) == 1


def test_a_group_that_is_not_stated_is_said_to_be_not_stated(answers: FactAnswers) -> None:
    assert answers.group(FactGroup.EXCHANGE) is None
    reply = answers.nothing_of(FactGroup.EXCHANGE)
    assert reply.action.kind is ActionKind.ABSTAIN
    assert reply.quick_replies


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_every_answer_from_facts_is_held_by_its_evidence(language: Language) -> None:
    answers = FactAnswers(Voice(Texts.load(), shop.store(), language), shop.kettle(), "kettle")
    replies = [
        answers.price(""),
        answers.stock(""),
        answers.status(),
        answers.fault(["e1"]),
        answers.group(FactGroup.GIFT),
    ]
    for reply in replies:
        assert reply is not None
        assert faults(reply) == []


def test_the_form_of_address_is_used_in_chinese_only() -> None:
    texts = Texts.load()
    assert Voice(texts, shop.store(), CHINESE).say("thanks").startswith("亲，")
    assert "亲" not in Voice(texts, shop.store(), ENGLISH).say("thanks")


def test_a_shopper_who_writes_traditional_characters_reads_them() -> None:
    voice = Voice(Texts.load(), shop.store(), Language("zh", Script.TRADITIONAL))
    said = FactAnswers(voice, shop.kettle(), "这款").group(FactGroup.GIFT)
    assert said is not None
    reply = voice.in_script(said)
    assert "贈品" in reply.text
    assert reply.evidence[0].text == "随壶发出"


def test_a_promotion_is_told_on_its_days_only() -> None:
    offer = replace(
        shop.fact("KT-17", shop.text("满减"), shop.text("满200减20"), FactGroup.PROMOTION),
        begins=date(2026, 11, 1),
        ends=date(2026, 11, 20),
    )
    product = replace(shop.kettle(), facts=(offer,))
    for day, told in ((date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2026, 11, 20), True)):
        voice = Voice(Texts.load(), shop.store(), CHINESE, day)
        assert (FactAnswers(voice, product, "这款").group(FactGroup.PROMOTION) is not None) is told
    late = Voice(Texts.load(), shop.store(), CHINESE, date(2026, 11, 21))
    assert FactAnswers(late, product, "这款").group(FactGroup.PROMOTION) is None
