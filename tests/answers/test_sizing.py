from decimal import Decimal

import pytest

from assistant.answers.sizing import advised
from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.commerce import Product, SizeTable, Source
from assistant.domain.ids import ProductId
from assistant.domain.reply import ActionKind, ExpectsKind, Reply
from assistant.domain.text import LocalText
from assistant.domain.understanding import Language, Script, Slot
from assistant.nlu.body import BodyReader
from assistant.nlu.quantities import Quantities
from tests import shop

TABLE = SizeTable(
    ("尺码", "身高(cm)", "体重(斤)"),
    (("S", "155-160", "80-100"), ("M", "160-165", "100-115"), ("L", "165-172", "115-130")),
)


def product(*tables: SizeTable) -> Product:
    return Product(ProductId("p1"), LocalText.one("zh", "棉麻衬衫"), Source("pack", "a.json"), size_tables=tables)


def advice(given: dict[str, int], *tables: SizeTable) -> Reply | None:
    slots = [Slot(name, str(Decimal(value)), f"{name}{value}") for name, value in given.items()]
    voice = Voice(Texts.load(), shop.store(), Language("zh", Script.SIMPLIFIED))
    return advised(product(*tables), slots, voice, "这款", BodyReader(Quantities()))


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"height": 1620, "weight": 53}, "选M 码合适"),
        ({"height": 1570}, "选S 码合适"),
        ({"weight": 62}, "选L 码合适"),
        ({"height": 1600}, "选S 码 或 M 码合适"),
        ({"height": 1570, "weight": 56}, "取大的M"),
    ],
)
def test_measures_find_their_row(given: dict[str, int], size: str) -> None:
    reply = advice(given, TABLE)
    assert reply is not None
    assert reply.action.kind is ActionKind.ANSWER
    assert size in reply.text


def test_measures_beyond_the_table_get_no_guess() -> None:
    reply = advice({"height": 1900}, TABLE)
    assert reply is not None
    assert "不在" in reply.text


def test_without_measures_they_are_asked_for() -> None:
    reply = advice({}, TABLE)
    assert reply is not None
    assert reply.expects is not None
    assert reply.expects.kind is ExpectsKind.SLOT
    assert "身高、体重" in reply.text


@pytest.mark.parametrize("tables", [(), (SizeTable(("尺码", "袖长"), (("S", "60 cm"),)),)])
def test_a_product_without_such_a_table_gives_no_advice(tables: tuple[SizeTable, ...]) -> None:
    assert advice({"height": 1700}, *tables) is None
