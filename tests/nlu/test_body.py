from decimal import Decimal

import pytest

from assistant.domain.folding import fold
from assistant.nlu.body import BodyReader
from assistant.nlu.quantities import Quantities


@pytest.fixture(scope="module")
def reader() -> BodyReader:
    return BodyReader(Quantities())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("身高170体重65公斤", {"height": 1700, "weight": 65}),
        ("我170，130斤", {"height": 1700, "weight": 65}),
        ("165/50穿多大", {"height": 1650, "weight": 50}),
        ("170 65kg", {"height": 1700, "weight": 65}),
        ("身高1米75，体重140", {"height": 1750, "weight": 70}),
        ("一米六八，一百一十斤", {"height": 1680, "weight": 55}),
        ("脚长26厘米", {"foot": 260}),
        ("我脚长 245mm 穿几码", {"foot": 245}),
        ("腰围80 臀围96", {"waist": 800, "hips": 960}),
        ("宝宝8公斤用什么码", {"weight": 8}),
        ("多少钱", {}),
        ("150元以内的", {}),
    ],
)
def test_measures_of_the_body_are_read_from_chinese(reader: BodyReader, text: str, expected: dict[str, int]) -> None:
    slots = {slot.name: Decimal(slot.value) for slot in reader.in_text(fold(text), chinese=True)}
    assert slots == {name: Decimal(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i'm 5'7 and 140 lbs", {"height": Decimal("1701.8"), "weight": Decimal("63.5029318")}),
        ("170 cm, 65 kg", {"height": 1700, "weight": 65}),
        ("my foot is 26 cm", {"foot": 260}),
        ("chest 96 waist 80", {"chest": 960, "waist": 800}),
    ],
)
def test_measures_of_the_body_are_read_from_english(
    reader: BodyReader, text: str, expected: dict[str, Decimal | int]
) -> None:
    slots = {slot.name: Decimal(slot.value) for slot in reader.in_text(fold(text), chinese=False)}
    assert slots == {name: Decimal(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("身高", "height"),
        ("体重(kg)", "weight"),
        ("脚长", "foot"),
        ("Chest", "chest"),
        ("参考月龄", None),
        ("袋长", None),
    ],
)
def test_a_heading_names_a_measure(reader: BodyReader, heading: str, measure: str | None) -> None:
    assert reader.named(fold(heading)) == measure
