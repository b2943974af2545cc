from __future__ import annotations

import pytest

from assistant.domain.ids import ProductId
from assistant.procedures.referents import How, Lack, Offered
from tests.procedures.referents.said import Teller

NOW = Offered(ProductId("7001"), "星河电热水器50升2500W")
ALLOWED = [
    Offered(ProductId("7002"), "星河电热水器50升3000W"),
    Offered(ProductId("7003"), "星河电热水器80升2500W", available=False),
    Offered(ProductId("7004"), "星河电热水器40升2000W"),
]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("功率大一点的", "7002"),
        ("换成3000W的", "7002"),
        ("功率要比这台大，换一台", "7002"),
        ("换成7004", "7004"),
        ("容量小一点的就行", "7004"),
        ("要80升的，没货的话就换功率更大的", "7002"),
        ("40升那款", "7004"),
        ("one with more power", "7002"),
    ],
)
def test_another_product_is_told_by_its_figures(teller: Teller, text: str, meant: str) -> None:
    assert [offered.id for offered in teller.mean.exchanges.which(text, NOW, ALLOWED).of.meant] == [meant]


def test_what_cannot_be_had_is_said_to_be_sold_out(teller: Teller) -> None:
    found = teller.mean.exchanges.which("换成80升的", NOW, ALLOWED)

    assert (found.of.meant, found.lack) == ((), Lack.SOLD_OUT)


def test_where_no_words_tell_the_choice_is_offered(teller: Teller) -> None:
    found = teller.mean.exchanges.which("我要换货", NOW, ALLOWED)

    assert not found.of.meant
    assert {offered.id for offered in found.of.among} == {"7002", "7004"}


def test_the_only_one_is_taken_as_such(teller: Teller) -> None:
    found = teller.mean.exchanges.which("我要换货", NOW, ALLOWED[:1])

    assert (found.of.meant, found.of.how) == ((ALLOWED[0],), How.ONLY)


def test_nothing_is_meant_where_nothing_is_allowed(teller: Teller) -> None:
    assert teller.mean.exchanges.which("换成3000W的", NOW, []).lack is Lack.NO_SUCH
