import pytest

from tests.nlu.conftest import Read, values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("名字林晓彤，电话13800138000", "林晓彤"),
        ("我叫李雷", "李雷"),
        ("收件人改成王小明吧", "王小明"),
        ("收货人：欧阳娜娜 电话13912345678", "欧阳娜娜"),
        ("联系人张三丰先生", "张三丰"),
        ("姓名：阿依古丽·买买提", "阿依古丽·买买提"),
        ("my name is john smith", "john smith"),
        ("Name: Jane Doe", "Jane Doe"),
        ("my name is Tom Reed and zip 10001", "Tom Reed"),
        ("Name Isabel Ford", None),
        ("name is Isabel Ford", "Isabel Ford"),
        ("I'm Mary O'Neil, I have a question", "Mary O'Neil"),
        ("Hi, Tom Becker, zip 60614. Where is it?", "Tom Becker"),
        ("Hello, Ana Lopez here", "Ana Lopez"),
        ("heyy Kim Wu here zip 60614", "Kim Wu"),
        ("Nina Rossi, Austin TX 73301. I want a refund", "Nina Rossi"),
        ("this is Martin in Tulsa", "Martin"),
        ("我叫什么来着", None),
        ("名字写错了怎么改", None),
        ("收件人写错了", None),
        ("联系人方式在哪改", None),
        ("I'm Looking for a phone", None),
        ("I'm happy", None),
        ("This is Ridiculous", None),
        ("what's your name", None),
        ("can i change your name to bob", None),
        ("Steel Bottle, 500 ml, with lid", None),
    ],
)
def test_people_are_named(read: Read, text: str, name: str | None) -> None:
    assert values(read(text), "person_name") == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("地址江北东路1号，帮我更新一下", "江北东路1号"),
        ("地址改成学苑路123号可以吗", "学苑路123号"),
        ("寄到广东省深圳市南山区海天路88号汇智大厦A座，别寄错了", "广东省深圳市南山区海天路88号汇智大厦A座"),
        ("新地址是阳光花园3栋502", "阳光花园3栋502"),
        ("我住在上海市浦东新区张江镇春晓路690号2号楼301室", "上海市浦东新区张江镇春晓路690号2号楼301室"),
        ("我在朝阳区明光路8号中海广场写字楼15层上班", "朝阳区明光路8号中海广场写字楼15层"),
        ("收货地址：浙江省杭州市西湖区", "浙江省杭州市西湖区"),
        ("寄到臺北市信義區松山路100號5樓", "臺北市信義區松山路100號5樓"),
        ("ship it to 221B Baker Street, London", "221B Baker Street, London"),
        ("deliver to 12 baker street please", "12 baker street"),
        ("my address: 45 w 34th st apt 5B, new york, ny 10001", "45 w 34th st apt 5B, new york, ny 10001"),
        ("change it to 101 Highway, New York, 10001.", "101 Highway, New York, 10001"),
        ("I moved to 9 Kings Road, Flat 3, Brighton BN1 1AA", "9 Kings Road, Flat 3, Brighton BN1 1AA"),
        ("it goes to Rose Cottage, 5 Mill Lane, Oxford OX1 2AB. Thanks", "Rose Cottage, 5 Mill Lane, Oxford OX1 2AB"),
        ("ship it to 12 Long Road, Cambridge, Thanks", "12 Long Road, Cambridge"),
        ("please use Unit 12/88 George Street, Sydney NSW 2000", "Unit 12/88 George Street, Sydney NSW 2000"),
        (
            "地址换成Flat 9, 31 Tea Garden Road, Jing'an District, Shanghai，谢谢",
            "Flat 9, 31 Tea Garden Road, Jing'an District, Shanghai",
        ),
        ("改到朝阳区望林街道东湖大街6号院3号楼2单元1502室", "朝阳区望林街道东湖大街6号院3号楼2单元1502室"),
        ("寄到鄞州区云台镇后陈村东岙42号", "鄞州区云台镇后陈村东岙42号"),
        ("收货地址是历下区青石路12号，东山大厦B座1203室，谢谢", "历下区青石路12号，东山大厦B座1203室"),
        ("寄到学苑路123号，3号到就行", "学苑路123号"),
        ("寄到学苑路123号我要周五3号楼下取", "学苑路123号"),
        ("1600 Garden Ave NW, Washington, DC 20500", "1600 Garden Ave NW, Washington, DC 20500"),
        ("我知道25号到货", None),
        ("1号链接多少钱", None),
        ("南京市到深圳市要几天", None),
        ("走两步路就疼", None),
        ("2 houses down the street", None),
        ("3 times in a row", None),
    ],
)
def test_addresses_are_read_without_the_words_that_lead_them_in(read: Read, text: str, address: str | None) -> None:
    assert values(read(text), "address") == ([address] if address else [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("邮编510000", "510000"),
        ("zip 98193-1234", "98193-1234"),
        ("Ana Lopez, Austin TX 73301.", "73301"),
        ("I live in London, SW1A 1AA", "SW1A 1AA"),
        ("60614", "60614"),
        ("send it to 12 Elm St, Springfield, IL, 62701.", "62701"),
        ("order 88213", None),
        ("12345是什么", None),
    ],
)
def test_postcodes_are_read(read: Read, text: str, code: str | None) -> None:
    assert values(read(text), "postcode") == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("开专票，抬头是北京远山科技有限公司，税号91110108MA01ABCD2X", "vat_special", "北京远山科技有限公司"),
        ("发票抬头写张伟", None, "张伟"),
        ("开给杭州云栖商贸有限公司，要电子发票", "electronic", "杭州云栖商贸有限公司"),
        ("要个人发票", "personal", None),
        ("抬头是个人的", "personal", None),
        ("个人的", "personal", None),
        ("开公司抬头", "company", None),
        ("个人觉得不错的一款鞋", None, None),
    ],
)
def test_invoices_have_a_kind_and_a_title(read: Read, text: str, kind: str | None, title: str | None) -> None:
    slots = read(text)
    assert values(slots, "invoice_type")[:1] == ([kind] if kind else [])
    assert values(slots, "invoice_title") == ([title] if title else [])


def test_a_tax_number_is_no_order(read: Read) -> None:
    slots = read("税号 91110108MA01ABCD2X")
    assert [(slot.name, slot.value) for slot in slots] == [("tax_number", "91110108MA01ABCD2X")]
