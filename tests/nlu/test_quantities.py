from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.folding import fold
from assistant.domain.understanding import Relation
from assistant.nlu.quantities import Quantities


@pytest.fixture(scope="module")
def quantities() -> Quantities:
    return Quantities()


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("80升的", "volume", 80),
        ("80L", "volume", 80),
        ("500ml", "volume", Decimal("0.5")),
        ("净重 2.5 公斤", "mass", Decimal("2.5")),
        ("五斤装", "mass", Decimal("2.5")),
        ("厚 32 厘米", "length", 320),
        ("¥1,299.00", "money", Decimal("1299.00")),
        ("一百块", "money", 100),
        ("两千五百瓦", "power", 2500),
        ("一万二千元", "money", 12000),
        ("质保十二个月", "duration", 12 * 43200),
        ("3300W", "power", 3300),
        ("42dB", "sound", 42),
        ("95%棉", "percent", 95),
        ("24片/包", "count", 24),
    ],
)
def test_measures_are_read_in_base_units(
    quantities: Quantities, text: str, kind: str | None, number: Decimal | int | None
) -> None:
    measures = [(measure.kind, measure.number) for measure in quantities.in_text(fold(text))]
    assert measures == ([] if kind is None else [(kind, number)])


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("300元以内的鞋", [(300, Relation.AT_MOST)]),
        ("有没有三百以内的", [(300, Relation.AT_MOST)]),
        ("五千以内", [(5000, Relation.AT_MOST)]),
        ("两千五左右", [(2500, Relation.ABOUT)]),
        ("不超过50块", [(50, Relation.AT_MOST)]),
        ("300到500元", [(300, Relation.AT_LEAST), (500, Relation.AT_MOST)]),
        ("anything under $40", [(40, Relation.AT_MOST)]),
        ("100块", [(100, Relation.EQUAL)]),
        ("3以内", []),
    ],
)
def test_words_beside_a_quantity_say_how_it_bounds(
    quantities: Quantities, text: str, bounds: list[tuple[int, Relation]]
) -> None:
    assert [(measure.number, measure.relation) for measure in quantities.in_text(fold(text))] == bounds


def test_the_same_amount_in_other_units_is_the_same_number(quantities: Quantities) -> None:
    (first,) = quantities.in_text("320mm")
    (second,) = quantities.in_text("32cm")
    assert (first.kind, first.number) == (second.kind, second.number)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("安装要多少钱", "money"),
        ("保修多久", "duration"),
        ("有多重", "mass"),
        ("how heavy is it", "mass"),
        ("how much does it weigh", "mass"),
        ("how much is it", "money"),
        ("一天几度电", "energy"),
        ("是什么材质", None),
    ],
)
def test_question_words_tell_the_kind_of_quantity(quantities: Quantities, question: str, kind: str | None) -> None:
    assert quantities.asked_for(question) == kind


QUANTITIES = Quantities()


@given(st.text())
def test_any_text_can_be_searched_for_measures(text: str) -> None:
    assert all(measure.number >= 0 for measure in QUANTITIES.in_text(fold(text)))


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("两三千的有吗", [("at_least", 2000), ("at_most", 3000)]),
        ("三五百块", [("at_least", 300), ("at_most", 500)]),
        ("预算千把块", [("about", 1000)]),
        ("一百来块的", [("about", 100)]),
        ("两三百公里", []),
    ],
)
def test_a_price_that_is_named_roughly_is_a_range_or_about_so_much(text: str, bounds: list[tuple[str, int]]) -> None:
    assert [(measure.relation.value, measure.number) for measure in Quantities().in_text(text)] == bounds


@pytest.mark.parametrize(("text", "kind"), [("噪音多少", "sound"), ("容量有多大", "volume"), ("好评多少", None)])
def test_a_property_before_how_much_tells_the_kind(text: str, kind: str | None) -> None:
    assert Quantities().asked_for(text) == kind
