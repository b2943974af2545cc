"""The steps of a turn up to the decision: read the message, work out what it is about, embed it, tell the intent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from operator import itemgetter

import numpy as np

from assistant.answers.answering import Answering
from assistant.answers.texts import Texts
from assistant.domain.conversation import Choice, Focus
from assistant.domain.desk import HumanDesk
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.models import LanguageModels
from assistant.domain.ports import Clock, Embedder, Knowledge
from assistant.domain.understanding import Clause, Mood, Question, QuestionForm, Route, Term
from assistant.nlu import language
from assistant.nlu.intents import IntentLabels
from assistant.nlu.intents.regression import Floats
from assistant.nlu.mood import course
from assistant.nlu.understand import Reader
from assistant.turn import notes
from assistant.turn.choices import chosen, named
from assistant.turn.consulting import Consulting
from assistant.turn.context import ContextResolver, Referents
from assistant.turn.counter import Serving
from assistant.turn.phrasing import Phrasing
from assistant.turn.requests import apart, by_words
from assistant.turn.routing import Heard, Likely, Router
from assistant.turn.turn import Matter, Routed, Turn, shoppers

_TRACED = 3  # intents
_RECALLED = 3  # messages of the shopper that tell what a conversation led by others is about
_CARRIED_WEIGHT = 0.15  # of the words of the question before, in an elliptic one


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps work with. serving: what procedures are served with, where there are any. desk: that of humans.
    models: language models, where stores may have any; consulting: when they are asked what a message means; phrasing:
    how they word answers."""

    knowledge: Knowledge
    embedder: Embedder
    reader: Reader
    router: Router
    context: ContextResolver
    answering: Answering
    texts: Texts
    labels: IntentLabels
    clock: Clock
    serving: Serving | None = None
    desk: HumanDesk | None = None
    models: LanguageModels | None = None
    consulting: Consulting | None = None
    phrasing: Phrasing | None = None


async def understand(turn: Turn, tools: Tools) -> None:
    conversation = turn.request.conversation
    default = language.of_tag(conversation.focus.language or conversation.language)
    turn.understanding = tools.reader.read(turn.request.text, default, today=turn.voice.today)
    turn.voice = replace(turn.voice, language=turn.understanding.language)
    turn.whole = Matter(turn, turn.read.whole, turn.read.whole.question)
    several = len(turn.read.clauses) > 1
    turn.matters = [Matter(turn, clause, clause.question) for clause in turn.read.clauses] if several else [turn.whole]
    for matter in turn.open():
        matter.routed = tools.router.by_pattern(matter.read, turn.request.before)
    turn.trace.notes["language"] = language.tag_of(turn.voice.language)
    turn.trace.notes["clauses"] = notes.clauses(turn)
    turn.trace.notes["mood"] = _mood(turn, tools.reader)


def _mood(turn: Turn, reader: Reader) -> dict[str, object]:
    """The mood of the message, and how it goes over the conversation, for the trace."""
    moods = moods_of(turn, reader)
    return {**asdict(turn.read.mood), "course": course(moods)}


def moods_of(turn: Turn, reader: Reader) -> tuple[Mood, ...]:
    """Of the shopper's last messages, the one that is answered last."""
    said = shoppers(turn.request.before)[-_RECALLED:]
    return (*map(reader.mood.read, said), turn.read.mood)


async def recall(turn: Turn, tools: Tools) -> None:
    """What the conversation is about, where this assistant has not led it so far: told from what was said."""
    if turn.focus.last_question or turn.focus.product_ids:
        return
    for text in shoppers(turn.request.before)[-_RECALLED:]:
        for clause in tools.reader.read(text, turn.voice.language, today=turn.voice.today).clauses:
            if clause.pattern is None:
                matter = Matter(turn, clause, clause.question)
                await _resolve(matter, tools, turn.focus, turn.request.page.product_id)
                turn.focus = _about(matter, turn.focus)


async def resolve(turn: Turn, tools: Tools) -> None:
    """Which products each clause is about, and what it asks of them; a clause may lean on the one before it."""
    focus = turn.focus
    if choice := chosen(turn.read.whole, focus):
        await _take_up(turn, choice, tools)
        return
    page = turn.request.page.product_id
    if page == focus.page_product_id and focus.product_ids:
        page = None  # the conversation has gone on to something else on this page
    if turn.whole not in turn.matters:
        await _resolve(turn.whole, tools, focus, page)
    for matter in turn.matters:
        if matter.routed is None:
            await _resolve(matter, tools, focus, page)
            page = None if matter.products else page
            focus = _about(matter, focus)
    if len(turn.matters) == 1 and (choice := named(turn.matters[0], turn.focus)):
        await _take_up(turn, choice, tools)


async def _take_up(turn: Turn, choice: Choice, tools: Tools) -> None:
    """The question that was pending, of what was chosen, whatever else the words of the choice may seem to say."""
    turn.voice = replace(turn.voice, language=language.of_tag(turn.focus.language))
    read = tools.reader.read(choice.question, turn.voice.language, today=turn.voice.today).whole
    products = await tools.knowledge.products(turn.scope, [choice.product_id] if choice.product_id else [])
    turn.whole = Matter(turn, read, read.question, tuple(products), named=bool(products), chosen=True)
    turn.whole.notes["resolved"] = read.question.whole
    turn.whole.notes["products"] = [product.id for product in products]
    turn.matters = [turn.whole]


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


async def resolved(turn: Turn, text: str, tools: Tools, page: ProductId | None = None) -> Matter:
    """A text as a matter of its own. page: the product of the page, if it is new to the conversation."""
    read = tools.reader.read(text, turn.voice.language, today=turn.voice.today).whole
    matter = Matter(turn, read, read.question)
    await _resolve(matter, tools, turn.focus, page)
    return matter


async def embed(turn: Turn, tools: Tools) -> None:
    """The one embedding pass of the turn: what is said, the questions as resolved, and the line that it follows."""
    await embedded(turn, turn.open(), tools, _followed(turn))


async def embedded(turn: Turn, matters: Sequence[Matter], tools: Tools, *beside: str) -> None:
    """Embeds what matters say and ask, and other folded texts beside them, as far as the turn has not yet."""
    worded = [matter for matter in matters if _has_words(matter)]
    if not worded:
        return
    said = [matter.read.folded for matter in worded]
    asked = [_asked(matter) for matter in worded if matter is not turn.whole or matter in turn.matters]
    texts = [text for text in dict.fromkeys((*said, *asked, *filter(None, beside))) if text not in turn.vectors]
    if texts:
        turn.vectors.update(zip(texts, np.asarray(await tools.embedder.embed_queries(texts)), strict=True))
    for matter in worded:
        vector = turn.vectors.get(_asked(matter), turn.vectors[matter.read.folded])
        matter.asked_vector = tuple(vector.tolist())


async def route(turn: Turn, tools: Tools) -> None:
    """Which way each matter goes, where no pattern has told it.

    Clauses go apart where the message as a whole only asks; what else it wants is one matter,
    but for requests that different procedures serve.
    """
    followed = _followed(turn)
    if turn.whole in turn.matters and turn.whole.routed is None and turn.desk is not None:
        turn.matters = await _apart(turn, followed, tools) or turn.matters
    elif turn.whole not in turn.matters:
        whole = _routed(turn, turn.whole, followed, tools)
        if whole.route is not Route.ANSWER:
            several = await _apart(turn, followed, tools)
            if not several:
                turn.whole.routed = whole
            turn.matters = several or [turn.whole]
    for matter in turn.matters:
        if matter.routed is None:
            matter.routed = _routed(turn, matter, followed, tools)
        notes.of_route(matter, matter.routed)
    turn.trace.notes["matters"] = [matter.notes for matter in turn.matters]


def told_way(turn: Turn, matter: Matter, tools: Tools) -> Routed:
    """Which way a matter goes that is not one of the turn's yet; its words are embedded."""
    return tools.router.by_pattern(matter.read, turn.request.before) or _routed(turn, matter, _followed(turn), tools)


async def _apart(turn: Turn, followed: str, tools: Tools) -> list[Matter]:
    def routed(matter: Matter) -> Routed:
        return _routed(turn, matter, followed, tools)

    async def again(turn: Turn, text: str) -> Matter:
        return await resolved(turn, text, tools)

    return await apart(turn, routed, again, tools.reader)


def _routed(turn: Turn, matter: Matter, followed: str, tools: Tools) -> Routed:
    if not _has_words(matter):
        return Routed(Route.CLARIFY, "other.vague", why="no_words")
    likely = tools.reader.intents.likely(*_readings(turn, matter.read.folded, followed))
    matter.notes["intents"] = _first(likely[0])
    if matter.chosen:
        best, probability = max(likely[0].items(), key=itemgetter(1))
        return Routed(Route.ANSWER, best, why="chosen", confidence=probability)
    if asked := _asked_in_words(turn, matter, likely[0]):
        return asked
    routed = tools.router.route(
        matter.read,
        Heard(*likely),
        turn.request.before,
        language=turn.voice.language.tag,
        about=bool(matter.products or matter.ambiguous),
    )
    notes.of_handing_over(turn, routed, tools.router.hand_over_from)
    return routed


def _has_words(matter: Matter) -> bool:
    return any(character.isalnum() for character in matter.read.folded)


def _asked_in_words(turn: Turn, matter: Matter, likely: Likely) -> Routed | None:
    """The procedure that a clause asks for in so many words: of several, the one that examples speak for most."""
    desk = turn.desk
    if desk is None:
        return None
    named = desk.asked_for(matter.read)
    if not named:
        return None
    chances = {
        procedure.name: sum(chance for intent, chance in likely.items() if desk.procedure_of(intent) is procedure)
        for procedure in named
    }
    best = max(named, key=lambda procedure: chances[procedure.name])
    return by_words(best, max(0.9, chances[best.name]))


def _followed(turn: Turn) -> str:
    """The shopper's line before this message, folded; "" where it is the first."""
    said = shoppers(turn.request.before)
    return fold(said[-1]) if said else ""


def _readings(turn: Turn, said: str, followed: str) -> tuple[list[str], Floats]:
    """A clause, the same read with the line before it, and that line alone, each with its vector.

    A vector is about the mean over a text's tokens: that of two texts together is near the mean of theirs, by length.
    """
    if not followed:
        return [said], turn.vectors[said][None]
    alone, before = turn.vectors[said], turn.vectors[followed]
    together = len(said) * alone + len(followed) * before
    together /= max(float(np.linalg.norm(together)), 1e-9)
    return [said, f"{followed} {said}", followed], np.stack([alone, together, before])


def _asked(matter: Matter) -> str:
    return matter.question.whole or matter.read.folded


def _first(likely: Likely) -> dict[str, float]:
    """The likeliest intents, for the trace."""
    names = sorted(likely, key=lambda name: -likely[name])[:_TRACED]
    return {name: round(likely[name], 3) for name in names}


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
