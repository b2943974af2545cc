"""What is wrong in a system's files is told whole: file, line and reason, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.errors import SystemRefused
from connectors.files import FilesConnector
from tests.connectors.files.kettle_shop import OPERATIONS, ORDERS, SHOPPERS, SYSTEM, VARIANTS, write_kettle_shop


def faults(folder: Path) -> list[str]:
    with pytest.raises(SystemRefused) as refused:
        FilesConnector().check(folder, {})
    chinese = str(refused.value.data["detail_zh"])
    assert len(chinese.splitlines()) == len(refused.value.detail.splitlines())
    return refused.value.detail.splitlines()


def test_one_particular_is_not_enough_unless_the_shop_says_so(tmp_path: Path) -> None:
    [fault] = faults(write_kettle_shop(tmp_path, system_yaml=SYSTEM.replace("one_is_enough: true\n", "")))
    assert fault.startswith("system.yaml, line 3: identified_by: ")
    assert "knows a shopper's email could read and change" in fault
    assert "one_is_enough: true" in fault


def test_a_sound_folder_has_no_faults(tmp_path: Path) -> None:
    FilesConnector().check(write_kettle_shop(tmp_path), {})


def test_the_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write_kettle_shop(
        tmp_path,
        orders_json=ORDERS.replace('"state": "已发货"', '"state": "在路上"').replace(
            '"shopper_id": "tom"', '"shopper_id": "t"'
        ),
        variants_csv=VARIANTS.replace("199", "cheap"),
        operations_yaml=OPERATIONS.replace("$order.id, state", "$ordre.id, state").replace(
            "risk: approve", "risk: maybe"
        ),
    )
    assert faults(tmp_path) == [
        "operations.yaml, line 44: operations.refund_to_card.risk: Input should be 'read', 'write' or 'approve'",
        "orders.json, line 8: the state 在路上 is not among `states` of system.yaml",
        "orders.json, line 10: there is no shopper t",
        "shipments.csv, line 2: there is no order K101",
        "variants.csv, line 2: price: 'cheap' is no number",
    ]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("$order.id, state", "$ordre.id, state", "line 20: cancel_order.gives: $ordre.id: there is no ordre"),
        (
            "$arguments.reason}",
            "$arguments.why}",
            "line 19: cancel_order.effects.0.to: $arguments.why: there is no argument",
        ),
        (
            "{in: orders, key: $arguments.order_id}\n    refuse",
            "{in: odrers, key: 1}\n    refuse",
            "there is no table odrers",
        ),
        ("{state: 已取消", "{state: 没了", "the state 没了 is not among `states`"),
        ("{$subtract: [$variant", "{$minus: [$variant", "there is no $minus"),
        ("{not: [unpaid, paid]}", "{isnt: paid}", "there is no test isnt"),
        ("set: line", "set: lines", "no record lines was found"),
        ("    risk: approve", "    risk: read", "an operation of risk read has no effects"),
        ("{zh: 取消订单, en: Cancel the order}", "{zh: 取消订单}", "cancel_order.title.en: Field required"),
        ("reason: already_sent", "reason: Already sent!", "should match pattern"),
        ("{amount: {type: number,", "{amount: {type: numbr,", "refund_to_card.arguments: properties/amount/type"),
        ("{type: integer, minimum: 1}}", "{type: integer, minimum: one}}", "place_order.arguments"),
        ("      - set: card\n", "      - {}\n      - set: card\n", "an effect is either"),
        ("          id: {$new: V}\n", "", "book_visit.effects.0.record: id is missing"),
        ("  cancel_order:", "  book_visit: {}\n  cancel_order:", "book_visit stands there twice"),
    ],
)
def test_a_slip_in_an_operation_is_told_with_its_line(tmp_path: Path, written: str, instead: str, said: str) -> None:
    assert written in OPERATIONS
    write_kettle_shop(tmp_path, operations_yaml=OPERATIONS.replace(written, instead, 1))
    assert any(fault.startswith("operations.yaml, line ") and said in fault for fault in faults(tmp_path))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("system_yaml", "", "system.yaml: it cannot be read"),
        ("system_yaml", SYSTEM.replace("paid,", "payed,"), "system.yaml, line 7: states.待发货"),
        ("system_yaml", SYSTEM.replace("Asia/Shanghai", "Asia/Shanghigh"), "is no time zone"),
        ("system_yaml", SYSTEM + "  orders: {owner: nobody, key: number}\n", "key and owner of orders are fixed"),
        (
            "shoppers_csv",
            SHOPPERS + "lin,again,a@b.example,1,,,\n",
            "shoppers.csv, line 4: the id lin stands there already",
        ),
        ("shoppers_csv", SHOPPERS + ",nameless,a@b.example,1,,,\n", "shoppers.csv, line 4: id is missing"),
        ("shoppers_csv", SHOPPERS + "x,too,short\n", "shoppers.csv, line 4: it has another number of cells"),
        ("orders_json", ORDERS.replace('"quantity": 2', '"quantity": 0'), "orders.json, line 8: lines.0.quantity"),
        ("orders_json", ORDERS.replace("-1d 09:00", "soon"), "orders.json, line 2: placed_at: 'soon' is no time"),
        (
            "orders_json",
            ORDERS.replace('"id": "K101"', '"id": "K100"'),
            "orders.json, line 8: the id K100 stands there",
        ),
        ("orders_json", ORDERS.replace('"id": "K900"', '"id": "K100"'), "the order id stands in line 2 already"),
        ("orders_json", ORDERS[:-5], "orders.json, line 11: malformed JSON"),
        ("orders_json", "{}", "orders.json, line 1: malformed JSON: a list of records is needed"),
        ("orders_json", ORDERS.replace("238.5", "NaN"), "NaN is no JSON number"),
        ("balances_csv", "id,shopper_id,amount\ngift_card,lin,\n", "balances.csv, line 2: amount: Field required"),
        ("operations_yaml", "operations: {a: &x 1, b: *x}\n", "anchors"),
    ],
)
def test_a_slip_in_a_record_is_told_with_its_line(tmp_path: Path, file: str, text: str, said: str) -> None:
    write_kettle_shop(tmp_path, **{file: text})
    assert any(said in fault for fault in faults(tmp_path)), faults(tmp_path)


def test_an_option_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemRefused, match=r"store.yaml: system.url: there is no such option"):
        FilesConnector().check(write_kettle_shop(tmp_path), {"url": "https://kettles.example"})
