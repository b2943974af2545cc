from decimal import Decimal

import pytest

from assistant.answers.figures import Figures
from assistant.domain.commerce import Fact, Passage
from assistant.domain.ids import EvidenceId
from assistant.nlu.quantities import Quantities
from tests import shop

FIGURES = Figures(Quantities())


def prose(text: str) -> Passage:
    return Passage(EvidenceId("ev_prose"), text, "zh", shop.SOURCE)


def stated(name: str, entry: Fact | Passage, states: frozenset[str] = frozenset()) -> list[Decimal | None]:
    return [figure.of(name) for figure in FIGURES.of(FIGURES.properties[name], [entry], states)]


@pytest.mark.parametrize(
    ("name", "text", "millimetres"),
    [
        ("width", "产品尺寸为长555mm×宽345mm×高180mm，安装方便", 345),
        ("height", "外形（长×宽×高）55.5*34.5*18cm", 180),
        ("depth", "宽 60 厘米，深 32 厘米", 320),
        ("height", "about 1.2 m tall, folds flat", 1200),
        ("thickness", "厚度约 17.6 cm", 176),
    ],
)
def test_the_sides_of_a_thing_are_told_by_the_words_at_them(name: str, text: str, millimetres: int) -> None:
    assert stated(name, prose(text)) == [Decimal(millimetres)]


def test_three_sides_without_words_are_a_size_and_no_width() -> None:
    text = prose("机身 530×335×176 mm")
    assert stated("width", text) == []
    assert [figure.numbers for figure in FIGURES.of(FIGURES.properties["size"], [text])] == [(530, 335, 176)]


def test_a_weight_of_the_parcel_is_told_only_to_who_asks_for_it() -> None:
    text = prose("净重15.5kg，包装重量17.5kg")
    assert stated("weight", text) == [Decimal("15.5")]
    assert stated("weight", text, frozenset({"packed"})) == [Decimal("17.5")]


def test_a_figure_that_a_fact_names_is_surer_than_one_in_prose() -> None:
    fact = shop.fact("KT-17", shop.text("净重"), shop.text("1.1 kg"))
    found = FIGURES.of(FIGURES.properties["weight"], [prose("每次可装 2 kg"), fact])
    assert max(found, key=lambda figure: figure.certainty).numbers == (Decimal("1.1"),)
