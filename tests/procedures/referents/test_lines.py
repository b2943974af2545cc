from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.backend import Order, OrderLine, OrderStage
from assistant.procedures.referents import How, Item, Meaning
from tests.procedures.referents.said import Teller, line, order

OLD = order(
    "#L1",
    line("Cordless Drill", 89, sku="drill"),
    line("Bookshelf", 140, sku="shelf-oak", material="wood", color="brown"),
    line("Tablet", 480, sku="tablet-black", color="black", screen_size="10-inch"),
    line("Dining Plate", 12, quantity=6, sku="plate"),
    stage=OrderStage.DELIVERED,
)
NEW = order(
    "#L2",
    line("Bookshelf", 95, sku="shelf-white", material="metal", color="white"),
    line("Tablet", 320, sku="tablet-gold", color="gold", screen_size="8-inch"),
    line("Jigsaw Puzzle", 25, sku="puzzle"),
)
KITCHEN = order(
    "#L3",
    line("嵌入式洗碗机16套", 4349, sku="dish"),
    line("12升燃气热水器", 899, sku="gas"),
    line("落地扇", 199, sku="fan"),
)


def of(
    teller: Teller, text: str, orders: Sequence[Order] = (OLD, NEW), focus: Sequence[Item] = (), open_only: bool = False
) -> Meaning[Item]:
    def serves(order: Order, _: OrderLine) -> bool:
        return not open_only or order.stage is OrderStage.PAID

    return teller.mean.lines.which(teller.say(text), orders, focus=focus, serves=serves)


def skus(meaning: Meaning[Item]) -> set[str]:
    return {str(item.line.sku_id) for item in meaning.meant}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("return the drill and the puzzle", {"drill", "puzzle"}),
        ("just the jigsaw please", {"puzzle"}),
        ("all the bookshelves", {"shelf-oak", "shelf-white"}),
        ("both tablets", {"tablet-black", "tablet-gold"}),
        ("return two tablets", {"tablet-black", "tablet-gold"}),
        ("the more expensive tablet", {"tablet-black"}),
        ("return the tablet, the cheaper one", {"tablet-gold"}),
        ("the gold tablet has a crack", {"tablet-gold"}),
        ("the 10-inch tablet", {"tablet-black"}),
        ("the bookshelf I received", {"shelf-oak"}),
        ("the tablet that came with the puzzle", {"tablet-gold"}),
        ("exchange the wooden bookshelf for a white one", {"shelf-oak"}),
        ("everything except the tablets and the bookshelves", {"drill", "plate", "puzzle"}),
        ("everything", {"drill", "shelf-oak", "tablet-black", "plate", "shelf-white", "tablet-gold", "puzzle"}),
        ("return the drill but keep the puzzle", {"drill"}),
        ("return the puzzle since it belongs to the drill", {"puzzle"}),
        ("For the drill, I have a question; return the puzzle", {"drill", "puzzle"}),
        ("swap it for the cheapest; I mean the drill", {"drill"}),
    ],
)
def test_words_tell_the_items(teller: Teller, text: str, meant: set[str]) -> None:
    found = of(teller, text)

    assert skus(found) == meant, found
    assert not found.among


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("洗碗机退了", {"dish"}),
        ("把燃热和风扇退掉", {"gas", "fan"}),
        ("除了洗碗机都退", {"gas", "fan"}),
        ("热水器除外，都退", {"dish", "fan"}),
        ("整单都退", {"dish", "gas", "fan"}),
        ("贵的那个退了", {"dish"}),
        ("最便宜的那个不要了", {"fan"}),
        ("洗碗机留着，热水器退掉", {"gas"}),
        ("热水器换成洗碗机", {"gas"}),
    ],
)
def test_chinese_words_tell_the_items(teller: Teller, text: str, meant: set[str]) -> None:
    found = of(teller, text, (KITCHEN,))

    assert skus(found) == meant, found


@pytest.mark.parametrize("text", ["return the tablet", "the bookshelf please"])
def test_one_of_several_called_the_same_is_asked_for(teller: Teller, text: str) -> None:
    found = of(teller, text)

    assert not found.meant
    assert len(found.among) == 2


def test_of_several_called_the_same_the_one_that_can_be_served_is_likely(teller: Teller) -> None:
    found = of(teller, "change the tablet", open_only=True)

    assert skus(found) == {"tablet-gold"}
    assert found.how is How.LIKELY


def test_two_pieces_of_the_same_are_one_thing(teller: Teller) -> None:
    twin = order("#T", line("Desk Lamp", sku="lamp"), line("Desk Lamp", sku="lamp"))

    assert len(of(teller, "return the lamp", (twin,)).meant) == 1
    assert len(of(teller, "return both lamps", (twin,)).meant) == 2


def test_how_many_pieces_is_told(teller: Teller) -> None:
    (item,) = of(teller, "return 2 pieces of the plates").meant

    assert (item.line.sku_id, item.quantity) == ("plate", 2)


def test_what_was_talked_about_is_meant_by_it(teller: Teller) -> None:
    puzzle = Item(NEW.id, 2, NEW.lines[2])

    assert of(teller, "return it", focus=[puzzle]).meant == (puzzle,)
    assert of(teller, "这个退掉", focus=[puzzle]).how is How.FOCUS


def test_no_item_is_taken_where_none_is_told(teller: Teller) -> None:
    found = of(teller, "I want to return something")

    assert not found.meant
    assert len(found.among) == 7


def test_each_item_has_the_words_said_of_it(teller: Teller) -> None:
    said = teller.say(
        "For the items: the tablet in gold please, and the bookshelf in metal, white if you have several colours."
    )
    found = teller.mean.lines.said_of(said, of(teller, said.text, (OLD,)).meant)

    texts = {str(one.items[0].line.sku_id): one.text for one in found}
    assert "gold" in texts["tablet-black"]
    assert "metal" not in texts["tablet-black"]
    assert "metal, white" in texts["shelf-oak"]
    assert "gold" not in texts["shelf-oak"]


def test_of_two_matters_in_one_message_each_has_its_own_items(teller: Teller) -> None:
    said = teller.say("return the drill, and exchange the puzzle and the black tablet for other ones")

    returned = teller.mean.lines.which(said, (OLD, NEW), doing="return")
    exchanged = teller.mean.lines.which(said, (OLD, NEW), doing="exchange")

    assert skus(returned) == {"drill"}
    assert skus(exchanged) == {"puzzle", "tablet-black"}


def test_all_items_are_meant_though_one_of_them_is_named(teller: Teller) -> None:
    text = "change all my items to the dearest variants, but the plates only if they are white"

    found = of(teller, text, (OLD,))

    assert len(found.meant) == 4
    said = {str(one.items[0].line.sku_id): one.text for one in teller.mean.lines.said_of(teller.say(text), found.meant)}
    assert "dearest" in said["plate"], "what is said of all is said of it too"


def test_what_an_item_shall_become_says_nothing_of_which_is_meant(teller: Teller) -> None:
    drill = Item(OLD.id, 0, OLD.lines[0])

    assert of(teller, "change it to the most expensive one", focus=[drill]).meant == (drill,)
    assert not of(teller, "change one of them to the most expensive one").meant


def test_an_id_beside_a_name_adds_to_it(teller: Teller) -> None:
    number = order("#N", line("Cordless Drill", sku="4411223344"), line("Floor Lamp", sku="5511223344"))

    assert skus(of(teller, "return 4411223344 and the lamp", (number,))) == {"4411223344", "5511223344"}


SCRAPS = [
    "return",
    "the",
    "drill",
    "tablet",
    "tablets",
    "bookshelf",
    "puzzle",
    "and",
    ",",
    "except",
    "everything",
    "all",
    "both",
    "more",
    "expensive",
    "cheaper",
    "it",
    "keep",
    "gold",
]


@settings(max_examples=60)
@given(words=st.lists(st.sampled_from(SCRAPS), max_size=9), orders=st.permutations((OLD, NEW, KITCHEN)))
def test_only_items_of_the_orders_come_out_once_each_whatever_is_said(
    teller: Teller, words: list[str], orders: list[Order]
) -> None:
    found = of(teller, " ".join(words), orders)

    known = {(order.id, place) for order in orders for place, _ in enumerate(order.lines)}
    places = [(item.order, item.place) for item in (*found.meant, *found.among)]
    assert set(places) <= known
    assert all(one != other for one, other in pairwise(sorted(places)))
    assert found == of(teller, " ".join(words), sorted(orders, key=lambda order: order.id))
