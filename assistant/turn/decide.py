"""Decides what a turn does, and does it: small talk, a human, products, a comparison, an answer, or "I don't know"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.answers.answering import SINGLE_FACTS, Subject
from assistant.answers.comparison import compared, compared_in_prose
from assistant.answers.facts import abstention, listing
from assistant.answers.listing import fitting, products_listed
from assistant.answers.ranking import Ranked, covered
from assistant.domain.commerce import FactGroup, Product
from assistant.domain.events import HandoffRequested
from assistant.domain.evidence import Candidate, EvidenceKind, SearchQuery, product_of
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.reply import (
    Action,
    ActionKind,
    Expects,
    ExpectsKind,
    HandoffReason,
    Part,
    QuickReply,
    Reply,
)
from assistant.domain.understanding import Question, QuestionForm, Term
from assistant.nlu.intents import QUESTION
from assistant.turn import hours
from assistant.turn.steps import Tools
from assistant.turn.turn import Turn

_SEARCHED = 40  # candidates a question is answered from
_LISTED_FROM = 200  # products that are looked through for a list
_CHOICES = 4
_ANSWERING_KINDS = frozenset({EvidenceKind.FACT, EvidenceKind.FAQ, EvidenceKind.PASSAGE})
_TRACED = 5
_SYNONYMS = 8  # of a word, that are searched for with it


async def decide(turn: Turn, tools: Tools) -> None:
    intent = turn.read.intent.name
    if intent == "human":
        turn.reply, turn.also = _handed_over(turn, tools)
    elif intent != QUESTION:
        turn.reply = _small_talk(turn, intent)
    else:
        turn.reply = await _answered(turn, tools)
    turn.reply = turn.voice.in_script(turn.reply)


async def _answered(turn: Turn, tools: Tools) -> Reply:
    """The first of these that has an answer; the last always has one."""
    for attempt in (_nothing_asked, _comparison, _product_list, _product_answer, _choice, _shop_answer):
        reply = await attempt(turn, tools)
        if reply is not None:
            turn.trace.notes.setdefault("decided_by", attempt.__name__.strip("_"))
            return reply
    return _unknown(turn)


def _small_talk(turn: Turn, intent: str) -> Reply:
    persona, store = turn.voice.store.persona, turn.voice.store
    tag = turn.voice.language.tag
    if intent == "own_order":
        text = turn.voice.say(intent)
        return Reply(tag, Action(ActionKind.ABSTAIN, intent), (Part(text),), quick_replies=(turn.voice.ask_human(),))
    text = turn.voice.say(intent, **_names(intent, persona.name.in_language(tag), store.name.in_language(tag)))
    return Reply(tag, Action(ActionKind.SMALL_TALK, intent), (Part(text),))


def _names(intent: str, bot: str, store: str) -> Mapping[str, object]:
    names = {"greeting": {"bot": bot}, "bot_identity": {"bot": bot, "store": store}}
    return names.get(intent, {})


def _handed_over(turn: Turn, tools: Tools) -> tuple[Reply, tuple[HandoffRequested, ...]]:
    store = turn.voice.store
    if not store.hours.weekly:
        text = turn.voice.say("handoff_plain")
    else:
        name = "handoff_open" if hours.serving(store.hours, tools.clock.now()) else "handoff_closed"
        text = turn.voice.say(name, hours=hours.in_words(store.hours, turn.voice))
    reason = HandoffReason.CUSTOMER_REQUEST
    reply = Reply(turn.voice.language.tag, Action(ActionKind.HANDOFF, reason.value), (Part(text),))
    return reply, (HandoffRequested(reason, note=turn.request.text[:500]),)


async def _nothing_asked(turn: Turn, _: Tools) -> Reply | None:
    """A message without a word ("?", an emoji), or a product named and nothing asked of it."""
    asked = turn.asked
    if asked.terms or asked.kind or asked.groups or turn.read.measures or turn.read.seeks:
        return None
    if turn.named and len(turn.products) == 1:
        product = turn.products[0]
        text = turn.voice.say("product_open", product=turn.voice.name(product))
        action = Action(ActionKind.CLARIFY, "product_named")
        evidence = turn.voice.product_evidence(product)
        part = Part(text, (evidence.id,))
        return Reply(turn.voice.language.tag, action, (part,), (evidence,), (turn.voice.card(product),))
    if turn.ambiguous or turn.products:
        return None
    return Reply(
        turn.voice.language.tag, Action(ActionKind.CLARIFY, "nothing_asked"), (Part(turn.voice.say("clarify_open")),)
    )


async def _comparison(turn: Turn, tools: Tools) -> Reply | None:
    if not turn.read.compares:
        return None
    if len(turn.products) < 2:
        return _compare_what(turn) if not turn.products else None
    pair = (turn.products[0], turn.products[1])
    known = " ".join(Subject(product).known for product in pair)
    terms = tuple(term for term in turn.asked.terms if term.text not in known)
    reply = compared(pair, replace(turn.asked, terms=terms), turn.voice)
    if reply is None:
        best = [await _best_for(turn, tools, product) for product in pair]
        reply = compared_in_prose(pair, best, turn.voice, same=_same_measures(turn, tools, best))
    return reply


def _compare_what(turn: Turn) -> Reply:
    text = turn.voice.say("compare_what")
    return Reply(turn.voice.language.tag, Action(ActionKind.CLARIFY, "compare_what"), (Part(text),))


def _same_measures(turn: Turn, tools: Tools, best: list[Ranked | None]) -> bool:
    """Whether both texts state the same quantities of the kind asked for."""
    stated = [
        {
            (measure.kind, measure.number)
            for measure in tools.reader.quantities.in_text(fold(ranked.text))
            if turn.asked.kind in (None, measure.kind)
        }
        for ranked in best
        if ranked
    ]
    return len(stated) == 2 and bool(stated[0]) and stated[0] == stated[1]


async def _best_for(turn: Turn, tools: Tools, product: Product) -> Ranked | None:
    candidates = await _search(turn, tools, (product.id,), store_wide=False)
    subject = Subject(product, turn.voice.name(product))
    _, ranked = tools.answering.from_candidates(turn.asked, candidates, subject, turn.voice)
    return ranked[0] if ranked and tools.answering.believes(ranked[0]) else None


async def _product_list(turn: Turn, tools: Tools) -> Reply | None:
    """The products that have what is asked for, where products are what is asked for."""
    read = turn.read
    if not read.seeks or read.refers_back or (turn.named and turn.asked.terms):
        return None
    terms = tuple(term for term in read.question.terms if term.weight >= 1)
    listed = {FactGroup.GIFT, FactGroup.MATERIAL, FactGroup.FAULT, FactGroup.PROMOTION, FactGroup.SERVICE}
    if not (terms or read.measures) or listed & set(read.question.groups):
        return None
    found = await tools.knowledge.find_products(turn.scope, read.folded, limit=_LISTED_FROM)
    products = [candidate.entry for candidate in found if isinstance(candidate.entry, Product)]
    fits = fitting(products, terms, read.measures, tools.reader.quantities)
    if not fits or (turn.products and not turn.named and not _called_by_kind(fits, terms)):
        return None
    turn.products = tuple(fits[:1]) if len(fits) == 1 else ()
    reply = products_listed(fits, turn.voice)
    turn.shown = tuple(card.product_id for card in reply.cards)
    return reply


def _called_by_kind(products: list[Product], terms: tuple[Term, ...]) -> bool:
    """Whether a word says what kind of product is sought: with a product in focus, "有42码吗" asks about that one."""
    kinds = [fold(text) for item in products for text in (*item.names, *(item.category.texts if item.category else ()))]
    return any(covered(term, kind) >= 1 or _shortens(term.text, kind) for term in terms for kind in kinds)


def _shortens(word: str, name: str) -> bool:
    """Whether a word is a short form of a name: its characters in order, with the same last one (跑鞋, 跑步鞋)."""
    rest = iter(name)
    return len(word) > 1 and word[-1] == name[-1:] and all(character in rest for character in word)


async def _product_answer(turn: Turn, tools: Tools) -> Reply | None:
    if not turn.products or (len(turn.products) > 1 and turn.read.compares):
        return None
    product = turn.products[0]
    subject = Subject(product, turn.voice.name(product) if turn.named else turn.voice.say("this_product"))
    reply = tools.answering.from_facts(turn.asked, subject, turn.voice)
    if reply is None:
        candidates = await _search(turn, tools, (product.id,), store_wide=True)
        reply, ranked = tools.answering.from_candidates(turn.asked, candidates, subject, turn.voice)
        _note(turn, ranked)
    return reply or await _promotions(turn, tools) or tools.answering.nothing_found(turn.asked, subject, turn.voice)


async def _promotions(turn: Turn, tools: Tools) -> Reply | None:
    """The shop's own promotions, where promotions are all that is asked for."""
    if tools.answering.group_asked_for(turn.asked, Subject()) is not FactGroup.PROMOTION:
        return None
    stated = await tools.knowledge.facts(turn.scope, product_id=None, groups=frozenset({FactGroup.PROMOTION}))
    current = [fact for fact in stated if turn.voice.holds_today(fact)]
    if not current:
        return None
    return listing(turn.voice, turn.voice.say("list_intro_shop", group=turn.voice.say("group_promotion")), current)


async def _choice(turn: Turn, tools: Tools) -> Reply | None:
    """Asks which product is meant, where the message names several equally well."""
    if not turn.ambiguous:
        return None
    if tools.answering.group_asked_for(turn.asked, Subject()) in SINGLE_FACTS:
        return _which(turn, turn.ambiguous)  # a price is a product's, whatever the shop says of prices
    shop = await _shop_answer(turn, tools)
    if shop is not None and shop.action.kind is ActionKind.ANSWER:
        return shop
    return _which(turn, turn.ambiguous)


async def _shop_answer(turn: Turn, tools: Tools) -> Reply | None:
    """From what the shop says of itself; else, where several products could answer, asks which one is meant."""
    if turn.vectors is None:
        return None
    if reply := await _promotions(turn, tools):
        return reply
    candidates = await _search(turn, tools, (), store_wide=True)
    reply, ranked = tools.answering.from_candidates(turn.asked, candidates, Subject(), turn.voice)
    _note(turn, ranked)
    if reply is not None or turn.ambiguous:
        return reply
    everywhere = await _search(turn, tools, None, store_wide=True)
    _, ranked = tools.answering.from_candidates(turn.asked, everywhere, Subject(), turn.voice)
    likely = [item for item in ranked if tools.answering.believes(item)]
    ids = list(dict.fromkeys(product_id for item in likely if (product_id := product_of(item.candidate.entry))))
    products = await tools.knowledge.products(turn.scope, ids[:_CHOICES])
    if not products:
        return None
    if len(products) == 1:
        if not any(covered(term, Subject(products[0]).known) >= 1 for term in turn.read.question.terms):
            return None  # one product's words happen to fit a question that is not about it
        turn.products, turn.named = (products[0],), True
        return await _product_answer(turn, tools)
    return _which(turn, tuple(products))


def _which(turn: Turn, products: tuple[Product, ...]) -> Reply:
    choices = products[:_CHOICES]
    turn.shown = tuple(product.id for product in choices)
    buttons = tuple(QuickReply(turn.voice.name(product), turn.voice.name(product)) for product in choices)
    return Reply(
        turn.voice.language.tag,
        Action(ActionKind.CLARIFY, "which_product"),
        (Part(turn.voice.say("clarify_product")),),
        quick_replies=buttons,
        expects=Expects(ExpectsKind.CHOICE, "product", buttons),
    )


def _unknown(turn: Turn) -> Reply:
    if turn.asked.form is QuestionForm.STATEMENT and not turn.asked.terms:
        return Reply(
            turn.voice.language.tag,
            Action(ActionKind.CLARIFY, "nothing_asked"),
            (Part(turn.voice.say("clarify_open")),),
            quick_replies=(turn.voice.ask_human(),),
        )
    return abstention(turn.voice, turn.voice.say("abstain"))


async def _search(
    turn: Turn, tools: Tools, product_ids: tuple[ProductId, ...] | None, *, store_wide: bool
) -> list[Candidate]:
    vector = None if turn.vectors is None else tuple(float(value) for value in turn.vectors[-1])
    query = SearchQuery(
        text=_searched(turn.asked) or turn.read.folded,
        vector=vector,
        kinds=_ANSWERING_KINDS,
        product_ids=product_ids,
        store_wide=store_wide,
        limit=_SEARCHED,
    )
    return await tools.knowledge.search(turn.scope, query)


def _searched(question: Question) -> str:
    """The question's words, and what shops may call the same: a question in one language finds the other's words."""
    return " ".join((question.whole, *(word for term in question.terms for word in term.synonyms[:_SYNONYMS])))


def _note(turn: Turn, ranked: list[Ranked]) -> None:
    turn.trace.notes["candidates"] = [
        {
            "text": item.text[:120],
            "kind": item.candidate.kind.value,
            "probability": round(item.probability, 3),
            "coverage": round(item.features.coverage, 2),
            "dense": round(item.features.dense, 2),
            "quantity": item.features.kind,
            "name": round(item.features.name, 2),
            "lexical": round(item.features.lexical, 2),
        }
        for item in ranked[:_TRACED]
    ]
