"""A store's procedures tried out: a conversation over real records, every step told, nothing done."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import require
from assistant.api.deps import ServicesDep
from assistant.api.errors import documented
from assistant.api.incoming import clean_line, message_text
from assistant.api.schemas import LANGUAGE_TAG, VISIBLE
from assistant.domain.access import Caller, KeyScope
from assistant.domain.backend import Risk, ShopperRef
from assistant.domain.effects import Plan
from assistant.domain.trial import Passed, Tried, TryOut

MAX_MESSAGES = 20
_MAX_SHOPPER = 200

router = APIRouter(prefix="/v1/stores/{store_id}/procedures", tags=["procedures"])

Key = Annotated[Caller, Depends(require(KeyScope.MANAGE))]
Said = Annotated[str, Field(json_schema_extra={"pattern": VISIBLE})]


class TryInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    messages: list[Said] = Field(
        min_length=1,
        max_length=MAX_MESSAGES,
        description="What the shopper writes, one message after the other.",
        examples=[["取消最近那单", "确认"]],
    )
    shopper: str | None = Field(
        default=None,
        min_length=1,
        max_length=_MAX_SHOPPER,
        description="Whom your site would vouch for, as your system knows them; without it nobody is signed in.",
        examples=["u2001"],
    )
    language: str | None = Field(
        default=None, pattern=LANGUAGE_TAG, description="Of the conversation; by default the store's first."
    )


class TriedSlot(BaseModel):
    name: str
    value: Any
    told_now: bool = Field(description="Whether this message told or changed it.")


class PassedView(BaseModel):
    """How far a procedure came with a message."""

    procedure: str
    way: str = Field(examples=["confirms"])
    slots: list[TriedSlot] = Field(description="What is known by then.")
    rules: dict[str, str] = Field(
        description="`holds`, `broken`, `open` (something it needs is not known yet), or what is wrong with it."
    )
    waits_for: str = Field(description="The slot it asks for; else empty.")


class TriedCall(BaseModel):
    """What would have been called in the store's system."""

    procedure: str
    operation: str
    risk: Risk
    arguments: dict[str, Any]
    later: dict[str, str] = Field(description="Arguments that need the results of earlier calls, as expressions.")
    when: str | None = Field(description="Only if this holds then.")


class TriedView(BaseModel):
    text: str
    procedures: list[PassedView] = Field(description="Empty where no procedure served the message.")
    calls: list[TriedCall]
    reply: str
    action: str = Field(description="What the reply did, as a code.", examples=["cancel.confirms"])


class TrialView(BaseModel):
    trace: list[TriedView] = Field(description="One entry a message, in order.")


@router.post(
    "/try",
    operation_id="tryProcedures",
    summary="Try the procedures in a conversation",
    responses=documented(400, 401, 403, 404, 413, 422, 502, 503),
)
async def try_procedures(key: Key, services: ServicesDep, body: TryInput) -> TrialView:
    """Over the records of the store's real system. Nothing is done there, and no conversation or effect is kept."""
    limit = services.limits.max_message_chars
    messages = tuple(
        message_text(text, max_chars=limit, loc=f"body.messages.{place}") for place, text in enumerate(body.messages)
    )
    shopper = ShopperRef(clean_line(body.shopper, max_chars=_MAX_SHOPPER)) if body.shopper else None
    tried = await services.trials.play(TryOut(key.store_id, messages, shopper, body.language))
    return TrialView(trace=list(map(tried_view, tried)))


def tried_view(tried: Tried) -> TriedView:
    """A message and what came of it, as the API and the command line tell it."""
    return TriedView(
        text=tried.text,
        procedures=list(map(_passed, tried.passed)),
        calls=[call for plan in tried.plans for call in _calls(plan)],
        reply=tried.reply.text,
        action=tried.reply.action.reason,
    )


def _passed(passed: Passed) -> PassedView:
    slots = [
        TriedSlot(name=name, value=_plain(value), told_now=name in passed.told) for name, value in passed.slots.items()
    ]
    return PassedView(
        procedure=passed.procedure, way=passed.way, slots=slots, rules=dict(passed.rules), waits_for=passed.waits_for
    )


def _calls(plan: Plan) -> list[TriedCall]:
    return [
        TriedCall(
            procedure=plan.procedure,
            operation=call.operation,
            risk=call.risk,
            arguments=_plain(dict(call.arguments)),
            later={name: str(expression) for name, expression in call.later.items()},
            when=call.when,
        )
        for call in plan.calls
    ]


def _plain(value: object) -> Any:
    """As JSON; what JSON has no form for is told as text."""
    return orjson.loads(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS))
