"""What counts as a yes, a no, and giving up: a yes is nothing but a yes."""

from __future__ import annotations

import pytest

from assistant.answers.texts import Texts
from assistant.domain.folding import fold
from assistant.procedures.consent import Answer, Consent

CONSENT = Consent()
YES = (
    *(
        "确认",
        "好的",
        "好的，谢谢",
        "嗯嗯可以",
        "行，办吧",
        "是的，麻烦了",
        "OK",
        "没问题",
        "對，確認",
        "可以的👌",
        "确认！！",
        "要",
    ),
    *("yes", "Yes please", "yep", "sure, go ahead", "please do", "Confirm.", "ok thanks", "no problem", "that's right"),
)
NO = (
    *("不", "不用了，谢谢", "先不办", "算了吧", "等一下", "我再想想", "不確認", "不要"),
    *("no", "No thanks", "nope", "not now", "wait", "hold on please", "never mind"),
)
OTHER = (
    *(
        "好的，但是地址不对",
        "确认吗",
        "确认？",
        "好，不过先改一下电话",
        "可以的话再便宜点",
        "是不是",
        "好不好",
        "要不要再想想",
        "行吗",
    ),
    *(
        "可以换成别的吗",
        "确认之前我想问一下运费",
        "如果免费就确认",
        "好像不对",
        "不是这单，是另一单",
        "订单R2611005",
        "。。。",
        "",
    ),
    *("yes but not that one", "yes?", "ok, what about the other one", "sure, if it is free", "no, the other order"),
    *(
        "yes and no",
        "is that right",
        "confirm the price first",
        "I said yes yesterday about the lamp",
        "好评返现",
        "是非题",
    ),
)


@pytest.mark.parametrize("text", YES)
def test_a_plain_yes_is_a_yes(text: str) -> None:
    assert CONSENT.read(fold(text)) is Answer.YES


@pytest.mark.parametrize("text", NO)
def test_a_plain_no_is_a_no(text: str) -> None:
    assert CONSENT.read(fold(text)) is Answer.NO


@pytest.mark.parametrize("text", OTHER)
def test_whatever_else_is_said_is_neither(text: str) -> None:
    assert CONSENT.read(fold(text)) is Answer.OTHER


@pytest.mark.parametrize("yes", YES)
@pytest.mark.parametrize("no", NO)
def test_a_yes_and_a_no_together_are_never_a_yes(yes: str, no: str) -> None:
    assert CONSENT.read(fold(f"{yes}，{no}")) is not Answer.YES
    assert CONSENT.read(fold(f"{no}，{yes}")) is not Answer.YES


@pytest.mark.parametrize("tag", ["zh", "en"])
def test_the_buttons_of_a_confirmation_are_read_as_what_they_say(tag: str) -> None:
    texts = Texts.load()
    assert CONSENT.read(fold(texts.say("confirm_yes", tag, hi=""))) is Answer.YES
    assert CONSENT.read(fold(texts.say("confirm_no", tag, hi=""))) is Answer.NO


@pytest.mark.parametrize(
    ("text", "matter", "answer"),
    [
        ("确认取消", "取消订单", Answer.YES),
        ("好的，取消订单", "取消订单", Answer.YES),
        ("yes, cancel it", "cancel an order", Answer.YES),
        ("确认取消", "修改地址", Answer.OTHER),
        ("确认退货", "取消订单", Answer.OTHER),
        ("yes, return it", "cancel an order", Answer.OTHER),
        ("取消", "取消订单", Answer.OTHER),
        ("不取消", "取消订单", Answer.NO),
    ],
)
def test_a_yes_may_name_what_it_is_said_to_and_nothing_else(text: str, matter: str, answer: Answer) -> None:
    assert CONSENT.read(fold(text), fold(matter)) is answer


@pytest.mark.parametrize(
    "text", ["算了，不办了", "还是算了吧", "不用了谢谢", "我改主意了", "never mind", "forget it", "no thanks"]
)
def test_a_shopper_gives_up(text: str) -> None:
    assert CONSENT.gives_up(fold(text))


@pytest.mark.parametrize(
    "text", ["买多了不用了", "确认", "不喜欢", "上海市长宁区", "the red one", "it stopped working"]
)
def test_an_answer_gives_nothing_up(text: str) -> None:
    assert not CONSENT.gives_up(fold(text))


@pytest.mark.parametrize("text", ["不知道", "我也不清楚，你帮我查一下", "随便", "no idea", "you choose"])
def test_a_shopper_cannot_tell(text: str) -> None:
    assert CONSENT.cannot_tell(fold(text))
