"""Promotions, the product's own and the shop's: what there are, and what they leave of a price."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.answering import Subject
from assistant.answers.facts import listing
from assistant.answers.options import skus_named
from assistant.answers.promotions import Promotions, Wanted, day_in, pieces_in
from assistant.domain.commerce import Fact, FactGroup, Product
from assistant.domain.reply import Reply
from assistant.domain.understanding import QuestionForm
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter

_PROMOTION = frozenset({FactGroup.PROMOTION})


async def reckoned(matter: Matter, tools: Tools, product: Product, name: str) -> Reply | None:
    """What the product costs once promotions are taken off, where that is asked; `name`: how the reply calls it."""
    if not matter.read.reckons or any(measure.kind == "money" for measure in matter.read.measures):
        return None  # "满600减多少" asks of a sum, not of the product
    promotions = Promotions(matter.voice, product, name, tools.reader.quantities, await _of_shop(matter, tools))
    wanted = Wanted(
        skus_named(product, matter.question, tools.reader.quantities),
        pieces_in(matter.read.slots),
        day_in(matter.read.slots, matter.voice.today),
    )
    return promotions.reckoned(wanted)


async def promotions_listed(matter: Matter, tools: Tools, subject: Subject) -> Reply | None:
    """The promotions of today, the product's before the shop's, where they are all that is asked for."""
    if tools.answering.group_asked_for(matter.question, subject) is not FactGroup.PROMOTION or _of_their_use(matter):
        return None
    voice, group = matter.voice, matter.voice.say("group_promotion")
    own = [fact for fact in subject.product.facts if fact.group is FactGroup.PROMOTION] if subject.product else []
    current = [fact for fact in (*own, *await _of_shop(matter, tools)) if voice.holds_today(fact)]
    if not current:
        return None
    if any(fact.product_id for fact in current):
        return listing(voice, voice.say("list_intro", product=subject.name, group=group), current)
    return listing(voice, voice.say("list_intro_shop", group=group), current)


def _of_their_use(matter: Matter) -> bool:
    """Whether two promotions are put into one yes-no question ("券和满减能一起用吗"): a list would be no answer."""
    named = sum(term.group is FactGroup.PROMOTION for term in matter.question.terms)
    return matter.question.form is QuestionForm.YES_NO and named > 1


async def _of_shop(matter: Matter, tools: Tools) -> Sequence[Fact]:
    return await tools.knowledge.facts(matter.scope, product_id=None, groups=_PROMOTION)
