"""A mapping that cannot be used is refused before anything is called, with file, line and reason of every fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.domain.errors import SystemRefused
from connectors.http import HttpConnector
from connectors.http.settings import read_system
from tests.connectors.http.server import EXAMPLE

Found = list[tuple[str, int, str]]
Change = tuple[str, str]


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., Found]:
    """What is found in the documented example once each first text is replaced by the second."""

    def of(*changes: Change, file: str = "mapping.yaml") -> Found:
        for name in ("mapping.yaml", "openapi.yaml"):
            text = (EXAMPLE / name).read_text(encoding="utf-8")
            for before, after in changes if name == file else ():
                assert before in text
                text = text.replace(before, after, 1)
            (tmp_path / name).write_text(text, encoding="utf-8")
        try:
            HttpConnector().check(tmp_path, {})
        except SystemRefused as refused:
            return [(fault["file"], fault["line"], fault["reason"]) for fault in refused.data["faults"]]  # type: ignore[attr-defined]
        return []

    return of


def line_of(text: str, file: str = "mapping.yaml") -> int:
    lines = (EXAMPLE / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_documented_example_has_no_fault(faults: Callable[..., Found]) -> None:
    assert faults() == []


def test_all_faults_are_told_at_once(faults: Callable[..., Found]) -> None:
    found = faults(
        ("call: getCustomer", "call: getClient"),
        ("with: {orderId: order}", "with: {order: order}"),
        ("risk: approve", "risk: approve\n    retries: 3"),
    )
    assert found == [
        (
            "mapping.yaml",
            line_of("risk: approve") + 1,
            "operations.pay_goodwill.retries: Extra inputs are not permitted",
        )
    ]
    found = faults(
        ("call: getCustomer", "call: getClient"),
        ("with: {orderId: order}", "with: {order: order}"),
        ("order: order_id", "order: number"),
    )
    assert found == [
        ("mapping.yaml", line_of("call: getCustomer"), "reads.shopper.call: the system has no getClient"),
        (
            "mapping.yaml",
            line_of("with: {orderId: order}"),
            "reads.order.with.order: getOrder has no parameter order; it has: orderId",
        ),
        ("mapping.yaml", line_of("with: {orderId: order}"), "reads.order.with: getOrder needs orderId"),
        (
            "mapping.yaml",
            line_of("order: order_id"),
            "operations.cancel_order.order: there is no argument number; there are: note, order_id, reason",
        ),
    ]


@pytest.mark.parametrize(
    ("before", "after", "at", "reason"),
    [
        ("    id: number\n    shopper: customerId", "    id: number", "id: number", "owner"),
        ("state: status", "state: status[", "state: status", "no JMESPath expression"),
        ("received: delivered", "received: arrived", "received: delivered", "'unpaid'"),
        (
            "with: {customerId: shopper}",
            "with: {customerId: order}",
            "with: {customerId: shopper}",
            "it cannot use order",
        ),
        ("https://", "http://", "base_url", "https"),
        ("https://", "https://me:word@", "base_url", "no password"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Atlantis", "timezone", "no time zone"),
        ("zh: 查询库存, ", "", "en: Look up stock", "each language"),
        ("risk: read\n", "risk: write\n", "public: true", "only what reads"),
        ("    order: order_id\n    result", "    result", "cancel_order:", "nothing ties it to the shopper"),
        ("with: {key: key}", "with: {key: \"'k'\"}", "with: {key: key}", "nothing there uses `key`"),
        ("by: [email, postcode]", "by: [email, birthday]", "by: [email", "has no birthday to compare"),
        ("by: [email, postcode]", "by: [email]", "by: [email", "ask for a second particular"),
        (
            "rename: {productId: product_id}",
            "rename: {product: product_id}",
            "rename: {productId",
            "has no parameter product",
        ),
        ("      amountCents: {maximum: 5000}", "      cents: {maximum: 5000}", "amountCents: {maximum", "goes nowhere"),
        ("amountCents: {maximum: 5000}", "amountCents: {maximum: many}", "arguments:", "is not of type 'number'"),
        (
            "amountCents: {maximum: 5000}",
            'amountCents: {$ref: "http://x.example/s"}',
            "arguments:",
            "leads out of the document",
        ),
        ("parameter: cursor", "parameter: page", "pages:", "has no parameter page"),
        ("format: 1", "format: 1\nformat: 1", "format: 1", "twice"),
        ("currency: CNY", "currency: &c CNY", "currency", "anchors"),
        ("openapi: openapi.yaml", "openapi: ../openapi.yaml", "", "below the store's folder"),
        ("openapi: openapi.yaml", "openapi: nowhere.yaml", "", "cannot be read"),
    ],
)
def test_a_fault_is_told_with_its_line(
    faults: Callable[..., Found], before: str, after: str, at: str, reason: str
) -> None:
    found = faults((before, after))
    assert any(reason in said and abs(line - (line_of(at) if at else line)) <= 1 for _, line, said in found), found


@pytest.mark.parametrize(
    ("before", "after", "at", "reason"),
    [
        ("openapi: 3.0.3", 'swagger: "2.0"', "", "no OpenAPI 3 document"),
        (
            '"#/components/schemas/AddressChange"',
            '"#/components/schemas/Change"',
            "operationId: changeAddress",
            "nothing stands",
        ),
        ('"#/components/schemas/AddressChange"', '"other.yaml#/Change"', "operationId: changeAddress", "other files"),
        (
            "in: path, required: true, schema: {type: string}}\n    Order",
            "in: cookie, required: true}\n    Order",
            "",
            "cookie",
        ),
        (
            "application/json:\n            schema:\n              type: object\n              required: [reason]",
            "text/csv:\n            schema:\n              type: object\n              required: [reason]",
            "operationId: cancelOrder",
            "only JSON bodies",
        ),
    ],
)
def test_what_the_document_lacks_is_told_at_its_place(
    faults: Callable[..., Found], before: str, after: str, at: str, reason: str
) -> None:
    found = faults((before, after), file="openapi.yaml")
    said = [(file, line, text) for file, line, text in found if reason in text]
    assert said
    if at:
        assert abs(said[0][1] - line_of(at, "openapi.yaml")) <= 3


def test_a_document_may_leave_out_operation_ids(tmp_path: Path) -> None:
    mapping = (EXAMPLE / "mapping.yaml").read_text(encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        mapping.replace("call: cancelOrder", 'call: "POST /orders/{orderId}/cancellation"'), encoding="utf-8"
    )
    (tmp_path / "openapi.yaml").write_bytes((EXAMPLE / "openapi.yaml").read_bytes())
    assert "cancel_order" in read_system(tmp_path, {}).operations


def test_schemas_of_openapi_3_0_become_json_schemas() -> None:
    operations = read_system(EXAMPLE, {}).operations
    cancel, goodwill, move = (operations[name].arguments for name in ("cancel_order", "pay_goodwill", "change_address"))
    properties = {**cancel["properties"], **goodwill["properties"]}  # type: ignore[dict-item]
    assert properties["note"] == {"anyOf": [{"type": "string", "maxLength": 200}, {"type": "null"}]}
    assert properties["amountCents"] == {"type": "integer", "exclusiveMinimum": 0, "maximum": 5000}
    assert set(move["properties"]) == {"order_id", "shipTo"}, "what is told, and what is read only, is no argument"  # type: ignore[call-overload]
    assert move["$defs"]["Order"]["properties"]["replaces"] == {"$ref": "#/$defs/Order"}  # type: ignore[index]
