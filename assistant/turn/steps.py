"""The steps of a turn up to the decision: read the message, work out what it is about, embed it, tell the intent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assistant.answers.answering import Answering
from assistant.answers.texts import Texts
from assistant.domain.conversation import Focus
from assistant.domain.ids import ProductId
from assistant.domain.ports import Clock, Embedder, Knowledge
from assistant.domain.understanding import Clause, Intent, Question, QuestionForm, Term
from assistant.nlu import language
from assistant.nlu.intents import QUESTION
from assistant.nlu.understand import Reader
from assistant.turn.context import ContextResolver, Referents
from assistant.turn.turn import Matter, Turn

_RECALLED = 3  # messages of the shopper that tell what a conversation led by others is about
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
    turn.matters = [Matter(turn, clause, clause.question, intent=clause.pattern) for clause in turn.read.clauses]


async def recall(turn: Turn, tools: Tools) -> None:
    """What the conversation is about, where this assistant has not led it so far: told from what was said."""
    if turn.focus.last_question or turn.focus.product_ids:
        return
    said = [line.text for line in turn.request.before if line.by_shopper][-_RECALLED:]
    for text in said:
        for clause in tools.reader.read(text, turn.voice.language).clauses:
            if clause.pattern is None:
                matter = Matter(turn, clause, clause.question)
                await _resolve(matter, tools, turn.focus, turn.request.page.product_id)
                turn.focus = _about(matter, turn.focus)


async def resolve(turn: Turn, tools: Tools) -> None:
    """Which products each clause is about, and what it asks of them; a clause may lean on the one before it."""
    focus = turn.focus
    page = turn.request.page.product_id
    if page == focus.page_product_id and focus.product_ids:
        page = None  # the conversation has gone on to something else on this page
    for matter in turn.matters:
        if matter.intent is None:
            await _resolve(matter, tools, focus, page)
            page = None if matter.products else page
            focus = _about(matter, focus)


def _about(matter: Matter, focus: Focus) -> Focus:
    """The focus after a matter is resolved."""
    products = tuple(product.id for product in matter.products)
    return replace(
        focus,
        product_ids=products or focus.product_ids,
        last_question=matter.question.whole or focus.last_question,
    )


async def _resolve(matter: Matter, tools: Tools, focus: Focus, page: ProductId | None) -> None:
    read = matter.read
    found = await tools.context.resolve(matter.scope, read, focus, page, matter.voice.name)
    matter.products, matter.named, matter.ambiguous = found.products, found.named, found.ambiguous
    question = tools.reader.question(read.folded, without=found.words)
    leaning = question.elliptic and not read.seeks and (not read.compares or read.folded.endswith("呢"))
    if read.corrects and found.named and _only_corrects(question):
        question, leaning = replace(question, terms=()), True
    if leaning and focus.last_question and _leans_back(found, question, read):
        question = _completed(question, tools.reader.question(focus.last_question))
    matter.question = question
    matter.notes["resolved"] = question.whole
    matter.notes["products"] = [product.id for product in found.products]


async def embed(turn: Turn, tools: Tools) -> None:
    """The one embedding pass of the turn: each clause, and its resolved question where it differs."""
    open_matters = [matter for matter in turn.matters if matter.intent is None]
    if not open_matters:
        return
    rows: dict[str, int] = {}
    for matter in open_matters:
        for text in (matter.read.folded, matter.question.whole or matter.read.folded):
            rows.setdefault(text, len(rows))
    vectors = np.asarray(await tools.embedder.embed_queries(list(rows)))
    for matter in open_matters:
        matter.said = vectors[rows[matter.read.folded]]
        matter.asked_vector = vectors[rows[matter.question.whole or matter.read.folded]]


async def classify(turn: Turn, tools: Tools) -> None:
    """The intent by examples, where no pattern has told it."""
    for matter in turn.matters:
        if matter.said is not None:
            matter.intent = _by_examples(matter, tools)
        matter.notes["intent"] = matter.intent.name if matter.intent else QUESTION
    turn.trace.notes["matters"] = [matter.notes for matter in turn.matters]


def _by_examples(matter: Matter, tools: Tools) -> Intent:
    assert matter.said is not None
    if not any(character.isalnum() for character in matter.read.folded):
        return Intent(QUESTION, 0.0)
    intent = tools.reader.intents.by_examples(matter.said)
    sure = _SURE_OF_HUMAN if intent.name == "human" else _SURE
    if intent.name != QUESTION and (intent.confidence < sure or matter.question.kind):
        return Intent(QUESTION, 1 - intent.confidence)
    return intent


def _only_corrects(question: Question) -> bool:
    """ "问错了，我说的是80升那台": another product, and nothing asked of it."""
    return question.kind is None and not question.groups and question.form is QuestionForm.STATEMENT


def _leans_back(found: Referents, question: Question, read: Clause) -> bool:
    """An elliptic message asks the last question again of something else, or of something more."""
    return bool(found.words or found.named or question.terms or read.measures)


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
