"""Has a language model look up in the shopper's records what the shop's texts leave open, where the store allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from assistant.answers.generative import NO_ANSWER
from assistant.answers.voice import Voice
from assistant.domain.errors import ModelUnavailable
from assistant.domain.evidence import Evidence
from assistant.domain.models import Prompt
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.understanding import Route
from assistant.prompts import Block, Datum, Layout
from assistant.turn import notes
from assistant.turn.consulting import Consulting
from assistant.turn.counter import Desk
from assistant.turn.decide import foreseen
from assistant.turn.lookups import Lookups
from assistant.turn.serve import PROPOSED
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter, Routed, Turn

_ROUNDS = 2
_PROMPT = "lookup"
_LINES = 4  # before the message, that a model is told
_OPEN = (ActionKind.ABSTAIN, ActionKind.CLARIFY)
_DOES = (Route.PROCEDURE, Route.RETAIN)
_BETWEEN_SENTENCES = regex.compile(r"(?<=[。！？!?])\s*|(?<=\.)\s+|\n+")


@dataclass(slots=True)
class _Question:
    """A matter that nothing answers, and the tools for it."""

    matter: Matter
    lookups: Lookups


async def look_up(turn: Turn, consulting: Consulting, tools: Tools, until: float) -> dict[str, object]:
    """What came of it, for the trace; nothing where there was nothing to look up. until: a time of the event loop."""
    question = await _left_open(turn, tools)
    if question is None or turn.model is None:
        return {}
    offered = question.lookups.tools()
    try:
        async with asyncio.timeout_at(until), turn.audience.waiting():
            written = await turn.model.work(_prompt(turn, question.matter, consulting), offered, rounds=_ROUNDS)
    except TimeoutError:
        return {"looked_up": "too_slow"}
    except ModelUnavailable as gone:
        return {"looked_up": gone.reason}
    return {"looked_up": _taken(question, written, consulting), "read": len(question.lookups.evidence)}


def _taken(question: _Question, written: str, consulting: Consulting) -> str:
    """What becomes of the matter: a question whether something shall be done, what the records hold, or nothing."""
    matter, proposed = question.matter, question.lookups.proposed
    if proposed is not None:
        intent = proposed.intents[0] if proposed.intents else proposed.name
        matter.routed = Routed(Route.PROCEDURE, intent, why=PROPOSED, procedure=proposed.name)
        matter.reply = None
        notes.of_route(matter, matter.routed)
        return "proposed"
    reply = _said(written, question.lookups.evidence, matter, consulting)
    if reply is None:
        return "nothing_held"
    matter.reply = reply
    return "answered"


def _said(written: str, evidence: Sequence[Evidence], matter: Matter, consulting: Consulting) -> Reply | None:
    """The sentences that the records hold."""
    if NO_ANSWER in written or not evidence:
        return None
    standard = consulting.verifier.over(evidence, asked=matter.read.text)
    parts = []
    for sentence in filter(str.strip, _BETWEEN_SENTENCES.split(written)):
        found = standard.check(sentence)
        if found.supported and found.evidence_ids:
            parts.append(Part(sentence.strip(), found.evidence_ids))
    if not parts:
        return None
    used = {place for part in parts for place in part.evidence_ids}
    shown = tuple(item for item in evidence if item.id in used)
    return Reply(matter.voice.language.tag, Action(ActionKind.ANSWER, "records"), tuple(parts), shown)


async def _left_open(turn: Turn, tools: Tools) -> _Question | None:
    """The first matter that would go unanswered, where the store allows a tool that may help."""
    desk, allowed = turn.desk, frozenset(turn.request.store.model.tools)
    if desk is None or not allowed:
        return None
    for matter in turn.matters:
        if await _is_open(matter, desk, tools):
            lookups = _lookups(turn.voice, desk, allowed)
            return _Question(matter, lookups) if lookups.tools() else None
    return None


def _lookups(voice: Voice, desk: Desk, allowed: frozenset[str]) -> Lookups:
    """Only whom the shop's site vouches for has records looked up; what somebody says of themselves is not enough."""
    signed_in = desk.signed_in is not None
    return Lookups(allowed, voice, desk.records() if signed_in else None, list(desk.procedures.values()))


async def _is_open(matter: Matter, desk: Desk, tools: Tools) -> bool:
    routed = matter.routed
    if routed is None:
        return False
    if routed.route in _DOES:
        return desk.wanted(routed.procedure, routed.intent) is None
    if routed.route is Route.CLARIFY:
        return True
    matter.reply = matter.reply or await foreseen(matter, tools)
    return matter.reply is not None and matter.reply.action.kind in _OPEN


def _prompt(turn: Turn, matter: Matter, consulting: Consulting) -> Prompt:
    assert turn.model is not None
    tag = turn.voice.language.tag
    store = turn.voice.store
    values = {"shop": store.name.in_language(tag), "bot": store.persona.name.in_language(tag)}
    said = [Datum("said", line.text, {"by": "shopper" if line.by_shopper else "shop"}) for line in turn.request.before]
    blocks = (
        Block("question", (Datum("question", matter.read.text),)),
        Block("turns", tuple(said[-_LINES:]), last_first=True),
    )
    return Layout(consulting.prompts.get(_PROMPT, tag), turn.model.count).lay(values, blocks).prompt
