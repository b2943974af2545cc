"""Which option a shopper's words mean."""

from __future__ import annotations

import pytest

from evals.simulator.choices import identified

WATER = ("60升 3200W 电热水器", "80升 4800W 电热水器", "16升燃气热水器")


@pytest.mark.parametrize(
    ("words", "options", "place"),
    [
        ("周五", ("周四", "周五"), 1),
        ("周五", ("周四上午", "周五上午"), 1),
        ("已发货的那个", ("订单1 已发货 ¥20", "订单2 已付款 ¥30"), 0),
        ("4800W的电热水器", WATER, 1),
        ("不是电热水器的那个", WATER, 2),
        ("purple, S, polyester", ("purple, S, polyester", "purple, XL, polyester"), 0),
        ("the purple one in polyester", ("purple XL cotton", "purple S polyester"), 1),
        ("only the watch", ("everything in the order", "smart watch"), 1),
        ("everything except the pet bed", ("pet bed", "keyboard"), 1),
        ("the one sent to Texas", ("#W1, Austin, Texas", "#W2, Columbus, Ohio"), 0),
        ("#W2", ("#W1", "#W2"), 1),
        ("ＲＥＤ", ("red", "dark red"), 0),
        ("the grey one", ("grey",), 0),
    ],
)
def test_one_option_is_meant(words: str, options: tuple[str, ...], place: int) -> None:
    assert identified(words, options) == [place]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("", ("red", "blue")),
        ("whichever", ("red", "blue")),
        ("the more expensive one", ("Tea pot $30", "Tea pot $40")),
        ("订单", ("订单1", "订单2")),
        ("red", ()),
        ("red", ("", "")),
    ],
)
def test_no_option_is_meant_where_the_words_tell_none_apart(words: str, options: tuple[str, ...]) -> None:
    assert identified(words, options) == []


def test_several_may_be_meant_as_well() -> None:
    assert identified("the red one", ("red cup", "red pot", "blue cup")) == [0, 1]
    assert identified("不是杯子", ("红杯子", "茶壶", "茶盘")) == [1, 2]
