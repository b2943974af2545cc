"""What the people of a store are told of a conversation: its summary, replies to suggest, drafts for the FAQ."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from assistant.api.access import require
from assistant.api.deps import ConversationIdPath, ServicesDep
from assistant.api.errors import documented
from assistant.api.schemas import LANGUAGE_TAG
from assistant.desk.drafts import Draft
from assistant.desk.suggestions import Suggestion
from assistant.desk.summary import Summary
from assistant.domain.access import Caller, KeyScope
from assistant.domain.ids import ConversationId
from assistant.domain.reply import HandoffReason
from assistant.domain.understanding import MoodLevel

router = APIRouter(prefix="/v1/stores/{store_id}/conversations/{conversation_id}", tags=["briefings"])

Viewer = Annotated[Caller, Depends(require(KeyScope.VIEW))]
Agent = Annotated[Caller, Depends(require(KeyScope.DESK))]
Manager = Annotated[Caller, Depends(require(KeyScope.MANAGE))]


class OutcomeView(BaseModel):
    asked: str
    reply: str


class MoodSummary(BaseModel):
    level: MoodLevel
    score: float = Field(ge=0, le=1)


class SummaryView(BaseModel):
    """What is known of a conversation, told from its log."""

    text: str = Field(description="All of it in a few lines, for people.")
    by_model: bool = Field(description="Whether a language model worded the text; the log holds what it says.")
    reason: HandoffReason | None = Field(description="Why a human was asked for; null where none was.")
    wants: list[str] = Field(description="What the shopper wants, in their words, the latest first.")
    done: list[OutcomeView] = Field(description="What was answered and carried out.")
    open: list[str] = Field(description="What was asked and not answered.")
    waits_for: str = Field(description="What the shopper was last asked; empty for nothing.")
    mood: MoodSummary
    orders: list[str]
    products: list[str]


class SourceView(BaseModel):
    title: str
    text: str
    source: str = Field(description="File and place in the store's folder.")


class SuggestionView(BaseModel):
    text: str
    sources: list[SourceView]
    probability: float = Field(ge=0, le=1, description="That it answers what was asked.")


class SuggestionList(BaseModel):
    suggestions: list[SuggestionView] = Field(description="The best first; none where nothing is asked or known.")


class DraftView(BaseModel):
    """An entry for the FAQ that a person should look over first."""

    question: str
    answer: str = Field(description="What a human answered; empty where nobody has.")
    asked: int = Field(ge=1, description="How often it was asked.")


class DraftList(BaseModel):
    drafts: list[DraftView]


@router.get(
    "/summary",
    operation_id="readSummary",
    summary="Read what a conversation is about, for a human who takes it over",
    responses=documented(401, 403, 404, 422),
)
async def read_summary(
    caller: Viewer,
    conversation_id: ConversationIdPath,
    services: ServicesDep,
    language: Annotated[
        str | None, Query(pattern=LANGUAGE_TAG, description="Of the summary; by default the conversation's.")
    ] = None,
) -> SummaryView:
    found = await services.briefings.summary(caller.store_id, ConversationId(conversation_id), language)
    return _summary(found)


@router.get(
    "/suggestions",
    operation_id="readSuggestions",
    summary="Read replies that an agent may give to what was asked last",
    responses=documented(401, 403, 404, 422, 503),
)
async def read_suggestions(caller: Agent, conversation_id: ConversationIdPath, services: ServicesDep) -> SuggestionList:
    found = await services.briefings.suggestions(caller.store_id, ConversationId(conversation_id))
    return SuggestionList(suggestions=[_suggestion(each) for each in found])


@router.get(
    "/faq-drafts",
    operation_id="readFaqDrafts",
    summary="Read drafts for the FAQ from what the assistant could not answer",
    responses=documented(401, 403, 404, 422),
)
async def read_faq_drafts(caller: Manager, conversation_id: ConversationIdPath, services: ServicesDep) -> DraftList:
    found = await services.briefings.drafts(caller.store_id, ConversationId(conversation_id))
    return DraftList(drafts=[_draft(each) for each in found])


def _summary(found: Summary) -> SummaryView:
    return SummaryView(
        text=found.text,
        by_model=found.by_model,
        reason=found.reason,
        wants=list(found.wants),
        done=[OutcomeView(asked=each.asked, reply=each.reply) for each in found.done],
        open=list(found.open),
        waits_for=found.waits_for,
        mood=MoodSummary(level=found.mood.level, score=found.mood.score),
        orders=list(found.orders),
        products=list(found.products),
    )


def _suggestion(each: Suggestion) -> SuggestionView:
    sources = [SourceView(title=item.title, text=item.text, source=item.source) for item in each.sources]
    return SuggestionView(text=each.text, sources=sources, probability=each.probability)


def _draft(each: Draft) -> DraftView:
    return DraftView(question=each.question, answer=each.answer, asked=each.asked)
