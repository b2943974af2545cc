"""Why a turn went as it went, for the people who evaluate the assistant."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import KeyBearer, presented
from assistant.api.deps import ID_PATTERN, ConversationIdPath, Rates, ServicesDep
from assistant.api.errors import documented
from assistant.domain.access import KeyScope
from assistant.domain.errors import NotFound
from assistant.domain.ids import ConversationId, TurnId

router = APIRouter(prefix="/v1", tags=["evaluations"])

TurnIdPath = Annotated[
    str,
    PathParameter(
        pattern=ID_PATTERN,
        description="The `turn_id` of a reply.",
        examples=["turn_019ab1c2d3e47f60a1b2c3d4e5f60718"],
    ),
]


class TraceView(BaseModel):
    """A turn's trace. What the notes hold depends on the turn, and may change with every version."""

    model_config = ConfigDict(extra="allow")

    milliseconds: dict[str, float] = Field(default_factory=dict, description="How long each step took, in order.")
    notes: dict[str, Any] = Field(default_factory=dict, description="What the steps found, by name.")
    failed: str | None = Field(default=None, description="The error that ended the turn, if one did.")


@router.get(
    "/conversations/{conversation_id}/turns/{turn_id}/trace",
    operation_id="readTrace",
    summary="Read how a reply of a test conversation came about",
    responses=documented(401, 403, 404, 422),
)
async def read_trace(
    conversation_id: ConversationIdPath, turn_id: TurnIdPath, services: ServicesDep, credentials: KeyBearer, _: Rates
) -> TraceView:
    """Only for test conversations of the key's own store: the traces of others hold what shoppers wrote."""
    key = await presented(services, credentials, KeyScope.EVALUATE)
    conversation = await services.log.get(ConversationId(conversation_id))
    if not conversation.test or conversation.store_id != key.store_id:
        raise NotFound(f"There is no test conversation {conversation_id!r} of store {key.store_id!r}.")
    trace = await services.log.trace(conversation.id, TurnId(turn_id))
    return TraceView.model_validate(orjson.loads(trace))
