"""The mapping file of a system that is reached over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assistant.domain.backend import JsonObject
from connectors.addresses import Authorization, checked_address
from connectors.mapping.checks import coherent
from connectors.mapping.model import Entry, SystemMap
from connectors.written import Faults, Written, read_written

MAPPING = "mapping.yaml"
_MAPPING_AT_MOST = 512 * 1024


class Server(Entry):
    """Where the server is: at an address (streamable HTTP), or a program of this machine (standard input and output).

    command_from: the secret that holds the program's command line, so that who runs this machine says what is run on
    it, and not who writes the store's folder. environment: variables of the program, and the secrets they are set to.
    within: how long it may take to start and to introduce itself, in seconds.
    """

    allow_http: bool = False
    url: str | None = None
    authorization: Authorization | None = None
    command_from: str | None = None
    environment: dict[str, str] = Field(default_factory=dict)
    within: Annotated[float, Field(gt=0, le=120)] = 20

    @field_validator("url")
    @classmethod
    def _safe_address(cls, address: str, others: ValidationInfo) -> str:
        return checked_address(address, allow_http=bool(others.data.get("allow_http")))

    @model_validator(mode="after")
    def _one_way(self) -> Server:
        if (self.url is None) == (self.command_from is None):
            raise ValueError("say where the server is (url), or which secret holds its command line (command_from)")
        if self.url is None and self.authorization is not None:
            raise ValueError("a program is given its secrets in its environment, not by `authorization`")
        if self.url is not None and self.environment:
            raise ValueError("a server at an address has no environment of ours")
        return self


class McpMap(SystemMap):
    """answer_at_most: in bytes of JSON."""

    server: Server
    answer_at_most: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 2 * 1024 * 1024


def read_mapping(folder: Path, options: JsonObject) -> tuple[McpMap, Written]:
    """Raises SystemRefused with every fault that can be found without asking the server."""
    faults = Faults()
    for option in options:
        faults.add("store.yaml", 0, zh=f"mcp 连接器没有选项 {option}", en=f"the connector mcp has no option {option}")
    written = read_written(folder, MAPPING, _MAPPING_AT_MOST, faults)
    mapping = written.model(McpMap, faults) if written else None
    if mapping and written:
        coherent(mapping, written, faults)
    faults.check()
    assert mapping is not None, "a file that cannot be used has a fault"
    assert written is not None
    return mapping, written
