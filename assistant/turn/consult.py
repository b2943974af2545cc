"""Has a language model say what a message means, where the fast reading is unsure of it.

What it says is held against the shopper's own words, read again, resolved and routed like any message. It begins
nothing that the words do not request, and undoes no handing over and no refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import structlog

from assistant.domain.commerce import Product
from assistant.domain.errors import ModelUnavailable
from assistant.domain.ids import ProductId
from assistant.domain.procedures import Procedure
from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Clause, ClauseKind, Route
from assistant.nlu.consulted import Dropped, Grounds, Taken, place_of, read, schema
from assistant.turn import notes
from assistant.turn.consulting import Consulting
from assistant.turn.decide import foreseen
from assistant.turn.doubts import doubts, may_be_meant, stands
from assistant.turn.looking import look_up
from assistant.turn.serve import PROPOSED
from assistant.turn.steps import Tools, embedded, resolved, told_way
from assistant.turn.turn import Matter, Routed, Turn

_log = structlog.get_logger(__name__)

CONSULTED = "consulted"
"""Why a matter goes its way: a language model named its intent."""

_TAKEN = 0.9  # the confidence noted of an intent that a model named
_LIKELY = 0.2  # of a procedure by the fast reading, where a model names it and the words want something and not what
_SERVED = (Route.PROCEDURE, Route.RETAIN)
_TELLS = (Route.ANSWER, Route.RECOMMEND, Route.CLARIFY)
_ANSWERED = ("taken", "nothing_taken", "no_better")  # by the model, whatever became of it
_SUBSTANTIAL = (ActionKind.ANSWER, ActionKind.RECOMMEND)


async def consult(turn: Turn, tools: Tools) -> None:
    """Notes in any case whether a model was asked, why, and what came of it; where the store has none, does nothing."""
    if turn.model is None or tools.consulting is None or turn.reply is not None:
        return
    why = await doubts(turn, tools.consulting, tools)
    noted: dict[str, object] = {"asked": bool(why), "why": why}
    turn.trace.notes["consult"] = noted
    if why:
        until = asyncio.get_running_loop().time() + tools.consulting.seconds
        noted |= await _consulted(turn, tools.consulting, tools, until)
        if noted["outcome"] in _ANSWERED:
            noted |= await look_up(turn, tools.consulting, tools, until)


async def _consulted(turn: Turn, consulting: Consulting, tools: Tools, until: float) -> dict[str, object]:
    """What came of it, for the trace. The turn's matters are other ones where the model's understanding is taken."""
    assert turn.model is not None
    products = await may_be_meant(turn, tools)
    prompt = consulting.prompt(turn, products, tools.reader.intents.definitions, tools.labels)
    try:
        async with asyncio.timeout_at(until), turn.audience.waiting():
            written = await turn.model.fill(prompt, schema())
    except TimeoutError:
        return {"outcome": "too_slow"}
    except ModelUnavailable as gone:
        _log.info("model_not_consulted", store_id=turn.request.store.id, reason=gone.reason)
        return {"outcome": gone.reason}
    names = {item.id: " ".join((*item.title.texts, item.model, *item.names)) for item in products}
    grounds = Grounds(turn.request.text, tuple(line.text for line in turn.request.before), tools.router.intents, names)
    parts, dropped = read(written, grounds)
    hearing = _Hearing(turn, tools, consulting, {item.id: item for item in products}, dropped)
    matters = await hearing.matters(parts)
    outcome = "nothing_taken" if not matters else "taken" if await _serves(turn, matters, tools) else "no_better"
    if outcome == "taken":
        turn.matters = matters
        turn.trace.notes["matters"] = [matter.notes for matter in matters]
    lost = [{"what": item.what, "reason": item.reason} for item in dropped]
    return {"outcome": outcome, "parts": len(parts), "dropped": lost}


async def _serves(turn: Turn, matters: Sequence[Matter], tools: Tools) -> bool:
    """Whether the shopper is no worse served by a model's understanding: an answer found without it is not given up for
    none."""
    if not all(matter.routed and matter.routed.route in _TELLS for matter in matters):
        return True
    return await _answers(matters, tools) or not await _answers(turn.matters, tools)


async def _answers(matters: Sequence[Matter], tools: Tools) -> bool:
    for matter in matters:
        matter.reply = matter.reply or await foreseen(matter, tools)
    return any(matter.reply and matter.reply.action.kind in _SUBSTANTIAL for matter in matters)


@dataclass(slots=True)
class _Part:
    """A part of the message. own: the shopper's words. meant: what they are said to mean, as a matter."""

    taken: Taken
    own: Matter
    meant: Matter


@dataclass(slots=True)
class _Hearing:
    """Makes matters of what a model makes of a message."""

    turn: Turn
    tools: Tools
    consulting: Consulting
    products: dict[ProductId, Product]
    dropped: list[Dropped]
    served: dict[str, Matter] = field(default_factory=dict)

    async def matters(self, parts: Sequence[Taken]) -> list[Matter]:
        """In the order said, with those that the model has left out; none where nothing of it is taken."""
        read = [await self._heard(taken) for taken in parts]
        await embedded(self.turn, [each for part in read for each in (part.own, part.meant)], self.tools)
        heard = [part for part in read if self._tells(part)]
        placed = [(part.taken.span[0], matter) for part in heard if (matter := await self._matter(part))]
        if not placed:
            return []
        left_out = [(place, matter) for matter, place in self._left_out([part.taken for part in heard])]
        return [matter for _, matter in sorted([*placed, *left_out], key=lambda pair: pair[0])]

    async def _heard(self, taken: Taken) -> _Part:
        page = self._page()
        own = await resolved(self.turn, taken.said, self.tools, page)
        meant = await resolved(self.turn, taken.query, self.tools, page) if taken.query else own
        strangers = [item for item in meant.products if item.id not in self.products and item not in own.products]
        if strangers:
            self.dropped.append(Dropped(taken.query, "product_added"))
            meant = own
        return _Part(taken, own, meant)

    async def _matter(self, part: _Part) -> Matter | None:
        """None where it is about the same procedure as a part before it, which then holds the words of both."""
        routed = self._routed(part)
        procedure = self._procedure(routed)
        matter = part.meant
        if routed.route in _SERVED or stands(routed):
            read = self._own_words(part, routed)
            matter = replace(part.own, read=read, question=part.meant.question, notes=dict(part.meant.notes))
            matter.asked_vector = part.meant.asked_vector
        elif part.meant is not part.own:
            self._take_product(part)
            matter.read = replace(matter.read, text=part.taken.said)
        if procedure is not None:
            if procedure.name in self.served:
                self._join(self.served[procedure.name], matter, procedure)
                return None
            self.served[procedure.name] = matter
            routed = routed if self._requested(matter.read, procedure) else replace(routed, why=PROPOSED)
        matter.routed = routed
        notes.of_route(matter, routed)
        return matter

    def _tells(self, part: _Part) -> bool:
        """Whether a part tells more than the fast reading: what it means or, of one thing, its intent."""
        part.meant = part.own if self._strays(part) else part.meant
        if part.meant is part.own and len(list(self._within(part.taken))) > 1:
            self.dropped.append(Dropped(part.taken.said, "nothing_new"))
            return False
        return True

    def _within(self, part: Taken) -> Iterator[Matter]:
        """The matters of the fast reading that a part speaks of."""
        for matter in self.turn.matters:
            span = place_of(matter.read.text, self.turn.request.text)
            if span is not None and part.span[0] < span[1] and span[0] < part.span[1]:
                yield matter

    def _routed(self, part: _Part) -> Routed:
        """By the model's intent; what the words by themselves hand over or refuse stands."""
        fast = told_way(self.turn, part.own, self.tools)
        if stands(fast) or not part.taken.intent or fast.why == "pattern":
            return fast
        return self.tools.router.by_name(part.own.read, part.taken.intent, CONSULTED, _TAKEN)

    def _strays(self, part: _Part) -> bool:
        """Whether a query means something else than was said, by itself or with the line that it leans on."""
        if part.meant is part.own:
            return False
        vectors = self.turn.vectors
        said, meant = part.own, vectors.get(part.meant.read.folded)
        against = [vectors.get(text) for text in (said.read.folded, said.question.whole, self.turn.read.whole.folded)]
        near = max((float(each @ meant) for each in against if each is not None and meant is not None), default=1.0)
        if near >= self.consulting.near.get(self.turn.voice.language.tag, 0.0):
            return False
        self.dropped.append(Dropped(part.taken.query, "strays"))
        return True

    def _take_product(self, part: _Part) -> None:
        product = self.products.get(part.taken.product) if part.taken.product else None
        if product is None or (part.meant.read.compares and len(part.meant.products) > 1):
            return
        part.meant.products, part.meant.named, part.meant.ambiguous = (product,), True, ()
        part.meant.notes["products"] = [product.id]

    def _own_words(self, part: _Part, routed: Routed) -> Clause:
        """The shopper's words for what is to be done, with the conditions that stand elsewhere in the message."""
        if routed.route not in _SERVED:
            return part.own.read
        conditions = [text for text in part.taken.conditions if text not in part.taken.said]
        if not conditions:
            return part.own.read
        return self._read(" ".join((*conditions, part.taken.said)))

    def _join(self, first: Matter, second: Matter, procedure: Procedure) -> None:
        first.read = self._read(f"{first.read.text}\n{second.read.text}")
        first.products = tuple(dict.fromkeys((*first.products, *second.products)))
        assert first.routed is not None
        if self._requested(first.read, procedure):
            first.routed = replace(first.routed, why=CONSULTED)
            notes.of_route(first, first.routed)

    def _procedure(self, routed: Routed) -> Procedure | None:
        desk = self.turn.desk
        if desk is None or routed.route not in _SERVED:
            return None
        return desk.wanted(routed.procedure, routed.intent)

    def _requested(self, said: Clause, procedure: Procedure) -> bool:
        """Whether the shopper's words request a procedure, in a part of the message and in all of it."""
        desk, whole = self.turn.desk, self.turn.read.whole
        assert desk is not None
        if not procedure.steps:
            return True
        hearing = desk.serving.engine.hearing
        if hearing.supposed(whole) or hearing.declined(whole):
            return False
        if not (desk.requested(said, procedure) and desk.requested(whole, procedure)):
            return False
        named = [item.name for item in desk.asked_for(said)]
        return procedure.name in named or (not named and self._likely(said, procedure) >= _LIKELY)

    def _likely(self, said: Clause, procedure: Procedure) -> float:
        """How likely the fast reading makes a procedure."""
        vector, desk = self.turn.vectors.get(said.folded), self.turn.desk
        if vector is None or desk is None:
            return 0.0
        (likely,) = self.tools.reader.intents.likely([said.folded], vector[None])
        return sum(chance for intent, chance in likely.items() if desk.procedure_of(intent) is procedure)

    def _left_out(self, parts: Sequence[Taken]) -> list[tuple[Matter, int]]:
        """What the fast reading found asked or asked for in the message, and no part speaks of."""
        spoken_of = {id(matter) for part in parts for matter in self._within(part)}
        found = []
        for matter in self.turn.matters:
            span = place_of(matter.read.text, self.turn.request.text)
            if span is not None and matter.read.kind is not ClauseKind.STATEMENT and id(matter) not in spoken_of:
                self.dropped.append(Dropped(matter.read.text, "left_out"))
                found.append((matter, span[0]))
        return found

    def _page(self) -> ProductId | None:
        page, focus = self.turn.request.page.product_id, self.turn.focus
        return None if page == focus.page_product_id and focus.product_ids else page

    def _read(self, text: str) -> Clause:
        return self.tools.reader.read(text, self.turn.voice.language, today=self.turn.voice.today).whole
