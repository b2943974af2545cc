"""The tau2 retail importer, on a small invented shop in the benchmark's format."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from assistant.domain.commerce import Fact, FactGroup, Product
from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.packs import ImportedStore, Prose, Refusal
from evals.adapters.tau2_retail import read
from knowledge.catalogue import completed
from tests.evals.systems.retail_shop import records, write_retail_shop

STORE = StoreId("tea")
POLICY = """\
# Tea agent policy

As a tea agent, you can help users. A pot is a pot.

- **pour tea**

## Returning a pot

A pot can only be returned if it is **whole**, and you should check its state before taking the action.

You should remind the user. The pot goes back in its box within 9 days.

A pot has:

- unique pot id

### Refund

To refund, call the tool `refund_pot`. The money comes back the way it was paid.
"""


def shop(folder: Path, policy: str = POLICY) -> Path:
    write_retail_shop(folder)
    (folder / "policy.md").write_text(policy, "utf-8")
    return folder


def items_of(imported: ImportedStore) -> tuple[list[Product], list[Prose], list[Refusal]]:
    items = list(imported.items)
    return (
        [item for item in items if isinstance(item, Product)],
        [item for item in items if isinstance(item, Prose)],
        [item for item in items if isinstance(item, Refusal)],
    )


def test_the_importer_is_registered_with_its_system() -> None:
    for group in ("storebot.importers", "storebot.systems"):
        assert "tau2-retail" in {entry.name for entry in entry_points(group=group)}


def test_every_variant_of_a_product_is_a_sku_with_its_options_and_price(tmp_path: Path) -> None:
    pot, _ = items_of(read(shop(tmp_path), STORE))[0]
    assert (pot.id, str(pot.title), pot.status) == ("100", "Tea Pot", "on_sale")
    assert [(sku.id, sku.options, str(sku.price)) for sku in pot.skus][:2] == [
        ("1001", (("color", "blue"),), "$30.10"),
        ("1002", (("color", "red"),), "$40.35"),
    ]
    assert str(pot.price) == "$25.50", "the lowest of those that can be had"


def test_what_can_be_had_is_stated_and_no_stock_is_invented(tmp_path: Path) -> None:
    pot, _ = items_of(completed(read(shop(tmp_path), STORE)))[0]
    told = {(fact.sku_id, str(fact.key)): str(fact.value) for fact in pot.facts if fact.group is FactGroup.STOCK}
    assert told == {
        ("1001", "Availability"): "Available",
        ("1002", "Availability"): "Available",
        ("1003", "Availability"): "Not available",
        ("1004", "Availability"): "Available",
    }
    assert _value(pot, "Available options") == "3 of 4"
    assert _value(pot, "color") == "blue, red, green, white"
    assert all(fact.value.in_language("zh") for fact in pot.facts)


def test_a_product_without_anything_to_be_had_is_out_of_stock(tmp_path: Path) -> None:
    content = records()
    content["products"]["200"]["variants"]["2001"]["available"] = False
    folder = shop(tmp_path)
    (folder / "db.json").write_text(json.dumps(content))
    cup = items_of(read(folder, STORE))[0][1]
    assert (cup.status, str(cup.price)) == ("out_of_stock", "$5.25")


def test_the_rules_a_shopper_may_hear_are_read_and_the_agents_are_not(tmp_path: Path) -> None:
    prose = items_of(read(shop(tmp_path), STORE))[1]
    assert [(rule.heading, rule.text) for rule in prose] == [
        (("Returning a pot",), "A pot can only be returned if it is whole."),
        (("Returning a pot",), "The pot goes back in its box within 9 days."),
        (("Returning a pot", "Refund"), "The money comes back the way it was paid."),
    ]
    assert prose[0].source.locator == "Returning a pot (line 9)"


def test_a_bad_record_costs_only_itself(tmp_path: Path) -> None:
    content = records()
    content["products"]["100"]["variants"]["1002"]["price"] = "free"
    content["products"]["300"] = {"name": ""}
    folder = shop(tmp_path)
    (folder / "db.json").write_text(json.dumps(content))
    products, _, refused = items_of(read(folder, STORE))
    assert [len(product.skus) for product in products] == [3, 1]
    assert [refusal.reason.partition(": ")[0] for refusal in refused] == ["products.100.variants.1002", "products.300"]
    assert "product_id" in refused[1].reason


@pytest.mark.parametrize("content", ["{", "[]", '{"products": []}'])
def test_records_without_products_are_refused(tmp_path: Path, content: str) -> None:
    folder = shop(tmp_path)
    (folder / "db.json").write_text(content)
    with pytest.raises(PackRefused, match=r"db\.json"):
        read(folder, STORE)


def test_a_folder_that_is_no_shop_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match=r"db\.json, policy\.md missing"):
        read(tmp_path, STORE)


def _value(product: Product, key: str) -> str:
    facts: list[Fact] = [fact for fact in product.facts if str(fact.key) == key]
    return str(facts[0].value)
