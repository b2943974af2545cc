from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.commerce import Sku
from assistant.domain.ids import SkuId
from assistant.procedures.referents import How, Lack, Variant
from tests.procedures.referents.said import Teller, sku

JACKETS = [
    sku(f"j-{size}-{color}-{lining}", price, size=size, color=color, lining=lining)
    for (size, color, lining), price in zip(
        product(("S", "M", "L", "XL"), ("black", "red"), ("cotton", "polyester")), range(100, 180, 5), strict=True
    )
]
LAMPS = [
    sku("lamp-1", 60, brightness="low", power_source="USB"),
    sku("lamp-2", 75, brightness="medium", power_source="USB"),
    sku("lamp-3", 70, brightness="medium", power_source="battery"),
    sku("lamp-4", 90, brightness="high", power_source="AC adapter"),
]
PUMPS = [
    sku(f"pump-{bar}", 200 + bar, pressure=f"{bar} bar", hose=f"{hose}ft")
    for bar, hose in ((7, 25), (9, 25), (12, 25), (15, 50))
]
PHONES = [
    sku("phone-1", 300, storage="64GB", chip="i5", waterproof="no"),
    sku("phone-2", 400, storage="128GB", chip="i7", waterproof="yes"),
    sku("phone-3", 380, storage="256GB", chip="i7", waterproof="no"),
    sku("phone-4", 700, storage="1TB", chip="i9", waterproof="yes"),
]
SNEAKERS = [
    Sku(SkuId(f"{colour}{size}"), (("颜色", colour), ("尺码", size)), None, stock)
    for colour, size, stock in (
        ("黑色", "37", 0),
        ("黑色", "38", 5),
        ("黑色", "39", 5),
        ("米白色", "37", 2),
        ("米白色", "38", 2),
        ("深蓝色", "38", 1),
    )
]
SHIRTS = [
    Sku(SkuId(f"c-{size}-{colour}"), (("尺码", size), ("颜色", colour)))
    for size in ("S", "M", "L")
    for colour in ("黑色", "红色")
]


def of(teller: Teller, text: str, skus: list[Sku], current: str) -> Variant:
    return teller.mean.variants.which(text, next(sku for sku in skus if sku.id == current), skus)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("in red", "j-M-red-cotton"),
        ("for a large one", "j-L-black-cotton"),
        ("one size smaller", "j-S-black-cotton"),
        ("size up please", "j-L-black-cotton"),
        ("red, size XL, polyester", "j-XL-red-polyester"),
        ("a small red one instead of the black one", "j-S-red-cotton"),
        ("change the M to an L, same color", "j-L-black-cotton"),
        ("size S, preferably red", "j-S-red-cotton"),
        ("the most expensive one, other specs don't matter", "j-XL-red-polyester"),
        ("the cheapest red one", "j-S-red-cotton"),
        ("it's too small", None),
        ("换成红色的", "j-M-red-cotton"),
        ("大一码", "j-L-black-cotton"),
        ("小一号，红的", "j-S-red-cotton"),
        ("j-L-red-cotton", "j-L-red-cotton"),
    ],
)
def test_named_options_change_and_the_others_stay(teller: Teller, text: str, meant: str | None) -> None:
    found = of(teller, text, JACKETS, "j-M-black-cotton")

    if meant is None:
        assert {dict(sku.options)["size"] for sku in found.of.among} == {"L", "XL"}, "larger, but how much is not said"
    else:
        assert [sku.id for sku in found.of.meant] == [meant], found
        assert (found.of.how, found.changed) == (How.WORDS, ())


@pytest.mark.parametrize(
    ("text", "meant"),
    [("换成红色，M码", "c-M-红色"), ("要红的", "c-S-红色"), ("大一码", "c-M-黑色"), ("换L码", "c-L-黑色")],
)
def test_options_with_chinese_names_are_told_too(teller: Teller, text: str, meant: str) -> None:
    assert [sku.id for sku in of(teller, text, SHIRTS, "c-S-黑色").of.meant] == [meant]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("换39", "黑色39"),
        ("大一码，颜色不变", "黑色39"),
        ("换成白色", "米白色38"),
        ("蓝的", "深蓝色38"),
        ("米白色37", "米白色37"),
        ("换成黑色37，没货就米白37", "米白色37"),
        ("同款换新", "黑色38"),
    ],
)
def test_shades_and_sizes_in_bare_numbers_are_told(teller: Teller, text: str, meant: str) -> None:
    assert [sku.id for sku in of(teller, text, SNEAKERS, "黑色38").of.meant] == [meant]


def test_where_the_one_wished_for_is_sold_out_no_other_colour_is_taken_for_it(teller: Teller) -> None:
    found = of(teller, "小一码", SNEAKERS, "黑色38")

    assert (found.of.meant, found.lack) == ((), Lack.SOLD_OUT)
    assert "米白色37" in {sku.id for sku in found.nearest}


def test_another_value_or_price_than_now_is_a_choice_where_there_are_several(teller: Teller) -> None:
    assert {sku.id for sku in of(teller, "换个颜色", SNEAKERS, "黑色38").of.among} == {"米白色38", "深蓝色38"}
    assert {sku.id for sku in of(teller, "a cheaper one", LAMPS, "lamp-2").of.among} == {"lamp-1", "lamp-3"}
    assert [sku.id for sku in of(teller, "a different color", JACKETS, "j-M-black-cotton").of.meant] == [
        "j-M-red-cotton"
    ]


@pytest.mark.parametrize(
    ("text", "current", "meant"),
    [
        ("a brighter one", "lamp-1", "lamp-2"),
        ("the brightest one, I don't care about the power source", "lamp-2", "lamp-4"),
        ("less bright", "lamp-2", "lamp-1"),
        ("battery instead of USB", "lamp-2", "lamp-3"),
        ("the medium one may be too bright, the dimmest please", "lamp-2", "lamp-1"),
        ("with 'battery' as its power source", "lamp-2", "lamp-3"),
    ],
)
def test_relations_are_told_on_the_scale_of_the_values(teller: Teller, text: str, current: str, meant: str) -> None:
    assert [sku.id for sku in of(teller, text, LAMPS, current).of.meant] == [meant]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("I'd take 10 bar; if you have no 10 bar, then 9", "pump-9"),
        ("Make it 8 bar. If you don't have 8 bar then 10. If no 10, then 7.", "pump-7"),
        ("slightly lower pressure", "pump-9"),
        ("8 bar，没有的话就7 bar", "pump-7"),
    ],
)
def test_wishes_for_want_of_another_are_tried_in_order(teller: Teller, text: str, meant: str) -> None:
    assert [sku.id for sku in of(teller, text, PUMPS, "pump-12").of.meant] == [meant]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the least expensive with i7 or better, whatever the other specs", "phone-3"),
        ("a waterproof one, anything else is fine, at most 500 dollars", "phone-2"),
        ("with 1 TB, whatever the other specs", "phone-4"),
        ("at least 128GB, the cheapest", "phone-3"),
        ("the most expensive under $450", "phone-2"),
    ],
)
def test_bounds_and_extremes_are_told(teller: Teller, text: str, meant: str) -> None:
    assert [sku.id for sku in of(teller, text, PHONES, "phone-1").of.meant] == [meant]


def test_the_end_of_a_scale_is_taken_though_other_options_differ_there(teller: Teller) -> None:
    found = of(teller, "the highest pressure, everything else the same", PUMPS, "pump-9")

    assert [sku.id for sku in found.of.meant] == ["pump-12"], "the highest with the same hose"
    found = of(teller, "the highest pressure", PUMPS[2:], "pump-12")
    assert ([sku.id for sku in found.of.meant], found.changed) == (["pump-15"], ("hose",))


def test_an_option_that_does_not_matter_may_be_anything(teller: Teller) -> None:
    found = of(teller, "with 128GB, I don't care if it is waterproof", PHONES, "phone-1")

    assert [sku.id for sku in found.of.meant] == ["phone-2"]


def test_a_sum_of_the_order_bounds_no_price(teller: Teller) -> None:
    assert of(teller, "my card has less than $50 left. The L please", JACKETS, "j-M-black-cotton").of.meant


def test_what_no_variant_has_is_said_with_what_comes_nearest(teller: Teller) -> None:
    found = of(teller, "in green", JACKETS, "j-M-black-cotton")

    assert (found.of.meant, found.of.missing, found.lack) == ((), ("green",), Lack.NO_SUCH)
    assert found.nearest


def test_what_is_sold_out_is_said_to_be(teller: Teller) -> None:
    gone = [replace(sku, stock=0) if dict(sku.options)["color"] == "red" else sku for sku in JACKETS]

    found = of(teller, "in red", gone, "j-M-black-cotton")

    assert (found.of.meant, found.lack) == ((), Lack.SOLD_OUT)
    assert all(sku.stock != 0 for sku in found.nearest)


def test_a_variant_that_differs_in_what_was_not_spoken_of_is_only_likely_and_says_so(teller: Teller) -> None:
    few = [sku for sku in JACKETS if sku.id in ("j-M-black-cotton", "j-L-red-cotton")]

    found = of(teller, "in red", few, "j-M-black-cotton")

    assert (found.of.how, found.changed) == (How.LIKELY, ("size",))


def test_what_is_as_wished_already_stays(teller: Teller) -> None:
    assert of(teller, "in black please", JACKETS, "j-M-black-cotton").lack is Lack.SAME
    assert of(teller, "the cheapest one", LAMPS, "lamp-1").lack is Lack.SAME


@pytest.mark.parametrize("text", ["something nicer", "换一个", "please change it", ""])
def test_words_that_wish_for_nothing_tell_no_variant(teller: Teller, text: str) -> None:
    found = of(teller, text, JACKETS, "j-M-black-cotton")

    assert (found.of.meant, found.lack) == ((), Lack.UNTOLD)


def test_the_same_as_another_one_had_is_that_one(teller: Teller) -> None:
    current, other = JACKETS[4], JACKETS[11]

    found = teller.mean.variants.which("the same as the other one that I own", current, JACKETS, owned=[current, other])

    assert found.of.meant == (other,)


def test_the_same_item_again_is_the_present_variant(teller: Teller) -> None:
    assert [sku.id for sku in of(teller, "exchange it for the same item", JACKETS, "j-L-red-cotton").of.meant] == [
        "j-L-red-cotton"
    ]


SCRAPS = [
    "red",
    "black",
    "large",
    "S",
    "XL",
    "cotton",
    "polyester",
    "not",
    "if",
    "no",
    ",",
    "then",
    "cheaper",
    "larger",
    "one",
    "size",
    "smaller",
    "same",
    "size",
    "instead",
    "of",
    "cheapest",
    "换成红色",
    "大一码",
]


@settings(max_examples=60)
@given(
    words=st.lists(st.sampled_from(SCRAPS), max_size=8),
    skus=st.permutations(JACKETS),
    out=st.sets(st.sampled_from([sku.id for sku in JACKETS])),
)
def test_only_variants_that_can_be_had_come_out_and_their_list_may_stand_in_any_order(
    teller: Teller, words: list[str], skus: list[Sku], out: set[str]
) -> None:
    listed = [replace(sku, stock=0) if sku.id in out else sku for sku in skus]

    found = of(teller, " ".join(words), listed, "j-M-black-cotton")

    assert all(sku.stock != 0 for sku in (*found.of.meant, *found.of.among, *found.nearest))
    assert len(found.of.meant) <= 1
    assert (found.lack is None) == bool(found.of.meant or found.of.among)
    assert found == of(teller, " ".join(words), sorted(listed, key=lambda sku: sku.id), "j-M-black-cotton")
