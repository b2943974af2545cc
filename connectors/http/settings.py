"""The mapping file of a system that is called over HTTP, and the OpenAPI document beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from assistant.domain.backend import JsonObject, Operation
from connectors.addresses import Authorization, HeaderName, checked_address
from connectors.http.openapi import Document, Endpoint
from connectors.mapping.checks import agreed, coherent
from connectors.mapping.model import SystemMap
from connectors.mapping.remote import Signature
from connectors.written import Faults, read_written

MAPPING = "mapping.yaml"
_MAPPING_AT_MOST = 512 * 1024
_DOCUMENT_AT_MOST = 16 * 1024 * 1024


class HttpMap(SystemMap):
    """openapi: the document, beside this file. shopper_header: what says in every call for whom it is.

    idempotency_header: what names an effect in every write. answer_at_most: in bytes.
    allow_http: the system is called without encryption, and everybody on the way can read along.
    """

    openapi: str
    allow_http: bool = False
    base_url: str
    authorization: Authorization | None = None
    shopper_header: HeaderName | None = None
    idempotency_header: HeaderName | None = None
    answer_at_most: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 2 * 1024 * 1024

    @property
    def headers(self) -> list[str]:
        """Those that are set in calls without being told as parameters."""
        named = (self.shopper_header, self.idempotency_header, self.authorization and self.authorization.header)
        return [header for header in named if header]

    @field_validator("base_url")
    @classmethod
    def _safe_address(cls, address: str, others: ValidationInfo) -> str:
        return checked_address(address, allow_http=bool(others.data.get("allow_http")))


@dataclass(frozen=True, slots=True)
class HttpSystem:
    """A mapping that fits its document."""

    mapping: HttpMap
    endpoints: Mapping[str, Endpoint]
    operations: Mapping[str, Operation]

    @property
    def signatures(self) -> Mapping[str, Signature]:
        return {call: endpoint.signature for call, endpoint in self.endpoints.items()}


_ANYTHING = Signature({}, frozenset())


def read_system(folder: Path, options: JsonObject) -> HttpSystem:
    """Raises SystemRefused with every fault of both files."""
    faults = Faults()
    for option in options:
        faults.add("store.yaml", 0, zh=f"http 连接器没有选项 {option}", en=f"the connector http has no option {option}")
    written = read_written(folder, MAPPING, _MAPPING_AT_MOST, faults)
    mapping = written.model(HttpMap, faults) if written else None
    if written is None or mapping is None:
        faults.check()
        raise AssertionError("a file that cannot be used has a fault")
    coherent(mapping, written, faults, shopper_is_told=mapping.shopper_header is not None)
    described = read_written(folder, mapping.openapi, _DOCUMENT_AT_MOST, faults)
    if described is None:
        faults.check()
        raise AssertionError("a file that cannot be used has a fault")
    document = Document(described, mapping.headers)
    document.check(faults)
    faults_of_document = Faults()
    endpoints: dict[str, Any] = {}

    def signature_of(call: str) -> Signature | None:
        if call not in endpoints:
            endpoints[call] = document.endpoint(call, faults_of_document)
        endpoint: Endpoint | None = endpoints[call]
        if endpoint is not None:
            return endpoint.signature
        return _ANYTHING if document.has(call) else None

    operations = agreed(mapping, written, faults, signature_of)
    faults.found += faults_of_document.found
    faults.check()
    return HttpSystem(mapping, endpoints, operations)
