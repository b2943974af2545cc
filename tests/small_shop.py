"""A small invented shop for rain, in Chinese and English, as a store folder: enough to ask about, quick to import."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from assistant.domain.ids import StoreId

SMALL_STORE = StoreId("rain")

_STORE = """\
name: {zh: 听雨伞铺, en: Rainfall}
languages: [zh, en]
persona:
  name: {zh: 小雨, en: Drizzle}
  address: {zh: 亲, en: ""}
hours: {timezone: Asia/Shanghai, open: {mon-sun: "09:00-18:00"}}
origins: ["http://localhost:*"]
"""
_PACK = '{format: 1, name: rain, language: zh, version: "1", currency: CNY}\n'
_FAQ = (
    (
        {"question": "雨伞可以带上飞机吗？", "answer": "可以，长柄伞需要托运，折叠伞可以随身带。"},
        {
            "question.en": "Can I take an umbrella on a plane?",
            "answer.en": "Yes, a folding one; a long one in the hold.",
        },
    ),
    (
        {"question": "伞骨断了怎么修？", "answer": "寄回给我们，换一根伞骨收 8 元。"},
        {"question.en": "How do I get a broken rib mended?", "answer.en": "Send it back to us; a new rib costs ¥8."},
    ),
)
_DELIVERY = {
    "zh": "# 配送\n\n## 发货\n付款后 24 小时内从苏州发出，满 59 元包邮，不满收 6 元运费。\n",
    "en": "# Delivery\n\n## Dispatch\nOrders leave Suzhou within 24 hours. Postage is ¥6, free from ¥59.\n",
}


def _product(number: str, zh: str, en: str, price: int, material: tuple[str, str], grams: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": {"zh": zh, "en": en},
        "price": price,
        "as_of": "2026-11-01",
        "attributes": [
            {"key": {"zh": "材质", "en": "Material"}, "value": {"zh": material[0], "en": material[1]}},
            {"key": {"zh": "重量", "en": "Weight"}, "value": f"{grams} g"},
        ],
    }


def _umbrella(colour: str, size: str, price: float) -> dict[str, Any]:
    return {"id": f"RN-1-{colour}{size}", "options": {"颜色": colour, "尺寸": size}, "price": price, "stock": 3}


PRODUCTS = (
    {
        **_product("RN-1", "云檐折叠伞 三折 晴雨两用", "Eaves folding umbrella", 79, ("碰击布", "pongee"), 310),
        "skus": [_umbrella("藏青", "小号", 79), _umbrella("米白", "小号", 79), _umbrella("墨绿", "大号", 85.5)],
    },
    _product("RN-2", "长亭直柄伞 竹节手柄", "Pavilion long umbrella", 129, ("竹与涤纶", "bamboo and polyester"), 520),
    _product("RN-3", "小荷儿童伞 反光边", "Lily umbrella for children", 49, ("涤纶", "polyester"), 260),
    _product("RN-4", "行舟雨衣 成人连体", "Boatman raincoat", 99, ("聚氨酯", "polyurethane"), 640),
    _product("RN-5", "踏浪雨靴 中筒防滑", "Surf rain boots", 159, ("天然橡胶", "natural rubber"), 1480),
    _product("RN-6", "檐下伞架 铸铁", "Porch umbrella stand", 199, ("铸铁", "cast iron"), 3200),
)


def write_small_shop(folder: Path) -> Path:
    """Writes the shop's files into `folder` and returns it."""
    pack = folder / "knowledge" / "rain"
    for name in ("products", "faq", "policies"):
        (pack / name).mkdir(parents=True)
    (folder / "store.yaml").write_text(_STORE, encoding="utf-8")
    (pack / "pack.yaml").write_text(_PACK, encoding="utf-8")
    (pack / "products" / "rain.json").write_text(json.dumps(PRODUCTS, ensure_ascii=False), encoding="utf-8")
    with (pack / "faq" / "rain.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ("question", "answer", "question.en", "answer.en"))
        rows.writeheader()
        rows.writerows({**chinese, **english} for chinese, english in _FAQ)
    for language, text in _DELIVERY.items():
        page = f"---\nlanguage: {language}\n---\n{text}"
        (pack / "policies" / f"delivery.{language}.md").write_text(page, encoding="utf-8")
    return folder
