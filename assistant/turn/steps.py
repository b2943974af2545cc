"""The steps of a turn up to the decision: read the message, work out what it is about, embed it, tell the intent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.answers.answering import Answering
from assistant.answers.texts import Texts
from assistant.domain.ports import Clock, Embedder, Knowledge
from assistant.domain.understanding import Intent, Question, Term
from assistant.nlu import language
from assistant.nlu.intents import QUESTION
from assistant.nlu.understand import Reader
from assistant.turn.context import ContextResolver, Referents
from assistant.turn.turn import Turn

_CARRIED_WEIGHT = 0.15  # of the words of the question before, in an elliptic one
_SURE = 0.85  # confidence from which small talk is believed without a pattern
_SURE_OF_HUMAN = 0.6  # a wish for a human that is missed costs more than one seen too many


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps work with."""

    knowledge: Knowledge
    embedder: Embedder
    reader: Reader
    context: ContextResolver
    answering: Answering
    texts: Texts
    clock: Clock


async def understand(turn: Turn, tools: Tools) -> None:
    conversation = turn.request.conversation
    default = language.of_tag(conversation.focus.language or conversation.language)
    turn.understanding = tools.reader.read(turn.request.text, default)
    turn.voice = replace(turn.voice, language=turn.understanding.language)
    turn.question = turn.understanding.question


async def resolve(turn: Turn, tools: Tools) -> None:
    """Which products the message is about, and what it asks of them."""
    read, request = turn.read, turn.request
    if read.intent.name != QUESTION:
        return
    focus = request.conversation.focus
    page = request.page.product_id
    if page == focus.page_product_id and focus.product_ids:
        page = None  # the conversation has gone on to something else on this page
    found = await tools.context.resolve(turn.scope, read, focus, page, turn.voice.name)
    turn.products, turn.named, turn.ambiguous = found.products, found.named, found.ambiguous
    question = tools.reader.question(read.folded, without=found.words)
    leaning = question.elliptic and not read.seeks and (not read.compares or read.folded.endswith("呢"))
    if leaning and focus.last_question and _leans_back(found, question):
        question = _completed(question, tools.reader.question(focus.last_question))
    turn.question = question
    turn.trace.notes["resolved"] = question.whole
    turn.trace.notes["products"] = [product.id for product in found.products]


async def embed(turn: Turn, tools: Tools) -> None:
    """The one embedding pass of the turn: the message, and the resolved question where it differs."""
    if turn.read.intent.name != QUESTION:
        return
    texts = list(dict.fromkeys((turn.read.folded, turn.asked.whole or turn.read.folded)))
    turn.vectors = await tools.embedder.embed_queries(texts)


async def classify(turn: Turn, tools: Tools) -> None:
    """The intent by examples, where no pattern has told it."""
    if turn.vectors is None or not any(character.isalnum() for character in turn.read.folded):
        return
    intent = tools.reader.intents.by_examples(np.asarray(turn.vectors[0]))
    sure = _SURE_OF_HUMAN if intent.name == "human" else _SURE
    if intent.name != QUESTION and (intent.confidence < sure or turn.asked.kind):
        intent = Intent(QUESTION, 1 - intent.confidence)
    turn.understanding = replace(turn.read, intent=intent)
    turn.trace.notes["intent"] = intent.name


def _leans_back(found: Referents, question: Question) -> bool:
    """An elliptic message asks the last question again of something else, or of something more."""
    return bool(found.words or found.named or question.terms)


def _completed(question: Question, before: Question) -> Question:
    carried = tuple(
        Term(term.text, term.weight * (_CARRIED_WEIGHT if question.terms else 1), term.synonyms, term.group)
        for term in before.terms
    )
    return replace(
        before,
        text=question.text,
        message=question.message,
        carried=before.text,
        terms=(*question.terms, *carried),
        kind=question.kind or before.kind,
        groups=question.groups or before.groups,
        codes=question.codes or before.codes,
    )
