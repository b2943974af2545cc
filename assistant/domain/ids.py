"""Identifiers: prefixed, unique, and sortable by the time they were made."""

from typing import NewType

import uuid_utils

StoreId = NewType("StoreId", str)
VersionId = NewType("VersionId", str)
ShopperId = NewType("ShopperId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
ProductId = NewType("ProductId", str)
SkuId = NewType("SkuId", str)
EvidenceId = NewType("EvidenceId", str)
ApiKeyId = NewType("ApiKeyId", str)
JobId = NewType("JobId", str)
EvaluationId = NewType("EvaluationId", str)
AgentId = NewType("AgentId", str)
HandoffId = NewType("HandoffId", str)
TicketId = NewType("TicketId", str)


def new_id(prefix: str) -> str:
    """`prefix` + `_` + the 32 hex digits of a UUIDv7 (RFC 9562), so that ids sort by creation time."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"
