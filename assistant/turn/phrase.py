"""Has a language model word what the turn has found, where words of the shop's own do not say it plainly.

What it writes is verified sentence by sentence and shown as it comes. Where it fails, what was decided without it
stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from assistant.answers.answering import Subject
from assistant.answers.generative import DONE, Asking, Earlier
from assistant.answers.ranking import MeasureReader, coverage, share_found
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from assistant.domain.models import Speaker
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.understanding import Question
from assistant.turn.decide import in_all
from assistant.turn.phrasing import Phrasing
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter, Said, Turn

_log = structlog.get_logger(__name__)

PHRASED = "phrased"
"""The reason of an answer that a language model has worded."""

_IN_PROSE = ("passage",)  # reasons of answers that quote a page
_PLAINLY_SAID = ("fact", "faq")  # reasons of answers in the shop's own words
_UNKNOWN = "no_evidence"
_OF_THE_SAME = 0.5  # of what is said stands in the quotation, by pairs of characters or words
_AS_MUCH = 0.75  # of the words of the question that a quotation holds


async def phrase(turn: Turn, tools: Tools) -> None:
    """One call of the model at most, for all matters together. Does nothing where the store has no model."""
    phrasing = tools.phrasing
    if turn.model is None or phrasing is None:
        return
    asked = [(matter, asking) for matter in turn.matters if (asking := _asking(matter, phrasing, tools))]
    if not asked:
        return
    showing = _Showing(turn) if len(turn.matters) == 1 else None  # of several, none is the first until all are there
    worded = await phrasing.generative.word(
        [asking for _, asking in asked],
        _earlier(turn.request.before),
        turn.voice,
        turn.model,
        shown=showing.show if showing else None,
        within=turn.audience.waiting(),
    )
    taken = 0
    for (matter, _), parts in zip(asked, worded.parts, strict=True):
        if parts and (worded.outcome == DONE or not _answered(matter)):
            matter.reply = _reply(matter, parts, worded.evidence)
            matter.notes |= {"action": matter.reply.action.kind.value, "reason": PHRASED, "why": PHRASED}
            taken += 1
    turn.reply = in_all(turn)
    noted = {"asked": len(asked), "taken": taken, "outcome": worded.outcome, "dropped": dict(worded.dropped)}
    turn.trace.notes["phrase"] = noted
    _log.info("phrased", store_id=turn.request.store.id, **noted)


def _asking(matter: Matter, phrasing: Phrasing, tools: Tools) -> Asking | None:
    """What a model is asked for a matter, if anything.

    In place of an answer it must say as much of what was asked; where there is none, it must name what it rests on.
    """
    reply = matter.reply
    if reply is None:
        return None
    asking = Asking(
        said=matter.read.text,
        evidence=(),
        follows=matter.question.carried,
        about=matter.voice.join([matter.voice.name(product) for product in matter.products]),
        products=matter.products,
    )
    likely = _likely(matter, phrasing)
    if reply.action == Action(ActionKind.ABSTAIN, _UNKNOWN) and likely and not _of_facts_only(matter, tools):
        return replace(asking, evidence=likely, cites=True)
    if not _answered(matter):
        return None
    answers = partial(_answers, matter.question, reply.text, tools.reader.quantities)
    if reply.action.reason in _IN_PROSE:
        evidence = tuple(dict.fromkeys((*reply.evidence, *likely)))[: phrasing.most]
        return replace(asking, evidence=evidence, answers=answers)
    if matter.turn.request.store.model.rephrase and reply.action.reason in _PLAINLY_SAID:
        return replace(asking, evidence=reply.evidence, answers=answers)
    return None


def _answers(question: Question, quoted: str, quantities: MeasureReader, text: str) -> bool:
    """Whether a text says what would be quoted, and as much of what was asked, in words and in amounts."""
    folded, known = fold(text), fold(quoted)
    if share_found(folded, known) < _OF_THE_SAME:
        return False
    if coverage(question.terms, folded) < _AS_MUCH * coverage(question.terms, known):
        return False
    amounts = {item.number for item in quantities.in_text(known) if item.kind == question.kind}
    return not amounts or any(item.number in amounts for item in quantities.in_text(folded))


def _answered(matter: Matter) -> bool:
    return matter.reply is not None and matter.reply.action.kind is ActionKind.ANSWER


def _of_facts_only(matter: Matter, tools: Tools) -> bool:
    """Whether a group of facts is asked for, such as a price: where none is stated, no other text tells."""
    subject = Subject(matter.products[0]) if matter.products else Subject()
    return tools.answering.group_asked_for(matter.question, subject) is not None


def _likely(matter: Matter, phrasing: Phrasing) -> tuple[Evidence, ...]:
    likely = [item for item in matter.ranked if item.probability >= phrasing.floor]
    return tuple(matter.voice.evidence(item.candidate.entry) for item in likely[: phrasing.most])


def _earlier(before: Sequence[Said]) -> list[Earlier]:
    return [Earlier(Speaker.SHOPPER if line.by_shopper else Speaker.BOT, line.text) for line in before]


def _reply(matter: Matter, parts: Sequence[Part], evidence: Sequence[Evidence]) -> Reply:
    """What was worded in place of what was decided: an answer keeps what it shows besides."""
    named = {evidence_id for part in parts for evidence_id in part.evidence_ids}
    first, *rest = parts
    worded = (replace(first, text=matter.voice.say("quoted", text=first.text)), *rest)
    held = tuple(item for item in evidence if item.id in named)
    action = Action(ActionKind.ANSWER, PHRASED)
    if matter.reply is not None and _answered(matter):
        return replace(matter.reply, action=action, parts=worded, evidence=held)
    return Reply(matter.voice.language.tag, action, worded, held)


@dataclass(slots=True)
class _Showing:
    """Shows the parts of a turn's only matter as they come, as the reply will have them."""

    turn: Turn
    count: int = 0

    async def show(self, _: int, part: Part) -> None:
        voice = self.turn.matters[0].voice
        text = voice.say("quoted", text=part.text) if self.count == 0 else part.text
        shown = voice.in_script(Reply(voice.language.tag, Action(ActionKind.ANSWER, PHRASED), (Part(text),)))
        await self.turn.audience.show(self.count, shown.text)
        self.count += 1
