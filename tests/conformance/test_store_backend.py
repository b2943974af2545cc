"""The checks of store systems find what is broken: each is tried on a system that breaks the one rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import Operation, OrderId, Risk, ShopperRecord, ShopperRef
from assistant.domain.errors import InvalidInput, NotFound, OperationRefused
from assistant.domain.text import LocalText
from connectors.conformance import Call, Finding, Subject, Verdict, examine
from evals.systems import tau2_retail
from tests.evals.systems import retail_shop as retail

Subjects = Callable[[], Subject]


@dataclass
class Other:
    """A system that does as the one behind it, but for what a subclass says."""

    good: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.good, name)


class Careless(Other):
    """Shows and changes what it is asked for, whoever asks."""

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Any:
        for each in (retail.ADA, retail.BEN):
            for order in await self.good.orders(ShopperRef(each)):
                if order.id == order_id:
                    return order
        raise NotFound("none")

    async def call(self, operation: str, arguments: Any, *, shopper: Any, idempotency_key: str) -> Any:
        owner = retail.BEN if arguments.get("order_id") == retail.BENS else shopper
        return await self.good.call(operation, arguments, shopper=owner, idempotency_key=idempotency_key)


class Forgetful(Other):
    """Knows no key again."""

    async def call(self, operation: str, arguments: Any, *, shopper: Any, idempotency_key: str) -> Any:
        key = f"{idempotency_key}{len(self.good.writes)}{len(self.good.refused)}"
        return await self.good.call(operation, arguments, shopper=shopper, idempotency_key=key)


class Hasty(Other):
    """Says that it has done what it has not."""

    async def call(self, operation: str, arguments: Any, *, shopper: Any, idempotency_key: str) -> Any:
        return {}

    async def outcome(self, key: str) -> Any:
        return {}


class Upside(Other):
    """Lists the oldest first, and times without a zone."""

    async def orders(self, shopper: ShopperRef) -> Any:
        orders = await self.good.orders(shopper)
        times = (datetime(2026, 1, 1 + number, tzinfo=UTC) for number in range(len(orders)))
        return [replace(order, placed_at=time) for order, time in zip(orders, times, strict=True)]

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Any:
        return next((order for order in await self.orders(shopper) if order.id == order_id), None)


class Gullible(Other):
    """Takes anybody for Ada."""

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord:
        found: ShopperRecord = await self.good.shopper(ShopperRef(retail.ADA))
        return found


class Vague(Other):
    """Declares what cannot be checked, refuses without a code, and says nothing of wrong arguments."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        odd = Operation("odd", Risk.WRITE, LocalText.one("en", "Odd"), {"type": "objekt"})
        return {**self.good.operations, "odd": odd}

    async def call(self, operation: str, arguments: Any, *, shopper: Any, idempotency_key: str) -> Any:
        try:
            return await self.good.call(operation, arguments, shopper=shopper, idempotency_key=idempotency_key)
        except OperationRefused as error:
            raise OperationRefused(error.detail) from error
        except InvalidInput as error:
            raise InvalidInput(error.detail) from error


@pytest.fixture
def sound(tmp_path: Path) -> Subjects:
    fresh = tau2_retail.load(retail.write_retail_shop(tmp_path))

    def cancel(order: str, reason: str = "no longer needed") -> Call:
        return Call("cancel_pending_order", {"order_id": order, "reason": reason})

    return lambda: Subject(
        fresh(),
        shopper=ShopperRef(retail.ADA),
        other=ShopperRef(retail.BEN),
        particulars={"name": "Ada Stone", "postcode": "10001"},
        read=Call("get_product_details", {"product_id": "100"}),
        write=cancel(retail.PENDING),
        another=cancel(retail.PENDING, "ordered by mistake"),
        foreign=cancel(retail.BENS),
        refused=cancel(retail.SENT),
    )


async def broken(subject: Subject) -> set[str]:
    return {found.check.name for found in await findings(subject) if found.verdict is Verdict.BROKEN}


async def findings(subject: Subject) -> list[Finding]:
    return [finding async for finding in examine(subject)]


async def test_nothing_is_found_in_a_sound_system(sound: Subjects) -> None:
    assert {found.verdict for found in await findings(sound())} == {Verdict.KEPT}


@pytest.mark.parametrize(
    ("kind", "checks"),
    [
        (Careless, {"isolation", "foreign"}),
        (Forgetful, {"once"}),
        (Hasty, {"once", "unknown_key", "unknown_operation", "misfitting_arguments", "refused", "foreign"}),
        (Upside, {"newest_first", "unknown", "isolation"}),
        (Gullible, {"not_identified", "identified"}),
        (Vague, {"operations", "refused", "misfitting_arguments"}),
    ],
)
async def test_what_is_broken_is_found(sound: Subjects, kind: Callable[[Any], Any], checks: set[str]) -> None:
    subject = sound()
    found = await broken(replace(subject, backend=kind(subject.backend)))
    assert checks <= found


async def test_a_finding_says_what_is_wrong_in_both_languages(sound: Subjects) -> None:
    subject = sound()
    (wrong,) = [
        found
        for found in await findings(replace(subject, backend=Careless(subject.backend)))
        if found.check.name == "foreign"
    ]
    assert wrong.text is not None
    assert "NotFound" in wrong.text.in_language("zh")
    assert "succeeded where NotFound is due" in wrong.text.in_language("en")


async def test_a_check_without_what_it_needs_is_left_out_and_nothing_is_written(sound: Subjects) -> None:
    subject = Subject(sound().backend, ShopperRef(retail.ADA))
    left_out = {found.check.name: found.missing for found in await findings(subject) if found.missing}
    assert left_out.keys() == {"isolation", "identified", "read_call", "foreign", "refused", "once"}
    assert left_out["once"] == ("write",)
    assert subject.backend.writes == []  # type: ignore[attr-defined]
