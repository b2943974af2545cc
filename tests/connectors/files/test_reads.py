"""What is read of a system from files, and how times in it are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.backend import OrderId, OrderStage, PaymentMethod, Risk, ShopperRef
from assistant.domain.errors import NotFound
from connectors.files.backend import FilesBackend
from connectors.files.moments import Moments
from tests.connectors.files.conftest import Place
from tests.connectors.files.kettle_shop import LIN, NOW, PAID, SENT, TOM

ME = ShopperRef(LIN)
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_shopper_is_read_with_what_only_this_shop_knows(shop: FilesBackend) -> None:
    record = await shop.shopper(ME)
    assert (record.name, record.email, record.phone) == ("林 小满", "lin@kettles.example", "13900000001")
    assert record.address is not None
    assert (record.address.city, record.address.postcode) == ("杭州", "310000")
    assert record.fields == {"level": "gold"}


async def test_orders_are_read_in_the_shops_words_and_in_common_ones(shop: FilesBackend) -> None:
    newest, oldest = await shop.orders(ME)
    assert (newest.id, newest.state, newest.stage) == (PAID, "待发货", OrderStage.PAID)
    assert (oldest.id, oldest.stage) == (SENT, OrderStage.SENT)
    assert newest.total is not None
    assert newest.total.amount == Decimal("238.5")
    assert newest.placed_at == datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
    assert newest.payment == PaymentMethod("gift_card", "gift_card", "礼品卡")
    assert newest.fields == {"note": "请轻放"}
    assert oldest.fields == {"sent_at": "2026-11-14T10:00:00+08:00"}
    kettle, cup = newest.lines
    assert (kettle.sku_id, kettle.options, cup.sku_id, str(cup.price)) == ("KET-R", (("颜色", "红"),), None, "¥39.50")


async def test_rows_of_a_csv_with_the_same_key_are_items_of_one_record(shop: FilesBackend) -> None:
    (parcel,) = await shop.shipments(ME, OrderId(SENT))
    assert (parcel.number, parcel.carrier, parcel.delivered_at) == ("YT1", "圆通", None)
    assert [(step.text, step.place) for step in parcel.steps] == [("已揽收", "杭州"), ("运输中", "上海")]
    assert parcel.steps[1].at == datetime(2026, 11, 22, 7, 0, tzinfo=SHANGHAI)
    assert await shop.shipments(ME, OrderId(PAID)) == []


async def test_only_coupons_that_are_good_today_or_later_are_read(shop: FilesBackend) -> None:
    (coupon,) = await shop.coupons(ME)
    assert (coupon.id, coupon.ends) == ("NEW", date(2026, 11, 25))


async def test_balances_of_the_same_name_are_each_their_shoppers(shop: FilesBackend) -> None:
    (mine,), (theirs,) = await shop.balances(ME), await shop.balances(ShopperRef(TOM))
    assert (mine.id, theirs.id) == ("gift_card", "gift_card")
    assert (mine.amount.amount, theirs.amount.amount) == (Decimal("120.50"), Decimal(9))


async def test_days_from_now_move_on_with_the_clock(shop: FilesBackend, place: Place) -> None:
    before = (await shop.order(ME, OrderId(PAID))).placed_at
    place.clock.time = datetime(2026, 12, 24, tzinfo=UTC)
    after = (await shop.order(ME, OrderId(PAID))).placed_at
    assert before == datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
    assert after == datetime(2026, 12, 23, 9, tzinfo=SHANGHAI)


async def test_an_operation_is_declared_as_it_is_written(shop: FilesBackend) -> None:
    assert shop.operations["refund_to_card"].risk is Risk.APPROVE
    assert shop.operations["cancel_order"].title.in_language("en") == "Cancel the order"
    assert shop.operations["cancel_order"].arguments["required"] == ["order_id"]


@pytest.mark.parametrize(
    ("particulars", "found"),
    [
        ({"email": "LIN@kettles.example"}, LIN),
        ({"name": "林小满", "phone": "139-0000-0001"}, LIN),
        ({"name": "tom reed", "phone": "13900000002"}, TOM),
        ({"email": "lin@kettles.example", "name": "Tom Reed"}, None),
        ({"email": "lin@kettles.example", "level": "gold"}, LIN),
        ({"email": "tom@kettles.example", "level": ""}, None),
        ({"email": "lin@kettles.example", "order_id": "k100"}, LIN),
        ({"email": "tom@kettles.example", "order_id": "K100"}, None),
        ({"name": "林小满"}, None),
        ({"phone": "13900000001"}, None),
    ],
)
async def test_a_shopper_is_known_by_all_that_they_say_if_it_is_enough(
    shop: FilesBackend, particulars: dict[str, str], found: str | None
) -> None:
    record = await shop.identify(particulars)
    assert (record.id if record else None) == found


async def test_what_is_nobodys_is_not_found(shop: FilesBackend) -> None:
    with pytest.raises(NotFound):
        await shop.orders(ShopperRef("nobody"))


@given(
    days=st.integers(-9999, 9999),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    hours=st.integers(0, 9999),
)
def test_an_offset_in_days_keeps_its_time_of_day(days: int, hour: int, minute: int, hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    moment = Moments(now, SHANGHAI).at(f"{days}d {hour:02}:{minute:02}")
    assert (moment.hour, moment.minute) == (hour, minute)
    assert (moment.date() - now.astimezone(SHANGHAI).date()).days == days


@pytest.mark.parametrize("text", ["", "yesterday", "-3days", "3", "-3d 25:00", "2026-13-01", "-3d14:20"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        Moments(NOW, SHANGHAI).at(text)
