"""What wants something done, and what only complains, asks, supposes, threatens or tells of others."""

from __future__ import annotations

import pytest

from assistant.procedures.wanting import Wanting

WANTING = Wanting()


@pytest.mark.parametrize(
    "said",
    [
        "如果我现在取消订单，",
        "要是明天还不发货我就取消订单",
        "我朋友说“帮我取消订单”跟你们说了三遍都没人理",
        "昨天我说要取消羽绒服，其实是开玩笑的",
        "开发票要提供什么资料",
        "if it doesn't ship tomorrow i will cancel the order!",
        "my husband says we should cancel the stroller",
        "i wonder whether i should exchange the gloves for l",
        "can you explain what refund without return means?",
    ],
)
def test_nothing_is_wanted(said: str) -> None:
    assert not WANTING.wanted(said).strip()


@pytest.mark.parametrize(
    "said",
    [
        "没发货的话就帮我取消",
        "如果还没发货就取消订单",
        "能不能帮我取消订单？",
        "if it hasn't shipped yet, please cancel it",
        "cancel order 12",
    ],
)
def test_a_request_stays(said: str) -> None:
    assert WANTING.wanted(said) == said
