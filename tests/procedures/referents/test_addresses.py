from __future__ import annotations

from dataclasses import astuple

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.backend import Address
from assistant.procedures.records import address_line
from assistant.procedures.referents import AddressMeaning, How
from tests.procedures.referents.said import AUSTIN, PORTLAND, SHOPPER, SUZHOU, Teller, order

WORD = regex.compile(r"[\p{L}\d']+")
ORDERS = (order("#1", to=AUSTIN), order("#2", to=PORTLAND))


def of(teller: Teller, text: str, old: Address | None = None, before: Address | None = None) -> AddressMeaning:
    return teller.mean.addresses.which(teller.say(text), old=old, shopper=SHOPPER, orders=ORDERS, before=before)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("22 Birch Street, Dayton, OH, 45402", ("22 Birch Street", "", "Dayton", "OH", "45402", "USA")),
        (
            "ship it to 22 Birch St Apt 9, Dayton OH 45402, USA please",
            ("22 Birch St", "Apt 9", "Dayton", "OH", "45402", "USA"),
        ),
        (
            "22 Birch Street, Suite 410, Dayton, Ohio 45402",
            ("22 Birch Street", "Suite 410", "Dayton", "OH", "45402", "USA"),
        ),
        ("I'm moving in May: 8 Highway, New York, 10003. Thanks!", ("8 Highway", "", "New York", "NY", "10003", "USA")),
        ("change it to 415 Lake Avenue, Denver, CO 80211", ("415 Lake Avenue", "", "Denver", "CO", "80211", "USA")),
    ],
)
def test_an_address_written_out_in_english_is_read_in_its_parts(
    teller: Teller, text: str, address: tuple[str, ...]
) -> None:
    found = of(teller, text, old=AUSTIN)

    (meant,) = found.of.meant
    assert found.typed
    assert (meant.street, meant.unit, meant.city, meant.region, meant.postcode, meant.country) == address
    assert meant.recipient == "Robin", "who receives it stays"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("地址改成浙江省杭州市滨江区江南大道99号2栋301", ("浙江省", "杭州市", "滨江区", "江南大道99号2栋301")),
        ("寄到浙江杭州滨江区江南大道99号", ("浙江", "杭州市", "滨江区", "江南大道99号")),
        ("上海市徐汇区漕溪北路18号", ("上海市", "上海市", "徐汇区", "漕溪北路18号")),
        ("新地址：内蒙古自治区包头市昆都仑区钢铁大街6号", ("内蒙古自治区", "包头市", "昆都仑区", "钢铁大街6号")),
        ("改到十全街12号", ("江苏省", "苏州市", "姑苏区", "十全街12号")),
        ("地址改成吴中区东吴北路3号", ("江苏省", "苏州市", "吴中区", "东吴北路3号")),
    ],
)
def test_a_chinese_address_takes_what_it_leaves_out_from_the_old_one(
    teller: Teller, text: str, address: tuple[str, ...]
) -> None:
    (meant,) = of(teller, text, old=SUZHOU).of.meant

    assert (meant.region, meant.city, meant.district, meant.street) == address
    assert (meant.recipient, meant.phone) == ("王五", "13900000000")


WRITTEN = [
    "Flat 9, 31 Tea Garden Road, Jing'an District, Shanghai",
    "Room 5, Building 3, 31 Tea Garden Road, Pudong New Area, Shanghai 200120, China",
    "22 Birch St Apt 4B, Dayton, OH 45402",
    "Apt 4B, 22 Birch St, Dayton, OH 45402",
    "4th floor, 22 Birch St, Dayton, Ohio 45402-1234",
    "22 Birch St Building C Room 12, Dayton, OH 45402",
    "PO Box 77, Dayton, OH 45402",
    "14 Elm Close, Leeds LS1 4AB",
    "14 Elm Close, Headingley, Leeds, LS1 4AB, UK",
    "Rose Cottage, 5 Mill Lane, Oxford OX1 2AB",
    "Unit 12/88 George Street, Sydney NSW 2000",
    "3/F, 12 Queen's Road Central, Hong Kong",
    "上海市徐汇区青石路18弄5号301室",
    "上海市徐汇区青石路18号，2号楼301室",
    "北京市朝阳区望林街道东湖大街6号院3号楼2单元1502室",
    "江苏省苏州市昆山市玉山镇金桥村12组8号",
    "浙江省杭州市余杭区青石路969号 邮编311121",
    "上海市徐汇区青石路18号 Room 502",
    "Room 502, 上海市徐汇区青石路18号",
    "31 Tea Garden Road, 徐汇区, 上海市",
]


@pytest.mark.parametrize("lead", ["{}", "please change the address to {}", "地址改成{}"])
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("old", [AUSTIN, SUZHOU, None])
def test_no_part_of_a_written_address_is_lost(teller: Teller, lead: str, written: str, old: Address | None) -> None:
    (meant,) = of(teller, lead.format(written), old=old).of.meant

    kept = [word for part in astuple(meant) for word in WORD.findall(part)]
    said = [word for word in WORD.findall(written.replace("邮编", "")) if word not in ("China", "UK", "Ohio")]
    assert [word for word in said if word not in "".join(kept)] == []
    assert all(word in "".join(WORD.findall(address_line(meant))) for word in said), "what is shown is what is written"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "Flat 9, 31 Tea Garden Road, Jing'an District, Shanghai",
            "31 Tea Garden Road, Flat 9, Jing'an District, Shanghai, China",
        ),
        ("14 Elm Close, Leeds LS1 4AB", "14 Elm Close, Leeds, LS1 4AB, UK"),
        ("PO Box 77, Dayton, OH 45402", "PO Box 77, Dayton, OH, 45402, USA"),
        ("上海市徐汇区青石路18号，2号楼301室", "上海市徐汇区青石路18号2号楼301室"),
        ("苏州市昆山市玉山镇金桥村12组8号 邮编215300", "江苏省苏州市昆山市玉山镇金桥村12组8号（邮编215300）"),
        ("上海市徐汇区青石路18号 Room 502", "上海市徐汇区青石路18号 Room 502"),
        ("31 Tea Garden Road, 徐汇区, 上海市", "31 Tea Garden Road, 徐汇区, 上海市, China"),
        ("改到青石路5号", "江苏省苏州市姑苏区青石路5号"),
    ],
)
def test_an_address_is_shown_in_the_order_and_with_the_marks_of_its_language(
    teller: Teller, written: str, shown: str
) -> None:
    (meant,) = of(teller, written, old=SUZHOU).of.meant

    assert address_line(meant) == shown


def test_a_street_alone_is_in_the_old_town_and_has_not_the_old_unit(teller: Teller) -> None:
    (meant,) = of(teller, "change my address to 77 Cedar Avenue", old=AUSTIN).of.meant

    assert (meant.street, meant.unit, meant.city, meant.postcode) == ("77 Cedar Avenue", "", "Austin", "78701")


def test_a_new_phone_or_name_goes_with_the_address(teller: Teller) -> None:
    (meant,) = of(teller, "地址改成十全街12号，收件人赵敏，电话13812345678", old=SUZHOU).of.meant

    assert (meant.street, meant.phone) == ("十全街12号", "13812345678")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("use my default address", PORTLAND),
        ("就用默认地址", PORTLAND),
        ("the one in my profile", PORTLAND),
        ("the Austin one from my other order", AUSTIN),
        ("to my Texas address please", AUSTIN),
        ("my default home in Portland", PORTLAND),
        ("the address of order #1", AUSTIN),
    ],
)
def test_an_address_is_told_by_where_it_stands_in_the_records(teller: Teller, text: str, meant: Address) -> None:
    found = of(teller, text)

    assert found.of.meant == (meant,)
    assert not found.typed


def test_the_address_in_another_order_is_not_the_one_to_be_changed(teller: Teller) -> None:
    assert of(teller, "the one from my other order", old=PORTLAND).of.meant == (AUSTIN,)


def test_an_address_is_changed_back(teller: Teller) -> None:
    assert of(teller, "change it back please", before=SUZHOU).of.meant == (SUZHOU,)


def test_a_place_where_no_address_is_is_missing(teller: Teller) -> None:
    found = of(teller, "send it to my Chicago place").of

    assert (found.meant, found.missing) == ((), ("chicago",))


@pytest.mark.parametrize(
    "text",
    ["2 days ago I ordered a lamp", "cancel order 10001", "订单3号什么时候到", "I paid 45402 points", "地址填错了"],
)
def test_other_numbers_are_no_address(teller: Teller, text: str) -> None:
    found = of(teller, text).of

    assert (found.meant, found.how) == ((), How.UNTOLD)


@given(text=st.text(alphabet="1248 ,.#Elm StApt浙江省杭州市西湖区文三路号栋ILNY0", max_size=40))
def test_no_writing_makes_the_reader_of_addresses_fail(teller: Teller, text: str) -> None:
    parsed = teller.mean.addresses.parse(text)

    assert all(isinstance(part, str) for part in astuple(parsed))
