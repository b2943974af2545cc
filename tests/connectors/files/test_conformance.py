"""A system from files keeps to the port."""

from __future__ import annotations

import pytest

from assistant.domain.backend import ShopperRef
from connectors.conformance import Call, Subject
from tests.conformance.store_backend import StoreBackendSuite
from tests.connectors.files.conftest import Place
from tests.connectors.files.kettle_shop import LIN, PAID, SENT, TOM, TOMS


class TestFiles(StoreBackendSuite):
    @pytest.fixture
    async def subject(self, place: Place) -> Subject:
        return Subject(
            await place.open(),
            shopper=ShopperRef(LIN),
            other=ShopperRef(TOM),
            particulars={"name": "林小满", "phone": "139 0000 0001"},
            read=Call("variants_of", {"sku_id": "KET-R"}),
            write=Call("cancel_order", {"order_id": PAID}),
            another=Call("cancel_order", {"order_id": PAID, "reason": "too late"}),
            foreign=Call("cancel_order", {"order_id": TOMS}),
            refused=Call("cancel_order", {"order_id": SENT}),
            reopened=place.reopened,
        )
