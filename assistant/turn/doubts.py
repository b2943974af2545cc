"""Whether the fast reading of a message is to be relied on, and what a model may choose from where it is not."""

from __future__ import annotations

from assistant.domain.commerce import Product
from assistant.domain.evidence import Candidate, SearchQuery, product_of
from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Route
from assistant.turn.consulting import Consulting
from assistant.turn.decide import foreseen
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter, Routed, Turn

_JUDGED = ("said", "with_before", "not_sure", "answers_the_store", "which_of_several", "too_little")
_LEANS = (Route.ANSWER, Route.CLARIFY)
_FOUND, _OFFERED = 8, 10  # products by words of the message, and products that a model may choose from


async def doubts(turn: Turn, consulting: Consulting, tools: Tools) -> list[str]:
    """Why the fast reading of a message is not to be relied on, by codes in docs/explain.md; none where it is.

    What hands over or refuses stands, and so does an answer to what the shop has asked.
    """
    if any(matter.routed is None or stands(matter.routed) for matter in turn.matters):
        return []
    open_matters = [matter for matter in turn.matters if matter.routed and matter.routed.why in _JUDGED]
    if not open_matters:
        return []
    found = {
        "long": _length(turn) >= consulting.long.get(turn.voice.language.tag, consulting.long["en"]),
        "several_parts": len(turn.read.clauses) >= consulting.parts or _kept_together(turn),
        "unsure": any(_unsure(matter, consulting) for matter in open_matters),
        "unclear": any(matter.routed and matter.routed.route is Route.CLARIFY for matter in open_matters),
        "points_at_nothing": any(map(_points_at_nothing, open_matters)),
    }
    codes = [name for name, doubted in found.items() if doubted]
    if not codes:
        codes = [code for matter in open_matters if (code := await _left_open(matter, tools))]
    return list(dict.fromkeys(codes))


def stands(routed: Routed) -> bool:
    """Whether no model is asked to think better of it."""
    return routed.route in (Route.HANDOFF, Route.REFUSE)


async def may_be_meant(turn: Turn, tools: Tools) -> list[Product]:
    """The products that a message may be about: those talked about, those named, and those whose texts are like it."""
    own = [product.id for matter in turn.matters for product in (*matter.products, *matter.ambiguous)]
    focus = turn.focus
    known = filter(None, (turn.request.page.product_id, *focus.product_ids, *focus.shown))
    named = await tools.knowledge.find_products(turn.scope, turn.read.folded, limit=_FOUND)
    found = [candidate for matter in turn.matters for candidate in await _like(matter, tools)]
    ids = (*own, *known, *(product_of(candidate.entry) for candidate in (*named, *found)))
    chosen = list(dict.fromkeys(product_id for product_id in ids if product_id))[:_OFFERED]
    return await tools.knowledge.products(turn.scope, chosen)


async def _like(matter: Matter, tools: Tools) -> list[Candidate]:
    if matter.asked_vector is None:
        return []
    query = SearchQuery(matter.question.whole or matter.read.folded, matter.asked_vector, limit=_FOUND)
    return await tools.knowledge.search(matter.scope, query)


def _length(turn: Turn) -> int:
    text = turn.read.folded
    return len(text) if turn.voice.language.tag == "zh" else len(text.split())


def _unsure(matter: Matter, consulting: Consulting) -> bool:
    """Whether the way of a matter may be another. What would be answered is judged by whether it has an answer: its
    intent changes nothing then."""
    routed = matter.routed
    if routed is None or routed.route is Route.ANSWER:
        return False
    does = routed.route in (Route.PROCEDURE, Route.RETAIN)
    return routed.confidence < (consulting.sure_to_do if does else consulting.sure)


def _kept_together(turn: Turn) -> bool:
    """Whether a message that seemed to say several things is served as one."""
    return len(turn.read.clauses) > 1 and turn.matters == [turn.whole]


def _points_at_nothing(matter: Matter) -> bool:
    """Whether a matter leans on something that was said, and it is not known on what."""
    leans = matter.read.refers_back or (matter.question.elliptic and not matter.question.carried)
    told = bool(matter.turn.request.before)
    return leans and told and not matter.products and matter.routed is not None and matter.routed.route in _LEANS


async def _left_open(matter: Matter, tools: Tools) -> str | None:
    """Whether the shop's evidence leaves a matter open as it was read. The reply is kept: it stands if nobody knows
    better."""
    matter.reply = await foreseen(matter, tools)
    if matter.reply is None:
        return None
    kind = matter.reply.action.kind
    return "no_answer" if kind is ActionKind.ABSTAIN else "asked_back" if kind is ActionKind.CLARIFY else None
