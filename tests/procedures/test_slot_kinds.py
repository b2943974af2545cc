"""Each kind of slot is filled by what shoppers say, read from the request too, and asked for when nothing fits."""

from __future__ import annotations

import pytest

from assistant.domain.backend import JsonObject
from assistant.domain.procedures import Procedure, SlotKind
from assistant.procedures.files import check
from assistant.procedures.progress import Way
from assistant.procedures.shop_checks import Shop
from tests.procedures.shop import files
from tests.procedures.window import Window, said

BEGIN = {"zh": "帮我登记一下", "en": "please put it down"}


def asking(kind: str, more: str = "") -> dict[str, Procedure]:
    """A shop's only procedure, which needs one thing of a kind."""
    text = f"""\
procedure: note
title: {{zh: 登记, en: put it down}}
slots:
{more}  - {{name: wanted, kind: {kind}{", of: goods" if kind == "sku" else ""}}}
confirm: {{zh: 登记。, en: I'll put it down.}}
steps: [{{name: noted, call: order.note}}]
done: {{zh: 好的。, en: Done.}}
"""
    checked = check(files(note=text), Shop())
    assert not checked.faults, list(map(str, checked.faults))
    return {procedure.name: procedure for procedure in checked.procedures}


def value(window: Window) -> object:
    values: JsonObject = window.run.values if window.run is not None else {}
    return values.get("wanted")


READ = [
    *(("quantity", "zh", each, 3) for each in ("三件", "3", "就要三", "3件吧")),
    *(("quantity", "en", each, 3) for each in ("3", "three", "just 3 please")),
    ("amount", "zh", "35.5元", "35.5"),
    ("amount", "zh", "50", "50"),
    ("amount", "en", "$20", "20"),
    ("amount", "en", "20 please", "20"),
    ("date", "zh", "2026-12-01", {"date": "2026-12-01", "said": "2026-12-01"}),
    ("date", "en", "1st December", {"date": "2026-12-01", "said": "1st December"}),
    ("name", "zh", "我叫李雷", "李雷"),
    ("name", "en", "Ann Lee", "Ann Lee"),
    ("phone", "zh", "138-1234-5678", "13812345678"),
    ("phone", "en", "my number is 13812345678", "13812345678"),
    ("postcode", "zh", "310000", "310000"),
    ("postcode", "zh", "邮编310000", "310000"),
    ("postcode", "en", "SW1A 1AA", "SW1A 1AA"),
    ("postcode", "en", "310000", "310000"),
    ("payment", "zh", "礼品卡", "gift-1"),
    ("payment", "en", "use my gift card", "gift-1"),
    ("picture", "zh", "看图 https://x.example/a.png", "https://x.example/a.png"),
    ("picture", "en", "https://x.example/a.jpg", "https://x.example/a.jpg"),
]


@pytest.mark.parametrize(("kind", "language", "answer", "read"), READ)
async def test_an_answer_fills_the_slot_that_was_asked_for(kind: str, language: str, answer: str, read: object) -> None:
    window = Window(asking(kind), tag=language)
    assert (await window.asks("note", BEGIN[language])).slot == "wanted"
    assert (await window.says(answer)).way is Way.CONFIRMS
    assert value(window) == read


@pytest.mark.parametrize(
    ("kind", "language", "request_", "read"),
    [
        ("quantity", "zh", "帮我登记两件", 2),
        ("amount", "en", "please put down $20", "20"),
        ("date", "zh", "帮我登记到2026-12-01", {"date": "2026-12-01", "said": "2026-12-01"}),
        ("phone", "en", "please put down my number 13812345678", "13812345678"),
        ("postcode", "zh", "帮我登记邮编310000", "310000"),
        ("picture", "zh", "帮我登记 https://x.example/a.png", "https://x.example/a.png"),
        ("payment", "en", "please put it down with my gift card", "gift-1"),
    ],
)
async def test_what_the_request_says_is_not_asked_for(kind: str, language: str, request_: str, read: object) -> None:
    window = Window(asking(kind), tag=language)
    assert (await window.asks("note", request_)).way is Way.CONFIRMS
    assert value(window) == read


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("quantity", "差不多吧"),
        ("amount", "about as much as last time"),
        ("date", "看情况"),
        ("phone", "12345"),
        ("postcode", "就在你们隔壁"),
        ("picture", "http://x.example/page"),
        ("name", "为什么要名字？"),
        ("name", "谢谢"),
        ("name", "谢谢你啦！"),
        ("name", "thanks"),
        ("name", "OK, thank you so much"),
    ],
)
async def test_what_does_not_fit_fills_nothing_and_the_question_is_put_again(
    kind: str, wrong: str, language: str
) -> None:
    window = Window(asking(kind), tag=language)
    asked = said(await window.asks("note", BEGIN[language]))
    heard = await window.heard(wrong)
    again = heard if heard is not None else await window.asked_again(wrong)
    assert (again.way, again.slot) == (Way.ASKS, "wanted")
    assert value(window) is None
    assert asked in said(again)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "您名下没有找到paypal"), ("en", "I can't find paypal on your account")]
)
async def test_a_way_to_pay_that_the_shopper_has_not_is_named_and_theirs_are_offered(language: str, words: str) -> None:
    window = Window(asking("payment"), tag=language)
    await window.asks("note", BEGIN[language])
    refused = await window.says("paypal")
    assert (refused.way, words in said(refused)) == (Way.ASKS, True)
    assert "礼品卡" in [choice.label for choice in refused.choices]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_product_talked_about_fills_the_slot_and_its_variant_is_chosen(language: str) -> None:
    window = Window(asking("sku", "  - {name: goods, kind: product}\n"), tag=language)
    asked = await window.asks("note", BEGIN[language])
    assert asked.slot == "goods"
    asked = await window.asks("note", BEGIN[language], about="RN-1")
    assert (asked.slot, len(asked.choices) > 1) == ("wanted", True)
    assert (await window.says(asked.choices[0].label)).way is Way.CONFIRMS
    assert value(window) == asked.choices[0].value


def test_every_kind_is_tried_here_or_among_records() -> None:
    among_records = {"order", "lines", "changes", "address", "choice", "text", "email"}
    tried = {kind for kind, *_ in READ} | {"product", "sku"}
    assert tried | among_records == {kind.value for kind in SlotKind}
