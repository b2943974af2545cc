"""Decides what a turn does, and does it: small talk, a human, products, a comparison, an answer, or "I don't know"."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers.answering import SINGLE_FACTS, Subject
from assistant.answers.comparison import compared, compared_in_prose
from assistant.answers.facts import abstention
from assistant.answers.listing import by_price, fitting, products_listed
from assistant.answers.plain import plain
from assistant.answers.ranking import Ranked, covered
from assistant.domain.commerce import FactGroup, Product
from assistant.domain.evidence import Candidate, EvidenceKind, SearchQuery, product_of
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.reply import (
    Action,
    ActionKind,
    Part,
    Reply,
)
from assistant.domain.understanding import Question, QuestionForm, Route, Term
from assistant.turn import notes
from assistant.turn.choices import MOST, which_meaning, which_product
from assistant.turn.compose import composed
from assistant.turn.promoted import promotions_listed, reckoned
from assistant.turn.replies import (
    asked_back,
    asked_for_needs,
    handed_over,
    not_connected,
    refused,
    small_talk,
    sympathy,
)
from assistant.turn.serve import PENDING, offered, resumed, served
from assistant.turn.stated import fitted, sets_side_by_side, weighed
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter, Routed, Turn

_SEARCHED = 40  # candidates a question is answered from
_LISTED_FROM = 200  # products that are looked through for a list
_ANSWERING_KINDS = frozenset({EvidenceKind.FACT, EvidenceKind.FAQ, EvidenceKind.PASSAGE})
_OF_ONES_OWN = ("order.track", "order.status", "order.expedite", "order.payment")
_LAST_WORD = (ActionKind.HANDOFF, ActionKind.REFUSE)
_SUBSTANTIAL = (ActionKind.ANSWER, ActionKind.RECOMMEND, ActionKind.PROCEDURE)
_SYNONYMS = 8  # of a word, that are searched for with it


async def decide(turn: Turn, tools: Tools) -> None:
    """A reply to each matter, in the order said, and one reply of them all."""
    if turn.reply is not None:
        return
    for matter in turn.matters:
        assert matter.routed is not None, "the step route comes first"
        matter.reply = matter.reply or await _replied(matter, matter.routed, tools)
        notes.of_reply(matter, matter.reply)
    if not any(matter.reply and matter.reply.action.kind in _LAST_WORD for matter in turn.matters):
        turn.waits = await resumed(turn, tools)
    turn.reply = in_all(turn)
    turn.trace.notes |= notes.of_turn(turn)


def in_all(turn: Turn) -> Reply:
    """One reply of those to all matters, and of what still waits for an answer."""
    answered = [(matter.read.text, matter.reply) for matter in turn.matters if matter.reply]
    if turn.waits:
        answered = [pair for pair in answered if pair[1].action.kind in _SUBSTANTIAL]
        answered.append((turn.read.text, turn.waits))
    return turn.voice.in_script(composed(answered, turn.voice))


async def _replied(matter: Matter, routed: Routed, tools: Tools) -> Reply:
    if routed.why == PENDING and (reply := await served(matter, routed, tools)):
        return reply
    if routed.route is Route.ANSWER and routed.intent != "complaint.mild":
        return await answered(matter, tools)
    answer: Reply | None = None
    if _asks_too(matter, routed):
        reply = answer = await answered(matter, tools)
        if reply.action.kind is ActionKind.ANSWER and _surely(matter, routed, tools):
            matter.notes["route"] = Route.ANSWER.value
            return reply
    match routed.route:
        case Route.HANDOFF:
            return handed_over(matter, routed)
        case Route.SMALL_TALK:
            return small_talk(matter, routed)
        case Route.REFUSE:
            return refused(matter, routed)
        case Route.RECOMMEND:
            return await _product_list(matter, tools) or asked_for_needs(matter)
        case Route.CLARIFY:
            return which_product(matter, matter.ambiguous) if matter.ambiguous else asked_back(matter, routed)
        case Route.ANSWER:
            return sympathy(matter)
        case _:
            return await served(matter, routed, tools) or await _unserved(matter, routed, answer, tools)


async def _unserved(matter: Matter, routed: Routed, answer: Reply | None, tools: Tools) -> Reply:
    """What would be for a procedure, but is not asked for or not to be had: an answer, an offer, or where to go.

    answer: the one worked out already, if any.
    """
    instead = offered(matter, routed)
    if instead is None:
        return not_connected(matter, routed)
    reply = answer or await answered(matter, tools)
    return reply if reply.action.kind is ActionKind.ANSWER else instead


def _asks_too(matter: Matter, routed: Routed) -> bool:
    """Whether what goes another way is a question too, which the shop may have answered. What one's own order is doing
    stands in no pack, and what a pattern or a telling word says is not doubted."""
    asked = matter.question
    if routed.why in ("pattern", "told", "asked_in_words") or routed.intent == "human":
        return False
    if routed.intent.startswith(_OF_ONES_OWN) and asked.form is not QuestionForm.HOW:
        return False
    if asked.codes:
        return True
    return asked.form is not QuestionForm.STATEMENT or asked.kind is not None or asked.elliptic or bool(asked.carried)


def _surely(matter: Matter, routed: Routed, tools: Tools) -> bool:
    """Whether an answer stands against another route: of products that are known, or on strong evidence."""
    if matter.products or matter.shown:
        return True
    vague = routed.route is Route.CLARIFY and not matter.question.carried  # "西藏呢" leans on what was asked before
    least = tools.answering.thresholds.overrule
    return not vague and matter.confidence is not None and matter.confidence >= least


async def foreseen(matter: Matter, tools: Tools) -> Reply | None:
    """The reply to a matter that is told or recommended something; None where a reply would do something."""
    routed = matter.routed
    if routed is None or routed.route not in (Route.ANSWER, Route.RECOMMEND) or routed.why == PENDING:
        return None
    return await _replied(matter, routed, tools)


async def answered(matter: Matter, tools: Tools) -> Reply:
    """A reply to what a matter asks: of the first of these that has an answer; the last always has one."""
    for attempt in (_nothing_asked, _comparison, _product_list, _product_answer, _choice, _shop_answer):
        reply = await attempt(matter, tools)
        if reply is not None:
            matter.notes.setdefault("decided_by", attempt.__name__.strip("_"))
            return reply
    return _unknown(matter)


async def _nothing_asked(matter: Matter, _: Tools) -> Reply | None:
    """A message without a word ("?", an emoji), or a product named and nothing asked of it."""
    asked = matter.question
    if asked.terms or asked.kind or asked.groups or matter.read.measures or matter.read.seeks:
        return None
    if matter.named and len(matter.products) == 1:
        product = matter.products[0]
        text = matter.voice.say("product_open", product=matter.voice.name(product))
        action = Action(ActionKind.CLARIFY, "product_named")
        evidence = matter.voice.product_evidence(product)
        part = Part(text, (evidence.id,))
        return Reply(matter.voice.language.tag, action, (part,), (evidence,), (matter.voice.card(product),))
    if matter.ambiguous or matter.products:
        return None
    return plain(matter.voice, ActionKind.CLARIFY, "nothing_asked", matter.voice.say("clarify_open"))


async def _comparison(matter: Matter, tools: Tools) -> Reply | None:
    if not sets_side_by_side(matter):
        return None
    if len(matter.products) < 2:
        return _compare_what(matter) if not matter.products else None
    pair = (matter.products[0], matter.products[1])
    if reply := await weighed(matter, tools, pair):
        return reply
    known = " ".join(Subject(product).known for product in pair)
    terms = tuple(term for term in matter.question.terms if term.text not in known)
    asked = tools.answering.figures.asked_for(matter.question.text)
    kind = matter.question.kind or (asked.kind if asked else None)  # "哪台重" asks for one thing, not for all there is
    reply = compared(pair, replace(matter.question, terms=terms, kind=kind), matter.voice)
    if reply is None:
        best = [await _best_for(matter, tools, product) for product in pair]
        reply = compared_in_prose(pair, best, matter.voice, same=_same_measures(matter, tools, best))
    return reply


def _compare_what(matter: Matter) -> Reply:
    return plain(matter.voice, ActionKind.CLARIFY, "compare_what", matter.voice.say("compare_what"))


def _same_measures(matter: Matter, tools: Tools, best: list[Ranked | None]) -> bool:
    """Whether both texts state the same quantities of the kind asked for."""
    stated = [
        {
            (measure.kind, measure.number)
            for measure in tools.reader.quantities.in_text(fold(ranked.text))
            if matter.question.kind in (None, measure.kind)
        }
        for ranked in best
        if ranked
    ]
    return len(stated) == 2 and bool(stated[0]) and stated[0] == stated[1]


async def _best_for(matter: Matter, tools: Tools, product: Product) -> Ranked | None:
    candidates = await _search(matter, tools, (product.id,), store_wide=False)
    subject = Subject(product, matter.voice.name(product))
    _, ranked = tools.answering.from_candidates(matter.question, candidates, subject, matter.voice)
    return ranked[0] if ranked and tools.answering.believes(matter.question, ranked[0]) else None


async def _product_list(matter: Matter, tools: Tools) -> Reply | None:
    """The products that have what is asked for, where products are what is asked for."""
    read = matter.read
    sought = read.seeks or (read.extreme is not None and not read.compares)
    if not sought or read.refers_back or (matter.named and matter.question.terms):
        return None
    terms = tuple(term for term in read.question.terms if term.weight >= 1)
    listed = {FactGroup.GIFT, FactGroup.MATERIAL, FactGroup.FAULT, FactGroup.PROMOTION, FactGroup.SERVICE}
    if not (terms or read.measures) or listed & set(read.question.groups):
        return None
    found = await tools.knowledge.find_products(matter.scope, read.folded, limit=_LISTED_FROM)
    products = [candidate.entry for candidate in found if isinstance(candidate.entry, Product)]
    fits = fitting(products, terms, read.measures, tools.reader.quantities)
    if not fits or (matter.products and not matter.named and not _called_by_kind(fits, terms)):
        return None
    if read.extreme:
        fits = by_price(fits, read.extreme) or fits
    matter.products = tuple(fits[:1]) if len(fits) == 1 else ()
    reply = products_listed(fits, matter.voice, read.extreme)
    matter.shown = tuple(card.product_id for card in reply.cards)
    return reply


def _called_by_kind(products: list[Product], terms: tuple[Term, ...]) -> bool:
    """Whether a word says what kind of product is sought: with a product in focus, "有42码吗" asks about that one."""
    kinds = [fold(text) for item in products for text in (*item.names, *(item.category.texts if item.category else ()))]
    return any(covered(term, kind) >= 1 or _shortens(term.text, kind) for term in terms for kind in kinds)


def _shortens(word: str, name: str) -> bool:
    """Whether a word is a short form of a name: its characters in order, with the same last one (跑鞋, 跑步鞋)."""
    rest = iter(name)
    return len(word) > 1 and word[-1] == name[-1:] and all(character in rest for character in word)


async def _product_answer(matter: Matter, tools: Tools) -> Reply | None:
    if not matter.products or (len(matter.products) > 1 and matter.read.compares):
        return None
    product = matter.products[0]
    subject = Subject(product, matter.voice.name(product) if matter.named else matter.voice.say("this_product"))
    reply = tools.answering.size(matter.question, matter.read.slots, subject, matter.voice)
    reply = reply or await fitted(matter, tools, product, subject.name)
    reply = reply or await reckoned(matter, tools, product, subject.name)
    reply = reply or await promotions_listed(matter, tools, subject)
    reply = reply or tools.answering.from_facts(matter.question, subject, matter.voice)
    if reply is None:
        candidates = await _search(matter, tools, (product.id,), store_wide=True)
        reply, ranked = tools.answering.from_candidates(matter.question, candidates, subject, matter.voice)
        notes.of_candidates(matter, ranked, tools.answering)
        reply = which_meaning(matter, ranked, tools.answering) or reply
    return reply or tools.answering.nothing_found(matter.question, subject, matter.voice)


async def _choice(matter: Matter, tools: Tools) -> Reply | None:
    """Asks which product is meant, where the message names several equally well."""
    if not matter.ambiguous:
        return None
    if tools.answering.group_asked_for(matter.question, Subject()) in SINGLE_FACTS:
        return which_product(matter, matter.ambiguous)  # a price is a product's, whatever the shop says of prices
    ids = tuple(product.id for product in matter.ambiguous)
    candidates = await _search(matter, tools, ids, store_wide=False)
    _, ranked = tools.answering.from_candidates(matter.question, candidates, Subject(), matter.voice)
    likely = [item for item in ranked if tools.answering.suspects(matter.question, item)]
    shop = await _shop_answer(matter, tools)
    if shop is not None and shop.action.kind is ActionKind.ANSWER:
        sure = matter.confidence or 0.0
        if not likely or likely[0].probability <= sure:
            return shop
    stating = list(dict.fromkeys(product_of(item.candidate.entry) for item in likely))
    first = sorted(matter.ambiguous, key=lambda product: _place(product.id, stating))
    return which_product(matter, first)


def _place(product_id: ProductId, stating: list[ProductId | None]) -> int:
    """Where a product stands among those that state an answer, the likeliest first; behind them where it does not."""
    return stating.index(product_id) if product_id in stating else len(stating)


async def _shop_answer(matter: Matter, tools: Tools) -> Reply | None:
    """From what the shop says of itself; else, where several products could answer, asks which one is meant."""
    if matter.asked_vector is None:
        return None
    if reply := await promotions_listed(matter, tools, Subject()):
        return reply
    candidates = await _search(matter, tools, (), store_wide=True)
    reply, ranked = tools.answering.from_candidates(matter.question, candidates, Subject(), matter.voice)
    notes.of_candidates(matter, ranked, tools.answering)
    if reply is not None and not matter.ambiguous:
        return which_meaning(matter, ranked, tools.answering) or reply
    if matter.ambiguous:
        return reply
    everywhere = await _search(matter, tools, None, store_wide=True)
    _, ranked = tools.answering.from_candidates(matter.question, everywhere, Subject(), matter.voice)
    likely = [item for item in ranked if tools.answering.suspects(matter.question, item)]
    ids = list(dict.fromkeys(product_id for item in likely if (product_id := product_of(item.candidate.entry))))
    products = await tools.knowledge.products(matter.scope, ids[: MOST + 1])
    if not products:
        return None
    if len(products) == 1:
        if not any(covered(term, Subject(products[0]).known) >= 1 for term in matter.read.question.terms):
            return None  # one product's words happen to fit a question that is not about it
        matter.products, matter.named = (products[0],), True
        return await _product_answer(matter, tools)
    return which_product(matter, products)


def _unknown(matter: Matter) -> Reply:
    if matter.question.form is QuestionForm.STATEMENT and not matter.question.terms:
        text = matter.voice.say("clarify_open")
        return plain(matter.voice, ActionKind.CLARIFY, "nothing_asked", text, human=True)
    return abstention(matter.voice, matter.voice.say("abstain"))


async def _search(
    matter: Matter, tools: Tools, product_ids: tuple[ProductId, ...] | None, *, store_wide: bool
) -> list[Candidate]:
    query = SearchQuery(
        text=_searched(matter.question) or matter.read.folded,
        vector=matter.asked_vector,
        kinds=_ANSWERING_KINDS,
        product_ids=product_ids,
        store_wide=store_wide,
        limit=_SEARCHED,
    )
    return await tools.knowledge.search(matter.scope, query)


def _searched(question: Question) -> str:
    """The question's words, and what shops may call the same: a question in one language finds the other's words."""
    return " ".join((question.whole, *(word for term in question.terms for word in term.synonyms[:_SYNONYMS])))
