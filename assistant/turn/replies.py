"""Replies that answer no question: small talk, passing on to a human, refusing, and what cannot be done yet."""

from __future__ import annotations

from assistant.answers.plain import plain
from assistant.domain.events import HandoffRequested
from assistant.domain.reply import ActionKind, HandoffReason, Reply
from assistant.domain.understanding import Route
from assistant.turn.turn import Matter, Routed

_NO_TROUBLE = (HandoffReason.CUSTOMER_REQUEST, HandoffReason.VIP_OR_HIGH_VALUE)  # nothing to be sorry for
_REFUSALS = frozenset({"injection", "privacy", "fraud"})  # reasons with words of their own


def small_talk(matter: Matter, routed: Routed) -> Reply:
    """An answer to a greeting, thanks and the like; what has no words of its own is led back to the shop."""
    voice = matter.voice
    tag = voice.language.tag
    bot, store = voice.store.persona.name.in_language(tag), voice.store.name.in_language(tag)
    names: dict[str, dict[str, object]] = {"greeting": {"bot": bot}, "bot_identity": {"bot": bot, "store": store}}
    name = routed.intent if voice.has(routed.intent) else "off_topic"
    return plain(voice, ActionKind.SMALL_TALK, routed.intent, voice.say(name, **names.get(name, {})))


def handed_over(matter: Matter, routed: Routed) -> Reply:
    """A human is asked for, for the reason given; words of regret first where something went wrong."""
    reason = HandoffReason(routed.reason or HandoffReason.CUSTOMER_REQUEST.value)
    sure = routed.confidence if routed.hand_over is None else routed.hand_over
    if reason in _NO_TROUBLE:
        return called_human(matter, reason, confidence=sure)
    opening = "sorry_hurt" if reason is HandoffReason.SAFETY_INJURY else "sorry_trouble"
    return called_human(matter, reason, matter.voice.say(opening), confidence=sure)


def called_human(matter: Matter, reason: HandoffReason, *before: str, confidence: float = 1.0) -> Reply:
    """A human is asked for: on record, with what the shopper said. before: what is said first; what becomes of it is
    said once that is known (assistant.turn.passing)."""
    note = matter.turn.request.text[:500]
    matter.turn.also += (HandoffRequested(reason, note, round(confidence, 3)),)
    return plain(matter.voice, ActionKind.HANDOFF, reason.value, *before)


def with_human(matter: Matter, reason: HandoffReason, *texts: str) -> Reply:
    """A human is asked for in words of one's own, which say so."""
    matter.turn.told_of_human = True
    return called_human(matter, reason, *texts)


def refused(matter: Matter, routed: Routed) -> Reply:
    name = f"refuse_{routed.reason}" if routed.reason in _REFUSALS else "refuse"
    return plain(matter.voice, ActionKind.REFUSE, routed.reason or "policy_restriction", matter.voice.say(name))


def not_connected(matter: Matter, routed: Routed) -> Reply:
    """What would need the shop's order system: where to do it oneself, and a human."""
    text = matter.voice.say("retain_first" if routed.route is Route.RETAIN else "own_order")
    return plain(matter.voice, ActionKind.ABSTAIN, "no_procedure", text, human=True)


def asked_for_needs(matter: Matter) -> Reply:
    """A question for what the shopper needs, where nothing can be recommended from what was said."""
    return plain(matter.voice, ActionKind.CLARIFY, "needs", matter.voice.say("needs"))


def asked_back(matter: Matter, routed: Routed) -> Reply:
    """A question for what the message is about."""
    text = matter.voice.say("clarify_which" if routed.why == "which_of_several" else "clarify_open")
    return plain(matter.voice, ActionKind.CLARIFY, routed.why, text, human=True)


def sympathy(matter: Matter) -> Reply:
    """Regret for a grumble that needs no human yet, and a question what went wrong."""
    return plain(matter.voice, ActionKind.CLARIFY, "complaint", matter.voice.say("sorry_mild"), human=True)
