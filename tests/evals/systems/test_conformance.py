"""The shops' systems of the evaluations keep to the port."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.backend import ShopperRef
from connectors.conformance import Call, Subject
from evals.systems import ecom_bench, tau2_retail
from tests.conformance.store_backend import StoreBackendSuite
from tests.evals.systems import ecom_lamps as lamps
from tests.evals.systems import retail_shop as retail


class TestEcomShop(StoreBackendSuite):
    without = frozenset({"particulars", "reopened"})

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Subject:
        return Subject(
            ecom_bench.load(lamps.write_lamp_records(tmp_path))(),
            shopper=ShopperRef(lamps.MEI),
            other=ShopperRef(lamps.BO),
            read=Call("manage_ecard.query", {}),
            write=Call("manage_order.cancel", {"order_id": lamps.PAID}),
            another=Call("manage_order.cancel", {"order_id": lamps.SENT}),
            foreign=Call("manage_order.cancel", {"order_id": lamps.BOS}),
            refused=Call("manage_ecard.pay", {"product_id": "L2", "quantity": 9}),
        )


class TestRetailShop(StoreBackendSuite):
    without = frozenset({"reopened"})

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Subject:
        shop = tau2_retail.load(retail.write_retail_shop(tmp_path))()
        read = "get_product_details"
        return Subject(
            shop,
            shopper=ShopperRef(retail.ADA),
            other=ShopperRef(retail.BEN),
            particulars={"name": "Ada Stone", "postcode": "10001"},
            read=Call(read, {"product_id": "100"}),
            write=Call("cancel_pending_order", {"order_id": retail.PENDING, "reason": "no longer needed"}),
            another=Call("cancel_pending_order", {"order_id": retail.PENDING, "reason": "ordered by mistake"}),
            foreign=Call("cancel_pending_order", {"order_id": retail.BENS, "reason": "no longer needed"}),
            refused=Call("cancel_pending_order", {"order_id": retail.SENT, "reason": "no longer needed"}),
        )
