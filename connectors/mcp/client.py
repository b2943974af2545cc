"""Calls of a system's tools over the Model Context Protocol. What they answer is data, whatever it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp import MCPError, Tool
from mcp.types import INVALID_PARAMS, METHOD_NOT_FOUND, CallToolResult, TextContent
from pydantic import ValidationError

from assistant.domain.errors import OutcomeUnknown, StoreSystemUnavailable
from connectors.mapping.persistence import Persistence, Trouble
from connectors.mapping.remote import Answered, RemoteCall, Signature, packed
from connectors.mcp.session import BROKEN, Connection, Session

_SESSION_ENDED = "Session terminated"  # how the client tells that the server knows nothing of the session
_FAILED = "Error executing tool {}: "  # what servers of the protocol's Python library put before a failed tool's words
_STATUSES = {INVALID_PARAMS: 400, METHOD_NOT_FOUND: 405}


def signature_of(tool: Tool) -> Signature:
    """What a tool takes and gives. What it says of its dangers (annotations) is not asked for."""
    schema = tool.input_schema
    properties = schema.get("properties")
    definitions = {**_mapping(schema.get("definitions")), **_mapping(schema.get("$defs"))}
    definitions |= _mapping(_mapping(tool.output_schema).get("$defs"))
    return Signature(
        parameters={str(name): _mapping(member) for name, member in _mapping(properties).items()},
        required=frozenset(map(str, schema.get("required") or ())),
        result={key: value for key, value in tool.output_schema.items() if key != "$defs"}
        if tool.output_schema
        else None,
        definitions=definitions,
    )


@dataclass
class McpRemote:
    """signatures: of the tools that may be called, as they were when the mapping was compared with them."""

    signatures: Mapping[str, Signature]
    session: Session
    persistence: Persistence
    timeout: float
    answer_at_most: int

    async def read(self, call: RemoteCall) -> object:
        async def attempt() -> object:
            async with self.session.use() as connection:
                try:
                    return self._answer(call.name, await self._called(connection, call))
                except _Unusable as error:
                    raise StoreSystemUnavailable(f"The answer of {call.name} cannot be used: {error}.") from error

        return await self.persistence.read(attempt)

    async def write(self, call: RemoteCall, idempotency_key: str, *, repeatable: bool) -> object:  # noqa: ARG002
        """The key goes along as the mapping tells it to a parameter."""

        async def attempt() -> object:
            async with self.session.use() as connection:
                await self._is_as_it_was(connection, call.name)
                try:
                    return self._answer(call.name, await self._called(connection, call))
                except _Unusable as error:
                    raise OutcomeUnknown(
                        f"{call.name} was carried out, but its answer cannot be used: {error}."
                    ) from error

        return await self.persistence.write(attempt, repeatable=repeatable)

    async def _is_as_it_was(self, connection: Connection, name: str) -> None:
        """Nothing is written by a tool that has become another; this also finds a session that has ended unnoticed."""
        try:
            tool = (await connection.tools()).get(name)
        except BROKEN as error:
            connection.retire()
            raise Trouble(f"the list of tools does not come ({type(error).__name__})", maybe_done=False) from error
        if tool is None or signature_of(tool) != self.signatures[name]:
            raise StoreSystemUnavailable(f"The tool {name} is not what it was when it was mapped; connect it anew.")

    async def _called(self, connection: Connection, call: RemoteCall) -> CallToolResult:
        arguments = json.loads(packed(call.values))
        try:
            return await connection.client.session.call_tool(call.name, arguments, read_timeout_seconds=self.timeout)
        except MCPError as error:
            if error.code in _STATUSES:
                raise Answered(_STATUSES[error.code], error.data, error.message) from error
            connection.retire()
            maybe_done = error.message != _SESSION_ENDED
            raise Trouble(f"error {error.code}", maybe_done=maybe_done, counts=maybe_done) from error
        except ValidationError as error:
            raise _Unusable("it is no result of a tool") from error
        except RuntimeError as error:  # an answer that contradicts the tool's schema, or asks something of the shopper
            raise _Unusable("it is not what the tool promises") from error
        except BROKEN as error:
            connection.retire()
            raise Trouble(type(error).__name__, maybe_done=True) from error

    def _answer(self, name: str, result: CallToolResult) -> object:
        """Raises Answered where the tool says that it has failed, and _Unusable."""
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        if len(text) > self.answer_at_most:
            raise _Unusable(f"more than {self.answer_at_most} characters")
        if result.is_error:
            text = text.removeprefix(_FAILED.format(name))
        told = result.structured_content if result.structured_content is not None else _json_or_text(text)
        if result.is_error:
            raise Answered(None, None if isinstance(told, str) else told, text)
        return told


class _Unusable(Exception):
    """A tool's answer that says nothing."""


def _json_or_text(text: str) -> object:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
