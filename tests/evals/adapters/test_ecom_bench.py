"""The ECom-Bench importer, on a small invented shop in the benchmark's format."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from importlib.metadata import entry_points
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.domain.commerce import Fact, FactGroup, Money, Product
from assistant.domain.errors import PackRefused
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.packs import ImportedStore, Prose, Refusal
from evals.adapters.ecom_bench import read

STORE = StoreId("lamps")

POLICY = """\
## 基本信息
你是客服，平台是{platform}。

## 基本行为
- 回复要求：
  - 尊称买家为"贵客"，不要啰嗦。

## 操作规则说明
- 严格按需执行
  - 抱怨一律不得触发工具调用。

- manage_return
  - 支持操作：
    - 退货：仅在“已收货”状态下可退货。
  - 操作逻辑：
    - 退货：
      - 1. 先查询订单，判断是否可以退货。
      - 2. 列出明细后，获得用户确认才能退货。
      - 3. 如果用礼品卡付款，则必须调用manage_ecard工具进行将金额退回礼品卡。

- check_lamp_colour
  - 支持操作：
    - 换色：灯罩颜色签收前可以更换。
"""


def record(product_id: str = "L1", **changes: object) -> dict[str, object]:
    return {
        "商品ID": product_id,
        "商品名称": "烛照（Zhuzhao）【晨曦S2系列】落地灯 12W 暖光 ZL40-S2(CN)限时补贴",
        "商品状态": "已上架",
        "商品价格": 268.5,
        "商品描述": "【光源】暖光，不闪烁。",
        "安装说明": "【费用】上门组装30元。",
        "维修说明": "【保修】灯体保修两年。",
        "可换货商品": [{"商品ID": "L9", "商品描述": "同款台灯", "商品状态": "缺货"}],
        "赠品信息": [{"赠品名称": "灯泡", "赠品描述": "随灯发出一只。"}],
        "辅材材料": [{"name": "膨胀螺丝", "description": "四颗。"}, {"辅材名称": "底座垫", "辅材描述": "防滑。"}],
        "常见故障": [{"故障代码": "E7", "故障名称": "不亮", "故障解决方案": "换一个插座试试。"}],
        **changes,
    }


PROMOTION = {
    "政策名称": "灯会",
    "有效期": "2026年3月1日-3月9日",
    "详情": [{"类型": "满减", "描述": "满500减40", "示例": "买两盏共537元，付497元", "备注": "每人一次"}],
}


def shop(
    folder: Path,
    *records: object,
    promotion: object = PROMOTION,
    policy: str = POLICY,
) -> Path:
    """Write a shop with these product records, keyed by their ids, or by place where they have none."""
    by_id = {
        str(raw.get("商品ID") if isinstance(raw, dict) and raw.get("商品ID") else f"place-{number}"): raw
        for number, raw in enumerate(records)
    }
    for name, content in (("products.json", by_id), ("discount.json", promotion)):
        nested = {"market": {"shop-1": content}}
        (folder / name).write_text(json.dumps(nested, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "agent_policy.md").write_text(policy, encoding="utf-8")
    return folder


def products(imported: ImportedStore) -> list[Product]:
    return [item for item in imported.items if isinstance(item, Product)]


def refusals(imported: ImportedStore) -> list[Refusal]:
    return [item for item in imported.items if isinstance(item, Refusal)]


def facts(product: Product, group: FactGroup) -> list[tuple[str, str]]:
    return [(str(fact.key), str(fact.value)) for fact in product.facts if fact.group is group]


def test_the_importer_is_found_under_its_name_as_an_outsiders_would_be() -> None:
    (entry,) = entry_points(group="storebot.importers", name="ecom-bench")
    assert entry.load() is read


def test_a_record_becomes_a_product_with_brand_model_and_the_names_shoppers_use(tmp_path: Path) -> None:
    (product,) = products(read(shop(tmp_path, record()), STORE))

    assert product.id == "L1"
    assert product.brand == "烛照（Zhuzhao）"
    assert product.model == "ZL40-S2(CN)"
    assert set(product.names) == {"ZL40-S2", "S2", "晨曦S2系列", "晨曦S2"}
    assert product.price == Money(Decimal("268.5"), "CNY")
    assert product.status == "on_sale"


def test_every_list_of_a_record_becomes_facts_of_its_group_under_either_name_of_its_keys(tmp_path: Path) -> None:
    (product,) = products(read(shop(tmp_path, record()), STORE))

    assert facts(product, FactGroup.PRICE) == [("价格", "¥268.50")]
    assert facts(product, FactGroup.STATUS) == [("状态", "已上架")]
    assert facts(product, FactGroup.GIFT) == [("灯泡", "随灯发出一只。")]
    assert facts(product, FactGroup.MATERIAL) == [("膨胀螺丝", "四颗。"), ("底座垫", "防滑。")]
    assert facts(product, FactGroup.FAULT) == [("E7", "不亮：换一个插座试试。")]
    assert facts(product, FactGroup.EXCHANGE) == [("同款台灯", "商品ID L9，缺货")]
    assert all(fact.product_id == "L1" and fact.source.locator.startswith("L1/") for fact in product.facts)


def test_a_fault_is_also_found_by_what_it_is_called(tmp_path: Path) -> None:
    (product,) = products(read(shop(tmp_path, record()), STORE))
    assert [fact.aliases for fact in product.facts if fact.group is FactGroup.FAULT] == [("不亮",)]


@pytest.mark.parametrize(("written", "status"), [("缺货", "out_of_stock"), ("已下架", "discontinued")])
def test_states_of_sale_are_told_apart(tmp_path: Path, written: str, status: str) -> None:
    (product,) = products(read(shop(tmp_path, record(商品状态=written)), STORE))
    assert product.status == status
    assert facts(product, FactGroup.STATUS) == [("状态", written)]


def test_texts_keep_their_heading_and_product_and_doubly_escaped_line_ends_are_mended(tmp_path: Path) -> None:
    folder = shop(tmp_path, record(安装说明="【要求】通风。\\n【费用】上门组装30元。", 维修说明=""))

    prose = [item for item in read(folder, STORE).items if isinstance(item, Prose) and item.product_id]

    assert [(text.heading, text.text) for text in prose] == [
        (("商品描述",), "【光源】暖光，不闪烁。"),
        (("安装说明",), "【要求】通风。\n【费用】上门组装30元。"),
    ]
    assert {text.product_id for text in prose} == {ProductId("L1")}


def test_an_offer_is_a_fact_of_the_shop_that_says_until_when_it_holds(tmp_path: Path) -> None:
    (offer,) = [item for item in read(shop(tmp_path), STORE).items if isinstance(item, Fact)]

    assert offer.group is FactGroup.PROMOTION
    assert offer.product_id is None
    assert str(offer.key) == "满减"
    assert str(offer.value) == "满500减40。示例：买两盏共537元，付497元。每人一次。有效期：2026年3月1日-3月9日。"
    assert offer.as_of == datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_shopper_hears_the_rules_and_not_the_agents_instructions(tmp_path: Path) -> None:
    rules = {item.heading: item.text for item in read(shop(tmp_path), STORE).items if isinstance(item, Prose)}

    assert rules == {
        ("店铺规则", "退货", "支持操作"): "退货：仅在“已收货”状态下可退货。",
        (
            "店铺规则",
            "退货",
            "操作逻辑",
            "退货",
        ): "列出明细后，获得用户确认才能退货。\n如果用礼品卡付款，则将金额退回礼品卡。",
        ("店铺规则", "支持操作"): "换色：灯罩颜色签收前可以更换。",
    }


def test_the_form_of_address_is_the_one_in_the_rules(tmp_path: Path) -> None:
    store = read(shop(tmp_path), STORE).store
    assert store.id == STORE
    assert store.languages == ("zh", "en")
    assert store.persona.address.in_language("zh") == "贵客"


def test_rules_that_name_no_form_of_address_leave_the_usual_one(tmp_path: Path) -> None:
    store = read(shop(tmp_path, policy="## 规则\n- 礼貌\n"), STORE).store
    assert store.persona.address.in_language("zh") == "亲"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (record("L2", 商品名称=""), "商品名称"),
        (record("L2", 商品价格="面议"), "商品价格"),
        (record("L2", 商品价格=-1), "商品价格"),
        (record("L2", 商品状态="神秘"), "商品状态"),
        (record("L2", 赠品信息="没有"), "赠品信息"),
        ("not a record", "place-1"),
    ],
)
def test_a_broken_record_is_refused_with_file_line_and_reason_and_the_rest_is_taken(
    tmp_path: Path, broken: object, says: str
) -> None:
    folder = shop(tmp_path, record("L1"), broken, record("L3"))

    assert [product.id for product in products(read(folder, STORE))] == ["L1", "L3"]
    (refusal,) = refusals(read(folder, STORE))
    assert refusal.file == "products.json"
    assert says in refusal.reason
    if isinstance(broken, dict):
        assert refusal.reason.startswith("L2: ")
        lines = (folder / "products.json").read_text(encoding="utf-8").splitlines()
        assert '"L2": {' in lines[refusal.row - 1]


def test_a_broken_entry_of_a_list_costs_only_itself(tmp_path: Path) -> None:
    gifts = [{"赠品名称": "灯泡", "赠品描述": ""}, {"赠品描述": "没有名字"}, "一块布"]

    folder = shop(tmp_path, record(赠品信息=gifts))

    (product,) = products(read(folder, STORE))
    assert facts(product, FactGroup.GIFT) == [("灯泡", "灯泡")]
    assert [refusal.reason.split(":")[1].strip() for refusal in refusals(read(folder, STORE))] == [
        "赠品信息 2",
        "赠品信息 3",
    ]


def test_two_records_with_one_id_are_not_both_taken(tmp_path: Path) -> None:
    folder = shop(tmp_path, record("L1"))
    content = {"market": {"shop-1": {"first": record("L1"), "second": record("L1", 商品价格=1)}}}
    (folder / "products.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    (product,) = products(read(folder, STORE))

    assert product.price == Money(Decimal("268.5"), "CNY")
    assert [refusal.reason.split(":")[0] for refusal in refusals(read(folder, STORE))] == ["second"]


def test_a_key_that_stands_twice_keeps_the_first_and_is_reported(tmp_path: Path) -> None:
    folder = shop(tmp_path, record("L1"))
    first, second = (json.dumps(record("L1", 商品价格=price), ensure_ascii=False) for price in (5, 6))
    (folder / "products.json").write_text(
        f'{{"market": {{"shop-1": {{"L1": {first}, "L1": {second}}}}}}}', encoding="utf-8"
    )

    (product,) = products(read(folder, STORE))

    assert product.price == Money(Decimal(5), "CNY")
    assert len(refusals(read(folder, STORE))) == 1


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = shop(tmp_path, record())
    (folder / "discount.json").unlink()
    (folder / "agent_policy.md").unlink()

    with pytest.raises(PackRefused, match=r"discount\.json, agent_policy\.md missing"):
        read(folder, STORE)


@pytest.mark.parametrize(
    "content",
    [
        b'{"market": {"shop-1": {"L1": {"\xe5\x95',
        b'{"market": {"shop-1": {"L1"',
        b"[]",
        b'{"market": {}}',
        b'{"market": {"shop-1": {}, "shop-2": {}}}',
        b'{"market": {"shop-1": []}}',
        b"[" * 100_000,
        "{}".encode("utf-16"),
    ],
)
def test_a_file_that_is_cut_off_or_of_another_shape_refuses_the_import(tmp_path: Path, content: bytes) -> None:
    folder = shop(tmp_path, record())
    (folder / "products.json").write_bytes(content)

    with pytest.raises(PackRefused, match=r"products\.json"):
        read(folder, STORE)


def test_a_broken_promotion_is_refused_and_the_products_are_taken(tmp_path: Path) -> None:
    folder = shop(tmp_path, record(), promotion={"详情": []})

    assert len(products(read(folder, STORE))) == 1
    assert [refusal.file for refusal in refusals(read(folder, STORE))] == ["discount.json"]


def test_reading_twice_gives_the_same_items(tmp_path: Path) -> None:
    folder = shop(tmp_path, record("L1"), record("L2"))
    assert list(read(folder, STORE).items) == list(read(folder, STORE).items)
