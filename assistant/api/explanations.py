"""The merchant's view: how a message is read, and why it is answered so. Nothing is stored, nothing is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from assistant.api.access import require
from assistant.api.deps import ServicesDep
from assistant.api.errors import documented
from assistant.api.incoming import message_text
from assistant.api.schemas import LANGUAGE_TAG, VISIBLE, ReplyView, Said
from assistant.domain.access import Caller, KeyScope
from assistant.domain.evidence import EvidenceKind
from assistant.domain.explanation import Asked, Explained, Line
from assistant.domain.ids import ProductId
from assistant.domain.text import LocalText

MAX_LINES = 20

router = APIRouter(prefix="/v1/stores/{store_id}", tags=["explanations"])

Key = Annotated[Caller, Depends(require(KeyScope.EVALUATE))]


class ExplainInput(BaseModel):
    model_config = {"extra": "forbid"}

    text: str = Field(
        description="The message, as a shopper would write it.",
        examples=["退货要几天"],
        json_schema_extra={"pattern": VISIBLE},
    )
    product_id: str | None = Field(
        default=None, min_length=1, max_length=200, description="The product whose page it is written on."
    )
    language: str | None = Field(
        default=None, pattern=LANGUAGE_TAG, description="Of the conversation; by default the store's first."
    )
    history: list[Said] = Field(
        default_factory=list,
        max_length=MAX_LINES,
        description="Lines said before. A user's line that no assistant's line follows is answered as usual.",
    )


class SlotView(BaseModel):
    """A value named in the message. `text` as typed, `value` as read."""

    name: str = Field(examples=["order_id"])
    value: str
    text: str


class MeasureView(BaseModel):
    """A quantity in the message; `number` is in the base unit of its kind."""

    kind: str = Field(examples=["volume"])
    number: str
    text: str
    relation: str = Field(description="equal, at_most, at_least or about.")


class ClauseView(BaseModel):
    """One thing that the message says."""

    text: str
    kind: str = Field(description="question, request or statement.")
    conditions: list[str] = Field(description="What must hold for a request, as typed.")
    slots: list[SlotView]
    measures: list[MeasureView]


class MoodView(BaseModel):
    level: str = Field(default="calm", description="calm, displeased or angry.")
    score: float = Field(default=0.0, ge=0, le=1)
    signals: list[str] = Field(default_factory=list, description="What tells it.")
    course: str = Field(default="steady", description="rising, steady or falling over the last messages.")


class IntentView(BaseModel):
    name: str = Field(examples=["aftersale.return.policy"])
    label: dict[str, str] = Field(description="What it is called before people, by language.")
    probability: float = Field(ge=0, le=1)


class SignalsView(BaseModel):
    """What speaks for a candidate; see docs/explain.md."""

    coverage: float = Field(default=0.0, description="Share of the question's words that it holds, 0 to 1.")
    dense: float = Field(default=0.0, description="Likeness in meaning, in standard deviations over all candidates.")
    lexical: float = Field(default=0.0, description="Likeness in words, 0 to about 4.")
    name: float = Field(default=0.0, description="How well its name or question is met, 0 to 1.")
    quantity: float = Field(default=0.0, description="1: holds the kind of quantity asked for; -1: does not.")
    own: float = Field(default=0.0, description="1: of the product asked about; 0: the shop's.")


class CandidateView(BaseModel):
    """Evidence that was looked at for an answer."""

    evidence_id: str
    kind: EvidenceKind
    title: str
    text: str
    source: str = Field(description="File and place in the store's folder.")
    probability: float = Field(ge=0, le=1, description="That it answers the question.")
    taken: bool = Field(description="Whether it would be taken for an answer.")
    signals: SignalsView


class NamedProduct(BaseModel):
    id: str
    name: str


class MatterView(BaseModel):
    """One thing that the message asks, on its way to an answer."""

    said: str
    intents: list[IntentView] = Field(description="The likeliest, best first.")
    intent: str = Field(description="The one it was taken to have.")
    intent_label: dict[str, str] = Field(description="What that is called before people, by language.")
    route: str = Field(description="answer, recommend, clarify, procedure, retain, handoff, refuse or smalltalk.")
    rule: str = Field(description="Why it goes that way; the codes are in docs/explain.md.")
    products: list[NamedProduct] = Field(description="What it is about.")
    choices: list[str] = Field(description="Products that it may be about, where it does not say which.")
    resolved: str = Field(description="The question with what it refers to put in, as it was searched.")
    candidates: list[CandidateView] = Field(description="Empty where nothing was searched.")
    threshold: float | None = Field(description="The probability from which a candidate is taken; null: no search.")
    action: str = Field(description="What was done about it.")
    reason: str
    why: str = Field(description="Why this answer or none; the codes are in docs/explain.md.")


class ExplanationView(BaseModel):
    """New fields may appear; ignore what you do not know."""

    text: str
    language: str = Field(description="That the message was taken to be in.")
    mood: MoodView
    clauses: list[ClauseView]
    matters: list[MatterView]
    reply: ReplyView
    unsupported: list[str] = Field(
        description="Parts of the reply that were dropped, since no evidence holds a number."
    )
    milliseconds: dict[str, float] = Field(description="How long each step took, in order.")


@router.post(
    "/explain",
    operation_id="explainMessage",
    summary="See how a message is read and why it is answered as it is",
    responses=documented(400, 401, 403, 404, 413, 422, 503),
)
async def explain_message(key: Key, services: ServicesDep, body: ExplainInput) -> ExplanationView:
    """Answered before nobody: no conversation is kept, no figure counts it, no human is called."""
    limit = services.limits.max_message_chars
    text = message_text(body.text, max_chars=limit)
    before = tuple(
        Line(message_text(said.text, max_chars=limit, loc=f"body.history.{place}.text"), said.role == "user")
        for place, said in enumerate(body.history)
    )
    product = ProductId(body.product_id) if body.product_id else None
    asked = Asked(key.store_id, text, product, body.language, before)
    return explained_view(text, await services.explainer.explain(asked))


def explained_view(text: str, explained: Explained) -> ExplanationView:
    """An explanation as the API tells it."""
    notes: Any = explained.trace.get("notes", {})
    milliseconds: Any = explained.trace.get("milliseconds", {})
    return ExplanationView(
        text=text,
        language=notes.get("language", explained.reply.language),
        mood=MoodView.model_validate(notes.get("mood", {})),
        clauses=[ClauseView.model_validate(clause) for clause in notes.get("clauses", ())],
        matters=[_matter(matter, explained.labels) for matter in notes.get("matters", ())],
        reply=ReplyView.model_validate(explained.reply),
        unsupported=list(notes.get("unsupported", ())),
        milliseconds=milliseconds,
    )


def _matter(notes: Mapping[str, Any], labels: Mapping[str, LocalText]) -> MatterView:
    return MatterView(
        said=notes.get("said", ""),
        intents=[_intent(name, value, labels) for name, value in notes.get("intents", {}).items()],
        intent=notes.get("intent", ""),
        intent_label=_label(notes.get("intent", ""), labels),
        route=notes.get("route", ""),
        rule=notes.get("rule", ""),
        products=[
            NamedProduct(id=product_id, name=name)
            for product_id, name in zip(notes.get("products", ()), notes.get("names", ()), strict=True)
        ],
        choices=notes.get("choices", []),
        resolved=notes.get("resolved", ""),
        candidates=[_candidate(candidate) for candidate in notes.get("candidates", ())],
        threshold=notes.get("threshold"),
        action=notes.get("action", ""),
        reason=notes.get("reason", ""),
        why=notes.get("why", ""),
    )


def _intent(name: str, probability: float, labels: Mapping[str, LocalText]) -> IntentView:
    return IntentView(name=name, label=_label(name, labels), probability=probability)


def _label(intent: str, labels: Mapping[str, LocalText]) -> dict[str, str]:
    return dict(labels[intent].variants) if intent in labels else {}


def _candidate(notes: Mapping[str, Any]) -> CandidateView:
    return CandidateView(**{**notes, "evidence_id": notes["id"], "signals": SignalsView.model_validate(notes)})
