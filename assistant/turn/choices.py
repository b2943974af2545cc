"""Asking which of several is meant, and taking up the question again with what was chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assistant.answers.answering import Answering, Subject
from assistant.answers.ranking import Ranked, covered
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, Faq, Product
from assistant.domain.conversation import Choice, Focus
from assistant.domain.evidence import product_of
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Expects, ExpectsKind, Part, QuickReply, Reply
from assistant.domain.understanding import Clause, QuestionForm
from assistant.turn.turn import Matter

MOST = 4
"""Choices offered at once."""

_EVEN_ODDS = 1.6  # by which the odds of two answers may differ where one is as good as the other
_MEETS_NAME = 0.5  # how well a question meets the name of an answer that it may be meant for
_MARKS = "?!。.~ "
_ASKING_WHICH = frozenset({QuestionForm.VALUE, QuestionForm.STATEMENT})


def chosen(said: Clause, focus: Focus) -> Choice | None:
    """What a message chooses of what was offered: by its text, or by its place ("the second one")."""
    for choice in focus.choices:
        if fold(choice.text) == said.folded:
            return choice
    if len(said.ordinals) == 1 and not any(term.weight >= 1 for term in said.question.terms):
        place = said.ordinals[0] - 1 if said.ordinals[0] > 0 else said.ordinals[0]
        if -len(focus.choices) <= place < len(focus.choices):
            return focus.choices[place]
    return None


def named(matter: Matter, focus: Focus) -> Choice | None:
    """What a message chooses by naming a product that was offered, and saying nothing else."""
    if not matter.named or len(matter.products) != 1 or matter.read.question.form is not QuestionForm.STATEMENT:
        return None
    (product,) = matter.products
    known = Subject(product).known
    if matter.read.question.kind or any(covered(term, known) < 1 for term in matter.read.question.terms):
        return None
    return next((choice for choice in focus.choices if choice.product_id == product.id), None)


def which_product(matter: Matter, products: Sequence[Product]) -> Reply:
    """Asks which product is meant; the likeliest come first."""
    voice = matter.voice
    offered = products[:MOST]
    matter.shown = tuple(product.id for product in offered)
    matter.offered = tuple(Choice(voice.name(product), matter.question.whole, product.id) for product in offered)
    more = (voice.say("clarify_more"),) if len(products) > MOST else ()
    return _asked(matter, "which_product", voice.say("clarify_product"), *more)


def which_meaning(matter: Matter, ranked: Sequence[Ranked], answering: Answering) -> Reply | None:
    """Asks which of several things is meant, where the shop answers several as well as each other; else None.

    What is yes or no, or says how something is done, is not doubted, nor what was chosen already.
    """
    if matter.chosen or matter.question.form not in _ASKING_WHICH or not ranked:
        return None
    best, choices = ranked[0], dict[str, Choice]()
    answers: set[str] = set()
    for item in ranked:
        if not answering.suspects(matter.question, item) or not _as_good(item, best):
            continue
        called = _called(item, matter.voice)
        if called is None:
            return None  # prose stands beside them, which has no name to choose it by
        if item.text not in answers:
            answers.add(item.text)
            choices.setdefault(fold(called).rstrip(_MARKS), Choice(called, called, product_of(item.candidate.entry)))
    if not 2 <= len(choices) <= MOST or any(one != other and one in other for one in choices for other in choices):
        return None  # what is called by a part of another's name is about the same
    matter.offered = tuple(choices.values())
    return _asked(matter, "which_meaning", matter.voice.say("clarify_meaning"))


def _as_good(item: Ranked, best: Ranked) -> bool:
    """Whether an answer is as likely as the best, and the question is the name of the one as much as of the other."""
    one, other = item.features, best.features
    fits = one.name >= _MEETS_NAME and other.name >= _MEETS_NAME and one.coverage == other.coverage == 1
    return fits and one.kind == other.kind and _odds(best) <= _EVEN_ODDS * _odds(item)


def _odds(item: Ranked) -> float:
    return math.exp(item.standing.log_odds)


def _called(item: Ranked, voice: Voice) -> str | None:
    """The name of an answer in the shopper's words: what a fact is called, the question of an FAQ entry."""
    entry = item.candidate.entry
    if isinstance(entry, Fact):
        return voice.key(entry)
    return entry.question.in_language(voice.language.tag) if isinstance(entry, Faq) else None


def _asked(matter: Matter, reason: str, *texts: str) -> Reply:
    buttons = tuple(QuickReply(choice.text, choice.text) for choice in matter.offered)
    name = "product" if reason == "which_product" else "meaning"
    return Reply(
        matter.voice.language.tag,
        Action(ActionKind.CLARIFY, reason),
        tuple(map(Part, texts)),
        quick_replies=buttons,
        expects=Expects(ExpectsKind.CHOICE, name, buttons),
    )
