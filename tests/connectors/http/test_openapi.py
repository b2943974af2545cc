"""OpenAPI documents as they come: written by frameworks, with oddities, and broken."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from fastapi import FastAPI, Header
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from connectors.http.openapi import Document, Endpoint
from connectors.schemas import schema_fault
from connectors.written import Faults, read_written
from tests.connectors.http.server import EXAMPLE


class Gift(BaseModel):
    wrapping: Literal["paper", "box"] = "paper"
    note: str | None = None


class Change(BaseModel):
    id: int
    gifts: list[Gift] = []


def written_by_fastapi() -> dict[str, Any]:
    app = FastAPI()

    @app.put("/orders/{id}/gift", operation_id="wrap")
    async def wrap(
        id: str,
        change: Change,
        urgent: bool = False,
        x_request: Annotated[str, Header()] = "",
        x_shop: Annotated[str, Header()] = "",
    ) -> Change:
        return change

    @app.post("/notes")
    async def note(texts: Annotated[list[str], Field(min_length=1)]) -> None: ...

    return app.openapi()


def endpoint(
    tmp_path: Path, content: Any, call: str, set_by_us: tuple[str, ...] = ()
) -> tuple[Endpoint | None, list[str]]:
    (tmp_path / "openapi.json").write_text(json.dumps(content), encoding="utf-8")
    faults = Faults()
    written = read_written(tmp_path, "openapi.json", 10**6, faults)
    assert written is not None
    found = Document(written, set_by_us).endpoint(call, faults)
    return found, [str(fault) for fault in faults.found]


def test_a_document_that_a_framework_writes_is_read(tmp_path: Path) -> None:
    found, _ = endpoint(tmp_path, written_by_fastapi(), "wrap", ("X-Shop",))
    assert found is not None
    assert (found.method, found.path) == ("PUT", "/orders/{id}/gift")
    assert dict(found.places) == {
        "id": "path",
        "urgent": "query",
        "x-request": "header",
        "body.id": "body",
        "gifts": "body",
    }
    assert found.signature.required == {"id", "body.id"}
    assert found.signature.result == {"$ref": "#/$defs/Change"}
    assert set(found.signature.definitions) == {"Gift", "Change"}


def test_a_body_that_is_no_object_is_told_as_a_whole(tmp_path: Path) -> None:
    found, _ = endpoint(tmp_path, written_by_fastapi(), "POST /notes")
    assert found is not None
    assert (dict(found.places), dict(found.names)) == ({"body": "body"}, {"body": ""})


def test_headers_that_every_call_has_are_no_parameters(tmp_path: Path) -> None:
    content = yaml.safe_load((EXAMPLE / "openapi.yaml").read_text(encoding="utf-8"))
    for set_by_us, there in (((), True), (("idempotency-key",), False)):
        found, _ = endpoint(tmp_path, content, "cancelOrder", set_by_us)
        assert found is not None
        assert ("Idempotency-Key" in found.signature.parameters) is there


def test_a_path_that_would_lead_to_another_machine_is_refused(tmp_path: Path) -> None:
    content = {"openapi": "3.1.0", "paths": {"@elsewhere.example/orders": {"get": {"operationId": "orders"}}}}
    found, faults = endpoint(tmp_path, content, "orders")
    assert found is None
    assert "a path begins with /" in faults[0]


def test_schemas_that_go_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    circle = {"$ref": "#/components/schemas/A"}
    content = {
        "openapi": "3.1.0",
        "paths": {
            "/a": {"post": {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": circle}}}}}
        },
        "components": {"schemas": {"A": {"allOf": [circle]}}},
    }
    found, faults = endpoint(tmp_path, content, "a")
    assert (found, len(faults)) == (None, 1)


PLACES = [
    ("paths", "/orders/{orderId}/address", "put", "requestBody", "content", "application/json", "schema"),
    ("paths", "/orders/{orderId}/address", "put", "requestBody", "content"),
    ("paths", "/orders/{orderId}/address", "put", "responses", "200"),
    ("paths", "/orders/{orderId}/address", "put", "responses"),
    ("paths", "/orders/{orderId}/address", "parameters"),
    ("components", "schemas", "Address", "properties"),
    ("components", "schemas", "Address", "properties", "line2"),
    ("components", "schemas", "AddressChange", "allOf"),
    ("components", "parameters", "Order"),
    ("components",),
]
ODD = st.sampled_from([None, 7, "text", [], {}, ["a"], [None], {"$ref": 3}, {"$ref": "#/nowhere"}, True, {"type": 3}])


@given(place=st.sampled_from(PLACES), odd=ODD)
@pytest.mark.parametrize(
    "content", [yaml.safe_load((EXAMPLE / "openapi.yaml").read_text(encoding="utf-8"))], ids=["example"]
)
def test_a_broken_document_gives_a_fault_or_an_endpoint_and_never_an_accident(
    tmp_path_factory: pytest.TempPathFactory, content: Any, place: tuple[str, ...], odd: Any
) -> None:
    broken = copy.deepcopy(content)
    there = broken
    for name in place[:-1]:
        there = there[name]
    there[place[-1]] = odd
    found, faults = endpoint(tmp_path_factory.mktemp("broken"), broken, "changeAddress")
    assert (found is None) == bool(faults)
    if found is not None:
        parameters = found.signature.parameters.values()
        assert all(isinstance(schema_fault({**schema, "type": "object"}), str) for schema in parameters)
