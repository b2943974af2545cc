"""What people at the desk are told of a conversation: a summary, replies that they may give, and drafts for the FAQ.

With a language model where the store has one: it words what stands in the log, and says nothing that does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Protocol

import regex

from assistant.desk.drafts import Draft, drafts
from assistant.desk.suggestions import Suggestion, open_question, suggestions
from assistant.desk.summary import Say, Summary, summary
from assistant.domain.conversation import Conversation
from assistant.domain.errors import ModelUnavailable, NotFound, StorebotError
from assistant.domain.events import AgentSaid, Event, MessageReceived, Replied
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.explanation import Asked, Explained, Line
from assistant.domain.ids import ConversationId, EvidenceId, ProductId, StoreId
from assistant.domain.models import LanguageModel, LanguageModels, Prompt
from assistant.domain.ports import ConversationLog, Knowledge, Stores
from assistant.domain.procedures import Procedures
from assistant.domain.store import Store
from assistant.domain.understanding import Mood
from assistant.prompts import Block, Datum, Layout, Prompts

_EVENTS = 500
_KEPT = 200  # summaries that a model has worded
_LINES = 12  # of a conversation that a suggestion is worked out from
_BETWEEN_SENTENCES = regex.compile(r"(?<=[。！？!?])\s*|(?<=\.)\s+|\n+")

Holds = Callable[[str, Sequence[Evidence]], bool]
"""Whether evidence holds a sentence."""


class Explainer(Protocol):
    async def explain(self, asked: Asked, /) -> Explained:
        """Answers a message before nobody. Raises NotFound and NotReady."""
        ...


@dataclass(frozen=True, slots=True)
class Briefings:
    """wording: the texts in a language. mood: of one text. models: of the stores, None where there are none; seconds:
    how long one may take.

    Every method raises NotFound for a conversation that there is not, or that is another store's.
    """

    log: ConversationLog
    stores: Stores
    knowledge: Knowledge
    procedures: Procedures
    explainer: Explainer
    wording: Callable[[str], Say]
    mood: Callable[[str], Mood]
    prompts: Prompts
    holds: Holds
    models: LanguageModels | None = None
    seconds: float = 6.0
    _worded: dict[tuple[ConversationId, int, str], str] = field(default_factory=dict)

    async def summary(self, store_id: StoreId, conversation_id: ConversationId, language: str | None = None) -> Summary:
        """language: BCP 47, of the summary; None for the conversation's."""
        conversation, events = await self._read(store_id, conversation_id)
        store = await self.stores.get(store_id)
        tag = language or conversation.language
        titles = {each.name: each.title.in_language(tag) for each in (await self.procedures.of(store_id)).values()}
        products = await self._names(store_id, conversation, events, tag)
        say = self.wording(tag)
        found = summary(events, conversation.focus, titles=titles, products=products, mood=self.mood, say=say)
        text = await self._in_sentences(found, conversation, events, store, tag)
        return replace(found, text=text, by_model=True) if text else found

    async def suggestions(self, store_id: StoreId, conversation_id: ConversationId) -> list[Suggestion]:
        """Replies to what the shopper asked last, with their sources, the best first; none where nothing is asked."""
        conversation, events = await self._read(store_id, conversation_id)
        question = open_question(events)
        if question is None:
            return []
        before = [line for event in events if event.seq < question.seq and (line := _line(event))]
        asked = Asked(store_id, question.text, question.product_id, conversation.language, tuple(before[-_LINES:]))
        return suggestions(await self.explainer.explain(asked))

    async def drafts(self, store_id: StoreId, conversation_id: ConversationId) -> list[Draft]:
        """Entries for the FAQ from what the assistant could not answer in a conversation."""
        _, events = await self._read(store_id, conversation_id)
        found = drafts([events])
        store = await self.stores.get(store_id)
        return [await self._edited(draft, store) for draft in found]

    async def _read(self, store_id: StoreId, conversation_id: ConversationId) -> tuple[Conversation, list[Event]]:
        conversation = await self.log.get(conversation_id)
        if conversation.store_id != store_id:
            raise NotFound(f"There is no conversation {conversation_id!r} of store {store_id!r}.")
        after = max(0, conversation.last_seq - _EVENTS)
        return conversation, await self.log.events(conversation_id, after=after, limit=_EVENTS)

    async def _names(
        self, store_id: StoreId, conversation: Conversation, events: Sequence[Event], tag: str
    ) -> dict[ProductId, str]:
        """What products that may be concerned are called; a store whose knowledge is not there has only ids."""
        shown = (
            item.product_id
            for event in events
            if isinstance(event.payload, Replied)
            for item in event.payload.reply.evidence
        )
        ids = list(dict.fromkeys((*conversation.focus.product_ids, *(each for each in shown if each))))
        try:
            scope = await self.knowledge.published(store_id)
            return {each.id: each.title.in_language(tag) for each in await self.knowledge.products(scope, ids)}
        except StorebotError:
            return {}

    async def _in_sentences(
        self, found: Summary, conversation: Conversation, events: Sequence[Event], store: Store, tag: str
    ) -> str:
        """The summary as a model words it, where all that it says stands in the log; else ""."""
        model = self.models.of(store) if self.models is not None else None
        key = (conversation.id, conversation.last_seq, tag)
        if model is None or not found.wants:
            return ""
        if key not in self._worded:
            said = [line.text for event in events if (line := _line(event))]
            blocks = (
                Block("facts", (Datum("facts", found.text),)),
                Block("turns", tuple(_said(events)), last_first=True),
            )
            prompt = self._prompt("summarise", store, tag, model, blocks)
            sentences = await self._held(model, prompt, [found.text, *said])
            if sentences is None:
                return ""
            while len(self._worded) >= _KEPT:
                del self._worded[next(iter(self._worded))]
            self._worded[key] = " ".join(sentences) if tag == "en" else "".join(sentences)
        return self._worded[key]

    async def _edited(self, draft: Draft, store: Store) -> Draft:
        """The answer as a model words it for an FAQ, where the human's own words hold all of it."""
        model = self.models.of(store) if self.models is not None else None
        if model is None or not draft.answer:
            return draft
        tag = "zh" if regex.search(r"\p{Han}", draft.answer) else "en"
        blocks = (
            Block("answer", (Datum("answer", draft.answer),)),
            Block("question", (Datum("question", draft.question),)),
        )
        prompt = self._prompt("draft", store, tag, model, blocks)
        sentences = await self._held(model, prompt, [draft.answer])
        return draft if sentences is None else replace(draft, answer=(" " if tag == "en" else "").join(sentences))

    def _prompt(self, name: str, store: Store, tag: str, model: LanguageModel, blocks: Sequence[Block]) -> Prompt:
        layout = Layout(self.prompts.get(name, tag), model.count)
        return layout.lay({"shop": store.name.in_language(tag)}, blocks).prompt

    async def _held(self, model: LanguageModel, prompt: Prompt, texts: Sequence[str]) -> list[str] | None:
        """The sentences that a model writes, where texts hold every one of them."""
        evidence = [
            Evidence(EvidenceId(f"log:{place}"), EvidenceKind.RECORD, text, "", "conversation")
            for place, text in enumerate(texts)
        ]
        written = ""
        try:
            async with asyncio.timeout(self.seconds), aclosing(model.write(prompt)) as pieces:
                async for piece in pieces:
                    written += piece
        except (TimeoutError, ModelUnavailable):
            return None
        sentences = [each.strip() for each in _BETWEEN_SENTENCES.split(written) if each.strip()]
        return sentences if sentences and all(self.holds(each, evidence) for each in sentences) else None


def _line(event: Event) -> Line | None:
    match event.payload:
        case MessageReceived(message):
            return Line(message.text)
        case Replied(reply=reply, answers=answers) if answers:
            return Line(reply.text, by_shopper=False)
        case AgentSaid(text=text):
            return Line(text, by_shopper=False)
        case _:
            return None


def _said(events: Sequence[Event]) -> list[Datum]:
    lines = [line for event in events if (line := _line(event))]
    return [Datum("said", line.text, {"by": "shopper" if line.by_shopper else "shop"}) for line in lines]
