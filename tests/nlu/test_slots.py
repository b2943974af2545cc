"""What holds of all slots together, and how they come to the clauses of a message."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.understanding import Language, Script, Understanding
from assistant.nlu.intents import ShopIntents
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots import SlotReader
from assistant.nlu.understand import Reader
from tests.nlu.conftest import WEDNESDAY, Read, values

_PIECES = st.sampled_from(
    [
        *"订单电话尾号地址路号楼市区县周下上月日天点半到前后大中小码的色红黑白XLM#+-—/.:：，。！？@（） \n\t’“",
        *"0123456789１２３",
        *[
            "13800138000",
            "https://",
            "www.a.com/",
            ".jpg",
            "订单号",
            "收件人",
            "王",
            "我叫",
            "my name is ",
            "Ann Lee",
            "Hi, ",
        ],
        *[
            "zip ",
            "10001",
            "2026-02-30",
            "Feb 31",
            "下周",
            "3点",
            "at ",
            "pm",
            "x3",
            "两双",
            "¥",
            "$30",
            "预算",
            "抬头",
        ],
        *["公司", "E04", "显示", "size ", "İ", "ﷺ", "㎏", "\u0301", "👍🏽", "\u200b", "١٢٣", "Ⅷ", "𝟙𝟚", "臺北市", "ß"],
    ]
)
_TEXTS = st.text(max_size=60) | st.lists(_PIECES, max_size=25).map("".join)
_INSIDE = {("product_id", "product_link"), ("postcode", "address"), ("time", "date"), ("person_name", "invoice_title")}
_IMPLIED = {"reason", "service_type"}

Said = Callable[[str], Understanding]


@pytest.fixture(scope="module")
def said() -> Said:
    reader, chinese = Reader(ShopIntents.load("none")), Language("zh", Script.SIMPLIFIED)
    return lambda text: reader.read(text, chinese, today=WEDNESDAY)


@given(_TEXTS, st.booleans(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_slot_stands_in_the_message_where_it_is_said_to(
    slot_reader: SlotReader, text: str, chinese: bool, today: date
) -> None:
    for placed in slot_reader.placed(text, today=today, chinese=chinese):
        assert placed.slot.text == text[placed.start : placed.end]
        assert placed.slot.text.strip() == placed.slot.text != ""
        assert placed.slot.value


@given(_TEXTS, st.booleans())
def test_reading_twice_gives_the_same(slot_reader: SlotReader, text: str, chinese: bool) -> None:
    once = slot_reader.in_text(text, today=WEDNESDAY, chinese=chinese)
    assert slot_reader.in_text(text, today=WEDNESDAY, chinese=chinese) == once


@given(_TEXTS, st.booleans())
def test_slots_share_characters_only_where_one_holds_the_other(
    slot_reader: SlotReader, text: str, chinese: bool
) -> None:
    placed = slot_reader.placed(text, today=WEDNESDAY, chinese=chinese)
    for index, one in enumerate(placed):
        for other in placed[index + 1 :]:
            if one.overlaps(other):
                names = {one.slot.name, other.slot.name}
                assert any(names == set(pair) for pair in _INSIDE) or len(names & _IMPLIED) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话１３８００１３８０００", [("phone", "13800138000")]),
        ("訂單號：７００１２３４５６７８９", [("order_id", "700123456789")]),
        ("我要黑色Ｌ碼", [("colour", "black"), ("size", "L")]),
        ("I’m Ann Lee", [("person_name", "Ann Lee")]),
        ("订单\t700123456789\u3000取消", [("order_id", "700123456789")]),
    ],
)
def test_widths_scripts_and_quotes_make_no_difference(read: Read, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(slot.name, slot.value) for slot in read(text)] == expected


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "\x00\x01", "🙂" * 50, "。。。", "null", "<script>alert(1)</script>"]
)
def test_texts_that_say_nothing_have_no_slots(read: Read, text: str) -> None:
    assert read(text) == ()


def test_a_stretch_is_one_slot_however_many_ways_it_could_be_read(read: Read) -> None:
    assert [slot.name for slot in read("2026-03-25 15:30")] == ["date", "time"]
    assert [slot.name for slot in read("商品ID 20260318001")] == ["product_id"]


def test_an_address_holds_its_postcode(read: Read) -> None:
    slots = read("send it to 12 Elm St, Springfield, IL, 62701 please")
    assert [(slot.name, slot.value) for slot in slots] == [
        ("address", "12 Elm St, Springfield, IL, 62701"),
        ("postcode", "62701"),
    ]


def test_each_clause_of_a_message_has_its_own_slots(said: Said) -> None:
    first, second = said("订单700012345601到哪了？订单700012345602帮我取消").clauses
    assert values(first.slots, "order_id") == ["700012345601"]
    assert values(second.slots, "order_id") == ["700012345602"]


def test_a_slot_that_marks_cut_through_stays_whole(said: Said) -> None:
    understood = said("what is the total? send it to 12 Elm St, Springfield, IL, 62701")
    assert values(understood.whole.slots, "address") == ["12 Elm St, Springfield, IL, 62701"]


def test_measures_of_the_body_stand_beside_other_slots(said: Said) -> None:
    (clause,) = said("身高170体重65公斤，要黑色的").clauses
    assert {slot.name for slot in clause.slots} == {"height", "weight", "colour"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("显示EE怎么办", ["EE"]),
        ("error code dE", ["DE"]),
        ("屏幕上出Lo", ["LO"]),
        ("提示OK了", []),
        ("it shows me an error", []),
    ],
)
def test_a_code_of_letters_is_one_where_a_word_says_that_it_is_shown(text: str, codes: list[str]) -> None:
    slots = SlotReader(Quantities()).in_text(text, today=WEDNESDAY, chinese=not text.isascii())
    assert [slot.value for slot in slots if slot.name == "fault_code"] == codes
