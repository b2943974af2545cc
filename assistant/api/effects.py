"""What was done in a store's system: the audit log, and people's yes or no to what waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import require
from assistant.api.deps import ServicesDep
from assistant.api.errors import documented
from assistant.api.incoming import clean_text
from assistant.domain.access import Caller, KeyScope
from assistant.domain.backend import Risk, ShopperRef
from assistant.domain.effects import Effect, EffectId, EffectState, OutcomeState, Sought
from assistant.domain.ids import ConversationId

EFFECT_ID = r"^[A-Za-z0-9_.~:-]{1,400}$"
_MOST = 200

router = APIRouter(prefix="/v1/stores/{store_id}", tags=["effects"])

ApproveKey = Annotated[Caller, Depends(require(KeyScope.APPROVE))]
AuditKey = Annotated[Caller, Depends(require(KeyScope.AUDIT))]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    approve: bool = Field(description="Yes or no.")
    reason: str = Field(default="", max_length=1000, description="Why; kept in the audit log, not told to the shopper.")
    by: str = Field(default="", max_length=100, description="Who decides, where several people share the key.")


class DecisionView(BaseModel):
    outcome: OutcomeState = Field(
        description="What the whole request has come to. `unavailable`: the system cannot be reached; it goes on by "
        "itself. `approving`: another step waits for a human."
    )
    reason: str = Field(description="Why something was refused or is unknown, as a code; else empty.")


class YesView(BaseModel):
    """What the shopper said yes to."""

    seq: int = Field(description="Of the message in its conversation.")
    said: str
    shown: str = Field(description="What was said to happen, word for word.")


class ChangeView(BaseModel):
    state: EffectState
    at: datetime
    reason: str
    by: str = Field(description="The human who decided so, where one did.")


class EffectView(BaseModel):
    """Something done, or to be done, in the store's system, and why."""

    id: str = Field(description="Also the idempotency key that the system was given.")
    run_id: str = Field(description="Shared by all steps of one request.")
    conversation_id: str
    shopper: str = Field(description="As the store's system knows them.")
    procedure: str
    version: str = Field(description="Of the procedure.")
    rules: list[str] = Field(description="Those that were checked and held.")
    evidence: list[str] = Field(description="The records that it rests on.")
    yes: YesView
    step: str
    operation: str
    risk: Risk
    arguments: dict[str, Any]
    state: EffectState
    at: datetime = Field(description="Of the last change.")
    result: dict[str, Any]
    reason: str = Field(description="Why it was refused, skipped or is unknown, as a code.")
    decided_by: str
    remark: str = Field(description="What who decided gave as the reason.")
    history: list[ChangeView] = Field(description="All states, the first first.")


class AuditQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    conversation_id: str = Field(default="", max_length=64, description="Only of this conversation.")
    shopper: str = Field(default="", max_length=200, description="Only of this shopper.")
    procedure: str = Field(default="", max_length=64, description="Only of this procedure.")
    operation: str = Field(default="", max_length=200, description="Only of this operation.")
    state: EffectState | None = Field(default=None, description="Only those that are in this state now.")
    limit: int = Field(default=50, ge=1, le=_MOST, description="How many at most.")
    before: str | None = Field(default=None, pattern=EFFECT_ID, description="`next` of the page before.")


class ApprovalList(BaseModel):
    approvals: list[EffectView]


class AuditPage(BaseModel):
    effects: list[EffectView] = Field(description="The newest first.")
    next: str | None = Field(description="Give it as `before` for those that follow; null at the end.")


@router.get(
    "/approvals",
    operation_id="listApprovals",
    summary="List what waits for a human's yes",
    responses=documented(401, 403, 404, 422),
)
async def list_approvals(key: ApproveKey, services: ServicesDep) -> ApprovalList:
    """The oldest first. The shopper of each has said yes already, and was told that it takes a while."""
    return ApprovalList(approvals=list(map(_view, await services.effects.awaiting(key.store_id))))


@router.post(
    "/approvals/{effect_id}",
    operation_id="decideApproval",
    summary="Say yes or no to what waits for it",
    responses=documented(400, 401, 403, 404, 409, 413, 422, 503),
)
async def decide_approval(
    key: ApproveKey,
    services: ServicesDep,
    effect_id: Annotated[str, PathParameter(pattern=EFFECT_ID, description="The `id` of an approval.")],
    body: Decision,
) -> DecisionView:
    """The request goes on at once, and the shopper is told in the conversation what has come of it."""
    held = f"{key.name} ({key.id})"
    person = clean_text(body.by).strip()
    outcome = await services.effects.decide(
        key.store_id,
        EffectId(effect_id),
        approve=body.approve,
        by=f"{person}, {held}" if person else held,
        reason=clean_text(body.reason),
    )
    return DecisionView(outcome=outcome.state, reason=outcome.reason)


@router.get(
    "/audit",
    operation_id="readAudit",
    summary="Read what was done in the store's system, and why",
    responses=documented(401, 403, 404, 422),
)
async def read_audit(key: AuditKey, services: ServicesDep, query: Annotated[AuditQuery, Query()]) -> AuditPage:
    """Append-only: what was once done, refused or decided stays. It holds what shoppers wrote."""
    sought = Sought(
        conversation_id=ConversationId(query.conversation_id) if query.conversation_id else None,
        shopper=ShopperRef(query.shopper) if query.shopper else None,
        procedure=query.procedure,
        operation=query.operation,
        state=query.state,
    )
    limit, before = query.limit, EffectId(query.before) if query.before else None
    found = await services.effects.audit(key.store_id, sought, limit=limit + 1, before=before)
    page = list(map(_view, found[:limit]))
    return AuditPage(effects=page, next=page[-1].id if len(found) > limit else None)


def _view(effect: Effect) -> EffectView:
    plan, call = effect.plan, effect.call
    return EffectView(
        id=effect.id,
        run_id=plan.run_id,
        conversation_id=plan.conversation_id,
        shopper=plan.shopper,
        procedure=plan.procedure,
        version=plan.version,
        rules=list(plan.rules),
        evidence=list(plan.evidence),
        yes=YesView(seq=plan.yes.seq, said=plan.yes.said, shown=plan.yes.shown),
        step=call.name,
        operation=call.operation,
        risk=call.risk,
        arguments=_json(call.arguments),
        state=effect.state,
        at=effect.at,
        result=_json(effect.result),
        reason=effect.reason,
        decided_by=effect.decided_by,
        remark=effect.remark,
        history=[ChangeView.model_validate(change, from_attributes=True) for change in effect.history],
    )


def _json(value: Any) -> Any:
    """With numbers as JSON has them, not as text."""
    match value:
        case Decimal():
            return float(value)
        case str():
            return value
        case Mapping():
            return {name: _json(item) for name, item in value.items()}
        case Sequence():
            return [_json(item) for item in value]
    return value
